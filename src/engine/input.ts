// Bytes in, protocol headers and frames out. Whole frames are read where they lie in the chunk; what a chunk leaves
// unfinished is kept until the next ones complete it.
//
//   chunk:  ├─ rest of a frame ─┤─ frame ─┤─ frame ─┤─ begin of a frame ─┤
//            completed, a copy    in place  in place   kept
import type { BlockPool } from '../kit/block-pool.ts';
import { FrameAssembler } from './frame-assembler.ts';

/** What the next bytes are. */
export const Expecting = {
  /** The 8 bytes of a protocol header (§2.2). */
  Header: 0,
  Frames: 1,
  /** Nothing now: they are held until {@link Input.resume}. */
  Later: 2,
  /** Nothing ever: they are dropped. */
  Nothing: 3,
} as const;
export type Expecting = (typeof Expecting)[keyof typeof Expecting];

/** Takes what comes of the bytes. Every call may change `expecting`. */
export interface InputOwner {
  readonly expecting: Expecting;
  /** Only read while frames are expected; it changes only across a header. */
  readonly frameSizeMax: number;
  handleHeader(header: Uint8Array): void;
  /** One frame in `bytes[start, end)`, borrowed until the call returns. It has a whole frame header. hot */
  handleFrame(bytes: Uint8Array, start: number, end: number): void;
  /** The size field of a frame is out of bounds: nothing behind it can be read any more. */
  handleFrameSize(size: number): void;
}

export class Input {
  readonly #owner: InputOwner;
  readonly #frames: FrameAssembler;
  #held: Uint8Array | null = null;

  constructor(owner: InputOwner, blocks: BlockPool) {
    this.#owner = owner;
    this.#frames = new FrameAssembler(blocks);
  }

  /** `bytes` is borrowed. What a frame does may throw (a DecodeError); the rest of the chunk is lost then. */
  handle(bytes: Uint8Array): void {
    const owner = this.#owner;
    const frames = this.#frames;
    let at = 0;
    while (at < bytes.length) {
      switch (owner.expecting) {
        case Expecting.Frames:
          at = frames.isPartial ? this.#completeFrame(bytes, at) : this.#readFrames(bytes, at);
          break;
        case Expecting.Header:
          at = frames.fillHeader(bytes, at);
          if (frames.isHeaderComplete) owner.handleHeader(frames.takeHeader());
          break;
        case Expecting.Later:
          this.#hold(bytes.subarray(at));
          return;
        default:
          return;
      }
    }
  }

  /** Reads what was held. */
  resume(): void {
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.handle(held);
  }

  /** Lets go of everything. */
  drop(): void {
    this.#held = null;
    this.#frames.drop();
  }

  /** hot */
  #readFrames(bytes: Uint8Array, start: number): number {
    const owner = this.#owner;
    const end = bytes.length;
    const sizeMax = owner.frameSizeMax;
    let at = start;
    while (end - at >= 8) {
      const size =
        ((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number);
      if (size < 8 || size > sizeMax) {
        owner.handleFrameSize(size >>> 0);
        return end;
      }
      if (end - at < size) break;
      owner.handleFrame(bytes, at, at + size);
      at += size;
      if (owner.expecting !== Expecting.Frames) return at;
    }
    if (at < end) this.#frames.keep(bytes, at);
    return end;
  }

  #completeFrame(bytes: Uint8Array, start: number): number {
    const frames = this.#frames;
    const sizeMax = this.#owner.frameSizeMax;
    const at = frames.fill(bytes, start, sizeMax);
    if (frames.isSizeKnown && (frames.size < 8 || frames.size > sizeMax)) {
      this.#owner.handleFrameSize(frames.size);
      return bytes.length;
    }
    if (frames.isComplete) {
      const { size } = frames;
      const frame = frames.take();
      try {
        this.#owner.handleFrame(frame, 0, size);
      } finally {
        frames.recycle(frame);
      }
    }
    return at;
  }

  #hold(bytes: Uint8Array): void {
    const former = this.#held;
    const held = new Uint8Array((former === null ? 0 : former.length) + bytes.length);
    if (former !== null) held.set(former);
    held.set(bytes, former === null ? 0 : former.length);
    this.#held = held;
  }
}
