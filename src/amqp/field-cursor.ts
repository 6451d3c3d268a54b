// Walks the fields of a performative without making an object per field: the careful way of the hot decoders.
//
//   00 53 14 | c0 size count | field field … | payload
//   descriptor  list header    ^position       ^end (of the list)
//
// One cursor is reused for ever; whoever decodes opens it, asks for the fields in order, and closes it.

import { DecodeError } from './decode-error.ts';
import { readPerformativeCode } from './frames.ts';
import { int32 } from './integers.ts';
import { skipValue } from './value-skipper.ts';

const nothing = new Uint8Array(0);

export class FieldCursor {
  bytes: Uint8Array = nothing;
  position = 0;
  /** End of the list. */
  end = 0;
  /** Fields not yet taken. */
  left = 0;
  /** Whether the field taken last was there and not null. */
  present = false;

  /**
   * Stands before the first field of the described list at `start`, which must have the descriptor `code` and at most
   * `fieldsMax` fields. Throws DecodeError otherwise, or when the list does not fit into [start, end).
   */
  open(bytes: Uint8Array, start: number, end: number, code: number, fieldsMax: number): void {
    if (readPerformativeCode(bytes, start, end) !== code) throw new DecodeError('another descriptor expected', start);
    this.bytes = bytes;
    const list = bytes[start + 1] === 0x53 ? start + 3 : skipValue(bytes, start + 1, end);
    this.#openList(list, end);
    if (this.left > fieldsMax) throw new DecodeError(`${this.left} fields, ${fieldsMax} known`, list);
  }

  #openList(start: number, end: number): void {
    const bytes = this.bytes;
    const format = start < end ? bytes[start] : -1;
    let first = start + 1;
    let size = 0;
    this.left = 0;
    if (format === 0xc0 && end - start >= 3) {
      first = start + 3;
      size = bytes[start + 1] - 1;
      this.left = bytes[start + 2];
    } else if (format === 0xd0 && end - start >= 9) {
      first = start + 9;
      size = int32(bytes, start + 1) - 4;
      this.left = int32(bytes, start + 5);
    } else if (format !== 0x45) throw new DecodeError('a list expected', start);
    if (size < 0 || size > end - first || this.left < 0 || this.left > size) {
      throw new DecodeError('a list that fits its place expected', start);
    }
    this.position = first;
    this.end = first + size;
  }

  /** The bit pattern of a uint (negative from 2^31 on); 0 when absent. */
  uint(): number {
    const format = this.#next();
    if (format === 0x40) return 0;
    this.present = true;
    if (format === 0x43) return 0;
    if (format === 0x52) return this.bytes[this.#take(1)];
    if (format === 0x70) return int32(this.bytes, this.#take(4));
    throw this.#unexpected('uint');
  }

  /** false when absent. */
  boolean(): boolean {
    const format = this.#next();
    if (format === 0x40) return false;
    this.present = true;
    if (format === 0x41) return true;
    if (format === 0x42) return false;
    if (format !== 0x56) throw this.#unexpected('boolean');
    const value = this.bytes[this.#take(1)];
    if (value > 1) throw this.#unexpected('boolean');
    return value === 1;
  }

  /** -1 when absent. */
  ubyte(): number {
    const format = this.#next();
    if (format === 0x40) return -1;
    if (format !== 0x50) throw this.#unexpected('ubyte');
    this.present = true;
    return this.bytes[this.#take(1)];
  }

  /** Steps over a binary and returns its length; its bytes end at `position`. 0 when absent. */
  binary(): number {
    const format = this.#next();
    if (format === 0x40) return 0;
    let length = 0;
    if (format === 0xa0) length = this.bytes[this.#take(1)];
    else if (format === 0xb0) length = int32(this.bytes, this.#take(4));
    else throw this.#unexpected('binary');
    if (length < 0) throw this.#unexpected('binary');
    this.#take(length);
    this.present = true;
    return length;
  }

  /** Steps over any value and returns where it starts; it ends at `position`. When absent, both are the same. */
  any(): number {
    if (this.left > 0 && this.position < this.end && this.bytes[this.position] !== 0x40) {
      const start = this.position;
      this.left--;
      this.position = skipValue(this.bytes, start, this.end);
      this.present = true;
      return start;
    }
    this.#next();
    return this.position;
  }

  /** Steps over a map. */
  map(): void {
    const start = this.any();
    const format = this.bytes[start];
    if (this.present && format !== 0xc1 && format !== 0xd1) throw this.#unexpected('map');
  }

  /**
   * Refuses what is left over: fields, or bytes between the last one and the end of the list, or between the list and
   * `end`. Lets go of the bytes.
   */
  close(end = this.end): void {
    if (this.left !== 0 || this.position !== this.end || this.end !== end) throw this.#unexpected('the end');
    this.bytes = nothing;
  }

  /** Throws unless the field taken last was there. */
  mandatory(name: string): void {
    if (!this.present) throw new DecodeError(`mandatory field ${name} is missing`, this.position);
  }

  /** Format code of the next field, 0x40 (null) behind the last one. */
  #next(): number {
    this.present = false;
    if (this.left === 0) return 0x40;
    this.left--;
    return this.bytes[this.#take(1)];
  }

  #take(count: number): number {
    const start = this.position;
    if (count > this.end - start) throw new DecodeError('a field ends outside its list', start);
    this.position = start + count;
    return start;
  }

  #unexpected(wanted: string): DecodeError {
    return new DecodeError(`${wanted} expected`, this.position);
  }
}
