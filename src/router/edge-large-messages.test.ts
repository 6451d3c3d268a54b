// Long messages between edge and interior: on links of their own in both directions, where the other router takes them.
import { describe, expect, test } from 'vitest';
import type { Attach, Source } from '../amqp/performatives.ts';
import type { OutgoingLink } from '../engine/outgoing-link.ts';
import type { Receiver, ReceiverOptions } from '../engine/testing/receiver.ts';
import { LongMessage } from './testing/long-message.ts';
import { message, textOf } from './testing/messages.ts';
import { type Link, NetworkBench, nothingLeftAnywhere, outcomesAt } from './testing/network-bench.ts';

type Distribution = 'closest' | 'balanced' | 'multicast';

const links: Link[] = [
  ['A', 'B'],
  ['E', 'A'],
  ['F', 'B'],
];

function network(distribution: Distribution = 'closest', more: readonly Link[] = []): NetworkBench {
  return new NetworkBench({
    links: [...links, ...more],
    edges: ['E', 'F'],
    addresses: [{ prefix: 'q', distribution }],
  });
}

/** Up: from the edge to a consumer at its interior; down: the other way. */
const directions = [
  { name: 'up', from: 'E', to: 'A' },
  { name: 'down', from: 'A', to: 'E' },
] as const;

function connected(from: string, to: string, options: ReceiverOptions = {}, distribution: Distribution = 'closest') {
  const net = network(distribution);
  const receiver = net.receiver(to, 'q', options);
  const sender = net.sender(from, 'q');
  net.pass(300);
  return { net, receiver, sender };
}

/** The links for long messages from one router to the other. */
function streams(net: NetworkBench, from: string, to: string): OutgoingLink[] {
  return net
    .between(from, to)
    .flatMap(({ ends }) => ends.filter(({ id }) => id === from))
    .flatMap(({ connection }) => [...connection.connection.sessions])
    .flatMap((session) => [...session.links])
    .filter((link): link is OutgoingLink => !link.isIncoming && link.name.includes('stream-'));
}

const addressOf = ({ attached }: Receiver) => ((attached as Attach).source as Source).address as string;

function expectPeace(net: NetworkBench): void {
  expect(net.residue()).toEqual(nothingLeftAnywhere);
  expect(net.faults()).toEqual([]);
}

describe.each(directions)('a long message $name an uplink', ({ from, to }) => {
  test.each(['closest', 'balanced', 'multicast'] as const)('arrives as it was, distribution %s', (distribution) => {
    const { net, receiver, sender } = connected(from, to, {}, distribution);
    for (const [at, length] of [100_000, 131_072, 200_000, 3_000_000].entries()) {
      const sent = [sender.send(message({ body: length })), sender.send(message({ body: length }), true)];
      net.run();
      const came = receiver.complete.slice(2 * at);
      // The second may overtake the first.
      expect(sent.every(({ payload }) => came.some(({ bytes }) => Buffer.compare(bytes, payload) === 0))).toBe(true);
    }
    expect(receiver.complete).toHaveLength(8);
    expect(outcomesAt(sender)).toEqual([0x24, null, 0x24, null, 0x24, null, 0x24, null]);
    expect(streams(net, from, to).length).toBeGreaterThan(0);
    expectPeace(net);
  });

  test('of an anonymous sender arrives where it is to go', () => {
    const { net, receiver } = connected(from, to);
    const sender = net.sender(from, null);
    const sent = sender.send(message({ to: 'q', body: 1_000_000 }));
    net.run();
    expect(Buffer.compare(receiver.complete[0]?.bytes as Uint8Array, sent.payload)).toBe(0);
    expect(sent.outcomes).toEqual([0x24]);
    expectPeace(net);
  });

  test('lets short ones of its address overtake', () => {
    const { net, receiver, sender } = connected(from, to);
    const second = net.receiver(to, 'q');
    const long = new LongMessage(sender, 1_000_000);
    long.send(500_000);
    net.run();
    const short = net.sender(from, 'q').send(message({ body: 'short' }));
    net.run();
    expect(short.outcomes).toEqual([0x24]);
    expect([...receiver.complete, ...second.complete].map(({ bytes }) => textOf(bytes))).toEqual(['short']);
    while (!long.send(100_000)) net.run();
    net.run();
    expect(long.sent.outcomes).toEqual([0x24]);
    expectPeace(net);
  });

  test('whose consumer takes nothing stops its sender and nobody else', () => {
    const { net, receiver, sender } = connected(from, to, { credit: 0 });
    const other = net.receiver(to, 'other');
    const otherSender = net.sender(from, 'other');
    const stopped = new LongMessage(sender, 120_000_000);
    receiver.link?.offerCredit(1);
    receiver.link?.session.hold(1e9); // its window stays shut
    for (let count = 0; count < 40; count++) {
      stopped.send(3_000_000);
      net.run();
    }
    expect(stopped.at).toBeLessThan(110_000_000);
    const sent = [otherSender.send(message({ body: 'short' })), otherSender.send(message({ body: 3_000_000 }))];
    net.run();
    expect(sent.map(({ outcome }) => outcome)).toEqual([0x24, 0x24]);
    expect(other.complete).toHaveLength(2);
    receiver.link?.session.hold(-1e9);
    while (!stopped.send(5_000_000)) net.run();
    net.run();
    expect(receiver.complete).toHaveLength(1);
    expectPeace(net);
  });

  test('is in doubt when the uplink breaks in the midst', () => {
    const { net, receiver, sender } = connected(from, to);
    const long = new LongMessage(sender, 1_000_000);
    long.send(500_000);
    net.run();
    net.cut(net.wire('E', 'A'));
    net.run();
    while (!long.send(100_000)) net.run();
    net.run();
    expect(long.sent.outcomes).toEqual([0x27]);
    expect(receiver.received.map(({ isAborted }) => isAborted)).toEqual([true]);
    expectPeace(net);
  });
});

describe('links for long messages of an edge', () => {
  test('have each a session of their own, are used again, and of many only some are kept', () => {
    const net = network();
    const receivers = Array.from({ length: 40 }, (_, at) => net.receiver('E', `q/${at}`));
    const senders = receivers.map((_, at) => net.sender('A', `q/${at}`));
    net.pass(300);
    for (let round = 0; round < 3; round++) {
      senders[0]?.send(message({ body: 200_000 }));
      net.run();
    }
    expect(streams(net, 'A', 'E')).toHaveLength(1);
    const longs = senders.map((sender) => new LongMessage(sender, 200_000));
    for (const long of longs) long.send(150_000);
    net.run();
    const open = streams(net, 'A', 'E');
    expect(open).toHaveLength(40);
    expect(new Set(open.map(({ session }) => session)).size).toBe(40);
    for (const long of longs) while (!long.send(100_000)) net.run();
    net.run();
    expect(streams(net, 'A', 'E').length).toBeLessThanOrEqual(32);
    expect(longs.map(({ sent }) => sent.outcome)).toEqual(new Array(40).fill(0x24));
    expectPeace(net);
  });

  test('count for balanced: of two consumers the slower one gets less', () => {
    const net = network('balanced');
    const [slow, quick] = [net.receiver('E', 'q', { outcome: null }), net.receiver('F', 'q')];
    const sender = net.sender('A', 'q');
    net.pass(300);
    for (let count = 0; count < 12; count++) {
      sender.send(message({ body: 200_000 }));
      net.run();
    }
    expect(slow.received.length).toBeLessThanOrEqual(3);
    expect(slow.received.length + quick.complete.length).toBe(12);
    slow.outcome = 0x24;
    slow.settleAll();
    net.run();
    expectPeace(net);
  });

  test('carry replies: what a slow asker does not take stops no other one', () => {
    const net = network();
    const [slow, other] = [net.receiver('E', null, { credit: 1 }), net.receiver('E', null)];
    const [toSlow, toOther] = [net.sender('B', addressOf(slow)), net.sender('B', null)];
    net.pass(300);
    slow.link?.session.hold(1e9); // its window stays shut
    const long = new LongMessage(toSlow, 120_000_000);
    for (let count = 0; count < 40; count++) {
      long.send(3_000_000);
      net.run();
    }
    expect(long.at).toBeLessThan(long.bytes.length);
    const sent = ['short', 500_000].map((body) => toOther.send(message({ to: addressOf(other), body })));
    net.run();
    expect(sent.map(({ outcome }) => outcome)).toEqual([0x24, 0x24]);
    expect(other.complete).toHaveLength(2);
  });

  test('that have given nothing to a lost uplink let it go over the next one', () => {
    const net = network('closest', [['E', 'B']]);
    const [receiver, sender] = [net.receiver('F', 'q'), net.sender('E', 'q')];
    net.pass(300);
    net.wire('E', 'A').delayMs = 50;
    const sent = sender.send(message({ body: 500_000 }));
    net.run(); // no time has passed: the answer to its attach is on its way
    expect(streams(net, 'E', 'A')).toHaveLength(1);
    net.sever('E', 'A');
    net.run();
    expect(sent.outcomes).toEqual([0x24]);
    expect(receiver.complete).toHaveLength(1);
    expectPeace(net);
  });
});
