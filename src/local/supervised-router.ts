// One router as a child process that is started again whenever it ends, with the same configuration file and so at the same ports.
//
//   starting ──▶ up ──kill──▶ killed ──back-off──▶ restarting ──▶ up
//                 ├─ends by itself──▶ failed ──back-off──┘ └──ends──▶ failed
//                 └─renew──▶ draining ──ended──▶ restarting ──▶ up
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WeftError } from '../host/errors.ts';
import { ChildLog } from './child-log.ts';
import { limits } from './limits.ts';
import type { RouterState } from './mesh-figures.ts';
import { RateWindow } from './rate-window.ts';
import type { RouterAnswer, RouterReport, RouterRequest } from './router-report.ts';

const program = fileURLToPath(new URL('./router-program.js', import.meta.url));

/** Whatever ends us without asking them ends them, too. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export interface RouterEvents {
  /** It is operational, for the first time or again; `wasLost`: it had been killed, or ended by itself. */
  up(router: SupervisedRouter, wasLost: boolean): void;
  reported(router: SupervisedRouter, report: RouterReport): void;
  /** Its process has ended, for whatever reason. */
  ended(router: SupervisedRouter): void;
  /** It ended though nobody ended it; the reason is a sentence, and the end of its log. It will be started again. */
  failed(reason: string): void;
}

export interface SupervisedRouterOptions {
  readonly id: string;
  /** Its configuration. */
  readonly file: string;
  /** Where its log goes; null: nowhere. */
  readonly logFile: string | null;
  /** Of Weft. */
  readonly version: string;
  readonly events: RouterEvents;
}

type Answer<K> = Extract<RouterAnswer, { readonly kind: K }>;

export class SupervisedRouter {
  readonly id: string;
  readonly #options: SupervisedRouterOptions;
  readonly #log: ChildLog;
  #state: RouterState = 'starting';
  #child: ChildProcess | null = null;
  #report: RouterReport | null = null;
  #reportedAt = 0;
  #rate = new RateWindow();
  /** Null while it is not. */
  #upAt: number | null = null;
  #wasLost = false;
  #endsInARow = 0;
  #restart: NodeJS.Timeout | undefined;
  /** Who waits for the next thing that happens to it. */
  readonly #watchers = new Set<(answer: RouterAnswer | null) => void>();

  constructor(options: SupervisedRouterOptions) {
    this.id = options.id;
    this.#options = options;
    this.#log = new ChildLog(options.logFile);
  }

  /** Resolves when it is operational. Throws WEFT_ROUTER_FAILED with its last log lines when it does not become so. */
  async start(): Promise<void> {
    const problem = await this.#run();
    if (problem !== '') throw new WeftError('WEFT_ROUTER_FAILED', problem);
  }

  get state(): RouterState {
    return this.#state;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  /** Its listeners are bound, it has reached the routers that it dials, and knows the ways. */
  get isReady(): boolean {
    return this.isUp && this.#report?.isReady === true;
  }

  /** Null while there is no process. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Its last one; null while it is not up. */
  get report(): RouterReport | null {
    return this.isUp ? this.#report : null;
  }

  /** By `performance.now()`; 0 for none. */
  get reportedAtMs(): number {
    return this.report === null ? 0 : this.#reportedAt;
  }

  get deliveriesPerSecond(): number {
    return this.isUp ? this.#rate.perSecond : 0;
  }

  /** By `performance.now()`; null while it is not up. */
  get upSinceMs(): number | null {
    return this.#upAt;
  }

  uptimeSeconds(nowMs: number): number {
    return this.#upAt === null ? 0 : (nowMs - this.#upAt) / 1000;
  }

  /** False when there is nobody to whom to say it. */
  say(request: RouterRequest): boolean {
    if (this.#child?.connected !== true) return false;
    this.#child.send(request);
    return true;
  }

  /** Throws WEFT_ROUTER_FAILED when it ends, or is silent for long. */
  async ask<K extends 'reloaded' | 'connections'>(request: RouterRequest, kind: K): Promise<Answer<K>> {
    const failure = (what: string): WeftError => new WeftError('WEFT_ROUTER_FAILED', `${this.id} ${what}`);
    if (!this.say(request)) throw failure('is not running');
    const answer = await this.#next((one) => one === null || one.kind === kind, limits.answerMs);
    if (answer === 'overdue') throw failure(`gave no answer within ${limits.answerMs / 1000} s`);
    if (answer === null) throw failure('ended before it answered');
    return answer as Answer<K>;
  }

  /** SIGKILL: it ends without a word to anybody, and is started again in a while. */
  kill(): void {
    if (this.#state !== 'up') return;
    this.#state = 'killed';
    this.#child?.kill('SIGKILL');
  }

  /** Drains it, and starts it anew. Resolves when it has ended and begins again. */
  async renew(): Promise<void> {
    const child = this.#child;
    if (child === null || !this.isUp) return; // whatever it is about to do, it begins anew
    this.#state = 'draining';
    await this.#drain(child);
  }

  /** Drains it, and starts it no more. Returns what went wrong, '' for nothing. */
  async stop(): Promise<string> {
    const child = this.#child;
    const drains = this.isUp || this.#state === 'draining';
    const { pid } = child ?? {};
    this.#state = 'stopped';
    clearTimeout(this.#restart);
    if (child !== null) {
      if (drains) await this.#drain(child);
      else await this.#end(child);
    }
    await this.#log.close();
    if (child === null || !drains || child.exitCode === 0) return '';
    return `${this.id} (process ${pid}) did not stop well (${howItEnded(child)})`;
  }

  async #drain(child: ChildProcess): Promise<void> {
    const ended = once(child, 'close');
    const timer = setTimeout(() => child.kill('SIGKILL'), limits.stopMs);
    if (child.connected) child.send({ kind: 'stop' } satisfies RouterRequest);
    await ended;
    clearTimeout(timer);
  }

  async #end(child: ChildProcess): Promise<void> {
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  }

  /** Starts a process. Resolves when that is operational, with '', or has ended before, with the reason. */
  #run(): Promise<string> {
    const { file, version } = this.#options;
    const child = fork(program, [file, version], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child = child;
    this.#report = null;
    this.#rate = new RateWindow();
    living.add(child);
    this.#log.begin();
    if (child.stderr !== null) this.#log.follow(child.stderr);
    const overdue = setTimeout(() => {
      this.#log.write(`not operational after ${limits.startMs / 1000} s\n`);
      child.kill('SIGKILL');
    }, limits.startMs);
    return new Promise((resolve) => {
      child.on('message', (answer: RouterAnswer) => {
        if (answer.kind === 'report') {
          clearTimeout(overdue);
          this.#handleReport(answer);
          resolve('');
        }
        this.#tellWatchers(answer);
      });
      child.on('error', (error) => this.#log.write(`${error.message}\n`)); // it could not be started, or be told something
      child.once('close', () => {
        clearTimeout(overdue);
        living.delete(child);
        this.#child = null;
        this.#report = null;
        const reason = `${this.id} ended by itself (${howItEnded(child)}):\n${this.#log.end}`.trimEnd();
        resolve(reason);
        this.#options.events.ended(this);
        this.#handleEnd(reason);
        this.#tellWatchers(null);
      });
    });
  }

  #handleReport(report: RouterReport): void {
    this.#report = report;
    this.#reportedAt = performance.now();
    if (this.#state === 'starting' || this.#state === 'restarting') {
      this.#state = 'up';
      this.#upAt = performance.now();
      this.#options.events.up(this, this.#wasLost);
      this.#wasLost = false;
    }
    this.#rate.add(report.deliveries, performance.now());
    this.#options.events.reported(this, report);
  }

  #handleEnd(reason: string): void {
    const state = this.#state;
    const wasUpForMs = this.#upAt === null ? 0 : performance.now() - this.#upAt;
    this.#upAt = null;
    if (state === 'stopped' || state === 'starting') return;
    if (state === 'draining') return this.#startAgain();
    this.#wasLost = true;
    if (state !== 'killed') {
      this.#state = 'failed';
      this.#options.events.failed(reason);
    }
    if (wasUpForMs >= limits.wellAfterMs) this.#endsInARow = 0;
    const backOffMs = Math.min(limits.firstBackOffMs * 2 ** this.#endsInARow++, limits.longestBackOffMs);
    this.#restart = setTimeout(() => this.#startAgain(), backOffMs);
  }

  #startAgain(): void {
    this.#state = 'restarting';
    void this.#run(); // how it ends is told to the events
  }

  /** The next answer, or end (null), of which `isIt` is true. */
  #next(isIt: (answer: RouterAnswer | null) => boolean, patienceMs: number): Promise<RouterAnswer | null | 'overdue'> {
    return new Promise((resolve) => {
      const watch = (answer: RouterAnswer | null): void => {
        if (isIt(answer)) end(answer);
      };
      const end = (answer: RouterAnswer | null | 'overdue'): void => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        resolve(answer);
      };
      const timer = setTimeout(() => end('overdue'), patienceMs);
      this.#watchers.add(watch);
    });
  }

  #tellWatchers(answer: RouterAnswer | null): void {
    for (const watch of [...this.#watchers]) watch(answer);
  }
}

function howItEnded({ signalCode, exitCode }: ChildProcess): string {
  return signalCode ?? `exit code ${exitCode}`;
}
