// Lists and maps whose header has four bytes for size and count: nothing is moved when they turn out long.
//
//   d0 size (4) count (4) content      list; d1 is a map. size counts what follows it: count and content
import type { Writer } from '../../amqp/writer.ts';

const headerBytes = 9;

/** Reserves the header; write the content, then call {@link endWide} with what this returned. */
export function beginWide(writer: Writer): number {
  writer.reserve(headerBytes);
  const start = writer.position;
  writer.position += headerBytes;
  return start;
}

/** @param format 0xd0 list, 0xd1 map @param count items; keys and values of a map */
export function endWide(writer: Writer, start: number, format: number, count: number): void {
  writer.bytes[start] = format;
  writer.view.setUint32(start + 1, writer.position - start - 5);
  writer.view.setUint32(start + 5, count);
}

/** The header alone, for content of `contentBytes` that stands elsewhere. */
export function writeWideHeader(writer: Writer, format: number, contentBytes: number, count: number): void {
  writer.u8(format);
  writer.u32(contentBytes + 4);
  writer.u32(count);
}
