// The bytes of a held delivery, copied out of the chunks in which they came: the part that somebody still needs.
//
//   kept from ▼                        ▼ received
//   ······[ block │ block │ block      ]        blocks of parts come from a pool and go back to it
//
// A delivery that came whole is one slice of its own size.
import type { Writer } from '../amqp/writer.ts';
import { assert } from '../kit/assert.ts';
import { type BlockPool, blockBytes } from '../kit/block-pool.ts';

interface Segment {
  readonly bytes: Uint8Array;
  length: number;
  readonly isPooled: boolean;
}

export class HeldBytes {
  readonly #pool: BlockPool;
  #segments: Segment[] = [];
  /** Place of the first kept byte in the whole delivery. */
  #keptFrom = 0;
  /** Bytes that came, from the first on. */
  received = 0;

  constructor(pool: BlockPool) {
    this.#pool = pool;
  }

  /** Takes a copy of a whole delivery. */
  setWhole(bytes: Uint8Array, start: number, end: number): void {
    this.#segments = [{ bytes: bytes.slice(start, end), length: end - start, isPooled: false }];
    this.received = end - start;
  }

  /** Takes a copy of a part. */
  append(bytes: Uint8Array, start: number, end: number): void {
    this.received += end - start;
    for (let at = start; at < end; ) {
      let last = this.#segments.at(-1);
      if (last === undefined || !last.isPooled || last.length === blockBytes) {
        last = { bytes: this.#pool.take(), length: 0, isPooled: true };
        this.#segments.push(last);
      }
      const count = Math.min(end - at, blockBytes - last.length);
      last.bytes.set(bytes.subarray(at, at + count), last.length);
      last.length += count;
      at += count;
    }
  }

  /** Counts bytes that went on without being kept; nothing may be kept at that time. */
  skip(count: number): void {
    assert(this.#segments.length === 0, 'bytes are passed on directly only when none are kept');
    this.received += count;
    this.#keptFrom = this.received;
  }

  /** Bytes that are kept. */
  get kept(): number {
    return this.received - this.#keptFrom;
  }

  /** All bytes in one piece, while all are kept. Stays valid while nothing is added or let go. */
  joined(): Uint8Array {
    assert(this.#keptFrom === 0, 'a delivery is read before it flows');
    const [only] = this.#segments;
    if (this.#segments.length === 1 && only !== undefined) return only.bytes.subarray(0, only.length);
    const whole = new Uint8Array(this.received);
    let at = 0;
    for (const { bytes, length } of this.#segments) {
      whole.set(bytes.subarray(0, length), at);
      at += length;
    }
    this.#drop();
    this.#segments = [{ bytes: whole, length: whole.length, isPooled: false }];
    return whole;
  }

  /** The beginning of the delivery as far as it lies in one piece, while all bytes are kept. Stays valid as for `joined`. */
  head(): Uint8Array {
    assert(this.#keptFrom === 0, 'the beginning of a delivery is read before it flows');
    const [first] = this.#segments;
    return first === undefined ? none : first.bytes.subarray(0, first.length);
  }

  /** All bytes lie in one piece. */
  get isOnePiece(): boolean {
    return this.#segments.length === 1 && this.#keptFrom === 0;
  }

  /** Puts other bytes in the place of those that `head` gave. */
  replaceHead(bytes: Uint8Array): void {
    const first = this.#segments[0];
    const former = first === undefined ? 0 : first.length;
    if (first?.isPooled) this.#pool.give(first.bytes);
    this.#segments[0] = { bytes, length: bytes.length, isPooled: false };
    this.received += bytes.length - former;
  }

  /** Keeps these bytes, the caller's own, as all that came. */
  replace(bytes: Uint8Array): void {
    this.#drop();
    this.#segments = [{ bytes, length: bytes.length, isPooled: false }];
    this.#keptFrom = 0;
    this.received = bytes.length;
  }

  /** Appends `count` bytes from `place` on to `writer`; they are kept. */
  copy(place: number, count: number, writer: Writer): void {
    let begin = this.#keptFrom;
    let at = place;
    const end = place + count;
    for (const { bytes, length } of this.#segments) {
      if (at === end) return;
      const next = begin + length;
      if (at < next) {
        const stop = Math.min(end, next);
        writer.append(bytes, at - begin, stop - begin);
        at = stop;
      }
      begin = next;
    }
    assert(at === end, 'bytes that are still to be sent are kept');
  }

  /** Bytes of memory that are taken. */
  get memory(): number {
    let sum = 0;
    for (const { bytes } of this.#segments) sum += bytes.length;
    return sum;
  }

  /** Lets go of whole blocks before `place`; returns how many bytes that were. */
  letGo(place: number): number {
    const before = this.#keptFrom;
    for (;;) {
      const first = this.#segments[0];
      if (first === undefined || this.#keptFrom + first.length > place) break;
      this.#segments.shift();
      this.#keptFrom += first.length;
      if (first.isPooled) this.#pool.give(first.bytes);
    }
    return this.#keptFrom - before;
  }

  /** Lets go of everything; returns how many bytes that were. */
  clear(): number {
    const { kept } = this;
    this.#drop();
    this.#keptFrom = this.received;
    return kept;
  }

  #drop(): void {
    for (const segment of this.#segments) if (segment.isPooled) this.#pool.give(segment.bytes);
    this.#segments = [];
  }
}

const none = new Uint8Array(0);
