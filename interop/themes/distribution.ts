// Who of several consumers gets a message, and what the sender is told when several did.
import assert from 'node:assert/strict';
import { type Case, forEach, needsOf } from '../case.ts';
import { type Library, libraries } from '../client.ts';
import type { ReceivedDelivery, ReceiverLink, SenderLink } from '../link.ts';
import type { State } from '../protocol.ts';
import type { World } from '../world.ts';

type Outcome = 'accepted' | 'rejected' | 'released' | 'modified';

/** What receivers say of their copies of one multicast, and what its sender is told: the highest rank. */
const merges: readonly (readonly [readonly Outcome[], Outcome])[] = [
  [['accepted', 'rejected', 'released'], 'rejected'],
  [['released', 'accepted', 'modified'], 'accepted'],
  [['released', 'modified', 'released'], 'modified'],
  [['released', 'released'], 'released'],
  [['modified', 'rejected'], 'rejected'],
];

const states: { readonly [outcome in Outcome]: State } = {
  accepted: { outcome: 'accepted' },
  rejected: { outcome: 'rejected', condition: 'example:no', description: 'not this one' },
  released: { outcome: 'released' },
  modified: { outcome: 'modified', deliveryFailed: false, undeliverableHere: true },
};

async function group(
  world: World,
  prefix: string,
  from: Library,
  to: readonly Library[],
): Promise<{ sender: SenderLink; receivers: ReceiverLink[] }> {
  const address = world.address(prefix);
  const receivers: ReceiverLink[] = [];
  for (const library of to) receivers.push(await (await world.connect(library)).receiver(address));
  const sender = await (await world.connect(from)).sender(address);
  await sender.hasCredit();
  return { sender, receivers };
}

async function merge(
  world: World,
  from: Library,
  to: readonly Library[],
  said: readonly Outcome[],
  told: Outcome,
): Promise<void> {
  const { sender, receivers } = await group(world, 'multicast', from, to);
  const sent = sender.send({ body: 'to all' });
  for (const [index, receiver] of receivers.entries()) {
    assert.equal(sent.isSettled, false, 'settled before all receivers had settled');
    const received = await receiver.next();
    received.state(states[said[index] as Outcome]);
    // The router has heard this one before the next one speaks.
    await receiver.connection.fence();
  }
  assert.equal((await sent.outcome()).outcome, told);
}

/** The receiver that gets the next message, and the message. */
const nextOf = (world: World, receivers: readonly ReceiverLink[]): Promise<[ReceiverLink, ReceivedDelivery]> =>
  world.watch.until('one of the receivers gets a message', () => {
    const receiver = receivers.find(({ messages }) => messages.length > 0);
    return receiver && [receiver, receiver.messages.shift() as ReceivedDelivery];
  });

async function closestRoundRobin(world: World, to: readonly Library[]): Promise<void> {
  const { sender, receivers } = await group(world, 'closest', 'rhea', to);
  const order: number[] = [];
  for (let i = 0; i < 9; i++) {
    const sent = sender.send({ body: i });
    const [receiver, received] = await nextOf(world, receivers);
    order.push(receivers.indexOf(receiver));
    received.accept();
    assert.equal((await sent.outcome()).outcome, 'accepted');
  }
  assert.equal(new Set(order.slice(0, 3)).size, 3, `not each in turn: ${order}`);
  assert.deepEqual(
    order,
    [0, 1, 2].flatMap(() => order.slice(0, 3)),
    `not always in the same turn: ${order}`,
  );
}

async function balanced(world: World, slow: Library): Promise<void> {
  const { sender, receivers } = await group(world, 'queue', 'rhea', [slow, 'rhea']);
  const taken = [0, 0];
  for (let i = 0; i < 20; i++) {
    const sent = sender.send({ body: i });
    const [receiver, received] = await nextOf(world, receivers);
    const index = receivers.indexOf(receiver);
    (taken[index] as number)++;
    if (index === 0) continue; // the slow one settles nothing
    received.accept();
    assert.equal((await sent.outcome()).outcome, 'accepted');
  }
  // It may get the first one, when both are as idle; from then on the other one always has less.
  assert.ok((taken[0] as number) <= 1, `the slow consumer got ${taken[0]} of 20`);
}

export const distributionCases: readonly Case[] = [
  ...merges.map(
    ([said, told]): Case => ({
      name: `distribution: unsettled multicast, ${said.join(' + ')} is ${told}`,
      run: (world) =>
        merge(
          world,
          'rhea',
          said.map(() => 'rhea' as const),
          said,
          told,
        ),
    }),
  ),
  ...forEach(libraries, (from) => ({
    name: `distribution: unsettled multicast to all libraries, accepted + rejected + released is rejected, from ${from}`,
    run: (world) => merge(world, from, libraries, ['accepted', 'rejected', 'released'], 'rejected'),
  })).map((one) => ({ ...one, needs: needsOf(...libraries) })),
  {
    name: 'distribution: pre-settled multicast reaches every consumer once',
    needs: needsOf(...libraries),
    run: async (world) => {
      const { sender, receivers } = await group(world, 'multicast', 'rhea', [...libraries, ...libraries]);
      for (let i = 0; i < 10; i++) sender.send({ body: i }, { settled: true });
      for (const receiver of receivers) {
        for (let i = 0; i < 10; i++) assert.equal((await receiver.next()).message.body, i);
        await receiver.connection.fence();
        assert.equal(receiver.messages.length, 0);
      }
    },
  },
  {
    name: 'distribution: a pre-settled multicast does not wait for long for a consumer without credit',
    run: async (world) => {
      const { sender, receivers } = await group(world, 'multicast', 'rhea', ['rhea']);
      const address = sender.attachment?.target?.address ?? '';
      const idle = await (await world.connect('rhea')).receiver(address, { credit: 0 });
      sender.send({ body: 'to who is ready' }, { settled: true });
      await receivers[0]?.next();
      idle.grant(1);
      sender.send({ body: 'to all' }, { settled: true });
      assert.equal((await idle.next()).message.body, 'to all');
    },
  },
  {
    name: 'distribution: what waits for a consumer is taken by priority, of several senders',
    run: async (world) => {
      const { sender, receivers } = await group(world, 'queue', 'rhea', ['rhea']);
      const address = sender.attachment?.target?.address ?? '';
      const receiver = receivers[0] as ReceiverLink;
      await receiver.drain(0);
      const urgent = await (await world.connect('rhea')).sender(address);
      await urgent.hasCredit();
      for (let i = 0; i < 3; i++) sender.send({ priority: 1, body: `later ${i}` });
      await sender.connection.fence();
      for (let i = 0; i < 3; i++) urgent.send({ priority: 8, body: `sooner ${i}` });
      await urgent.connection.fence();
      receiver.grant(6);
      const order: unknown[] = [];
      for (let i = 0; i < 6; i++) order.push((await receiver.next()).message.body);
      assert.deepEqual(order, ['sooner 0', 'sooner 1', 'sooner 2', 'later 0', 'later 1', 'later 2']);
    },
  },
  {
    name: 'distribution: a consumer that is lost counts as modified in a multicast',
    run: async (world) => {
      const { sender, receivers } = await group(world, 'multicast', 'rhea', ['rhea', 'rhea']);
      const [staying, leaving] = receivers as [ReceiverLink, ReceiverLink];
      const sent = sender.send({ body: 'to all' });
      await leaving.next();
      await leaving.close();
      (await staying.next()).state(states.released);
      const { outcome, deliveryFailed } = await sent.outcome();
      assert.deepEqual([outcome, deliveryFailed], ['modified', true]);
    },
  },
  {
    name: 'distribution: closest takes consumers in turn, rhea',
    run: (world) => closestRoundRobin(world, ['rhea', 'rhea', 'rhea']),
  },
  {
    name: 'distribution: closest takes consumers in turn, one of each library',
    needs: needsOf(...libraries),
    run: (world) => closestRoundRobin(world, libraries),
  },
  ...forEach(libraries, (slow) => ({
    name: `distribution: balanced gives less to a slow consumer, ${slow}`,
    run: (world) => balanced(world, slow),
  })),
];
