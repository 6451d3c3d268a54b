// How messages find their consumers: closest, balanced, multicast, unavailable, and nobody.
import { describe, expect, test } from 'vitest';
import { Detach, Modified, Rejected } from '../amqp/performatives.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { Sent } from '../engine/testing/sender.ts';
import { message, read, textOf } from './testing/messages.ts';
import { RouterBench } from './testing/router-bench.ts';

const outcomes = (sent: readonly Sent[]) => sent.map(({ outcome }) => outcome);
const empty = { heldBytes: 0, unsettled: 0, open: 0, waiting: 0, flowing: 0, heldUp: 0, lookAgain: 0 };

describe.each(['closest', 'balanced', 'multicast'] as const)('distribution %s', (distribution) => {
  const bench = () => new RouterBench({ addresses: [{ prefix: 'q', distribution }] });

  test('brings a message to its consumer as it was, and its outcome back', () => {
    const rig = bench();
    const [a, b] = [rig.opened(), rig.opened()];
    const receiver = b.receive('q');
    const sender = a.send('q');
    rig.run();
    const bytes = message({ to: 'q', priority: 7, body: 'hello' });
    const sent = sender.send(bytes);
    rig.run();
    expect(receiver.complete.map((received) => received.bytes)).toEqual([bytes]);
    expect([sent.outcomes, sent.isSettled]).toEqual([[0x24], true]);
    expect(rig.residue()).toEqual(empty);
    expect(rig.faults()).toEqual([]);
  });

  test.each([
    ['accepted', 0x24],
    ['rejected', 0x25],
    ['released', 0x26],
    ['modified', 0x27],
  ])('%s comes back as such', (_name, outcome) => {
    const rig = bench();
    const client = rig.opened();
    client.receive('q', { outcome });
    const sender = client.send('q');
    rig.run();
    const sent = [sender.send(message()), sender.send(message())];
    rig.run();
    expect(outcomes(sent)).toEqual([outcome, outcome]);
    expect(rig.residue()).toEqual(empty);
  });

  test('settled messages are delivered, and nobody is told', () => {
    const rig = bench();
    const [a, b] = [rig.opened(), rig.opened()];
    const receiver = b.receive('q');
    const sender = a.send('q');
    rig.run();
    for (let count = 0; count < 1000; count++) sender.send(message({ body: `${count}` }), true);
    rig.run();
    expect(receiver.received.map(({ bytes }) => textOf(bytes))).toEqual(
      Array.from({ length: 1000 }, (_, at) => `${at}`),
    );
    expect(receiver.received.every(({ settled }) => settled)).toBe(true);
    expect(rig.residue()).toEqual(empty);
  });

  test('a consumer that takes pre-settled counts as having accepted', () => {
    const rig = bench();
    const client = rig.opened();
    const receiver = client.receive('q', { attach: { sndSettleMode: 1 } });
    const sender = client.send('q');
    rig.run();
    const sent = sender.send(message());
    rig.run();
    expect(receiver.received[0]?.settled).toBe(true);
    expect(sent.outcomes).toEqual([0x24]);
    expect(rig.residue()).toEqual(empty);
  });

  test('what waits for credit goes out when it comes, in order', () => {
    const rig = bench();
    const [a, b] = [rig.opened(), rig.opened()];
    const receiver = b.receive('q', { credit: 0 });
    const sender = a.send('q');
    rig.run();
    const sent = Array.from({ length: 400 }, (_, at) => sender.send(message({ body: `${at}` })));
    rig.run();
    expect(sender.credit).toBe(0);
    expect(sender.waitingCount).toBe(150);
    receiver.link?.offerCredit(7);
    rig.run();
    expect(receiver.received.map(({ bytes }) => textOf(bytes))).toEqual(sent.map((_, at) => `${at}`));
    expect(outcomes(sent).every((outcome) => outcome === 0x24)).toBe(true);
    expect(rig.residue()).toEqual(empty);
    expect(rig.faults()).toEqual([]);
  });
});

test('smoke', () => {
  void [Detach, Modified, Rejected, amqpError, Condition, read];
});
