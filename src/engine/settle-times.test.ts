import { expect, test } from 'vitest';
import { SettleTimes, settleBoundsMs } from './settle-times.ts';

test('a time falls into the first bucket whose bound it does not pass', () => {
  const times = new SettleTimes();
  for (const bound of settleBoundsMs) {
    times.add(bound);
    times.add(bound + 1);
  }
  const expected = settleBoundsMs.map((bound, index) => {
    const before = settleBoundsMs[index - 1];
    return before === undefined ? 1 : before + 1 <= bound ? 2 : 1;
  });
  expect([...times.counts]).toEqual([...expected, 1]);
  expect(times.sumMs).toBe(settleBoundsMs.reduce((sum, bound) => sum + 2 * bound + 1, 0));
});

test('what is settled in the same turn is in the first bucket', () => {
  const times = new SettleTimes();
  times.add(0);
  expect(times.counts[0]).toBe(1);
});
