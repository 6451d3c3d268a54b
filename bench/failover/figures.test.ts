import { expect, test } from 'vitest';
import { longestGap, lossOf } from './figures.ts';
import type { Outcome, Sent } from './traffic.ts';

const one = (sentAt: number, outcome: Outcome | null, outcomeAt: number, copies = 1): Sent => {
  return { sentAt, outcome, outcomeAt, copies };
};

test('the gap begins with the loss or with a delivery after it, and ends with the next delivery', () => {
  expect(longestGap([0, 10, 12, 60, 61], { from: 11, to: 100 })).toBe(48);
  expect(longestGap([0, 10, 60, 61], { from: 11, to: 100 })).toBe(49);
});

test('deliveries that never resume leave a gap to the end', () => {
  expect(longestGap([0, 10], { from: 11, to: 100 })).toBe(89);
  expect(longestGap([0, 10, 20], { from: 11, to: 100 })).toBe(80);
});

test('what was settled before the loss, or sent after its aftermath, is no part of it', () => {
  const sent = [one(1, 'released', 5), one(200, 'released', 201), one(9, 'accepted', 12), one(20, 'accepted', 21)];
  const loss = lossOf(sent, [12, 21], { from: 10, to: 100 });
  expect(loss).toMatchObject({ released: 0, modified: 0, lost: 0, duplicates: 0 });
});

test('modified are held against what was under way when the loss was noticed', () => {
  const sent = [one(8, 'modified', 30), one(12, 'modified', 30), one(15, 'accepted', 31), one(40, 'modified', 50)];
  const loss = lossOf(sent, [31, 50], { from: 10, to: 100 });
  expect(loss).toMatchObject({ modified: 3, inDoubt: 3, modifiedLate: 1 });
});

test('second copies and missing outcomes are counted, however long ago their message was sent', () => {
  const sent = [one(1, 'accepted', 2, 2), one(9, null, -1, 0), one(11, 'released', 12, 0), one(12, 'rejected', 13)];
  expect(lossOf(sent, [], { from: 10, to: 100 })).toMatchObject({ duplicates: 1, lost: 1, released: 1, rejected: 1 });
});

test('what fails while the router comes back is told apart from what its loss cost', () => {
  const sent = [
    one(99, 'released', 101),
    one(120, 'modified', 121),
    one(120, 'accepted', 121),
    one(300, 'released', 301),
  ];
  const loss = lossOf(sent, [], { from: 10, to: 100, backAt: 200 });
  expect(loss).toMatchObject({ released: 0, modified: 0, failedOnReturn: 2 });
});
