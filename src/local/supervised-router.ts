// One router as a child process that is started again whenever it ends, at the same ports.
//
//   starting ──▶ up ──kill──▶ killed ──back-off──▶ restarting ──▶ up
//                 └─ends by itself──▶ failed ──back-off──┘ └──ends──▶ failed
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RateWindow } from './rate-window.ts';
import type { RouterReport } from './router-program.ts';
import type { SampleRouter } from './sample-mesh.ts';
import type { RouterFigures, RouterState } from './snapshot.ts';

const startPatienceMs = 15_000;
const stopPatienceMs = 10_000;
/** Long enough to be seen. It doubles with each end in a row, up to the second one. */
const firstBackOffMs = 3_000;
const longestBackOffMs = 30_000;
/** Who was up for so long ends for the first time again. */
const wellAfterMs = 10_000;
/** Enough for the message and stack of a crash. */
const logLinesKept = 20;

const program = fileURLToPath(new URL('./router-program.js', import.meta.url));

export interface RouterEvents {
  /** It is operational, after a restart. */
  back(router: SupervisedRouter): void;
  /** It ended though nobody ended it; the reason is a sentence, and the end of its log. It will be started again. */
  failed(reason: string): void;
}

export interface SupervisedRouterOptions {
  readonly router: SampleRouter;
  /** In the form of JSON. */
  readonly configuration: string;
  /** Of Weft. */
  readonly version: string;
  /** Where applications connect; null for a router that has none. */
  readonly url: string | null;
  readonly events: RouterEvents;
}

export class SupervisedRouter {
  readonly router: SampleRouter;
  readonly #options: SupervisedRouterOptions;
  #state: RouterState = 'starting';
  #child: ChildProcess | null = null;
  #rate = new RateWindow();
  /** Null while it is not. */
  #upAt: number | null = null;
  #endsInARow = 0;
  #restart: NodeJS.Timeout | undefined;

  private constructor(options: SupervisedRouterOptions) {
    this.router = options.router;
    this.#options = options;
  }

  /** Resolves when it is operational. Throws an Error with its last log lines when it does not become so. */
  static async start(options: SupervisedRouterOptions): Promise<SupervisedRouter> {
    const supervised = new SupervisedRouter(options);
    const problem = await supervised.#run();
    if (problem !== '') throw new Error(problem);
    return supervised;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  figures(nowMs: number): RouterFigures {
    const { isUp } = this;
    return {
      router: this.router,
      state: this.#state,
      url: this.#options.url,
      pid: this.#child?.pid ?? null,
      deliveriesPerSecond: isUp ? this.#rate.perSecond : 0,
      uptimeSeconds: this.#upAt === null ? 0 : (nowMs - this.#upAt) / 1000,
    };
  }

  /** SIGKILL: it ends without a word to anybody, and is started again in a while. */
  kill(): void {
    if (this.#state !== 'up') return;
    this.#state = 'killed';
    this.#child?.kill('SIGKILL');
  }

  /** Drains it, and starts it no more. Returns what went wrong, '' for nothing. */
  async stop(): Promise<string> {
    const child = this.#child;
    const wasUp = this.isUp;
    this.#state = 'stopped';
    clearTimeout(this.#restart);
    if (child === null) return '';
    const ended = once(child, 'close');
    if (wasUp && child.connected) child.send('stop');
    else child.kill('SIGKILL');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopPatienceMs);
    await ended;
    clearTimeout(timer);
    return !wasUp || child.exitCode === 0 ? '' : `${this.router.name} did not stop well (${howItEnded(child)})`;
  }

  /** Starts a process. Resolves when that is operational, with '', or has ended before, with the reason. */
  #run(): Promise<string> {
    const { configuration, version } = this.#options;
    const child = fork(program, [configuration, version], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child = child;
    this.#rate = new RateWindow();
    const killNow = (): void => void child.kill('SIGKILL');
    process.once('exit', killNow);
    const log = lastLinesOf(child);
    const overdue = setTimeout(() => {
      log.push(`not operational after ${startPatienceMs / 1000} s`);
      killNow();
    }, startPatienceMs);
    return new Promise((resolve) => {
      child.on('message', ({ deliveries }: RouterReport) => {
        if (this.#state === 'starting' || this.#state === 'restarting') {
          clearTimeout(overdue);
          this.#becomeUp();
          resolve('');
        }
        this.#rate.add(deliveries, performance.now());
      });
      child.on('error', (error) => log.push(error.message)); // it could not be started, or be told to stop
      child.once('close', () => {
        clearTimeout(overdue);
        process.off('exit', killNow);
        this.#child = null;
        const reason = `${this.router.name} ended by itself (${howItEnded(child)}):\n${log.join('\n')}`.trimEnd();
        resolve(reason);
        this.#handleEnd(reason);
      });
    });
  }

  #becomeUp(): void {
    const isBack = this.#state === 'restarting';
    this.#state = 'up';
    this.#upAt = performance.now();
    if (isBack) this.#options.events.back(this);
  }

  #handleEnd(reason: string): void {
    if (this.#state === 'stopped' || this.#state === 'starting') return;
    if (this.#state !== 'killed') {
      this.#state = 'failed';
      this.#options.events.failed(reason);
    }
    if (this.#upAt !== null && performance.now() - this.#upAt >= wellAfterMs) this.#endsInARow = 0;
    this.#upAt = null;
    const backOffMs = Math.min(firstBackOffMs * 2 ** this.#endsInARow++, longestBackOffMs);
    this.#restart = setTimeout(() => {
      this.#state = 'restarting';
      void this.#run(); // how it ends is told to the events
    }, backOffMs);
  }
}

function howItEnded({ signalCode, exitCode }: ChildProcess): string {
  return signalCode ?? `exit code ${exitCode}`;
}

/** Reads its log for ever, so that its pipe never fills. */
function lastLinesOf(child: ChildProcess): string[] {
  const lines: string[] = [];
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const [...whole] = `${rest}${text}`.split('\n');
    rest = whole.pop() as string;
    lines.push(...whole);
    lines.splice(0, lines.length - logLinesKept);
  });
  return lines;
}
