// The one copy that a payload makes: from the chunk just read into an output buffer.

import type { Writer } from './writer.ts';

/** From this many bytes on, the call into `set` is cheaper than a loop (bench/codec.ts measures it). */
const loopBytesMax = 64;

/** Appends `from[start, end)`. */
export function copyBytes(from: Uint8Array, start: number, end: number, writer: Writer): void {
  const count = end - start;
  writer.reserve(count);
  const bytes = writer.bytes;
  let at = writer.position;
  writer.position = at + count;
  if (count > loopBytesMax) bytes.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) bytes[at++] = from[i];
}
