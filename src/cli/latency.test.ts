import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Latency } from './latency.ts';

test('percentiles are those of the sorted list, within a step', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1 }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      (values, share) => {
        const latency = new Latency();
        for (const value of values) latency.add(value);
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(share * sorted.length) - 1]!;
        expect(latency.percentileMs(share) / exact).toBeGreaterThan(0.95);
        expect(latency.percentileMs(share) / exact).toBeLessThan(1.05);
        expect(latency.maxMs).toBe(sorted.at(-1));
      },
    ),
  );
});

test('without any value everything is 0', () => {
  const latency = new Latency();
  expect([latency.percentileMs(0.5), latency.maxMs, latency.count]).toEqual([0, 0, 0]);
});

test('times beyond the scale count as the largest', () => {
  const latency = new Latency();
  latency.add(0);
  latency.add(1e12);
  expect(latency.count).toBe(2);
  expect(latency.maxMs).toBe(1e12);
});
