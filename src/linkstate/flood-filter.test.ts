import { expect, test } from 'vitest';
import { FloodFilter, type FloodNews } from './flood-filter.ts';
import { floodWindowMs } from './limits.ts';

const ra: FloodNews = { opcode: 'RA', id: 'A', instance: 1, sequence: 5, mobileSequence: 2 };

/** Whether it is handed on. */
function admits(filter: FloodFilter, more: Partial<FloodNews>, hops: number, clock = 10): boolean {
  const news = { ...ra, ...more };
  const isCopy = filter.isCopy(news, hops, clock);
  if (!isCopy) filter.note(news, hops, clock);
  return !isCopy;
}

test('of equal copies of an RA the first is handed on, and later those that came over fewer routers', () => {
  const filter = new FloodFilter();
  expect([4, 4, 5, 3, 3, 2].map((hops) => admits(filter, {}, hops))).toEqual([true, false, false, true, false, true]);
});

test.each(['LSU', 'MAU'] as const)('of equal copies of an %s only the first is handed on', (opcode) => {
  const filter = new FloodFilter();
  expect([4, 3].map((hops) => admits(filter, { opcode }, hops))).toEqual([true, false]);
});

test('what has any newer sequence is news, what has only older ones is not', () => {
  const filter = new FloodFilter();
  expect(admits(filter, {}, 3)).toBe(true);
  expect(admits(filter, { mobileSequence: 3 }, 3)).toBe(true);
  expect(admits(filter, {}, 1)).toBe(false);
  expect(admits(filter, { sequence: 6, mobileSequence: 3 }, 3)).toBe(true);
});

test('instances, makers and kinds do not disturb each other, however they alternate', () => {
  const filter = new FloodFilter();
  const all: Partial<FloodNews>[] = [{}, { instance: 2 }, { id: 'B' }, { opcode: 'LSU' }];
  expect(all.map((more) => admits(filter, more, 1))).toEqual([true, true, true, true]);
  expect(all.map((more) => admits(filter, more, 1))).toEqual([false, false, false, false]);
});

test('the same again after a while is a new message, whether or not the old one was forgotten', () => {
  for (const ticks of [true, false]) {
    const filter = new FloodFilter();
    admits(filter, {}, 3, 0);
    if (ticks) filter.tick(floodWindowMs);
    expect(admits(filter, {}, 3, floodWindowMs)).toBe(false);
    if (ticks) filter.tick(floodWindowMs + 1);
    expect(admits(filter, {}, 3, floodWindowMs + 1)).toBe(true);
  }
});
