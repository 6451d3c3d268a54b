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
    this.openList(list, end);
    if (this.left > fieldsMax) throw new DecodeError(`${this.left} fields, ${fieldsMax} known`, list);
  }

  private openList(start: number, end: number): void {
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
    const format = this.next();
    const at = this.position;
    if (format === 0x43) return 0;
    if (format === 0x52 && at < this.end) {
      this.position = at + 1;
      return this.bytes[at];
    }
    if (format === 0x70 && this.end - at >= 4) {
      this.position = at + 4;
      return int32(this.bytes, at);
    }
    return this.absent(format, 'uint');
  }

  /** false when absent. */
  boolean(): boolean {
    const format = this.next();
    if (format === 0x41) return true;
    if (format === 0x42) return false;
    if (format !== 0x56) return this.absent(format, 'boolean') !== 0;
    const value = this.bytes[this.take(1)];
    if (value > 1) throw this.unexpected('boolean');
    return value === 1;
  }

  /** -1 when absent. */
  ubyte(): number {
    const format = this.next();
    if (format !== 0x50) return this.absent(format, 'ubyte') - 1;
    return this.bytes[this.take(1)];
  }

  /** Steps over a binary and returns its length; its bytes end at `position`. 0 when absent. */
  binary(): number {
    const format = this.next();
    if (format !== 0xa0 && format !== 0xb0) return this.absent(format, 'binary');
    const length = format === 0xa0 ? this.bytes[this.take(1)] : int32(this.bytes, this.take(4));
    if (length < 0) throw this.unexpected('binary');
    this.take(length);
    return length;
  }

  /** Steps over any value and returns where it starts; it ends at `position`. When absent, both are the same. */
  any(): number {
    const start = this.position;
    if (this.next() === 0x40) {
      this.present = false;
      return this.position;
    }
    this.position = skipValue(this.bytes, start, this.end);
    return start;
  }

  /** Steps over a map. */
  map(): void {
    const start = this.any();
    const format = this.bytes[start];
    if (this.present && format !== 0xc1 && format !== 0xd1) throw this.unexpected('map');
  }

  /**
   * Refuses what is left over: fields, or bytes between the last one and the end of the list, or between the list and
   * `end`. Lets go of the bytes.
   */
  close(end = this.end): void {
    if (this.left !== 0 || this.position !== this.end || this.end !== end) throw this.unexpected('the end');
    this.bytes = nothing;
  }

  /** Throws unless the field taken last was there. */
  mandatory(name: string): void {
    if (!this.present) throw new DecodeError(`mandatory field ${name} is missing`, this.position);
  }

  /** Format code of the next field, 0x40 (null) behind the last one. */
  private next(): number {
    if (this.left === 0) {
      this.present = false;
      return 0x40;
    }
    this.left--;
    this.present = true;
    return this.bytes[this.take(1)];
  }

  /** What a field is worth that is null, as it must be when it has none of the expected formats. */
  private absent(format: number, wanted: string): number {
    if (format !== 0x40) throw this.unexpected(wanted);
    this.present = false;
    return 0;
  }

  private take(count: number): number {
    const start = this.position;
    if (count > this.end - start) throw new DecodeError('a field ends outside its list', start);
    this.position = start + count;
    return start;
  }

  private unexpected(wanted: string): DecodeError {
    return new DecodeError(`${wanted} expected`, this.position);
  }
}
