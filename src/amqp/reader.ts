// Checked reading for cold code: every method refuses to look beyond `end`. Hot decoders check by themselves.

import { DecodeError } from './decode-error.ts';
import { limits } from './limits.ts';

/** A position in bytes of which it never owns anything: what is taken out as a view must be copied to be kept. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  position: number;
  /** First byte that may not be read. Decoders of compounds narrow it for the time of their content. */
  end: number;
  /** How many more array items without bytes this reader may yield (limits.zeroWidthItemsMax). */
  zeroWidthItemsLeft: number = limits.zeroWidthItemsMax;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
    this.end = end;
  }

  u8(): number {
    return this.bytes[this.take(1)];
  }

  u16(): number {
    return this.view.getUint16(this.take(2));
  }

  u32(): number {
    return this.view.getUint32(this.take(4));
  }

  /** Steps over `count` bytes and returns where they start. */
  take(count: number): number {
    const start = this.position;
    if (count > this.end - start) throw new DecodeError(`${count} bytes wanted, ${this.end - start} there`, start);
    this.position = start + count;
    return start;
  }

  /** A copy of the next `count` bytes, always a plain Uint8Array (`slice` of a Node Buffer would be a view). */
  copy(count: number): Uint8Array {
    const start = this.take(count);
    const copied = new Uint8Array(count);
    copied.set(this.bytes.subarray(start, start + count));
    return copied;
  }

  fail(message: string): never {
    throw new DecodeError(message, this.position);
  }
}
