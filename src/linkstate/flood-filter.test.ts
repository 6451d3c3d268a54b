import { expect, test } from 'vitest';
import { FloodFilter } from './flood-filter.ts';
import { floodWindowMs } from './limits.ts';

test('of equal copies the first is handed on, and later those that came over fewer routers', () => {
  const filter = new FloodFilter();
  const admits = (hops: number) => filter.admits('RA 1 A', [5, 2], hops, 10);
  expect([4, 4, 5, 3, 3, 2].map(admits)).toEqual([true, false, false, true, false, true]);
});

test('what has any newer sequence is news, what has only older ones is not', () => {
  const filter = new FloodFilter();
  const admits = (...sequences: number[]) => filter.admits('RA 1 A', sequences, 3, 10);
  expect(admits(5, 2)).toBe(true);
  expect(admits(5, 3)).toBe(true);
  expect(filter.admits('RA 1 A', [5, 2], 1, 10)).toBe(false);
  expect(admits(6, 3)).toBe(true);
});

test('instances and makers do not disturb each other', () => {
  const filter = new FloodFilter();
  expect(['RA 1 A', 'RA 2 A', 'RA 1 B', 'LSU 1 A'].map((maker) => filter.admits(maker, [1], 1, 0))).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test('the same again after a while is a new message, whether or not the old one was forgotten', () => {
  for (const ticks of [true, false]) {
    const filter = new FloodFilter();
    filter.admits('RA 1 A', [5, 2], 3, 0);
    if (ticks) filter.tick(floodWindowMs);
    expect(filter.admits('RA 1 A', [5, 2], 3, floodWindowMs)).toBe(false);
    if (ticks) filter.tick(floodWindowMs + 1);
    expect(filter.admits('RA 1 A', [5, 2], 3, floodWindowMs + 1)).toBe(true);
  }
});
