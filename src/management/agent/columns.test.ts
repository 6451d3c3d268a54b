// What columns write is what the general encoder writes: read back, it is the value, in its type.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reader } from '../../amqp/reader.ts';
import { type AmqpValue, decodeValue, int, long, uint, ulong } from '../../amqp/values.ts';
import { Writer } from '../../amqp/writer.ts';
import { writeInteger, writeText, writeUint, writeUlong } from './columns.ts';

function readBack(write: (writer: Writer) => void): AmqpValue {
  const writer = new Writer(1);
  write(writer);
  const reader = new Reader(writer.bytes, 0, writer.position);
  const value = decodeValue(reader);
  expect(reader.position).toBe(writer.position);
  return value;
}

const edges = [0, 1, 127, 128, 255, 256, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];

test('numbers', () => {
  const counts = fc.oneof(fc.constantFrom(...edges), fc.nat({ max: Number.MAX_SAFE_INTEGER }));
  fc.assert(
    fc.property(counts, fc.boolean(), (count, isNegative) => {
      expect(readBack((writer) => writeUlong(writer, count))).toEqual(ulong(count));
      expect(readBack((writer) => writeUint(writer, count))).toEqual(uint(Math.min(count, 0xffff_ffff)));
      const number = isNegative && count > 0 ? -count : count;
      const isInt = number >= -(2 ** 31) && number < 2 ** 31;
      expect(readBack((writer) => writeInteger(writer, number))).toEqual(isInt ? int(number) : long(number));
    }),
  );
});

test('texts of any length and script', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      expect(readBack((writer) => writeText(writer, text))).toBe(text);
    }),
  );
  expect(readBack((writer) => writeText(writer, null))).toBe(null);
  for (const length of [127, 128, 129, 255, 256])
    expect(readBack((writer) => writeText(writer, 'x'.repeat(length)))).toBe('x'.repeat(length));
});
