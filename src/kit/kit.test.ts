import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assert } from './assert.ts';
import { type DeadlineOwner, Deadlines } from './deadlines.ts';
import { Fifo } from './fifo.ts';
import { Random } from './random.ts';
import { serialAdd, serialDistance } from './serial.ts';
import { TurnList } from './turn-list.ts';

test('an assertion that fails says whose fault it is', () => {
  expect(() => assert(false, 'credit must not go negative')).toThrow('our bug: credit must not go negative');
});

describe('serial numbers', () => {
  test('wrap around at 2³²', () => {
    expect(serialDistance(serialAdd(-1, 3), -1)).toBe(3);
    expect(serialDistance(0x7fffffff, serialAdd(0x7fffffff, 1))).toBe(-1);
  });
});

test('a Fifo gives back in the order of arrival, whatever the mix of pushes and shifts', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 600 }), (pushes) => {
      const fifo = new Fifo<number>();
      const twin: number[] = [];
      pushes.forEach((push, index) => {
        if (push) {
          fifo.push(index);
          twin.push(index);
        } else expect(fifo.shift()).toBe(twin.shift());
        expect([...fifo]).toEqual(twin);
        expect(fifo.peek()).toBe(twin[0]);
      });
    }),
  );
});

test('a TurnList gives what was pushed since it was cleared, and what is pushed while it is read', () => {
  const list = new TurnList<number>();
  for (const length of [3, 2000, 1]) {
    for (let item = 1; item < length; item++) list.push(item);
    const seen: number[] = [];
    for (const item of list) {
      if (seen.push(item) === 1) list.push(length);
    }
    if (length === 1) expect([...list]).toEqual([]);
    else expect(seen).toEqual(Array.from({ length }, (_, at) => at + 1));
    list.clear();
    expect(list.length).toBe(0);
  }
});

test('deadlines come out in order, after any moves and drops', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.option(fc.nat(1000))), { maxLength: 200 }), (steps) => {
      const owners = Array.from({ length: 21 }, (): DeadlineOwner => ({ deadlineAt: 0, deadlineIndex: -1 }));
      const deadlines = new Deadlines<DeadlineOwner>();
      const twin = new Map<DeadlineOwner, number>();
      for (const [which, at] of steps) {
        const owner = owners[which] as DeadlineOwner;
        if (at === null) {
          deadlines.drop(owner);
          twin.delete(owner);
        } else {
          deadlines.set(owner, at);
          twin.set(owner, at);
        }
        expect(deadlines.next).toBe(Math.min(Number.POSITIVE_INFINITY, ...twin.values()));
      }
      const out: number[] = [];
      for (let due = deadlines.takeDue(2000); due !== null; due = deadlines.takeDue(2000)) out.push(due.deadlineAt);
      expect(out).toEqual([...twin.values()].sort((a, b) => a - b));
    }),
  );
});

test('the same seed throws the same dice, another seed others', () => {
  const throws = (seed: number) =>
    Array.from(
      { length: 5 },
      (
        (random) => () =>
          random.uint32()
      )(new Random(seed)),
    );
  expect(throws(7)).toEqual(throws(7));
  expect(throws(7)).not.toEqual(throws(8));
  expect(new Random(3).below(1)).toBe(0);
});
