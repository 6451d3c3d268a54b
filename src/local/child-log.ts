// What a router process logs: its last lines are kept for the message of a failure, and all of it goes to a file if there is one.
import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { limits } from './limits.ts';

export class ChildLog {
  readonly #path: string | null;
  #file: WriteStream | null = null;
  #bytes = 0;
  #lines: string[] = [];
  #rest = '';

  /** @param path null: it is kept nowhere */
  constructor(path: string | null) {
    this.#path = path;
  }

  /** Reads for ever, so that the pipe never fills. */
  follow(output: Readable): void {
    output.setEncoding('utf8').on('data', (text: string) => this.write(text));
  }

  write(text: string): void {
    this.#keep(text);
    const [...lines] = `${this.#rest}${text}`.split('\n');
    this.#rest = (lines.pop() as string).slice(0, limits.logLineCharactersMax);
    this.#lines.push(...lines.map((line) => line.slice(0, limits.logLineCharactersMax)));
    this.#lines = this.#lines.slice(-limits.logLinesKept);
  }

  /** The last lines since {@link begin}. */
  get end(): string {
    return [...this.#lines, this.#rest].join('\n').trim();
  }

  /** Another process begins. */
  begin(): void {
    this.#lines = [];
    this.#rest = '';
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file !== null) await new Promise<void>((resolve) => void file.end(resolve));
  }

  #keep(text: string): void {
    if (this.#path === null) return;
    if (this.#file === null) this.#open(this.#path);
    this.#bytes += Buffer.byteLength(text);
    this.#file?.write(text);
    if (this.#bytes <= limits.logFileBytesMax) return;
    this.#file?.end();
    this.#file = null;
    renameSync(this.#path, `${this.#path}.1`);
  }

  #open(path: string): void {
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    this.#file = createWriteStream(path, { flags: 'a', mode: 0o600 });
    // A full disk takes the log, not the mesh: it is tried again with the next process.
    this.#file.on('error', () => undefined);
  }
}
