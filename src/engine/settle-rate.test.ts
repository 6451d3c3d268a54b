import { expect, test } from 'vitest';
import { SettleRate } from './settle-rate.ts';

test('the rate is the average of the last five seconds, this one included', () => {
  const rate = new SettleRate();
  for (let second = 100; second < 110; second++) for (let n = 0; n < 10; n++) rate.count(second);
  expect(rate.perSecond(109)).toBe(10);
  expect([110, 111, 112, 113, 114].map((second) => rate.perSecond(second))).toEqual([8, 6, 4, 2, 0]);
});

test('what was settled before a long pause does not count', () => {
  const rate = new SettleRate();
  for (let n = 0; n < 50; n++) rate.count(7);
  rate.count(1_000_000);
  expect(rate.perSecond(1_000_000)).toBe(0);
  for (let n = 0; n < 4; n++) rate.count(1_000_000);
  expect(rate.perSecond(1_000_000)).toBe(1);
});
