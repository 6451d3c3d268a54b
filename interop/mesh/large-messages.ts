// Messages of many frames across the network: whole, streamed while they arrive, and in nobody's way.
import assert from 'node:assert/strict';
import { type Library, libraries } from '../client.ts';
import { dataSection, digestOf, type Json, patternedBytes } from '../values.ts';
import { type Across, connectTo, pairAcross, untilKnown } from './across.ts';
import { acrossPairs, type MeshCase } from './mesh-case.ts';

const mebibyte = 1024 * 1024;

/** A large one between two small ones. Between routers it has a link to itself, so the small ones may arrive before it. */
async function carry(across: Across, from: Library, to: Library, size: number): Promise<void> {
  const { sender, receiver } = await pairAcross(across, { from, to, receiver: { autoAccept: true } });
  const sent = [sender.send({ body: 'before' }), sender.sendPatterned(size), sender.send({ body: 'after' })];
  const bodies: (Json | undefined)[] = [];
  for (const _ of sent) bodies.push((await receiver.next(60_000)).message.body);
  const small = bodies.filter((body) => typeof body === 'string');
  assert.deepEqual(small, ['before', 'after']);
  assert.deepEqual(
    bodies.find((body) => typeof body !== 'string'),
    digestOf(patternedBytes(size)),
  );
  for (const delivery of sent) assert.equal((await delivery.outcome()).outcome, 'accepted');
}

const halves = (): [Buffer, Buffer] => {
  const sections = dataSection(patternedBytes(mebibyte));
  return [sections.subarray(0, 300_000), sections.subarray(300_000)];
};

export const largeMessageCases: readonly MeshCase[] = [
  ...acrossPairs(libraries, (from, to) => ({
    what: '1 MiB arrives whole',
    run: (across) => carry(across, from, to, mebibyte),
  })),
  { what: '50 MiB arrive whole', run: (across) => carry(across, 'rhea', 'rhea', 50 * mebibyte) },
  {
    what: 'ten messages of 1 MiB of ten senders arrive whole at ten receivers',
    run: async (across) => {
      const pairs = [];
      for (let i = 0; i < 10; i++) pairs.push(await pairAcross(across, { receiver: { autoAccept: true } }));
      const sent = pairs.map(({ sender }, index) => sender.sendPatterned(mebibyte + index));
      for (const [index, { receiver }] of pairs.entries()) {
        assert.deepEqual((await receiver.next()).message.body, digestOf(patternedBytes(mebibyte + index)));
        assert.equal((await sent[index]?.outcome())?.outcome, 'accepted');
      }
    },
  },
  {
    what: 'a large multicast arrives whole at every router',
    run: async (across) => {
      const { routers, ends } = across.topology;
      const address = across.world.address('multicast');
      const receivers = [];
      const sender = await (await connectTo(across, ends[0])).sender(address);
      for (const id of routers) {
        const connection = await connectTo(across, id);
        receivers.push(await connection.receiver(address, { autoAccept: true }));
      }
      for (const id of routers) await untilKnown(across, id);
      const sent = sender.sendPatterned(mebibyte);
      for (const receiver of receivers) {
        assert.deepEqual((await receiver.next()).message.body, digestOf(patternedBytes(mebibyte)));
      }
      assert.equal((await sent.outcome()).outcome, 'accepted');
    },
  },
  {
    what: 'the consumer sees the beginning before the sender has sent the end, and small messages pass by',
    between: ['python', 'python'],
    run: async (across) => {
      const { sender, receiver } = await pairAcross(across, {
        ...{ from: 'python', to: 'python' },
        receiver: { autoAccept: true },
      });
      const small = await pairAcross(across, { receiver: { autoAccept: true } });
      const [first, second] = halves();
      const sent = sender.sendPart(first, false);
      await receiver.until('sees the message begin', () => receiver.partialBytes > 128 * 1024);
      for (let i = 0; i < 10; i++) {
        const delivery = small.sender.send({ body: i });
        assert.equal((await small.receiver.next()).message.body, i);
        assert.equal((await delivery.outcome()).outcome, 'accepted');
      }
      sender.sendPart(second, true, sent);
      assert.deepEqual((await receiver.next()).message.body, digestOf(patternedBytes(mebibyte)));
      assert.equal((await sent.outcome()).outcome, 'accepted');
    },
  },
  {
    what: 'a message that its sender aborts in the middle is aborted for the consumer, and the link goes on',
    between: ['python', 'python'],
    run: async (across) => {
      const { sender, receiver } = await pairAcross(across, {
        ...{ from: 'python', to: 'python' },
        receiver: { autoAccept: true },
      });
      const sent = sender.sendPart(halves()[0], false);
      await receiver.until('sees the message begin', () => receiver.partialBytes > 0);
      sender.abort(sent);
      await receiver.until('sees it aborted', () => receiver.aborted === 1);
      const next = sender.send({ body: 'next' });
      assert.equal((await receiver.next()).message.body, 'next');
      assert.equal((await next.outcome()).outcome, 'accepted');
    },
  },
  {
    what: 'a consumer that is killed in the middle of a message leaves it modified, and its sender goes on',
    between: ['rhea', 'python'],
    run: async (across) => {
      const { world, network, topology } = across;
      const [near, far] = topology.ends;
      const address = world.address();
      const client = world.ownClient('python');
      const receiver = await (await client.connect(network.place(far))).receiver(address, { holds: true });
      const sender = await (await connectTo(across, near)).sender(address);
      await sender.hasCredit();
      const sent = sender.sendPatterned(30 * mebibyte);
      await receiver.until('sees the message begin', () => receiver.partialBytes > 0);
      client.kill();
      const { outcome, deliveryFailed } = await sent.outcome();
      assert.deepEqual([outcome, deliveryFailed], ['modified', true]);
      const next = await (await connectTo(across, far)).receiver(address, { autoAccept: true });
      let told = '';
      while (told !== 'accepted') {
        await sender.hasCredit();
        ({ outcome: told } = await sender.send({ body: 'after' }).outcome());
        assert.ok(told === 'accepted' || told === 'released', told);
      }
      assert.equal((await next.next()).message.body, 'after');
    },
  },
];
