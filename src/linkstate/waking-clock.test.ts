import { expect, test } from 'vitest';
import { WakingClock } from './waking-clock.ts';

test('ticks come every second, and stay in step when one is a little late', () => {
  const clock = new WakingClock(5_000);
  expect([clock.takeTick(5_000), clock.takeTick(5_000), clock.nextTickAt]).toEqual([true, false, 6_000]);
  expect([clock.read(6_300), clock.takeTick(6_300), clock.nextTickAt]).toEqual([6_300, true, 7_000]);
});

test('the time in which a whole tick was missed does not count', () => {
  const clock = new WakingClock(0);
  clock.takeTick(0);
  expect(clock.read(1_999)).toBe(1_999);
  expect(clock.read(21_000)).toBe(1_000);
  expect([clock.takeTick(21_000), clock.nextTickAt]).toEqual([true, 22_000]);
  expect([clock.read(21_500), clock.nowAt(1_500)]).toEqual([1_500, 21_500]);
});
