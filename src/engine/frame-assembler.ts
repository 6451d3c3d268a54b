// Keeps what a chunk left unfinished: a protocol header, or one frame that the next chunks complete. Whole frames never
// come here, they are read where they lie.

import { type BlockPool, blockBytes } from '../kit/block-pool.ts';

/** Frames up to this size are put together in a buffer of their own, longer ones in a pooled block if they fit. */
const smallBytes = 1024;

export class FrameAssembler {
  readonly #blocks: BlockPool;
  #bytes: Uint8Array | null = null;
  #filled = 0;
  #size = 0;
  #header: Uint8Array | null = null;
  #headerFilled = 0;

  constructor(blocks: BlockPool) {
    this.#blocks = blocks;
  }

  // --- the 8 bytes of a protocol header (§2.2) ---------------------------------------------------------------------

  get isHeaderComplete(): boolean {
    return this.#headerFilled === 8;
  }

  /** Takes header bytes from `bytes` at `at`; returns where it stopped. */
  fillHeader(bytes: Uint8Array, at: number): number {
    this.#header ??= new Uint8Array(8);
    while (this.#headerFilled < 8 && at < bytes.length) this.#header[this.#headerFilled++] = bytes[at++] as number;
    return at;
  }

  takeHeader(): Uint8Array {
    const header = this.#header as Uint8Array;
    this.#header = null;
    this.#headerFilled = 0;
    return header;
  }

  // --- a frame in parts --------------------------------------------------------------------------------------------

  get isPartial(): boolean {
    return this.#bytes !== null;
  }

  /** The size field has come. Before that `size` means nothing. */
  get isSizeKnown(): boolean {
    return this.#filled >= 4;
  }

  get size(): number {
    return this.#size;
  }

  get isComplete(): boolean {
    return this.#filled >= 8 && this.#filled === this.#size;
  }

  /** Keeps `bytes[at, …)`, the beginning of a frame: less than 8 bytes, or a frame whose size has been checked. */
  keep(bytes: Uint8Array, at: number): void {
    this.#bytes = new Uint8Array(8);
    this.#filled = 0;
    this.#size = 0;
    this.fill(bytes, at, Number.POSITIVE_INFINITY);
  }

  /** Adds bytes of the frame; returns where it stopped. A size out of 8 … `sizeMax` gets no room: look at `size`. */
  fill(bytes: Uint8Array, at: number, sizeMax: number): number {
    let kept = this.#bytes as Uint8Array;
    while (this.#filled < 8 && at < bytes.length) {
      kept[this.#filled++] = bytes[at++] as number;
      if (this.#filled === 4) this.#size = new DataView(kept.buffer).getUint32(0);
    }
    if (this.#filled < 8 || this.#size < 8 || this.#size > sizeMax) return at;
    if (kept.length < this.#size) {
      const whole =
        this.#size > smallBytes && this.#size <= blockBytes ? this.#blocks.take() : new Uint8Array(this.#size);
      whole.set(kept);
      this.#bytes = kept = whole;
    }
    const count = Math.min(this.#size - this.#filled, bytes.length - at);
    kept.set(bytes.subarray(at, at + count), this.#filled);
    this.#filled += count;
    return at + count;
  }

  /** The completed frame: the first `size` bytes. */
  take(): Uint8Array {
    const frame = this.#bytes as Uint8Array;
    this.#bytes = null;
    this.#filled = 0;
    return frame;
  }

  /** Gives back what `take` gave, when nobody looks at it any more. */
  recycle(frame: Uint8Array): void {
    if (frame.length === blockBytes && this.#size > smallBytes) this.#blocks.give(frame);
  }

  /** Lets go of what has come. */
  drop(): void {
    if (this.#bytes !== null) this.recycle(this.#bytes);
    this.#bytes = null;
    this.#filled = 0;
    this.#header = null;
    this.#headerFilled = 0;
  }
}
