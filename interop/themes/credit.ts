// Credit: given when somebody consumes, withheld and withdrawn when nobody does, and drained on demand.
import assert from 'node:assert/strict';
import { type Case, forEach } from '../case.ts';
import { type Library, libraries } from '../client.ts';
import type { World } from '../world.ts';

async function creditFollowsConsumers(world: World, library: Library): Promise<void> {
  const address = world.address();
  const sending = await world.connect(library);
  const sender = await sending.sender(address);
  await sending.fence();
  assert.equal(sender.credit, 0, 'credit without a consumer');

  const consuming = await world.connect('rhea');
  for (let round = 1; round <= 3; round++) {
    const receiver = await consuming.receiver(address);
    await sender.hasCredit(250);
    const sent = sender.send({ body: round });
    (await receiver.next()).accept();
    assert.equal((await sent.outcome()).outcome, 'accepted');
    await receiver.close();
    await sender.until('is asked to give its credit back', () => sender.drains === round);
    await sending.fence();
    assert.equal(sender.credit, 0, 'credit after the last consumer left');
  }
}

async function waitForCredit(world: World, library: Library): Promise<void> {
  const address = world.address();
  const receiver = await (await world.connect(library)).receiver(address, { credit: 0, autoAccept: true });
  const sender = await (await world.connect('rhea')).sender(address);
  await sender.hasCredit(250);
  // More than the router lets in at once: the rest waits at the sender.
  const sent = Array.from({ length: 300 }, (_, index) => sender.send({ body: index }));
  await receiver.connection.fence();
  assert.equal(receiver.messages.length, 0, 'a message beyond the credit');
  receiver.grant(7);
  for (let i = 0; i < 7; i++) assert.equal((await receiver.next()).message.body, i);
  await receiver.connection.fence();
  assert.equal(receiver.messages.length, 0, 'a message beyond the credit');
  receiver.grant(1000);
  for (let i = 7; i < 300; i++) assert.equal((await receiver.next()).message.body, i);
  for (const delivery of sent) assert.equal((await delivery.outcome()).outcome, 'accepted');
}

async function drainIsAnswered(world: World, library: Library): Promise<void> {
  const address = world.address();
  const receiver = await (await world.connect(library)).receiver(address, { credit: 0, autoAccept: true });
  await receiver.drain(10); // nothing is there
  const sender = await (await world.connect('rhea')).sender(address);
  await sender.hasCredit();
  for (let i = 0; i < 3; i++) sender.send({ body: i });
  await sender.connection.fence();
  await receiver.drain(10); // three wait in the router
  assert.deepEqual(
    receiver.messages.map(({ message }) => message.body),
    [0, 1, 2],
  );
  // The seven that were given back are gone; new credit is good.
  const last = sender.send({ body: 'last' });
  await sender.connection.fence();
  await receiver.connection.fence();
  assert.equal(receiver.messages.length, 3, 'a message on credit that was given back');
  receiver.grant(1);
  assert.equal((await last.outcome()).outcome, 'accepted');
}

export const creditCases: readonly Case[] = [
  ...forEach(libraries, (library) => ({
    name: `credit: comes with the first consumer, is drained when the last one leaves, and comes back in full, ${library}`,
    run: (world) => creditFollowsConsumers(world, library),
  })),
  ...forEach(libraries, (library) => ({
    name: `credit: messages wait for the consumer's credit, and keep their order, ${library}`,
    run: (world) => waitForCredit(world, library),
  })),
  {
    name: 'credit: pre-settled messages wait, too',
    run: async (world) => {
      const address = world.address();
      const receiver = await (await world.connect('rhea')).receiver(address, { credit: 0 });
      const sender = await (await world.connect('rhea')).sender(address);
      await sender.hasCredit(250);
      for (let i = 0; i < 600; i++) sender.send({ body: i }, { settled: true });
      await sender.connection.fence();
      receiver.grant(1000);
      for (let i = 0; i < 600; i++) assert.equal((await receiver.next()).message.body, i);
    },
  },
  ...forEach(libraries, (library) => ({
    name: `credit: a consumer's drain is answered, ${library}`,
    run: (world) => drainIsAnswered(world, library),
  })),
  {
    name: 'credit: linkCapacity bounds what a sender may have under way',
    run: async (world) => {
      const router = await world.ownRouter({ listeners: { main: { linkCapacity: 10 } } });
      const connection = await world.client('rhea').connect(router.place());
      const receiver = await connection.receiver('queue');
      const sender = await connection.sender('queue');
      await sender.hasCredit(10);
      const sent = Array.from({ length: 25 }, (_, index) => sender.send({ body: index }));
      for (let settled = 0; settled < 25; settled++) {
        await connection.fence();
        assert.ok(receiver.messages.length <= 10, `${receiver.messages.length} unsettled on a capacity of 10`);
        (await receiver.next()).accept();
        assert.equal((await sent[settled]?.outcome())?.outcome, 'accepted');
      }
    },
  },
];
