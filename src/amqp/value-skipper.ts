// Steps over a value without decoding it (§1.2): the high half of a format code tells how its length is found.
//
//   4x  nothing follows        7x  4 bytes     ax cx ex   1 byte of length, then so many bytes
//   5x  1 byte                 8x  8 bytes     bx dx fx   4 bytes of length, then so many bytes
//   6x  2 bytes                9x  16 bytes    00         a descriptor, then a value

import { DecodeError } from './decode-error.ts';
import { encodings } from './generated/encodings.ts';
import { int32 } from './integers.ts';

const unknown = -1;
const sized8 = -2;
const sized32 = -3;

/** Bytes behind a format code, or one of the marks above. */
const bytesBehind = new Int8Array(256).fill(unknown);
for (const { code, category, width } of encodings) {
  bytesBehind[code] = category === 'fixed' ? width : width === 1 ? sized8 : sized32;
}

/**
 * Position after the value that starts at `position`. Looks only at lengths: what is inside a compound value is not
 * checked. Iterative, in [position, end) only; throws DecodeError for an unknown format code or a value that ends outside.
 */
export function skipValue(bytes: Uint8Array, position: number, end: number): number {
  let at = position;
  for (let values = 1; values > 0; values--) {
    if (at >= end) throw new DecodeError('a value is cut off', at);
    const code = bytes[at++];
    if (code === 0) {
      values += 2; // a descriptor and a value stand for this one
      continue;
    }
    const width = bytesBehind[code];
    if (width >= 0) at += width;
    else if (width === sized8 && at < end) at += 1 + bytes[at];
    else if (width === sized32 && end - at >= 4) at += 4 + (int32(bytes, at) >>> 0);
    else throw new DecodeError('a value is cut off or of an unknown format', at - 1);
    if (at > end) throw new DecodeError('a value is cut off', end);
  }
  return at;
}
