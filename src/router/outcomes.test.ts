// What becomes of deliveries when receivers and senders settle in unusual ways, or are lost.
import { describe, expect, test } from 'vitest';
import { Accepted, Modified, Received as ReceivedState, Rejected } from '../amqp/performatives.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { EndpointOptions } from '../engine/testing/endpoint.ts';
import type { Received, Receiver, ReceiverOptions } from '../engine/testing/receiver.ts';
import type { Sender } from '../engine/testing/sender.ts';
import { message } from './testing/messages.ts';
import { type Client, nothingLeft, outcomesOf, RouterBench, stateOf } from './testing/router-bench.ts';

interface Pair {
  readonly rig: RouterBench;
  readonly producing: Client;
  readonly consuming: Client;
  readonly sender: Sender;
  readonly receiver: Receiver;
}

function connected(
  options: ReceiverOptions = {},
  distribution: 'closest' | 'balanced' | 'multicast' = 'closest',
  consumer: EndpointOptions = {},
): Pair {
  const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution }] });
  const [producing, consuming] = [rig.opened(), rig.opened(consumer)];
  const receiver = consuming.receive('q', { outcome: null, ...options });
  const sender = producing.send('q');
  rig.run();
  return { rig, producing, consuming, sender, receiver };
}

const only = (receiver: Receiver) => receiver.received[0] as Received;

describe('a consumer that is lost in doubt', () => {
  const ways: [string, (pair: Pair) => void][] = [
    ['by detach', ({ receiver }) => receiver.link?.detach(null)],
    ['by the end of its session', ({ receiver }) => receiver.link?.session.end(null)],
    ['by Close', ({ consuming }) => consuming.connection.close(null)],
    ['by its connection', ({ rig, consuming }) => rig.lose(consuming)],
  ];

  test.each(ways)('%s: what it had ends modified, delivery-failed; the rest goes to another', (_how, lose) => {
    const pair = connected({ credit: 3 });
    const { rig, sender } = pair;
    const sent = Array.from({ length: 5 }, () => sender.send(message()));
    rig.run();
    const other = rig.opened().receive('q', { credit: 0 });
    rig.run();
    lose(pair);
    rig.run();
    expect(outcomesOf(sent)).toEqual([0x27, 0x27, 0x27, null, null]);
    expect(stateOf(sent[0])).toMatchObject({ deliveryFailed: true });
    other.link?.offerCredit(10);
    rig.run();
    expect(other.received).toHaveLength(2);
    expect(outcomesOf(sent)).toEqual([0x27, 0x27, 0x27, 0x24, 0x24]);
    expect(rig.residue()).toEqual(nothingLeft);
    expect(rig.router.describe()).toMatchObject({ modified: 3, accepted: 2 });
  });

  test('shares its connection with the sender: neither is told anything, and nothing is left', () => {
    const rig = new RouterBench();
    const client = rig.opened();
    client.receive('q', { outcome: null });
    const sender = client.send('q');
    rig.run();
    for (let count = 0; count < 10; count++) sender.send(message());
    rig.run();
    rig.lose(client);
    expect(rig.residue()).toEqual(nothingLeft);
    expect(rig.router.core.addresses.size).toBe(0);
  });

  test('together with all others of its connection: nothing that waits is given to one of these', () => {
    const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution: 'closest' }] });
    const both = rig.opened();
    const first = both.receive('q', { credit: 1, outcome: null });
    const second = both.receive('q', { credit: 0, outcome: null, session: both.begin() });
    const sender = rig.opened().send('q');
    rig.run();
    const sent = [sender.send(message()), sender.send(message()), sender.send(message())];
    rig.run();
    expect(first.received).toHaveLength(1);
    // The second one is given credit and lost in the same breath.
    second.link?.offerCredit(5);
    both.connection.close(null);
    rig.run();
    expect(sent[0]?.outcomes).toEqual([0x27]);
    expect(sent[2]?.outcomes.every((outcome) => outcome === 0x26 || outcome === 0x27)).toBe(true);
    expect(rig.residue()).toEqual(nothingLeft);
  });
});

describe('a sender that is gone', () => {
  test('leaves what is out to its consumer, whose outcome nobody hears', () => {
    const { rig, producing, sender, receiver } = connected();
    sender.send(message());
    rig.run();
    rig.lose(producing);
    receiver.settle(only(receiver), 0x25);
    rig.run();
    expect(receiver.link?.isAttached).toBe(true);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('whose place on its session is taken by another link is not mistaken for that one', () => {
    const { rig, producing, sender, receiver } = connected();
    sender.send(message({ body: 'old' }));
    rig.run();
    sender.link?.detach(null);
    const again = producing.send('q');
    rig.run();
    const sent = again.send(message({ body: 'new' }));
    rig.run();
    receiver.settle(receiver.received[0] as Received, 0x25);
    rig.run();
    expect(sent.outcomes).toEqual([]);
    receiver.settle(receiver.received[1] as Received, 0x24);
    rig.run();
    expect(sent.outcomes).toEqual([0x24]);
  });
});

describe('details of outcomes', () => {
  test('of a rejection come back to the sender, and modified always says delivery-failed', () => {
    const { rig, sender, receiver } = connected();
    const sent = [sender.send(message()), sender.send(message()), sender.send(message())];
    rig.run();
    const [first, second, third] = receiver.received as [Received, Received, Received];
    receiver.settle(first, new Rejected({ error: amqpError(Condition.InvalidField, 'not that') }));
    receiver.settle(second, new Modified({ undeliverableHere: true }));
    receiver.settle(third, new Modified({ deliveryFailed: false }));
    rig.run();
    expect(stateOf(sent[0])).toMatchObject({ error: { condition: 'amqp:invalid-field', description: 'not that' } });
    expect(stateOf(sent[1])).toMatchObject({ undeliverableHere: true, deliveryFailed: true });
    expect(stateOf(sent[2])).toMatchObject({ deliveryFailed: true });
  });

  test('do not come back from a multicast: nobody speaks for all', () => {
    const { rig, sender, receiver } = connected({}, 'multicast');
    const sent = sender.send(message());
    rig.run();
    receiver.settle(only(receiver), new Rejected({ error: amqpError(Condition.InvalidField, 'not that') }));
    rig.run();
    expect(stateOf(sent)).toMatchObject({ error: null });
  });
});

describe('receiver-settle-mode second', () => {
  test('end to end: the state goes to the sender, its settlement comes back', () => {
    const { rig, producing, receiver } = connected({ attach: { rcvSettleMode: 1 } });
    const sender = producing.send('q', { attach: { rcvSettleMode: 1 } });
    sender.settlesStates = false;
    rig.run();
    const sent = sender.send(message());
    rig.run();
    receiver.tell(only(receiver), new Accepted());
    rig.run();
    expect([sent.outcomes, sent.isSettled, only(receiver).isDone]).toEqual([[0x24], false, false]);
    sender.link?.session.settleOutgoing(sent.id, 0x24);
    sender.link?.forget(sent.id);
    rig.run();
    expect(only(receiver).isDone).toBe(true);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('a state that is not terminal goes through too', () => {
    const { rig, sender, receiver } = connected();
    sender.settlesStates = false;
    const sent = sender.send(message());
    rig.run();
    receiver.tell(only(receiver), new ReceivedState({ sectionNumber: 0, sectionOffset: 5 }));
    receiver.settle(only(receiver), 0x24);
    rig.run();
    expect(sent.outcomes).toEqual([0x23, 0x24]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('of a multicast: the router settles in the place of the sender', () => {
    const { rig, sender, receiver } = connected({ attach: { rcvSettleMode: 1 } }, 'multicast');
    const others = rig.opened().receive('q');
    rig.run();
    const sent = sender.send(message());
    rig.run();
    receiver.tell(only(receiver), new ReceivedState({ sectionNumber: 0, sectionOffset: 5 }));
    rig.run();
    expect(sent.outcomes).toEqual([]);
    receiver.tell(only(receiver), new Rejected());
    rig.run();
    expect([sent.outcomes, only(receiver).isDone, others.received.length]).toEqual([[0x25], true, 1]);
    expect(rig.residue()).toEqual(nothingLeft);
  });
});

describe('a sender that settles first', () => {
  test.each(['closest', 'multicast'] as const)(
    'of %s: its consumer is told, or settles alone; credit comes back',
    (distribution) => {
      const { rig, sender, receiver } = connected({}, distribution);
      const sent = Array.from({ length: 3 }, () => sender.send(message()));
      rig.run();
      for (const { id } of sent) {
        sender.link?.session.settleOutgoing(id, 0);
        sender.link?.forget(id);
      }
      rig.run();
      if (distribution === 'closest') expect(receiver.received.every(({ isDone }) => isDone)).toBe(true);
      receiver.settleAll();
      rig.run();
      expect(rig.residue()).toEqual(nothingLeft);
      expect(outcomesOf(sent)).toEqual([null, null, null]);
    },
  );

  test('while it waits: it is delivered as settled', () => {
    const { rig, sender, receiver } = connected({ credit: 0 });
    const sent = sender.send(message());
    rig.run();
    sender.link?.session.settleOutgoing(sent.id, 0);
    sender.link?.forget(sent.id);
    rig.run();
    receiver.link?.offerCredit(1);
    rig.run();
    expect(only(receiver).settled).toBe(true);
    expect(rig.residue()).toEqual(nothingLeft);
  });
});

describe('a state that cannot be read', () => {
  test('costs the receiver its connection, and nobody else hears of it', () => {
    const { rig, consuming, sender, receiver } = connected();
    const sent = sender.send(message());
    rig.run();
    const bytes = Uint8Array.of(0, 0x53, 0x25, 0xc0, 3, 1, 0xa1, 0); // rejected, whose error is a text
    receiver.link?.session.writeStateDisposition(true, only(receiver).id, true, bytes, 0, bytes.length);
    rig.run();
    expect(consuming.ended).toMatchObject({ by: 'peer', error: { condition: 'amqp:decode-error' } });
    expect(sent.outcomes).toEqual([0x27]);
    expect(rig.residue()).toEqual(nothingLeft);
  });
});

test('settling in any order, a thousand open at a time, ends everything', () => {
  const rig = new RouterBench({ listeners: [{ linkCapacity: 1000 }] });
  const receiver = rig.opened().receive('q', { credit: 1000, outcome: null });
  const sender = rig.opened().send('q');
  rig.run();
  const sent = Array.from({ length: 3000 }, () => sender.send(message()));
  for (let round = 0; round < 40 && sent.some(({ isSettled }) => !isSettled); round++) {
    rig.run();
    const open = receiver.received.filter(({ isDone }) => !isDone);
    open.forEach((received, at) => {
      if ((at * 7 + round) % 3 !== 0) receiver.settle(received, at % 2 === 0 ? 0x24 : 0x26);
    });
  }
  expect(sent.every(({ outcomes, isSettled }) => outcomes.length === 1 && isSettled)).toBe(true);
  receiver.settleAll();
  rig.run();
  expect(rig.residue()).toEqual(nothingLeft);
});
