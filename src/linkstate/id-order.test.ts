import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareIds } from './id-order.ts';

/** By code point, the slow way. */
function plainCompare(a: string, b: string): number {
  const left = [...a].map((character) => character.codePointAt(0) as number);
  const right = [...b].map((character) => character.codePointAt(0) as number);
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    if (left[at] !== right[at]) return (left[at] as number) - (right[at] as number);
  }
  return left.length - right.length;
}

test('ids are ordered by code point, also where UTF-16 orders them otherwise', () => {
  expect(compareIds('\u{FF5E}', '\u{1F600}')).toBeLessThan(0);
  expect(compareIds('QDR.A', 'QDR.A')).toBe(0);
  expect(compareIds('QDR.A', 'QDR.AB')).toBeLessThan(0);
  expect(compareIds('QDR.B', 'QDR.AB')).toBeGreaterThan(0);
  const character = fc.oneof(
    fc.constantFrom('A', 'é', '\u{D7FF}', '\u{E000}', '\u{FFFF}', '\u{10000}'),
    fc.string({ unit: 'binary' }),
  );
  const id = fc.array(character, { maxLength: 6 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(id, id, (a, b) => {
      expect(Math.sign(compareIds(a, b))).toBe(Math.sign(plainCompare(a, b)));
    }),
  );
});
