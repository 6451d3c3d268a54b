// Senders repeat themselves: of all messages of one link nearly all have one of a few sections of message-annotations. What was
// made of a section is remembered by its bytes.

const entriesMax = 8;
/** A longer section is not remembered. */
const keyLengthMax = 2048;

interface Entry<T> {
  readonly key: Uint8Array;
  readonly value: T;
}

export class SectionCache<T> {
  #entries: Entry<T>[] = [];
  #next = 0;
  #last = 0;

  /** What was made of `bytes[start, end)`, else undefined. hot */
  find(bytes: Uint8Array, start: number, end: number): T | undefined {
    const entries = this.#entries;
    const last = entries[this.#last];
    if (last !== undefined && isSame(last.key, bytes, start, end)) return last.value;
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at] as Entry<T>;
      if (at !== this.#last && isSame(entry.key, bytes, start, end)) {
        this.#last = at;
        return entry.value;
      }
    }
    return undefined;
  }

  /** Remembers; the oldest is forgotten for it. */
  add(bytes: Uint8Array, start: number, end: number, value: T): void {
    if (end - start > keyLengthMax) return;
    this.#entries[this.#next] = { key: bytes.slice(start, end), value };
    this.#last = this.#next;
    this.#next = (this.#next + 1) % entriesMax;
  }
}

function isSame(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  // From the end on: sections of one sender begin alike.
  for (let at = key.length - 1; at >= 0; at--) if (key[at] !== bytes[start + at]) return false;
  return true;
}
