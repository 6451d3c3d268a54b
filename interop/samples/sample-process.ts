// A sample that runs: what it printed, and how it ended.
import type { ChildProcess } from 'node:child_process';
import { type ChildSurroundings, startChild } from '../child.ts';
import type { Watch } from '../watch.ts';

/** A virtual machine of Java alone takes seconds to start on a machine that has much to do. */
const patienceMs = 60_000;

export class SampleProcess {
  /** Standard output. */
  readonly lines: string[] = [];
  /** Standard error. */
  readonly told: string[] = [];
  exit: number | null = null;
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #watch: Watch;

  constructor(name: string, command: readonly string[], surroundings: ChildSurroundings, watch: Watch) {
    this.name = name;
    this.#watch = watch;
    const [program, ...words] = command as [string, ...string[]];
    const note = (list: string[], line: string): void => {
      list.push(line);
      watch.note(`${name}: ${line}`);
    };
    this.#child = startChild(
      program,
      words,
      {
        onLine: (line) => note(this.lines, line),
        onErrorLine: (line) => note(this.told, line),
        onExit: (code) => {
          this.exit = code ?? -1;
          watch.note(`${name} ended (${code})`);
        },
      },
      surroundings,
    );
  }

  async ended(ms = patienceMs): Promise<number> {
    await this.#watch.until(`${this.name} ends`, () => this.exit !== null, ms);
    return this.exit as number;
  }

  /** Waits for so many lines of standard output that begin so. */
  async printed(start: string, count: number): Promise<void> {
    const what = `${this.name} prints ${count} lines of ${start} …`;
    await this.#watch.until(what, () => this.linesOf(start).length >= count || this.#hasEnded(what), patienceMs);
  }

  /** Waits until it connects to another router than this one. */
  async goesOver(from: string): Promise<void> {
    const what = `${this.name} connects to another router than ${from}`;
    const isOther = (line: string): boolean =>
      line.startsWith('connected to ') && !line.startsWith(`connected to ${from} `);
    await this.#watch.until(what, () => this.told.some(isOther) || this.#hasEnded(what), patienceMs);
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** What stands behind `sent 3: `, by such lines in their order. */
  linesOf(start: string): string[] {
    return this.lines.flatMap((line) => new RegExp(`^${start} \\d+: (.*)$`).exec(line)?.[1] ?? []);
  }

  /** Throws: nothing more will come. */
  #hasEnded(what: string): false {
    if (this.exit !== null) throw new Error(`${what}: it ended with ${this.exit}`);
    return false;
  }
}
