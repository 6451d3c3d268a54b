import { expect, test } from 'vitest';
import { DecodeError } from './decode-error.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

test('a writer grows by doubling and keeps what was written', () => {
  const writer = new Writer(4);
  writer.u8(1);
  writer.u16(0x0203);
  writer.u32(0x04050607);
  writer.append(Uint8Array.of(8, 9, 10), 1, 2);
  expect(writer.written()).toStrictEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9));
  writer.append(new Uint8Array(1000).fill(7));
  expect(writer.written().subarray(0, 9)).toStrictEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9, 7));
  expect(writer.position).toBe(1008);
  expect(writer.view.buffer).toBe(writer.bytes.buffer);
});

test('room that was reserved is there, and reserving what is there changes nothing', () => {
  const writer = new Writer(100);
  const before = writer.bytes;
  writer.reserve(100);
  expect(writer.bytes).toBe(before);
  writer.reserve(101);
  expect(writer.bytes.length).toBeGreaterThanOrEqual(101);
});

test('a reader reads in network order and never past its end', () => {
  const bytes = Uint8Array.of(0xff, 1, 2, 3, 4, 5, 6, 7, 0xff);
  const reader = new Reader(bytes.subarray(1), 0, 7);
  expect([reader.u8(), reader.u16(), reader.u32()]).toEqual([1, 0x0203, 0x04050607]);
  for (const read of [() => reader.u8(), () => reader.u16(), () => reader.u32(), () => reader.copy(1)]) {
    expect(read).toThrow(DecodeError);
    expect(reader.position).toBe(7);
  }
  expect(reader.copy(0)).toStrictEqual(new Uint8Array(0));
});
