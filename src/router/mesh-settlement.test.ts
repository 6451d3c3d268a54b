// Outcomes across routers: every kind with its details, both settle modes, and messages that find nobody.
import { describe, expect, test } from 'vitest';
import {
  type Attach,
  ErrorInfo,
  Modified,
  Received as ReceivedState,
  Rejected,
  Released,
  Target,
} from '../amqp/performatives.ts';
import { symbol } from '../amqp/values.ts';
import type { Received, Receiver, ReceiverOptions } from '../engine/testing/receiver.ts';
import { message, textOf } from './testing/messages.ts';
import { type Link, NetworkBench, nothingLeftAnywhere, outcomesAt } from './testing/network-bench.ts';
import { stateOf } from './testing/router-bench.ts';

const line: Link[] = [
  ['B', 'A'],
  ['B', 'C'],
];
const only = (receiver: Receiver) => receiver.received[0] as Received;

/** A consumer at C, a sender at A, and B in between. */
function connected(options: ReceiverOptions = {}, distribution: 'closest' | 'balanced' | 'multicast' = 'closest') {
  const net = new NetworkBench({ links: line, addresses: [{ prefix: 'q', distribution }] });
  const receiver = net.receiver('C', 'q', { outcome: null, ...options });
  const sender = net.sender('A', 'q');
  return { net, receiver, sender };
}

describe('an outcome', () => {
  const states = [
    [
      'rejected with its error',
      new Rejected({
        error: new ErrorInfo({
          condition: 'x:mine',
          description: 'not that',
          info: new Map([[symbol('x-why'), 'mine']]),
        }),
      }),
    ],
    ['released', new Released()],
    [
      'modified with its annotations',
      new Modified({
        deliveryFailed: true,
        undeliverableHere: true,
        messageAnnotations: new Map([[symbol('x-a'), 'b']]),
      }),
    ],
  ] as const;

  test.each(states)('comes back over two routers as it was: %s', (_name, state) => {
    const { net, receiver, sender } = connected();
    const sent = sender.send(message());
    net.run();
    receiver.settle(only(receiver), state);
    net.run();
    expect(stateOf(sent)).toEqual(state);
    expect(sent.isSettled).toBe(true);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('that a consumer told before it settled reaches the sender before that, and its settlement the consumer', () => {
    const { net, receiver, sender } = connected({ attach: { rcvSettleMode: 1 } });
    sender.settlesStates = false;
    const sent = sender.send(message());
    net.run();
    receiver.tell(only(receiver), new Rejected({ error: new ErrorInfo({ condition: 'x:mine' }) }));
    net.run();
    expect([sent.outcomes, sent.isSettled]).toEqual([[0x25], false]);
    expect(stateOf(sent)).toMatchObject({ error: { condition: 'x:mine' } });
    expect(only(receiver).isDone).toBe(false);
    sender.link?.session.settleOutgoing(sent.id, 0x25);
    sender.link?.forget(sent.id);
    net.run();
    expect(only(receiver).isDone).toBe(true);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('is preceded by how far the consumer has got, if it says so', () => {
    const { net, receiver, sender } = connected();
    sender.settlesStates = false;
    const sent = sender.send(message());
    net.run();
    receiver.tell(only(receiver), new ReceivedState({ sectionNumber: 0, sectionOffset: 5 }));
    net.run();
    expect([sent.outcomes, sent.isSettled]).toEqual([[0x23], false]);
    expect(stateOf(sent)).toMatchObject({ sectionOffset: 5 });
    receiver.settle(only(receiver), 0x24);
    net.run();
    expect([sent.outcomes, sent.isSettled]).toEqual([[0x23, 0x24], true]);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test.each(['closest', 'balanced', 'multicast'] as const)(
    'of a consumer that wants its messages settled is accepted when they are on their way: %s',
    (distribution) => {
      const { net, receiver, sender } = connected({ attach: { sndSettleMode: 1 } }, distribution);
      const sent = [sender.send(message()), sender.send(message({ body: 300_000 }))];
      net.run();
      expect(receiver.complete.map(({ isPresettled }) => isPresettled)).toEqual([true, true]);
      expect(sent.map(({ outcomes, isSettled }) => [outcomes, isSettled])).toEqual([
        [[0x24], true],
        [[0x24], true],
      ]);
      expect(net.residue()).toEqual(nothingLeftAnywhere);
    },
  );

  test('of a thousand messages that are settled in no order each comes to its own', () => {
    const { net, receiver, sender } = connected({ credit: 1000 });
    for (let count = 0; count < 250; count++) sender.send(message({ body: `${count}` }));
    net.run();
    const outcomes = [0x24, 0x25, 0x26, 0x27];
    const order = [...receiver.complete].sort((a, b) => ((a.id * 89) % 251) - ((b.id * 89) % 251));
    for (const received of order) receiver.settle(received, outcomes[Number(textOf(received.bytes)) % 4] as number);
    net.run();
    expect(outcomesAt(sender)).toEqual(sender.sent.map((_, at) => outcomes[at % 4]));
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('is not waited for when the sender has settled meanwhile', () => {
    const { net, receiver, sender } = connected();
    const sent = sender.send(message());
    net.run();
    sender.link?.session.settleOutgoing(sent.id, 0);
    sender.link?.forget(sent.id);
    net.run();
    expect(only(receiver).isDone).toBe(true);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('of what is out when its sender leaves is heard by nobody, and nothing is left', () => {
    const { net, receiver, sender } = connected();
    sender.send(message());
    net.run();
    sender.link?.detach(null);
    net.pass(300);
    receiver.settleAll();
    net.run();
    expect(receiver.link?.isAttached).toBe(true);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });
});

describe('credit between routers', () => {
  test('comes back with each message, and does not wait for its outcome', () => {
    const { net, receiver, sender } = connected({ credit: 5000 });
    const senders = [sender, ...Array.from({ length: 7 }, () => net.sender('A', 'q'))];
    for (const one of senders) for (let count = 0; count < 250; count++) one.send(message());
    net.run();
    expect(receiver.received).toHaveLength(2000); // a link between routers has 1,000
    receiver.settleAll();
    net.run();
    expect(senders.flatMap(outcomesAt).every((outcome) => outcome === 0x24)).toBe(true);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('does not run out for one address because the consumer of another takes nothing', () => {
    const { net, sender } = connected({ credit: 0 });
    for (let count = 0; count < 250; count++) sender.send(message());
    const settled = net.sender('A', 'q');
    for (let count = 0; count < 2000; count++) settled.send(message(), true);
    const other = net.receiver('C', 'other');
    const otherSender = net.sender('A', 'other');
    for (let count = 0; count < 2000; count++) otherSender.send(message());
    net.run();
    expect(other.complete).toHaveLength(2000);
    expect(outcomesAt(sender)).toEqual(new Array(250).fill(null));
  });
});

describe('what one router holds for another', () => {
  const size = 15_000; // one frame each
  const many = 3_000; // 45 MB, of which 32 MiB may wait

  /** Many senders of large messages to a consumer that takes none of them. */
  function crowd(settled: boolean) {
    const { net, receiver } = connected({ credit: 0 });
    const senders = Array.from({ length: many / 250 }, () => net.sender('A', 'q'));
    const bytes = message({ body: size });
    for (const sender of senders) {
      for (let count = 0; count < 250; count++) sender.send(bytes, settled);
      net.run();
    }
    return { net, receiver, senders };
  }

  test('is bounded: beyond that messages are released, and counted', () => {
    const { net, receiver, senders } = crowd(false);
    const outcomes = senders.flatMap(outcomesAt);
    const waiting = outcomes.filter((outcome) => outcome === null).length;
    expect(waiting * size).toBeGreaterThan(31 * 1024 * 1024);
    expect(waiting * size).toBeLessThan(33 * 1024 * 1024);
    expect(outcomes.filter((outcome) => outcome === 0x26)).toHaveLength(many - waiting);
    expect(net.router('C').core.counters.overloaded).toBe(many - waiting);
    receiver.outcome = 0x24;
    receiver.link?.offerCredit(many);
    net.run();
    expect(receiver.complete).toHaveLength(waiting);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('is bounded for settled ones, too: what is dropped is counted', () => {
    const { net, receiver } = crowd(true);
    const dropped = net.router('C').core.counters.droppedPresettled;
    expect(dropped).toBeGreaterThan(500);
    receiver.link?.offerCredit(many);
    net.run();
    expect(receiver.complete).toHaveLength(many - dropped);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });
});

describe('a message that finds nobody', () => {
  test('is released when no router has a consumer', () => {
    const { net } = connected();
    const sender = net.sender('A', null);
    const sent = sender.send(message({ to: 'nobody' }));
    net.run();
    expect([sent.outcomes, sent.isSettled]).toEqual([[0x26], true]);
  });

  test('is released by the last router when its consumer has just left there', () => {
    const { net, receiver, sender } = connected();
    net.wire('B', 'C').delayMs = 50;
    receiver.link?.detach(null);
    sender.send(message());
    sender.send(message(), true);
    net.run();
    net.pass(1_000);
    expect(outcomesAt(sender)).toEqual([0x26, null]);
    expect(net.router('C').core.counters.droppedPresettled).toBe(1);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('of an address that is unavailable is rejected where it enters', () => {
    const net = new NetworkBench({ links: line, addresses: [{ prefix: 'closed', distribution: 'unavailable' }] });
    const sender = net.sender('A', null);
    const sent = sender.send(message({ to: 'closed' }));
    net.run();
    expect(stateOf(sent)).toMatchObject({ error: { condition: 'amqp:not-found' } });
  });

  test('of an address that is unavailable here has no sender here, though others consume', () => {
    const closed = { addresses: [{ prefix: 'q', distribution: 'unavailable' as const }] };
    const net = new NetworkBench({ links: line, routers: { A: closed } });
    net.receiver('C', 'q');
    const refused = net.sender('A', 'q').detached;
    expect(refused).toMatchObject({ by: 'peer', error: { condition: 'amqp:not-found' } });
  });

  test('of an address that is unavailable further on is released', () => {
    const closed = { addresses: [{ prefix: 'q', distribution: 'unavailable' as const }] };
    const net = new NetworkBench({ links: line, routers: { B: closed } });
    const receiver = net.receiver('C', 'q');
    const sender = net.sender('A', 'q');
    const sent = sender.send(message());
    net.run();
    // The word of the other routers counts at one that only stands in between.
    expect([sent.outcomes, receiver.received.length]).toEqual([[0x24], 1]);
    receiver.link?.detach(null);
    const anonymous = net.sender('A', null);
    net.pass(300);
    const late = anonymous.send(message({ to: 'q' }));
    net.run();
    expect(late.outcomes).toEqual([0x26]);
  });
});

describe('a reply address', () => {
  test('names the router of its receiver, and is reached from any other', () => {
    const { net } = connected();
    const receiver = net.receiver('C', null);
    const address = receiver.attached?.source?.address as string;
    expect(address).toMatch(/^amqp:\/_topo\/0\/C\/temp\..{15}$/);
    for (const id of ['A', 'B', 'C']) {
      const anonymous = net.sender(id, null);
      const named = net.sender(id, address);
      expect(named.credit).toBe(250);
      const sent = [anonymous.send(message({ to: address, body: id })), named.send(message({ body: id }))];
      net.run();
      expect(sent.map(({ outcome }) => outcome)).toEqual([0x24, 0x24]);
    }
    expect(receiver.complete.map(({ bytes }) => textOf(bytes))).toEqual(['A', 'A', 'B', 'B', 'C', 'C']);
    expect(net.residue()).toEqual(nothingLeftAnywhere);
  });

  test('that is gone has its messages released by its router', () => {
    const { net } = connected();
    const receiver = net.receiver('C', null);
    const sender = net.sender('A', null);
    const to = receiver.attached?.source?.address as string;
    receiver.link?.detach(null);
    net.run();
    const sent = sender.send(message({ to }));
    net.run();
    expect(sent.outcomes).toEqual([0x26]);
  });

  test('at a router that nobody knows has nobody, and its named sender no credit', () => {
    const { net } = connected();
    const named = net.sender('A', '_topo/0/Z/temp.x');
    const sent = net.sender('A', null).send(message({ to: '_topo/0/Z/temp.x' }));
    net.run();
    expect([named.credit, sent.outcomes]).toEqual([0, [0x26]]);
  });

  test('at another router is no place for a consumer', () => {
    const { net } = connected();
    const receiver = net.receiver('A', '_topo/0/C/mine');
    expect(receiver.detached?.error?.condition).toBe('qd:no-route-to-dest');
  });

  test('can be asked for by a sender, too, and is then served at any router', () => {
    const { net } = connected();
    const client = net.client('A');
    const sender = client.send(null, { attach: { target: new Target({ dynamic: true }) } });
    net.run();
    const { address } = (sender.attached as Attach).target as Target;
    expect(address).toMatch(/^amqp:\/_\$temp\./);
    const receiver = net.receiver('C', address as string);
    sender.send(message());
    net.run();
    expect(receiver.complete).toHaveLength(1);
  });
});
