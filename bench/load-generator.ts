// The harness' side of the line protocol with bench/load (amqpload.c): one JSON object a line comes, one order a line goes.
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { start, stop } from './children.ts';

interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What a generator has counted; a sender's and a receiver's own figures are 0 or missing at the other. */
export interface LoadCounts {
  readonly accepted: number;
  readonly rejected: number;
  readonly released: number;
  readonly modified: number;
}

export interface SenderCounts extends LoadCounts {
  readonly sent: number;
  /** Deliveries with an outcome; and dispositions for deliveries that had theirs already, or that were never sent. */
  readonly outcomes: number;
  readonly secondOutcomes: number;
  readonly unknownOutcomes: number;
}

export interface ReceiverCounts extends LoadCounts {
  readonly received: number;
  readonly unique: number;
  readonly duplicates: number;
  readonly corrupt: number;
  readonly aborted: number;
}

interface LoadResult {
  /** Everything was sent and settled, or everything expected was received. */
  readonly complete: boolean;
  readonly lostConnections: number;
  readonly lostLinks: number;
  readonly error: string;
  readonly seconds: number;
  readonly rate: number;
  readonly cpuSeconds: number;
}
export interface SenderResult extends LoadResult, SenderCounts {
  /** Number of the first delivery whose outcome was another than accepted, -1: none. */
  readonly firstNotAccepted: number;
}
export interface ReceiverResult extends LoadResult, ReceiverCounts {
  readonly latencyUs: Latencies;
  readonly longestGapMs: number;
  readonly heldNumber?: number;
}

/** The generator ended, or said that it failed, before it said what was waited for. */
class LoadError extends Error {
  override readonly name = 'LoadError';
  readonly code = 'WEFT_BENCH_LOAD';
}

type LoadEvent = { readonly event: string; readonly reason?: string };

/** One running generator. `Counts` is what its progress lines hold, `Result` what its last line holds. */
class LoadGenerator<Counts extends LoadCounts, Result extends LoadResult & Counts> {
  readonly child: ChildProcess;
  /** The newest progress line, when started with `--progress`. */
  progress: Counts | null = null;
  readonly #what: string;
  readonly #events = new Map<string, LoadEvent>();
  readonly #waiting = new Map<string, { resolve: (event: LoadEvent) => void; reject: (error: Error) => void }>();
  #failure: LoadError | null = null;

  constructor(program: string, role: 'sender' | 'receiver' | 'idle', args: readonly string[]) {
    this.#what = role;
    this.child = start(program, [role, '--control', ...args]);
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.#handleLine(line));
    this.child.once('error', (error) => this.#fail(`cannot be run: ${error.message}`));
    this.child.once('exit', (code, signal) => this.#fail(`ended early (${signal ?? `exit code ${code}`})`));
  }

  /** All links are attached, and a sender has credit on each. */
  async ready(): Promise<void> {
    await this.#next('ready');
  }

  go(): void {
    this.#order('go');
  }

  /** A sender sends no more; then `sent` and, when all outcomes are there, `result` come. */
  stop(): void {
    this.#order('stop');
  }

  /** The receiver is done when it has this many messages. */
  expect(count: number): void {
    this.#order(`expect ${count}`);
  }

  /** A sender has sent its last message; outcomes may still be on their way. Resolves with how many it sent. */
  async sent(): Promise<number> {
    return ((await this.#next('sent')) as LoadEvent & { count: number }).count;
  }

  async result(): Promise<Result> {
    return (await this.#next('result')) as unknown as Result;
  }

  /** Has the generator close its connections and waits for its end. */
  async close(): Promise<void> {
    this.#order('quit');
    await Promise.race([
      new Promise((resolve) => this.child.once('exit', resolve)),
      new Promise((resolve) => setTimeout(resolve, 3_000).unref()),
    ]);
    await stop(this.child);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    if (!this.isRunning) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  #order(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  #handleLine(line: string): void {
    const event = JSON.parse(line) as LoadEvent;
    if (event.event === 'failed') {
      this.#fail(event.reason ?? 'failed');
      return;
    }
    if (event.event === 'progress') {
      this.progress = event as unknown as Counts;
      return;
    }
    this.#events.set(event.event, event);
    this.#waiting.get(event.event)?.resolve(event);
  }

  #fail(reason: string): void {
    this.#failure ??= new LoadError(`${this.#what}: ${reason}`);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
  }

  #next(name: string): Promise<LoadEvent> {
    const event = this.#events.get(name);
    if (event) return Promise.resolve(event);
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => this.#waiting.set(name, { resolve, reject }));
  }
}

/** Connections that do nothing but be there. */
export class LoadIdle extends LoadGenerator<LoadCounts, LoadResult & LoadCounts> {
  constructor(program: string, args: readonly string[]) {
    super(program, 'idle', args);
  }
}

export class LoadSender extends LoadGenerator<SenderCounts, SenderResult> {
  constructor(program: string, args: readonly string[]) {
    super(program, 'sender', args);
  }
}

export class LoadReceiver extends LoadGenerator<ReceiverCounts, ReceiverResult> {
  constructor(program: string, args: readonly string[]) {
    super(program, 'receiver', args);
  }
}
