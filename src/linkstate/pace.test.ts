import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('the first is permitted at once, what follows waits for its time', () => {
  const pace = new Pace(100);
  expect([pace.permits(true, false, 0), pace.dueAt]).toEqual([true, Number.POSITIVE_INFINITY]);
  expect([pace.permits(true, false, 30), pace.dueAt]).toEqual([false, 100]);
  expect([pace.permits(true, false, 100), pace.dueAt]).toEqual([true, Number.POSITIVE_INFINITY]);
  expect(pace.permits(true, false, 199)).toBe(false);
});

test('what is urgent does not wait, and what is wanted no longer is not waited for', () => {
  const pace = new Pace(100);
  pace.permits(true, false, 0);
  expect(pace.permits(true, true, 10)).toBe(true);
  expect([pace.permits(true, false, 100), pace.dueAt]).toEqual([false, 110]);
  expect([pace.permits(false, false, 105), pace.dueAt]).toEqual([false, Number.POSITIVE_INFINITY]);
  expect(pace.permits(false, false, 500)).toBe(false);
});
