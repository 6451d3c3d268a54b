// How messages find consumers at other routers: closest, balanced, multicast.
import { describe, expect, test } from 'vitest';
import type { Receiver } from '../engine/testing/receiver.ts';
import { message, textOf } from './testing/messages.ts';
import { type Link, NetworkBench, nothingLeftAnywhere, outcomesAt } from './testing/network-bench.ts';

type Distribution = 'closest' | 'balanced' | 'multicast';

const line: Link[] = [
  ['B', 'A'],
  ['B', 'C'],
];
const triangle: Link[] = [
  ['A', 'B'],
  ['B', 'C'],
  ['C', 'A'],
];
/** Two ways from A to C, at the same cost. */
const ring: Link[] = [
  ['A', 'B'],
  ['B', 'C'],
  ['C', 'D'],
  ['D', 'A'],
];

function network(links: readonly Link[], distribution: Distribution): NetworkBench {
  return new NetworkBench({ links, addresses: [{ prefix: 'q', distribution }] });
}

const texts = ({ complete }: Receiver) => complete.map(({ bytes }) => textOf(bytes));
const counts = (receivers: readonly Receiver[]) => receivers.map(({ received }) => received.length);

/** Everybody has settled, and nobody found anything wrong. */
function expectPeace(net: NetworkBench): void {
  expect(net.residue()).toEqual(nothingLeftAnywhere);
  expect(net.faults()).toEqual([]);
}

describe.each(['closest', 'balanced', 'multicast'] as const)('distribution %s', (distribution) => {
  test('brings messages over three routers in their order, as they were, and their outcomes back', () => {
    const net = network(line, distribution);
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    const bytes = message({ to: 'q', priority: 4, body: 'first' });
    sender.send(bytes);
    for (let count = 0; count < 1000; count++) sender.send(message({ body: `${count}` }));
    net.run();
    expect(receiver.complete[0]?.bytes).toEqual(bytes);
    expect(texts(receiver).slice(1)).toEqual(Array.from({ length: 1000 }, (_, at) => `${at}`));
    expect(new Set(outcomesAt(sender))).toEqual(new Set([0x24]));
    expectPeace(net);
  });

  test('brings settled ones, too, and nobody is told', () => {
    const net = network(line, distribution);
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    for (let count = 0; count < 3000; count++) sender.send(message({ body: `${count}` }), true);
    net.run();
    expect(texts(receiver)).toEqual(Array.from({ length: 3000 }, (_, at) => `${at}`));
    expect(receiver.received.every(({ isPresettled }) => isPresettled)).toBe(true);
    expect(net.router('A').describe()).toMatchObject({ droppedPresettled: 0, deliveriesIngress: 3000 });
    expectPeace(net);
  });

  test('gives a sender credit as soon as there is a consumer anywhere, and none before', () => {
    const net = network(line, distribution);
    const sender = net.sender('A', 'q');
    net.pass(2_000);
    expect(sender.credit).toBe(0);
    net.receiver('C', 'q');
    expect(sender.credit).toBe(250);
  });

  test('asks for the credit back when the last consumer anywhere is gone, and releases what comes', () => {
    const net = network(line, distribution);
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    receiver.link?.detach(null);
    net.pass(300);
    expect(sender.credit).toBe(0);
    expect(sender.drains).toBe(1);
    expect([...net.router('A').core.addresses.all].map(({ key }) => key)).toContain('M0q');
    net.receiver('B', 'q');
    sender.send(message());
    net.run();
    expect(outcomesAt(sender)).toEqual([0x24]);
  });

  test('settles as modified what the consumer of another router had when it left', () => {
    const net = network(line, distribution);
    const receiver = net.receiver('C', 'q', { outcome: null });
    const sender = net.sender('A', 'q');
    sender.send(message());
    net.run();
    receiver.link?.detach(null);
    net.pass(300);
    expect(outcomesAt(sender)).toEqual([0x27]);
    expectPeace(net);
  });
});

describe('closest', () => {
  test('keeps to a consumer here, even while it has no credit', () => {
    const net = network(line, 'closest');
    const here = net.receiver('B', 'q', { credit: 2, outcome: null });
    const there = net.receiver('C', 'q');
    const sender = net.sender('B', 'q');
    for (let count = 0; count < 4; count++) sender.send(message());
    net.run();
    expect(counts([here, there])).toEqual([2, 0]);
    here.settleAll();
    net.run();
    here.settleAll();
    net.run();
    expect(counts([here, there])).toEqual([4, 0]);
    expectPeace(net);
  });

  test('takes the routers at the least cost in turn, and none that is farther', () => {
    const net = network([...line, ['D', 'C']], 'closest');
    const near = [net.receiver('A', 'q'), net.receiver('C', 'q')];
    const far = net.receiver('D', 'q');
    const sender = net.sender('B', 'q');
    for (let count = 0; count < 10; count++) sender.send(message());
    net.run();
    expect(counts([...near, far])).toEqual([5, 5, 0]);
    expectPeace(net);
  });

  test('does not stay behind the nearest router while that one lacks its consumer', () => {
    const net = network([...line, ['D', 'C']], 'closest');
    const near = net.receiver('C', 'q');
    const far = net.receiver('D', 'q');
    const sender = net.sender('A', 'q');
    near.link?.detach(null);
    net.pass(300);
    sender.send(message());
    net.run();
    expect(counts([near, far])).toEqual([0, 1]);
    expect(outcomesAt(sender)).toEqual([0x24]);
  });
});

describe('cost', () => {
  /** How many deliveries passed through C on their way from A to B, of ten. */
  function overC(net: NetworkBench): number {
    const receiver = net.receiver('B', 'q');
    const sender = net.sender('A', 'q');
    for (let count = 0; count < 10; count++) sender.send(message());
    net.run();
    expect(receiver.received).toHaveLength(10);
    expectPeace(net);
    return [...net.router('C').core.addresses.all].find(({ key }) => key === 'M0q')?.deliveriesTransit ?? 0;
  }

  test('decides the way, not the number of routers on it', () => {
    const dear: Link[] = [['A', 'B', { cost: 5 }], ...triangle.slice(1)];
    expect(overC(network(triangle, 'closest'))).toBe(0);
    expect(overC(network(dear, 'closest'))).toBe(10);
  });

  test('is the higher one of both ends', () => {
    const addresses = [{ prefix: 'q', distribution: 'closest' as const }];
    const net = new NetworkBench({ links: triangle, addresses, routers: { B: { listener: { cost: 5 } } } });
    expect(overC(net)).toBe(10);
    const [there, back] = ['A', 'B'].map((id) => net.router(id).core.mesh?.protocol);
    expect([there?.router('B')?.cost, back?.router('A')?.cost]).toEqual([2, 2]);
  });
});

describe('balanced', () => {
  /** Who got how many of `count` that nobody settles: the consumer at A, where the sender is, then the others. */
  function shares(net: NetworkBench, others: readonly string[], count: number, settled = false): number[] {
    const receivers = ['A', ...others].map((id) => net.receiver(id, 'q', { outcome: null }));
    const sender = net.sender('A', 'q');
    for (let sent = 0; sent < count; sent++) {
      sender.send(message(), settled);
      net.run();
    }
    const share = counts(receivers);
    for (const receiver of receivers) receiver.settleAll();
    net.run();
    expectPeace(net);
    return share;
  }

  test('weighs what is under way to another router and its cost against the load of a consumer here', () => {
    // here 0, 1 against cost 1: here first, and in doubt
    expect(shares(network(line, 'balanced'), ['B'], 10)).toEqual([6, 4]);
  });

  test('sends nothing elsewhere before the load here is more than the cost', () => {
    const dear: Link[] = [['A', 'B', { cost: 10 }]];
    expect(shares(network(dear, 'balanced'), ['B'], 11)).toEqual([11, 0]);
    expect(shares(network(dear, 'balanced'), ['B'], 15)).toEqual([13, 2]);
  });

  test('spreads over routers by their cost', () => {
    const links: Link[] = [
      ['A', 'B', { cost: 1 }],
      ['A', 'C', { cost: 4 }],
    ];
    const net = network(links, 'balanced');
    const receivers = ['B', 'C'].map((id) => net.receiver(id, 'q', { outcome: null }));
    const sender = net.sender('A', 'q');
    for (let count = 0; count < 13; count++) sender.send(message());
    net.run();
    // B has 3 more than C, as its cost is 3 less.
    expect(counts(receivers)).toEqual([8, 5]);
  });

  test('does not count what is settled', () => {
    expect(shares(network(line, 'balanced'), ['B'], 10, true)).toEqual([10, 0]);
  });

  test('counts what is under way to both of two routers behind one neighbour', () => {
    const net = network(line, 'balanced');
    const receivers = ['B', 'C'].map((id) => net.receiver(id, 'q', { outcome: null }));
    const sender = net.sender('A', 'q');
    for (let count = 0; count < 10; count++) {
      sender.send(message());
      net.run();
    }
    // A only knows how many went over B. There each goes where the load is less: the consumer, or C at cost 1.
    expect(counts(receivers)).toEqual([6, 4]);
    for (const receiver of receivers) receiver.settleAll();
    net.run();
    expectPeace(net);
  });

  test('never sends a message back to where it came from, though there is less load', () => {
    const net = network(line, 'balanced');
    const [behind, before] = [net.receiver('C', 'q', { outcome: null }), net.receiver('A', 'q', { outcome: null })];
    const sender = net.sender('A', 'q');
    for (let count = 0; count < 20; count++) sender.send(message());
    net.run();
    expect(behind.received.length + before.received.length).toBe(20);
    expect(net.router('B').describe()['deliveriesTransit']).toBe(behind.received.length);
  });
});

describe('multicast', () => {
  const everywhere = [
    ['a triangle', triangle, ['A', 'B', 'C']],
    ['a line', line, ['A', 'B', 'C']],
    ['a ring of equal costs', ring, ['A', 'B', 'C', 'D']],
    ['a full mesh', [...ring, ['A', 'C'], ['B', 'D']] as Link[], ['A', 'B', 'C', 'D']],
  ] as const;

  test.each(everywhere)('reaches each consumer once in %s, wherever it starts', (_name, links, ids) => {
    const net = network(links, 'multicast');
    const receivers = ids.flatMap((id) => [net.receiver(id, 'q'), net.receiver(id, 'q')]);
    for (const id of ids) {
      const sender = net.sender(id, 'q');
      sender.send(message({ body: id }));
      sender.send(message({ body: `${id} settled` }), true);
      net.run();
      expect(outcomesAt(sender)).toEqual([0x24, null]);
    }
    const all = ids.flatMap((id) => [id, `${id} settled`]).sort();
    for (const receiver of receivers) expect(texts(receiver).sort()).toEqual(all);
    expectPeace(net);
  });

  test.each([
    ['rejected by one', [0x24, 0x25, 0x26], 0x25],
    ['accepted by one', [0x26, 0x27, 0x24], 0x24],
    ['modified by one', [0x26, 0x27, 0x26], 0x27],
    ['released by all', [0x26, 0x26, 0x26], 0x26],
  ])('ends with the outcome that counts most: %s', (_name, outcomes, expected) => {
    const net = network(line, 'multicast');
    for (const [at, id] of ['A', 'B', 'C'].entries()) net.receiver(id, 'q', { outcome: outcomes[at] as number });
    const sender = net.sender('A', 'q');
    sender.send(message());
    net.run();
    expect(outcomesAt(sender)).toEqual([expected]);
    expectPeace(net);
  });

  test('waits for its slowest consumer at another router', () => {
    const net = network(line, 'multicast');
    const fast = net.receiver('A', 'q');
    const slow = net.receiver('C', 'q', { credit: 1, outcome: null });
    const sender = net.sender('A', 'q');
    for (let count = 0; count < 3; count++) sender.send(message());
    net.run();
    expect(slow.received).toHaveLength(1);
    expect(outcomesAt(sender)).toEqual([null, null, null]);
    for (let count = 0; count < 3; count++) {
      slow.settleAll();
      net.run();
    }
    expect(counts([fast, slow])).toEqual([3, 3]);
    expect(outcomesAt(sender)).toEqual([0x24, 0x24, 0x24]);
    expectPeace(net);
  });
});
