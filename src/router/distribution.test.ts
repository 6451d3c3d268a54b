// How messages find their consumers: closest, balanced, multicast, unavailable, and nobody.
import { describe, expect, test } from 'vitest';
import { Modified, Rejected } from '../amqp/performatives.ts';
import { symbol } from '../amqp/values.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { Receiver } from '../engine/testing/receiver.ts';
import type { Sender } from '../engine/testing/sender.ts';
import { message, sourceWith, targetWith, textOf } from './testing/messages.ts';
import { nothingLeft, outcomesOf, RouterBench, stateOf } from './testing/router-bench.ts';

const texts = (receiver: Receiver | undefined) => receiver?.complete.map(({ bytes }) => textOf(bytes)) ?? [];
const counts = (receivers: readonly Receiver[]) => receivers.map(({ received }) => received.length);

/** A sender and some consumers of `q`, each on a connection of its own. */
function around(
  distribution: 'closest' | 'balanced' | 'multicast',
  consumers: readonly { credit?: number; outcome?: number | null; attach?: object }[],
): { rig: RouterBench; sender: Sender; receivers: Receiver[] } {
  const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution }] });
  const receivers = consumers.map((options) => rig.opened().receive('q', options));
  const sender = rig.opened().send('q');
  rig.run();
  return { rig, sender, receivers };
}

describe.each(['closest', 'balanced', 'multicast'] as const)('distribution %s', (distribution) => {
  test('brings a message to its consumer as it was, and its outcome back', () => {
    const { rig, sender, receivers } = around(distribution, [{}]);
    const bytes = message({ to: 'q', priority: 7, annotations: new Map([[symbol('x-mine'), 'kept']]) });
    const sent = sender.send(bytes);
    rig.run();
    expect(receivers[0]?.complete.map((received) => received.bytes)).toEqual([bytes]);
    expect([sent.outcomes, sent.isSettled]).toEqual([[0x24], true]);
    expect(rig.residue()).toEqual(nothingLeft);
    expect(rig.faults()).toEqual([]);
  });

  test.each([
    ['accepted', 0x24],
    ['rejected', 0x25],
    ['released', 0x26],
    ['modified', 0x27],
  ])('%s comes back as such', (_name, outcome) => {
    const { rig, sender } = around(distribution, [{ outcome }]);
    const sent = [sender.send(message()), sender.send(message())];
    rig.run();
    expect(outcomesOf(sent)).toEqual([outcome, outcome]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('settled messages are delivered, and nobody is told', () => {
    const { rig, sender, receivers } = around(distribution, [{}]);
    for (let count = 0; count < 1000; count++) sender.send(message({ body: `${count}` }), true);
    rig.run();
    expect(texts(receivers[0])).toEqual(Array.from({ length: 1000 }, (_, at) => `${at}`));
    expect(receivers[0]?.received.every(({ settled }) => settled)).toBe(true);
    expect(rig.router.describe()).toMatchObject({ presettled: 1000, droppedPresettled: 0, accepted: 0 });
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('a consumer that takes pre-settled counts as having accepted', () => {
    const { rig, sender, receivers } = around(distribution, [{ attach: { sndSettleMode: 1 } }]);
    const sent = sender.send(message());
    rig.run();
    expect(receivers[0]?.received[0]?.settled).toBe(true);
    expect(sent.outcomes).toEqual([0x24]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('what waits for credit goes out when it comes, in order', () => {
    const { rig, sender, receivers } = around(distribution, [{ credit: 0 }]);
    const sent = Array.from({ length: 400 }, (_, at) => sender.send(message({ body: `${at}` })));
    rig.run();
    expect([sender.credit, sender.waitingCount]).toEqual([0, 150]);
    receivers[0]?.link?.offerCredit(7);
    rig.run();
    expect(texts(receivers[0])).toEqual(sent.map((_, at) => `${at}`));
    expect(outcomesOf(sent)).toEqual(sent.map(() => 0x24));
    expect(rig.residue()).toEqual(nothingLeft);
    expect(rig.faults()).toEqual([]);
  });

  test('a consumer that settles without saying how leaves the sender in doubt, or with its default outcome', () => {
    const { rig, sender, receivers } = around(distribution, [{ outcome: null }]);
    const sent = sender.send(message());
    rig.run();
    const [received] = receivers[0]?.received ?? [];
    receivers[0]?.settle(received as never, 0);
    rig.run();
    expect(sent.outcomes).toEqual([0x27]);
  });
});

describe('closest', () => {
  test('takes consumers in turn, and passes over those without credit', () => {
    const { rig, sender, receivers } = around('closest', [{}, { credit: 0 }, {}, {}]);
    for (let count = 0; count < 30; count++) sender.send(message());
    rig.run();
    expect(counts(receivers)).toEqual([10, 0, 10, 10]);
  });
});

describe('balanced', () => {
  test('gives a consumer that is slow to settle less', () => {
    const { rig, sender, receivers } = around('balanced', [{ outcome: null }, {}, {}]);
    for (let count = 0; count < 300; count++) {
      sender.send(message());
      rig.run();
      if (count % 30 === 29) receivers[0]?.settleAll();
    }
    const [slow, ...quick] = counts(receivers) as [number, number, number];
    expect(slow).toBeLessThan(30);
    expect(Math.abs((quick[0] as number) - (quick[1] as number))).toBeLessThan(20);
  });

  test('takes equals in turn', () => {
    const { rig, sender, receivers } = around('balanced', [{}, {}, {}]);
    for (let count = 0; count < 90; count++) {
      sender.send(message());
      rig.run();
    }
    expect(counts(receivers)).toEqual([30, 30, 30]);
  });

  test('reaches every one of very many consumers', () => {
    const { rig, sender, receivers } = around(
      'balanced',
      Array.from({ length: 60 }, () => ({ outcome: null })),
    );
    for (let count = 0; count < 240; count++) sender.send(message());
    rig.run();
    expect(counts(receivers)).toEqual(receivers.map(() => 4));
  });
});

describe('multicast', () => {
  test('gives every consumer a copy', () => {
    const { rig, sender, receivers } = around('multicast', [{}, {}, { attach: { sndSettleMode: 1 } }]);
    const sent = [sender.send(message({ body: 'a' })), sender.send(message({ body: 'b' }), true)];
    rig.run();
    expect(receivers.map(texts)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(sent[0]?.outcomes).toEqual([0x24]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  const [acc, rej, rel, mod] = [0x24, 0x25, 0x26, 0x27];
  test.each([
    [[acc, rej, rel], rej],
    [[acc, mod, rel], acc],
    [[rel, mod, rel], mod],
    [[rel, rel, rel], rel],
    [[rel, acc, acc], acc],
  ])('merges the outcomes %j by rank, when the last one has come', (given, merged) => {
    const { rig, sender, receivers } = around(
      'multicast',
      given.map(() => ({ outcome: null })),
    );
    const sent = sender.send(message());
    rig.run();
    given.forEach((outcome, at) => {
      expect(sent.outcomes).toEqual([]);
      receivers[at]?.settleAll(outcome);
      rig.run();
    });
    expect(sent.outcomes).toEqual([merged]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('counts a consumer that takes pre-settled as one that accepted, whatever the others say', () => {
    const { rig, sender } = around('multicast', [{ attach: { sndSettleMode: 1 } }, { outcome: rel }]);
    const sent = sender.send(message());
    rig.run();
    expect(sent.outcomes).toEqual([acc]);
  });

  test('counts a consumer that is lost as modified', () => {
    const { rig, sender, receivers } = around('multicast', [{ outcome: null }, { outcome: rel }]);
    const sent = sender.send(message());
    rig.run();
    receivers[0]?.link?.detach(null);
    rig.run();
    expect(sent.outcomes).toEqual([mod]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('reaches consumers that share a session whose window is too small for all of them', () => {
    const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution: 'multicast' }] });
    const client = rig.opened({ maxSessionFrames: 3 });
    const receivers = Array.from({ length: 5 }, () => client.receive('q'));
    const sender = rig.opened().send('q');
    rig.run();
    const sent = Array.from({ length: 20 }, (_, at) => sender.send(message({ body: at * 300 }), at % 2 === 0));
    rig.run();
    expect(counts(receivers)).toEqual([20, 20, 20, 20, 20]);
    expect(sent.filter(({ settled }) => !settled).every(({ outcome }) => outcome === acc)).toBe(true);
    expect(rig.faults()).toEqual([]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('a consumer that asks for more while a delivery goes out is not sent it again', () => {
    const { rig, sender, receivers } = around('multicast', [{ credit: 0, outcome: null }]);
    for (const size of [10, 40_000, 10, 70_000]) sender.send(message({ body: size }));
    rig.run();
    receivers[0]?.link?.offerCredit(100);
    rig.run();
    expect(receivers[0]?.complete.map(({ bytes }) => bytes.length > 30_000)).toEqual([false, true, false, true]);
    expect(rig.faults()).toEqual([]);
  });
});

describe('the configuration of addresses', () => {
  const rules = [
    { prefix: 'news', distribution: 'multicast' as const },
    { pattern: 'news.*.local', distribution: 'closest' as const },
    { pattern: 'news.#.archive', distribution: 'unavailable' as const },
    { prefix: 'gone', distribution: 'unavailable' as const },
  ];

  /** How many of two consumers get one message each time. */
  function copies(address: string): number | string {
    const rig = new RouterBench({ addresses: rules });
    const client = rig.opened();
    const receivers = [client.receive(address), client.receive(address)];
    const sender = client.send(address);
    rig.run();
    if (sender.detached !== null) return sender.detached.error?.condition ?? 'detached';
    sender.send(message());
    rig.run();
    return counts(receivers).reduce((sum, count) => sum + count, 0);
  }

  test.each([
    ['news', 2],
    ['news.sport', 2],
    ['news/sport', 2],
    ['newsletter', 1],
    ['news.paris.local', 1],
    ['news.paris.x.local', 2],
    ['news.a.b.archive', 'amqp:not-found'],
    ['gone.for.good', 'amqp:not-found'],
    ['other', 1],
  ])('decides for %s', (address, expected) => {
    expect(copies(address)).toBe(expected);
  });

  test('an unavailable address refuses senders and receivers alike', () => {
    const rig = new RouterBench({ router: { defaultDistribution: 'unavailable' }, addresses: [{ prefix: 'q' }] });
    const client = rig.opened();
    const links = [client.send('x'), client.receive('x'), client.send('q'), client.receive('q')];
    rig.run();
    expect(links.map(({ detached }) => detached?.error?.condition ?? null)).toEqual([
      'amqp:not-found',
      'amqp:not-found',
      null,
      null,
    ]);
    expect(links[0]?.detached?.error?.description).toBe('Node not found');
    expect(rig.router.core.addresses.size).toBe(1);
  });

  test('defaultDistribution holds where no rule does', () => {
    const rig = new RouterBench({ router: { defaultDistribution: 'multicast' } });
    const client = rig.opened();
    const receivers = [client.receive('any'), client.receive('any')];
    const sender = client.send('any');
    rig.run();
    sender.send(message());
    rig.run();
    expect(counts(receivers)).toEqual([1, 1]);
  });

  test('an address keeps its distribution when the configuration changes, a new one follows the new rules', () => {
    const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution: 'multicast' }] });
    const client = rig.opened();
    const receivers = [client.receive('q'), client.receive('q')];
    const sender = client.send('q');
    rig.run();
    rig.reload({ addresses: [{ prefix: 'q', distribution: 'closest' }] });
    sender.send(message());
    rig.run();
    expect(counts(receivers)).toEqual([1, 1]);
    for (const link of [...receivers, sender]) link.link?.detach(null);
    rig.run();
    const again = [client.receive('q'), client.receive('q')];
    client.send('q').send(message());
    rig.run();
    expect(counts(again).reduce((sum, count) => sum + count)).toBe(1);
  });
});

describe('phases', () => {
  test('separate senders from receivers of one name: a waypoint stands between them', () => {
    const rig = new RouterBench({ addresses: [{ prefix: 'q', waypoint: true }] });
    const client = rig.opened();
    const sender = client.send('q');
    const receiver = client.receive('q');
    rig.run();
    expect(sender.credit).toBe(0);
    // The waypoint takes what comes in phase 0 and gives it back in phase 1.
    const waypoint = rig.opened();
    const taker = waypoint.receive('q', {
      attach: { source: sourceWith('q', ['qd.waypoint.1']) },
    });
    const giver = waypoint.send('q', { attach: { target: targetWith('q', ['qd.waypoint.1']) } });
    rig.run();
    sender.send(message({ body: 'in' }));
    rig.run();
    expect([texts(taker), texts(receiver)]).toEqual([['in'], []]);
    giver.send(message({ body: 'out' }));
    rig.run();
    expect([texts(taker), texts(receiver)]).toEqual([['in'], ['out']]);
  });

  test('are as configured', () => {
    const rig = new RouterBench({ addresses: [{ prefix: 'q', ingressPhase: 3, egressPhase: 3 }] });
    const client = rig.opened();
    client.receive('q');
    rig.run();
    expect([...rig.router.core.addresses.all].map(({ key }) => key)).toEqual(['M3q']);
  });
});

test('details of an outcome come back to the sender: the error of a rejection, the hints of a modification', () => {
  const { rig, sender, receivers } = around('closest', [{ outcome: null }]);
  const sent = [sender.send(message()), sender.send(message())];
  rig.run();
  const [first, second] = receivers[0]?.received ?? [];
  receivers[0]?.settle(first as never, new Rejected({ error: amqpError(Condition.InvalidField, 'not that') }));
  receivers[0]?.settle(second as never, new Modified({ undeliverableHere: true }));
  rig.run();
  expect(stateOf(sent[0])).toMatchObject({ error: { condition: 'amqp:invalid-field', description: 'not that' } });
  expect(stateOf(sent[1])).toMatchObject({ undeliverableHere: true, deliveryFailed: true });
});
