import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, spread } from './statistics.ts';

test('the median of an odd count is the middle one, of an even count the mean of the middle two', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 2, 4, 8])).toBe(6);
});

test('half of the values are at most the median and half are at least it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
      const middle = median(values);
      expect(values.filter((value) => value <= middle).length * 2).toBeGreaterThanOrEqual(values.length);
      expect(values.filter((value) => value >= middle).length * 2).toBeGreaterThanOrEqual(values.length);
    }),
  );
});

test('nothing measured is null, not a number', () => {
  expect(spread([])).toBeNull();
  expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
});
