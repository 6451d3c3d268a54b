// A long way between two routers: what many senders send at once is on its way at once, not in portions of a round trip each.
import { expect, test } from 'vitest';
import { message } from './testing/messages.ts';
import { NetworkBench, nothingLeftAnywhere } from './testing/network-bench.ts';

test.each([
  { name: 'two interiors', edges: [] },
  { name: 'an edge and its interior', edges: ['A'] },
])('between $name', ({ edges }) => {
  const net = new NetworkBench({ links: [['A', 'B']], edges });
  const receivers = Array.from({ length: 4 }, () => net.receiver('B', 'q', { credit: 2_000 }));
  const senders = Array.from({ length: 14 }, () => net.sender('A', 'q'));
  net.pass(500);
  net.wire('A', 'B').delayMs = 40;
  const sendAll = () => {
    for (const sender of senders) for (let count = 0; count < 250; count++) sender.send(message());
    net.run();
  };
  const received = () => receivers.reduce((sum, { complete }) => sum + complete.length, 0);
  for (let round = 1; round <= 3; round++) {
    sendAll();
    net.pass(41);
    expect(received()).toBe(3_500 * round);
    net.pass(41);
    expect(senders.every(({ credit }) => credit === 250)).toBe(true);
  }
  expect(net.residue()).toEqual(nothingLeftAnywhere);
  expect(net.faults()).toEqual([]);
});
