// Long messages across routers: on links of their own, in bounded memory, aborted cleanly.
import { describe, expect, test } from 'vitest';
import { incomingWindowFrames } from '../engine/incoming-window.ts';
import type { OutgoingLink } from '../engine/outgoing-link.ts';
import type { Session } from '../engine/session.ts';
import type { Received, Receiver, ReceiverOptions } from '../engine/testing/receiver.ts';
import { LongMessage } from './testing/long-message.ts';
import { message, textOf } from './testing/messages.ts';
import { type Link, NetworkBench, nothingLeftAnywhere, outcomesAt } from './testing/network-bench.ts';

type Distribution = 'closest' | 'balanced' | 'multicast';

const line: Link[] = [
  ['B', 'A'],
  ['B', 'C'],
];

/** A consumer at C, a sender at A, and B in between. */
function connected(options: ReceiverOptions = {}, distribution: Distribution = 'closest') {
  const net = new NetworkBench({ links: line, addresses: [{ prefix: 'q', distribution }] });
  const receiver = net.receiver('C', 'q', options);
  const sender = net.sender('A', 'q');
  return { net, receiver, sender };
}

/** Much faster than `toEqual`. */
const isSame = (a: Uint8Array | undefined, b: Uint8Array) => a !== undefined && Buffer.compare(a, b) === 0;
const only = (receiver: Receiver) => receiver.received[0] as Received;

/** The links for long messages from one router to its neighbour. */
function streams(net: NetworkBench, from: string, to: string): OutgoingLink[] {
  const wire = net.wire(from, to);
  const end = wire.ends.find(({ id }) => id === from);
  return [...(end?.connection.connection.sessions ?? [])]
    .flatMap(({ links }) => [...links])
    .filter((link): link is OutgoingLink => !link.isIncoming && link.name.includes('stream-'));
}

describe.each(['closest', 'balanced', 'multicast'] as const)('a long message, distribution %s,', (distribution) => {
  test.each([100_000, 131_072, 200_000, 3_000_000])('of %i bytes crosses three routers as it was', (length) => {
    const { net, receiver, sender } = connected({}, distribution);
    const sent = [sender.send(message({ body: length })), sender.send(message({ body: length }), true)];
    net.run();
    expect(sent.map(({ payload }, at) => isSame(receiver.complete[at]?.bytes, payload))).toEqual([true, true]);
    expect(outcomesAt(sender)).toEqual([0x24, null]);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
    expect(net.faults()).toEqual([]);
  });

  test('is there in part while the rest is still at its sender', () => {
    const { net, receiver, sender } = connected({}, distribution);
    const long = new LongMessage(sender, 1_000_000);
    long.send(100_000);
    net.run();
    expect(receiver.received).toHaveLength(0);
    long.send(200_000);
    net.run();
    expect(only(receiver).bytes.length).toBeGreaterThan(250_000);
    expect(net.residue()['heldBytes']).toBeLessThan(50_000);
    while (!long.send(100_000)) net.run();
    net.run();
    expect(isSame(only(receiver).bytes, long.bytes)).toBe(true);
    expect(long.sent.outcomes).toEqual([0x24]);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test.each([
    ['its sender gives it up', (long: LongMessage) => long.abort()],
    ['its sender is lost', (_long: LongMessage, net: NetworkBench) => net.lose(net.clients[1] as never)],
  ])('is aborted everywhere when %s', (_name, end) => {
    const { net, receiver, sender } = connected({}, distribution);
    const long = new LongMessage(sender, 1_000_000);
    long.send(500_000);
    net.run();
    end(long, net);
    net.run();
    expect(receiver.received.map(({ isAborted, isComplete }) => [isAborted, isComplete])).toEqual([[true, false]]);
    const again = net.sender('A', 'q').send(message({ body: 500_000 }));
    net.run();
    expect(again.outcomes).toEqual([0x24]);
    expect([streams(net, 'A', 'B').length, streams(net, 'B', 'C').length]).toEqual([1, 1]);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
    expect(net.faults()).toEqual([]);
  });

  test.each([
    ['rejects it', (receiver: Receiver) => receiver.settleEarly(only(receiver), 0x25), 0x25],
    ['detaches', (receiver: Receiver) => receiver.link?.detach(null), 0x27],
  ])('ends in the midst when its consumer %s', (_name, end, outcome) => {
    const { net, receiver, sender } = connected({ outcome: null }, distribution);
    const long = new LongMessage(sender, 1_000_000);
    long.send(500_000);
    net.run();
    end(receiver);
    net.run();
    // The rest is read and dropped; its sender is told behind that.
    expect(long.sent.outcomes).toEqual([]);
    while (!long.send(100_000)) net.run();
    net.pass(500);
    expect(long.sent.outcomes).toEqual([outcome]);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
    expect(net.faults()).toEqual([]);
  });

  test('is in doubt when a connection between routers breaks in the midst', () => {
    const { net, receiver, sender } = connected({}, distribution);
    const long = new LongMessage(sender, 1_000_000);
    long.send(500_000);
    net.run();
    net.sever('B', 'C');
    net.run();
    expect(only(receiver).isAborted).toBe(true);
    while (!long.send(100_000)) net.run();
    net.run();
    expect(long.sent.outcomes).toEqual([0x27]);
    net.mend('B', 'C');
    net.pass(3_000);
    const again = sender.send(message({ body: 500_000 }));
    net.run();
    expect(again.outcomes).toEqual([0x24]);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
    expect(net.faults()).toEqual([]);
  });
});

describe('links for long messages', () => {
  test('have each a session of their own', () => {
    const { net, sender } = connected();
    const senders = [sender, net.sender('A', 'q'), net.sender('A', 'q')];
    // A consumer takes one long message at a time, so each has one of its own.
    for (let count = 0; count < 2; count++) net.receiver('C', 'q');
    const longs = senders.map((one) => new LongMessage(one, 500_000));
    for (const long of longs) long.send(300_000);
    net.run();
    const links = streams(net, 'A', 'B');
    expect(links).toHaveLength(3);
    expect(new Set(links.map(({ session }) => session)).size).toBe(3);
    expect(links.every(({ session }) => [...session.links].length === 1)).toBe(true);
    for (const long of longs) while (!long.send(100_000)) net.run();
    net.run();
    expect(senders.flatMap(outcomesAt)).toEqual([0x24, 0x24, 0x24]);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('are used again, and of many only some are kept', () => {
    const { net, sender } = connected();
    for (let count = 0; count < 5; count++) {
      sender.send(message({ body: 200_000 }));
      net.run();
    }
    expect(streams(net, 'A', 'B')).toHaveLength(1);
    const senders = Array.from({ length: 40 }, () => net.sender('A', 'q'));
    const longs = senders.map((one) => new LongMessage(one, 200_000));
    for (const long of longs) long.send(150_000);
    net.run();
    expect(streams(net, 'A', 'B')).toHaveLength(40);
    for (let round = 0; round < 10; round++) {
      for (const long of longs) long.send(100_000);
      net.run();
    }
    expect(senders.flatMap(outcomesAt)).toEqual(new Array(40).fill(0x24));
    for (const [from, to] of [
      ['A', 'B'],
      ['B', 'C'],
    ] as const)
      expect(streams(net, from, to).length).toBeLessThanOrEqual(32);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('let short messages overtake', () => {
    const { net, receiver, sender } = connected();
    const second = net.receiver('C', 'q');
    const long = new LongMessage(sender, 1_000_000);
    long.send(500_000);
    net.run();
    const short = net.sender('A', 'q').send(message({ body: 'short' }));
    net.run();
    expect(short.outcomes).toEqual([0x24]);
    expect(long.sent.outcomes).toEqual([]);
    const [taken] = [...receiver.complete, ...second.complete];
    expect(textOf((taken as Received).bytes)).toBe('short');
  });

  test('stop a sender whose consumer takes nothing, and no other one', () => {
    const { net, receiver, sender } = connected({ credit: 0 });
    const other = net.receiver('C', 'other');
    const otherSender = net.sender('A', 'other');
    const longs = [new LongMessage(sender, 90_000_000)];
    for (let count = 0; count < 100; count++) {
      longs[0]?.send(1_000_000);
      net.run();
    }
    const [stopped] = longs as [LongMessage];
    expect(stopped.at).toBeLessThan(80_000_000);
    otherSender.send(message({ body: 3_000_000 }));
    net.run();
    expect(other.complete).toHaveLength(1);
    receiver.link?.offerCredit(10);
    while (!stopped.send(1_000_000)) net.run();
    net.run();
    expect(receiver.complete).toHaveLength(1);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('are not given to a message behind others whose consumer takes nothing', () => {
    const { net, receiver, sender } = connected({ credit: 0 });
    const other = net.receiver('C', 'other');
    const otherSender = net.sender('A', 'other');
    const first = otherSender.send(message({ body: 500_000 }));
    net.run();
    // What has come whole and waits at C has all but shut the session on which it came.
    const there = net
      .wire('B', 'C')
      .ends.find(({ id }) => id === 'C')
      ?.connection.connection.sessions.at(-1);
    const long = new LongMessage(sender, (incomingWindowFrames(there as Session) - 4) * 16_300);
    while (!long.send(1_000_000)) net.run();
    net.run();
    const second = otherSender.send(message({ body: 500_000 }));
    net.run();
    expect([first, second].map(({ outcome }) => outcome)).toEqual([0x24, 0x24]);
    expect(other.complete).toHaveLength(2);
    receiver.link?.offerCredit(1);
    net.run();
    expect(receiver.complete).toHaveLength(1);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });
});
