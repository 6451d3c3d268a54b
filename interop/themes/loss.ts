// What becomes of deliveries when one of their two ends goes away.
import assert from 'node:assert/strict';
import { type Case, forEach } from '../case.ts';
import { type Client, type Library, libraries } from '../client.ts';
import type { ReceiverLink, SenderLink } from '../link.ts';
import { dataSection, patternedBytes } from '../values.ts';
import type { World } from '../world.ts';

/** The ways in which a consumer can go. */
const departures: { readonly [how: string]: (client: Client, receiver: ReceiverLink) => unknown } = {
  'closes its link': (_client, receiver) => receiver.close(),
  'detaches its link': (_client, receiver) => receiver.close(false),
  'ends its session': (_client, receiver) => receiver.endSession(),
  'closes its connection': (_client, receiver) => receiver.connection.close(),
  'is killed': (client) => client.kill(),
};

async function inDoubt(world: World, library: Library, how: string): Promise<void> {
  const place = (await world.sharedRouter()).place();
  const address = world.address();
  const client = world.ownClient(library);
  const receiver = await (await client.connect(place)).receiver(address);
  const sender = await (await world.connect('rhea')).sender(address);
  await sender.hasCredit();
  const sent = [1, 2, 3].map((body) => sender.send({ body }));
  const received = [await receiver.next(), await receiver.next(), await receiver.next()];
  received[1]?.accept();
  assert.equal((await sent[1]?.outcome())?.outcome, 'accepted');
  await departures[how]?.(client, receiver);
  for (const delivery of [sent[0], sent[2]]) {
    const state = await delivery?.outcome();
    assert.deepEqual([state?.outcome, state?.deliveryFailed], ['modified', true]);
  }
}

async function untouchedGoesElsewhere(world: World, library: Library): Promise<void> {
  const place = (await world.sharedRouter()).place();
  const address = world.address();
  const client = world.ownClient(library);
  const first = await (await client.connect(place)).receiver(address, { credit: 1 });
  const second = await (await world.connect('rhea')).receiver(address, { credit: 0 });
  const sender = await (await world.connect('rhea')).sender(address);
  await sender.hasCredit();
  const inDoubt = sender.send({ body: 'in doubt' });
  const waiting = sender.send({ body: 'waiting' });
  await first.next();
  client.kill();
  assert.equal((await inDoubt.outcome()).outcome, 'modified');
  await sender.connection.fence();
  assert.equal(waiting.isSettled, false);
  second.grant(1);
  const received = await second.next();
  assert.equal(received.message.body, 'waiting');
  received.accept();
  assert.equal((await waiting.outcome()).outcome, 'accepted');
}

async function senderIsKilled(world: World, library: Library): Promise<void> {
  const place = (await world.sharedRouter()).place();
  const address = world.address();
  const receiver = await (await world.connect('rhea')).receiver(address);
  const client = world.ownClient(library);
  const sender = await (await client.connect(place)).sender(address);
  await sender.hasCredit();
  sender.send({ body: 'orphan' });
  const orphan = await receiver.next();
  client.kill();
  const router = await world.sharedRouter();
  await router.logged('loses the sender', new RegExp(`Link "link-${sender.number}" lost`));
  orphan.accept();
  await works(world, receiver, address);
}

/** Another sender gets through. */
async function works(world: World, receiver: ReceiverLink, address: string): Promise<void> {
  const sender: SenderLink = await (await world.connect('rhea')).sender(address);
  await sender.hasCredit();
  const sent = sender.send({ body: 'still there' });
  const received = await receiver.next();
  assert.equal(received.message.body, 'still there');
  received.accept();
  assert.equal((await sent.outcome()).outcome, 'accepted');
}

export const lossCases: readonly Case[] = [
  ...Object.keys(departures).flatMap((how) =>
    forEach(libraries, (library) => ({
      name: `loss: a consumer ${how} with unsettled deliveries, which end modified (delivery-failed), ${library}`,
      run: (world) => inDoubt(world, library, how),
    })),
  ),
  ...forEach(libraries, (library) => ({
    name: `loss: what a killed consumer had not been sent goes to another one, ${library}`,
    run: (world) => untouchedGoesElsewhere(world, library),
  })),
  ...forEach(libraries, (library) => ({
    name: `loss: a sender is killed, and its delivery can still be settled, ${library}`,
    run: (world) => senderIsKilled(world, library),
  })),
  ...[false, true].map(
    (settled): Case => ({
      name: `loss: a consumer is killed in the middle of a ${settled ? 'pre-settled' : 'large'} message, and its sender goes on`,
      needs: ['python'],
      run: async (world) => {
        const place = (await world.sharedRouter()).place();
        const address = world.address();
        const client = world.ownClient('python');
        const receiver = await (await client.connect(place)).receiver(address, { holds: true });
        const sender = await (await world.connect('rhea')).sender(address);
        await sender.hasCredit();
        const sent = sender.sendPatterned(30_000_000, { settled });
        await receiver.until('sees the message begin', () => receiver.partialBytes > 0);
        client.kill();
        if (!settled) {
          const { outcome, deliveryFailed } = await sent.outcome();
          assert.deepEqual([outcome, deliveryFailed], ['modified', true]);
        }
        const next = await (await world.connect('rhea')).receiver(address, { autoAccept: true });
        const after = sender.send({ body: 'after' });
        assert.equal((await next.next()).message.body, 'after');
        assert.equal((await after.outcome()).outcome, 'accepted');
      },
    }),
  ),
  {
    name: 'loss: a sender is killed in the middle of a message, which is aborted',
    needs: ['python'],
    run: async (world) => {
      const place = (await world.sharedRouter()).place();
      const address = world.address();
      const receiver = await (await world.connect('python')).receiver(address);
      const client = world.ownClient('python');
      const sender = await (await client.connect(place)).sender(address);
      await sender.hasCredit();
      sender.sendPart(dataSection(patternedBytes(1_000_000)).subarray(0, 300_000), false);
      await receiver.until('sees the message begin', () => receiver.partialBytes > 0);
      client.kill();
      await receiver.until('sees it aborted', () => receiver.aborted === 1);
      await works(world, receiver, address);
    },
  },
];
