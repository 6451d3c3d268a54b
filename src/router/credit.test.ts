// Credit says wait: none without a consumer, given when one appears, taken back when the last one leaves.
import { describe, expect, test } from 'vitest';
import type { Receiver } from '../engine/testing/receiver.ts';
import type { Sender } from '../engine/testing/sender.ts';
import { message } from './testing/messages.ts';
import { nothingLeft, outcomesOf, RouterBench } from './testing/router-bench.ts';

const rigFor = (distribution: 'closest' | 'balanced' | 'multicast' = 'balanced', linkCapacity = 250) =>
  new RouterBench({ addresses: [{ prefix: 'q', distribution }], listeners: [{ linkCapacity }] });

describe('credit of a sender', () => {
  test('is withheld while its address has no consumer, and given in full when one appears', () => {
    const rig = rigFor();
    const sender = rig.opened().send('q');
    rig.run();
    expect(sender.credit).toBe(0);
    rig.opened().receive('q', { credit: 1 });
    rig.run();
    expect(sender.credit).toBe(250);
  });

  test('is what the listener says', () => {
    const rig = rigFor('closest', 7);
    rig.opened().receive('q');
    const sender = rig.opened().send('q');
    rig.run();
    expect(sender.credit).toBe(7);
  });

  test('is taken back by drain when the last consumer leaves, and given in full again afterwards', () => {
    const rig = rigFor();
    const consumers = [rig.opened(), rig.opened()];
    const [first, second] = consumers.map((client) => client.receive('q'));
    const sender = rig.opened().send('q');
    rig.run();
    sender.send(message());
    rig.run();
    first?.link?.detach(null);
    rig.run();
    expect([sender.credit, sender.drains]).toEqual([249, 0]);
    second?.link?.detach(null);
    rig.run();
    expect([sender.credit, sender.drains]).toEqual([0, 1]);
    rig.opened().receive('q');
    rig.run();
    expect(sender.credit).toBe(250);
    for (let count = 0; count < 300; count++) sender.send(message());
    rig.run();
    expect(outcomesOf(sender.sent)).toEqual(sender.sent.map(() => 0x24));
    expect(rig.faults()).toEqual([]);
  });

  test('is right whatever crosses: the consumer returns before the sender has answered the drain', () => {
    const rig = rigFor();
    const client = rig.opened();
    const sender = rig.opened().send('q');
    for (let round = 0; round < 20; round++) {
      const receiver = client.receive('q');
      for (let turn = 0; turn <= round % 4; turn++) rig.turn();
      sender.send(message());
      receiver.link?.detach(null);
      for (let turn = 0; turn <= round % 3; turn++) rig.turn();
    }
    client.receive('q');
    rig.run();
    expect(sender.credit).toBe(250);
    expect(sender.waitingCount).toBe(0);
    expect(sender.sent.every(({ isSettled }) => isSettled)).toBe(true);
    expect(rig.faults()).toEqual([]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('is given to an anonymous sender at once', () => {
    const rig = rigFor();
    const sender = rig.opened().send(null);
    rig.run();
    expect(sender.credit).toBe(250);
  });

  test('comes back with every outcome, so that no more than the capacity is ever open', () => {
    const rig = rigFor('closest', 10);
    const receiver = rig.opened().receive('q', { outcome: null });
    const sender = rig.opened().send('q');
    rig.run();
    for (let count = 0; count < 50; count++) sender.send(message());
    for (let seen = 0; seen < 50; ) {
      rig.run();
      expect(sender.link?.unsettledCount).toBeLessThanOrEqual(10);
      const open = receiver.received.filter(({ isDone }) => !isDone);
      expect(open.length).toBeGreaterThan(0);
      receiver.settle(open[0] as never, 0x24);
      seen++;
    }
    rig.run();
    expect(rig.residue()).toEqual(nothingLeft);
  });
});

describe('what waits', () => {
  test('when the last consumer leaves is released, and settled messages are dropped and counted', () => {
    const rig = rigFor();
    const receiver = rig.opened().receive('q', { credit: 0 });
    const sender = rig.opened().send('q');
    rig.run();
    const sent = [sender.send(message()), sender.send(message(), true), sender.send(message())];
    rig.run();
    receiver.link?.detach(null);
    rig.run();
    expect([sent[0]?.outcomes, sent[2]?.outcomes]).toEqual([[0x26], [0x26]]);
    expect(rig.router.describe()['droppedPresettled']).toBe(1);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('goes to another consumer when one of those without credit leaves', () => {
    const rig = rigFor('closest');
    const [poor, rich] = [rig.opened().receive('q', { credit: 0 }), rig.opened().receive('q', { credit: 0 })];
    const sender = rig.opened().send('q');
    rig.run();
    const sent = Array.from({ length: 5 }, () => sender.send(message()));
    rig.run();
    poor.link?.detach(null);
    rig.run();
    expect(outcomesOf(sent)).toEqual(sent.map(() => null));
    rich.link?.offerCredit(10);
    rig.run();
    expect(rich.received).toHaveLength(5);
    expect(outcomesOf(sent)).toEqual(sent.map(() => 0x24));
  });

  test('is given up with its sender when it is unsettled, for nobody waits for the outcome', () => {
    const rig = rigFor();
    const receiver = rig.opened().receive('q', { credit: 0 });
    const sender = rig.opened().send('q');
    rig.run();
    sender.send(message());
    rig.run();
    sender.link?.detach(null);
    rig.run();
    receiver.link?.offerCredit(10);
    rig.run();
    expect(receiver.received).toEqual([]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('outlives its sender when it is settled, within bounds', () => {
    const rig = rigFor();
    const receiver = rig.opened().receive('q', { credit: 0 });
    rig.run();
    const size = 60_000;
    for (let round = 0; round < 4; round++) {
      const client = rig.opened();
      const sender = client.send('q');
      rig.run();
      for (let count = 0; count < 130; count++) sender.send(message({ body: size }), true);
      rig.run();
      client.connection.close(null);
      rig.run();
    }
    const { core } = rig.router;
    expect(core.orphanBytes).toBeGreaterThan(20 * 1024 * 1024);
    expect(core.orphanBytes).toBeLessThanOrEqual(32 * 1024 * 1024);
    const { presettled, droppedPresettled } = rig.router.describe() as {
      presettled: number;
      droppedPresettled: number;
    };
    const kept = presettled - droppedPresettled;
    expect(kept).toBeGreaterThan(300);
    receiver.link?.offerCredit(1000);
    rig.run();
    expect(receiver.received).toHaveLength(kept);
    expect(core.orphanBytes).toBe(0);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('is not given away by a drain that could still be served', () => {
    const rig = rigFor('closest');
    const client = rig.opened({ maxSessionFrames: 2 });
    const receiver = client.receive('q', { credit: 0 });
    const sender = rig.opened().send('q');
    rig.run();
    for (let count = 0; count < 5; count++) sender.send(message({ body: 30_000 }));
    rig.run();
    // Credit for three and a drain: all three go out, one frame or two at a time, before the drain is answered.
    const link = receiver.link as NonNullable<typeof receiver.link>;
    link.offerCredit(3);
    client.takeBytes();
    link.withdrawCredit();
    client.connection.endTurn();
    rig.run();
    expect(receiver.complete.length).toBeLessThanOrEqual(3);
    expect(link.credit).toBe(0);
    expect(rig.faults()).toEqual([]);
  });

  test('is fetched by credit and drain in one flow', () => {
    const rig = rigFor('closest');
    const client = rig.opened({ maxSessionFrames: 3 });
    const receiver = client.receive('q', { credit: 0 });
    const sender = rig.opened().send('q');
    rig.run();
    for (let count = 0; count < 5; count++) sender.send(message({ body: 30_000 }));
    rig.run();
    const { link } = receiver;
    link?.offerCredit(10);
    link?.endTurn(); // the flow is written: credit 10
    link?.withdrawCredit(); // and another in the same write: drain
    rig.run();
    expect(receiver.complete).toHaveLength(5);
    expect([link?.credit, link?.isDraining]).toEqual([0, false]);
  });
});

describe('a silent consumer with much credit', () => {
  /** The other one gives its credit in small portions. */
  function race(
    distribution: 'closest' | 'balanced',
    credit: number,
  ): { rig: RouterBench; good: Receiver; silent: Receiver; sender: Sender } {
    const rig = rigFor(distribution);
    const silent = rig.opened().receive('q', { credit: 10_000, outcome: null });
    const good = rig.opened().receive('q', { credit });
    const sender = rig.opened().send('q');
    rig.run();
    return { rig, good, silent, sender };
  }

  test.each([
    ['closest', 1],
    ['closest', 10],
    ['closest', 1000],
    ['balanced', 1],
    ['balanced', 10],
    ['balanced', 1000],
  ] as const)('%s: never takes the channel from another one that has credit for %i', (distribution, credit) => {
    const { rig, good, silent, sender } = race(distribution, credit);
    let before = 0;
    // A minute of seconds: in each of them the good one gets its share.
    for (let second = 0; second < 60; second++) {
      for (let count = 0; count < 300; count++) {
        if (sender.waitingCount < 50) sender.send(message());
        if (count % 3 === 0) rig.turn();
      }
      rig.run();
      rig.pass(1000);
      const got = good.received.length - before;
      before = good.received.length;
      expect(got).toBeGreaterThan(100);
      expect(silent.received.length).toBeLessThanOrEqual(125);
    }
    expect(sender.link?.unsettledCount).toBeLessThanOrEqual(250);
  });

  test.each(['closest', 'balanced'] as const)('%s: gets all when the other has long had no credit', (distribution) => {
    const rig = rigFor(distribution);
    const silent = rig.opened().receive('q', { credit: 10_000, outcome: null });
    const good = rig.opened().receive('q', { credit: 5 });
    const sender = rig.opened().send('q');
    rig.run();
    if (good.link !== null) good.link.capacity = 0; // it asks for no more
    for (let count = 0; count < 300; count++) sender.send(message());
    rig.run();
    const half = silent.received.length;
    expect(half).toBeLessThanOrEqual(125);
    expect(good.received.length).toBe(5);
    rig.pass(20_000);
    expect(silent.received.length).toBeGreaterThan(200);
  });

  test('that settles at last goes on at once', () => {
    const { rig, silent, sender } = race('closest', 0);
    const other = rig.opened().receive('q', { credit: 1, outcome: null });
    rig.run();
    for (let count = 0; count < 200; count++) sender.send(message());
    rig.run();
    expect(silent.received.length).toBeLessThanOrEqual(125);
    expect(other.received.length).toBe(1);
    silent.settleAll();
    rig.run();
    expect(silent.received.length).toBeGreaterThan(125);
    while (silent.received.some(({ isDone }) => !isDone)) {
      silent.settleAll();
      rig.run();
    }
    other.settleAll();
    rig.run();
    expect(outcomesOf(sender.sent)).toEqual(sender.sent.map(() => 0x24));
    expect(rig.residue()).toEqual(nothingLeft);
  });
});
