// Messages of many frames: whole, in order, streamed while they arrive, in bounded memory.
import assert from 'node:assert/strict';
import { type Case, forEach, forEachPair } from '../case.ts';
import { type Library, libraries } from '../client.ts';
import type { ClientConnection } from '../connection.ts';
import type { RouterProcess } from '../router-process.ts';
import { dataSection, digestOf, patternedBytes } from '../values.ts';
import type { World } from '../world.ts';

const mebibyte = 1024 * 1024;
/** More than the router's session window lets in before it knows where to put it; for rhea, which is quick, much more. */
const largerThanWindow: { readonly [library in Library]: number } = {
  rhea: 40 * mebibyte,
  python: 12 * mebibyte,
  cpp: 12 * mebibyte,
};

async function carry(world: World, from: Library, to: Library, size: number, maxFrameSize?: number): Promise<void> {
  const options = maxFrameSize === undefined ? {} : { maxFrameSize };
  const address = world.address();
  const receiver = await (await world.connect(to, options)).receiver(address, { autoAccept: true });
  const sender = await (await world.connect(from, options)).sender(address);
  await sender.hasCredit();
  const before = sender.send({ body: 'before' });
  const sent = sender.sendPatterned(size);
  const after = sender.send({ body: 'after' });
  assert.equal((await receiver.next()).message.body, 'before');
  assert.deepEqual((await receiver.next(30_000)).message.body, digestOf(patternedBytes(size)));
  assert.equal((await receiver.next()).message.body, 'after');
  for (const delivery of [before, sent, after]) assert.equal((await delivery.outcome()).outcome, 'accepted');
}

/** Waits until the router reads no more from its sender, though it had many turns to do so. */
async function untilItStopsReading(router: RouterProcess, bystander: ClientConnection): Promise<void> {
  const readDuringTurns = async (): Promise<number> => {
    const before = router.bytesRead;
    for (let i = 0; i < 20; i++) await bystander.fence();
    return router.bytesRead - before;
  };
  // The round trips themselves are a few kilobytes.
  while ((await readDuringTurns()) > 64 * 1024);
}

export const largeMessageCases: readonly Case[] = [
  ...forEachPair(libraries, (from, to) => ({
    name: `large messages: 1 MiB between small ones, ${from} → ${to}`,
    run: (world) => carry(world, from, to, mebibyte),
  })),
  ...forEachPair(libraries, (from, to) => ({
    name: `large messages: 100 kB in frames of 512 bytes, ${from} → ${to}`,
    run: (world) => carry(world, from, to, 100_000, 512),
  })),
  // Proton needs a time that grows with the square of the size: once each way is enough.
  ...forEach(['python', 'cpp'], (library) => ({
    name: `large messages: 20 MiB, rhea → ${library}`,
    run: (world) => carry(world, 'rhea', library, 20 * mebibyte),
  })),
  ...forEach(['python', 'cpp'], (library) => ({
    name: `large messages: 20 MiB, ${library} → rhea`,
    run: (world) => carry(world, library, 'rhea', 20 * mebibyte),
  })),

  ...forEach(libraries, (library) => ({
    name: `large messages: 100 kB where the router takes frames of 512 bytes, ${library}`,
    run: async (world) => {
      const router = await world.ownRouter({ listeners: { main: { maxFrameSize: 512 } } });
      const connection = await world.client(library).connect(router.place());
      const receiver = await connection.receiver('queue', { autoAccept: true });
      const sender = await connection.sender('queue');
      await sender.hasCredit();
      const sent = sender.sendPatterned(100_000);
      assert.deepEqual((await receiver.next()).message.body, digestOf(patternedBytes(100_000)));
      assert.equal((await sent.outcome()).outcome, 'accepted');
    },
  })),

  {
    name: 'large messages: the consumer sees the beginning before the sender has sent the end',
    needs: ['python'],
    run: async (world) => {
      const { sender, receiver } = await world.pair('python', 'python', { receiver: { autoAccept: true } });
      const bytes = patternedBytes(mebibyte);
      const sections = dataSection(bytes);
      const sent = sender.sendPart(sections.subarray(0, 300_000), false);
      await receiver.until('sees the message begin', () => receiver.partialBytes > 128 * 1024);
      sender.sendPart(sections.subarray(300_000, 600_000), false, sent);
      await receiver.until('sees more of it', () => receiver.partialBytes > 428 * 1024);
      sender.sendPart(sections.subarray(600_000), true, sent);
      assert.deepEqual((await receiver.next()).message.body, digestOf(bytes));
      assert.equal((await sent.outcome()).outcome, 'accepted');
    },
  },
  {
    name: 'large messages: another sender gets through beside one that is in the middle of a message',
    needs: ['python'],
    run: async (world) => {
      const { sender, receiver } = await world.pair('python', 'python', { receiver: { autoAccept: true } });
      const address = world.address();
      const small = await receiver.connection.receiver(address, { autoAccept: true });
      const other = await sender.connection.sender(address);
      await other.hasCredit();
      const sections = dataSection(patternedBytes(mebibyte));
      const sent = sender.sendPart(sections.subarray(0, 300_000), false);
      await receiver.until('sees the message begin', () => receiver.partialBytes > 0);
      for (let i = 0; i < 10; i++) {
        const delivery = other.send({ body: i });
        assert.equal((await small.next()).message.body, i);
        assert.equal((await delivery.outcome()).outcome, 'accepted');
      }
      sender.sendPart(sections.subarray(300_000), true, sent);
      assert.equal((await sent.outcome()).outcome, 'accepted');
    },
  },
  ...[100_000, 300_000].map(
    (size): Case => ({
      name: `large messages: aborted after ${size} bytes, and the link goes on`,
      needs: ['python'],
      run: async (world) => {
        const { sender, receiver } = await world.pair('python', 'python', { receiver: { autoAccept: true } });
        const sections = dataSection(patternedBytes(mebibyte));
        const sent = sender.sendPart(sections.subarray(0, size), false);
        // What is shorter than 128 KiB is still held by the router, and its consumer never hears of it.
        if (size > 128 * 1024) await receiver.until('sees the message begin', () => receiver.partialBytes > 0);
        else await sender.connection.fence();
        sender.abort(sent);
        if (size > 128 * 1024) await receiver.until('sees it aborted', () => receiver.aborted === 1);
        const next = sender.send({ body: 'next' });
        assert.equal((await receiver.next()).message.body, 'next');
        assert.equal((await next.outcome()).outcome, 'accepted');
      },
    }),
  ),
  ...forEach(libraries, (library) => ({
    name: `large messages: a long one that nobody consumes is released, and its sender goes on, ${library}`,
    run: async (world) => {
      const address = world.address();
      const receiver = await (await world.connect('rhea')).receiver(address, { autoAccept: true });
      const sender = await (await world.connect(library)).sender(null);
      await sender.hasCredit();
      assert.equal(
        (await sender.sendPatterned(largerThanWindow[library], { to: world.address('nobody') }).outcome()).outcome,
        'released',
      );
      const next = sender.send({ to: address, body: 'next' });
      assert.equal((await receiver.next()).message.body, 'next');
      assert.equal((await next.outcome()).outcome, 'accepted');
    },
  })),
  ...forEach(libraries, (library) => ({
    name: `large messages: a consumer rejects a long one of which it saw the beginning, and its sender goes on, ${library}`,
    run: async (world) => {
      const { sender, receiver } = await world.pair(library, 'python', { receiver: { autoAccept: true, holds: true } });
      const sent = sender.sendPatterned(largerThanWindow[library]);
      await receiver.until('sees the message begin', () => receiver.partialBytes > 0);
      receiver.settlePartial({ outcome: 'rejected', condition: 'example:too-long', description: 'no end' });
      const { outcome, condition } = await sent.outcome();
      assert.deepEqual([outcome, condition], ['rejected', 'example:too-long']);
      receiver.read();
      const next = sender.send({ body: 'next' });
      await receiver.until('receives the next message', () =>
        receiver.messages.some(({ message }) => message.body === 'next'),
      );
      assert.equal((await next.outcome()).outcome, 'accepted');
    },
  })).map((one) => ({ ...one, needs: [...(one.needs ?? []), 'python' as const] })),

  {
    name: "large messages: the router's memory is bounded while the consumer of 128 MiB reads nothing, rhea → python",
    needs: ['python', 'linux'],
    run: async (world) => {
      const router = await world.ownRouter({});
      const bystander = await world.client('rhea').connect(router.place());
      for (let i = 0; i < 20; i++) await bystander.fence();
      const size = 128 * mebibyte;
      const receiver = await (await world.client('python').connect(router.place())).receiver('queue', {
        holds: true,
        autoAccept: true,
      });
      const sender = await (await world.client('rhea').connect(router.place())).sender('queue');
      await sender.hasCredit();
      const before = router.peakMemory;
      const sent = sender.sendPatterned(size);
      await receiver.until('sees the message begin', () => receiver.partialBytes > 0);
      await untilItStopsReading(router, bystander);
      receiver.read();
      assert.deepEqual((await receiver.next(40_000)).message.body, digestOf(patternedBytes(size)));
      assert.equal((await sent.outcome()).outcome, 'accepted');
      const grown = router.peakMemory - before;
      // What the router holds is the session's window, 8 MiB. The rest is what Node has read and not yet collected: on a busy
      // machine that comes to a good 64 MiB, however long the message is. All of it held would be 128.
      assert.ok(grown < 100 * mebibyte, `the router grew by ${Math.round(grown / mebibyte)} MiB`);
    },
  },
];
