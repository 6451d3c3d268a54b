// What the log remembers: its last lines, and how many lines each module had at each level, those that nobody wanted to read
// included. Management shows both (GET-LOG, logStats).
import type { LogLevel, LogModule } from './log.ts';

export interface LogEntry {
  /** Wall clock, milliseconds since the epoch. */
  readonly wallTimeMs: number;
  readonly module: LogModule;
  readonly level: LogLevel;
  readonly text: string;
}

/** As many as Dispatch keeps. */
const entriesMax = 1000;
/** Characters that are remembered of a line. */
const textLengthMax = 2048;
const levels = 7;

export class LogMemory {
  /** A ring: the oldest entry is at `#oldest` once it is full. */
  readonly #entries: LogEntry[] = [];
  #oldest = 0;
  readonly #counts = new Map<LogModule, number[]>();

  /** Counts a line, whether it is written or not. */
  count(module: LogModule, level: LogLevel): void {
    let counts = this.#counts.get(module);
    if (counts === undefined) {
      counts = new Array<number>(levels).fill(0);
      this.#counts.set(module, counts);
    }
    counts[level] = (counts[level] as number) + 1;
  }

  /** Keeps a line that was written. */
  keep(module: LogModule, level: LogLevel, text: string, wallTimeMs: number): void {
    const kept = text.length > textLengthMax ? `${text.slice(0, textLengthMax)}…` : text;
    const entry = { wallTimeMs, module, level, text: kept };
    if (this.#entries.length < entriesMax) {
      this.#entries.push(entry);
      return;
    }
    this.#entries[this.#oldest] = entry;
    this.#oldest = (this.#oldest + 1) % entriesMax;
  }

  /** The last `limit` lines that were written, the oldest first. */
  recent(limit: number = entriesMax): LogEntry[] {
    const inOrder = [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)];
    return limit <= 0 ? [] : inOrder.slice(-limit);
  }

  /** Lines by level (index: {@link LogLevel}) since the start; a module that never logged has zeros. */
  counts(module: LogModule): readonly number[] {
    return this.#counts.get(module) ?? new Array<number>(levels).fill(0);
  }
}
