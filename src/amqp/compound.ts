// The headers of lists, maps and arrays while their content is not written yet. Nearly all are short, so the header
// with one byte of size and count is reserved, and the content moved when it turns out longer:
//
//   c0 size count content            size counts what follows it: count and content
//   d0 size (4) count (4) content    likewise

import type { Writer } from './writer.ts';

const narrowHeader = 3;
const wideHeader = 9;

/** Reserves the header; returns where the value starts. Write the content, then {@link endCompound}. */
export function beginCompound(writer: Writer): number {
  writer.reserve(narrowHeader);
  const start = writer.position;
  writer.position += narrowHeader;
  return start;
}

/**
 * Writes the header of the value that starts at `start` and ends at the writer's position.
 * @param format the narrow format code: 0xc0 list, 0xc1 map, 0xe0 array. @param count of items (keys and values, for a map).
 */
export function endCompound(writer: Writer, start: number, format: number, count: number): void {
  const content = start + narrowHeader;
  const size = writer.position - content;
  if (size < 255 && count < 256) {
    writer.bytes[start] = format;
    writer.bytes[start + 1] = size + 1;
    writer.bytes[start + 2] = count;
    return;
  }
  writer.reserve(wideHeader - narrowHeader);
  writer.bytes.copyWithin(start + wideHeader, content, writer.position);
  writer.bytes[start] = format + 0x10;
  writer.view.setUint32(start + 1, size + 4);
  writer.view.setUint32(start + 5, count);
  writer.position += wideHeader - narrowHeader;
}
