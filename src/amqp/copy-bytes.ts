// The one copy that a payload makes: from the chunk just read into an output buffer.

import type { Writer } from './writer.ts';

/**
 * Up to here a loop is cheaper than `set`. Measured with bench/codec.ts on Node 20: the loop costs 1.1 ns a byte, `set` 47 ns and
 * hardly more for more bytes. (Four bytes at a time between two DataViews win 20 ns on 24 to 96 bytes, which the view
 * of each new chunk eats up; eight as a float64 would be faster, but a NaN need not survive being a number.)
 */
const loopBytesMax = 40;

/** Appends `from[start, end)`. */
export function copyBytes(from: Uint8Array, start: number, end: number, writer: Writer): void {
  const count = end - start;
  writer.reserve(count);
  const bytes = writer.bytes;
  let at = writer.position;
  writer.position = at + count;
  if (count > loopBytesMax) bytes.set(from.subarray(start, end), at);
  else for (let next = start; next < end; next++) bytes[at++] = from[next];
}

/** Appends all of `from`: needs no view of a part. */
export function copyAll(from: Uint8Array, writer: Writer): void {
  const count = from.length;
  writer.reserve(count);
  const bytes = writer.bytes;
  let at = writer.position;
  writer.position = at + count;
  if (count > loopBytesMax) bytes.set(from, at);
  else for (let next = 0; next < count; next++) bytes[at++] = from[next];
}
