// What happened in a run: always as a digest, by which two runs are compared, and on demand as lines for people.

export class Trace {
  readonly #startsAt: number;
  readonly #write: ((line: string) => void) | null;
  // Two FNV-1a sums of 32 bits with different bases: together 64 bits, and no BigInt per byte.
  #high = 0x811c9dc5 | 0;
  #low = 0x1b873593 | 0;

  /** `write` gets every line; null when nobody reads them. */
  constructor(startsAt: number, write: ((line: string) => void) | null) {
    this.#startsAt = startsAt;
    this.#write = write;
  }

  get isOn(): boolean {
    return this.#write !== null;
  }

  /** One line for people. Ask `isOn` before composing it. */
  line(now: number, who: string, what: string): void {
    this.#write?.(`${((now - this.#startsAt) / 1000).toFixed(6).padStart(11)} ${who.padEnd(10)} ${what}`);
  }

  number(value: number): void {
    this.#mix(value | 0);
    this.#mix(Math.trunc((value % 1) * 0x1_0000_0000) | 0);
  }

  bytes(bytes: Uint8Array): void {
    this.#mix(bytes.length);
    let high = this.#high;
    for (let at = 0; at < bytes.length; at++) high = Math.imul(high ^ (bytes[at] as number), 0x01000193);
    this.#high = high;
    this.#low = Math.imul((this.#low ^ high) | 0, 0x85ebca6b);
  }

  /** 16 hex digits. */
  get digest(): string {
    return hex(this.#high) + hex(this.#low);
  }

  #mix(word: number): void {
    this.#high = Math.imul(this.#high ^ word, 0x01000193);
    this.#low = Math.imul((this.#low ^ word ^ (this.#high >>> 15)) | 0, 0x85ebca6b);
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
