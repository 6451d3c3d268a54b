import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knownText } from './known-text.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

test('text is what its bytes say, also when many texts share a place', () => {
  for (let at = 0; at < 100_000; at++) {
    const text = `R${at}`;
    const bytes = bytesOf(`>${text}<`);
    if (knownText(bytes, 1, bytes.length - 1) !== text) throw new Error(`${text} was read otherwise`);
  }
});

test('text is what its bytes say, whatever was read before', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 3 }), { maxLength: 50 }), (texts) => {
      expect(texts.map((text) => knownText(bytesOf(text), 0, text.length))).toEqual(texts);
    }),
  );
});

test('what is not ASCII is left to others', () => {
  expect(knownText(bytesOf('é'), 0, 2)).toBeNull();
});
