// Senders repeat themselves: of all messages of one link nearly all have one of a few sections of message-annotations. What was
// made of a section is remembered by its bytes.

const entriesMax = 8;
/** A longer section is not remembered. */
const keyLengthMax = 2048;

interface Entry<T> {
  readonly key: Uint8Array;
  /** The key again, four bytes each, as far as they go. */
  readonly words: Int32Array;
  readonly value: T;
}

// The chunk that is being read, four bytes at a time: a third of the time that single ones take, and one view for all its messages.
let viewed: Uint8Array = new Uint8Array(0);
let view = new DataView(viewed.buffer);

export class SectionCache<T> {
  #entries: Entry<T>[] = [];
  #next = 0;
  #last = 0;

  /** What was made of `bytes[start, end)`, else undefined. hot */
  find(bytes: Uint8Array, start: number, end: number): T | undefined {
    const entries = this.#entries;
    const last = entries[this.#last];
    if (last !== undefined && isSame(last, bytes, start, end)) return last.value;
    for (let at = 0; at < entries.length; at++) {
      const entry = entries[at] as Entry<T>;
      if (at !== this.#last && isSame(entry, bytes, start, end)) {
        this.#last = at;
        return entry.value;
      }
    }
    return undefined;
  }

  /** Remembers; the oldest is forgotten for it. */
  add(bytes: Uint8Array, start: number, end: number, value: T): void {
    if (end - start > keyLengthMax) return;
    const key = bytes.slice(start, end);
    this.#entries[this.#next] = { key, words: wordsOf(key), value };
    this.#last = this.#next;
    this.#next = (this.#next + 1) % entriesMax;
  }
}

function wordsOf(key: Uint8Array): Int32Array {
  const source = new DataView(key.buffer, key.byteOffset);
  return Int32Array.from({ length: key.length >> 2 }, (_, at) => source.getInt32(at * 4));
}

/** hot */
function isSame({ key, words }: Entry<unknown>, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  if (bytes !== viewed) {
    viewed = bytes;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
  let from = start;
  for (let at = 0; at < words.length; at++, from += 4) if (words[at] !== view.getInt32(from)) return false;
  for (let at = words.length * 4; at < key.length; at++, from++) if (key[at] !== bytes[from]) return false;
  return true;
}
