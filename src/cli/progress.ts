// Tells on standard error how a long run goes: one line that is rewritten each second on a terminal, a new line every few
// seconds elsewhere. The first one comes late enough that short runs stay silent.
import type { Writable } from 'node:stream';

const terminalMs = 1_000;
const plainMs = 5_000;

export class Progress {
  readonly #stream: Writable & { isTTY?: boolean };
  readonly #timer: NodeJS.Timeout;
  #isLineOpen = false;

  constructor(stream: Writable & { isTTY?: boolean }, describe: () => string) {
    this.#stream = stream;
    this.#timer = setInterval(() => this.#tell(describe()), stream.isTTY ? terminalMs : plainMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#isLineOpen) this.#stream.write('\r\u001b[K');
  }

  #tell(text: string): void {
    if (!this.#stream.isTTY) {
      this.#stream.write(`${text}\n`);
      return;
    }
    this.#isLineOpen = true;
    this.#stream.write(`\r\u001b[K${text}`);
  }
}

/** `1,234,567` */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Two or three digits that matter: `0.42`, `7.3`, `128`. */
export function formatShort(value: number): string {
  return value >= 100 ? formatCount(value) : value.toPrecision(2).replace(/\.0$/, '');
}
