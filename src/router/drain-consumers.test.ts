// The only consumer of an address is at a router that ends: it comes back elsewhere, and nothing that was on its way to it is released.
import { describe, expect, test } from 'vitest';
import type { Receiver } from '../engine/testing/receiver.ts';
import { message } from './testing/messages.ts';
import { NetworkBench } from './testing/network-bench.ts';

const addresses = [
  { pattern: 'closest', distribution: 'closest' },
  { pattern: 'multicast', distribution: 'multicast' },
] as const;
const network = (): NetworkBench =>
  new NetworkBench({
    links: [
      ['A', 'B'],
      ['B', 'C'],
      ['A', 'C'],
      ['E', 'B'],
      ['E', 'C'],
    ],
    edges: ['E'],
    addresses,
  });

describe.each(['balanced', 'closest', 'multicast'])('%s', (address) => {
  // Of a multicast each router gets its copy over one path: what waits at B is past the fork where the way to C begins.
  const fromEdge = address === 'multicast' ? [] : [['an edge', 'E', 'C']];
  test.each([
    ...fromEdge,
    ['an edge', 'E', 'B'],
    ['an interior router', 'B', 'C'],
    ['an interior router', 'B', 'E'],
    ['an interior router', 'C', 'B'],
  ] as [string, string, string][])('at %s: from %s to %s', (_, from, to) => {
    const net = network();
    const first = net.receiver(from, address);
    const sender = net.sender('A', address);
    net.pass(500);
    let second: Receiver | null = null;
    for (let count = 0; count < 300; count++) {
      if (count === 20) net.router(from).drain(net.now);
      if (sender.credit > 0) sender.send(message());
      net.pass(10);
      // Its connection is gone, and it takes a moment to come back.
      if (second === null && !first.link?.isAttached) {
        net.pass(100);
        second = net.receiver(to, address);
      }
    }
    expect(net.node(from).host.isStopped).toBe(true);
    const outcomes = sender.sent.filter(({ id }) => id >= 0).flatMap((sent) => sent.outcomes);
    expect(outcomes.length).toBeGreaterThan(200);
    expect(outcomes.filter((outcome) => outcome !== 0x24)).toEqual([]);
    expect(first.complete.length + (second?.complete.length ?? 0)).toBe(outcomes.length);
    expect(first.complete.length).toBeGreaterThan(0);
    expect(second?.complete.length).toBeGreaterThan(0);
    expect(net.faults()).toEqual([]);
  });

  test('a consumer that does not come back is waited for a second, then what is on its way is released', () => {
    const net = network();
    net.receiver('B', address);
    const sender = net.sender('A', address);
    net.pass(500);
    net.router('B').drain(net.now);
    for (let count = 0; count < 300; count++) {
      if (sender.credit > 0) sender.send(message());
      net.pass(10);
    }
    net.pass(5_000);
    expect(net.node('B').host.isStopped).toBe(true);
    const sent = sender.sent.filter(({ id }) => id >= 0);
    expect(sent.every(({ outcomes }) => outcomes.length === 1)).toBe(true);
    expect(sent.filter(({ outcome }) => outcome !== 0x24 && outcome !== 0x26)).toEqual([]);
  });
});
