// A multicast and its slowest consumer: unsettled messages wait for it, and it is named; settled ones leave it behind.
import { describe, expect, test } from 'vitest';
import { message, textOf } from './testing/messages.ts';
import { nothingLeft, outcomesOf, RouterBench } from './testing/router-bench.ts';

function around(credits: readonly number[]) {
  const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution: 'multicast' }] });
  const receivers = credits.map((credit, at) =>
    rig.opened({ open: { containerId: `client-${at}` } }).receive('q', { credit, name: `link-of-${at}` }),
  );
  const sender = rig.opened().send('q');
  rig.run();
  return { rig, receivers, sender };
}

describe('an unsettled multicast', () => {
  test('waits for its slowest consumer, whose it is and since when is told once', () => {
    const { rig, receivers, sender } = around([100, 0]);
    const sent = sender.send(message());
    rig.pass(5_000);
    expect(receivers[0]?.received).toEqual([]);
    expect(rig.host.logged('slowest consumer')).toEqual([]);
    rig.pass(60_000);
    const [line, ...more] = rig.host.logged('slowest consumer');
    expect(line?.text).toContain('"link-of-1" of "client-1" (no credit, 0 unsettled)');
    expect(line?.text).toMatch(/has waited 1\d s/);
    expect(more).toEqual([]);
    receivers[1]?.link?.offerCredit(1);
    rig.run();
    expect(receivers.map(({ received }) => received.length)).toEqual([1, 1]);
    expect(sent.outcomes).toEqual([0x24]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('goes on without a consumer that leaves, and is forgotten with its sender', () => {
    const { rig, receivers, sender } = around([100, 0]);
    const sent = sender.send(message());
    rig.run();
    receivers[1]?.link?.detach(null);
    rig.run();
    expect(sent.outcomes).toEqual([0x24]);
    const late = rig.opened().receive('q', { credit: 0 });
    rig.run();
    sender.send(message());
    rig.run();
    expect(rig.residue()).toMatchObject({ waiting: 1, heldUp: 1 });
    sender.link?.detach(null);
    rig.run();
    expect(rig.residue()).toEqual(nothingLeft);
    rig.pass(60_000);
    expect(rig.host.logged('slowest consumer')).toEqual([]);
    expect(late.received).toEqual([]);
  });

  test('is not held up by a pause of a consumer that has credit again', () => {
    const { rig, receivers, sender } = around([3, 3]);
    for (let count = 0; count < 50; count++) sender.send(message());
    rig.run();
    expect(receivers.map(({ received }) => received.length)).toEqual([50, 50]);
    expect(outcomesOf(sender.sent)).toEqual(sender.sent.map(() => 0x24));
  });
});

describe('a settled multicast', () => {
  test('waits a moment for a consumer without credit, then leaves it behind: what it misses is counted', () => {
    const { rig, receivers, sender } = around([1000, 0]);
    for (let count = 0; count < 10; count++) sender.send(message({ body: `${count}` }), true);
    rig.pass(900);
    expect(receivers[0]?.received).toEqual([]);
    rig.pass(4_000);
    expect(receivers[0]?.received).toHaveLength(10);
    expect(receivers[1]?.received).toEqual([]);
    expect(rig.router.describe()['droppedPresettled']).toBe(10);
    // From now on it is not waited for any more.
    for (let count = 10; count < 30; count++) sender.send(message({ body: `${count}` }), true);
    rig.run();
    expect(receivers[0]?.received).toHaveLength(30);
    expect([...rig.router.core.consumers].map(({ droppedPresettled }) => droppedPresettled)).toEqual([0, 30]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('takes a consumer in again that has caught up, and waits for it as for any other', () => {
    const { rig, receivers, sender } = around([1000, 0]);
    sender.send(message(), true);
    rig.pass(4_000);
    receivers[1]?.link?.offerCredit(80);
    rig.run();
    for (let count = 0; count < 80; count++) sender.send(message({ body: `${count}` }), true);
    rig.run();
    expect(receivers[1]?.received.map(({ bytes }) => textOf(bytes))).toHaveLength(80);
    expect([...rig.router.core.consumers].map(({ isLagging }) => isLagging)).toEqual([false, false]);
    expect(rig.router.describe()['droppedPresettled']).toBe(1);
  });

  test('of which nobody has credit waits as well, and is dropped when nobody ever has', () => {
    const { rig, sender } = around([0, 0]);
    sender.send(message(), true);
    rig.run();
    expect(rig.residue()).toMatchObject({ waiting: 1 });
    rig.pass(5_000);
    expect(rig.residue()).toEqual(nothingLeft);
    expect(rig.router.describe()['droppedPresettled']).toBe(3);
  });

  test('keeps the order of settled and unsettled ones of a link', () => {
    const { rig, receivers, sender } = around([1000, 0]);
    for (let count = 0; count < 6; count++) sender.send(message({ body: `${count}` }), count % 2 === 0);
    rig.pass(10_000);
    receivers[1]?.link?.offerCredit(100);
    rig.run();
    expect(receivers[0]?.received.map(({ bytes }) => textOf(bytes))).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(rig.residue()).toEqual(nothingLeft);
  });
});
