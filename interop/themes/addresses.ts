// Addresses in all their forms, and what the configuration makes of them.
import assert from 'node:assert/strict';
import { type Case, forEach, forEachPair } from '../case.ts';
import { type Library, libraries } from '../client.ts';
import { askAndAnswer } from '../request-reply.ts';
import type { World } from '../world.ts';

/** One address, as clients of all sorts write it. */
const forms = ['x', 'x/', '/x', 'amqp:/x', 'amqp://127.0.0.1/x', 'amqp://example.org:5672/x', 'amqps://example.org/x'];

async function anyForm(world: World, library: Library): Promise<void> {
  const address = world.address();
  const peer = await world.connect('rhea');
  const connection = await world.connect(library);
  for (const form of forms.map((text) => text.replace(/x(?=\/?$)/, address))) {
    const receiver = await peer.receiver(address);
    const sender = await connection.sender(form);
    assert.equal(sender.attachment?.target?.address, form, 'the answer names the address as it was asked for');
    const sent = sender.send({ body: form });
    (await receiver.next()).accept();
    assert.equal((await sent.outcome()).outcome, 'accepted');
    await sender.close();
    await receiver.close();

    const own = await connection.receiver(form);
    assert.equal(own.address, form);
    const back = (await peer.sender(address)).send({ body: 'back' });
    (await own.next()).accept();
    assert.equal((await back.outcome()).outcome, 'accepted');
    await own.close();
  }
}

async function requestAndReply(world: World, from: Library, to: Library): Promise<void> {
  const { id } = await world.sharedRouter();
  const service = world.address('service');
  await askAndAnswer(await world.connect(from), await world.connect(to), service, `_topo/0/${id}`);
}

export const addressCases: readonly Case[] = [
  ...forEach(libraries, (library) => ({
    name: `addresses: all forms of an address are one address, ${library}`,
    run: (world) => anyForm(world, library),
  })),
  ...forEachPair(libraries, (from, to) => ({
    name: `addresses: request over a service address, reply to a dynamic source through an anonymous sender, ${from} ⇄ ${to}`,
    run: (world) => requestAndReply(world, from, to),
  })),

  ...forEach(libraries, (library) => ({
    name: `addresses: a dynamic target can be consumed from, ${library}`,
    run: async (world) => {
      const connection = await world.connect(library);
      const sender = await connection.sender(null, { dynamic: true });
      const address = sender.attachment?.target?.address ?? '';
      assert.match(address, /^amqp:\/_\$temp\.[a-zA-Z0-9+_]{15}$/);
      const receiver = await (await world.connect('rhea')).receiver(address);
      const sent = sender.send({ body: 'found' });
      (await receiver.next()).accept();
      assert.equal((await sent.outcome()).outcome, 'accepted');
    },
  })),

  ...forEach(libraries, (library) => ({
    name: `addresses: an anonymous sender is told when a message has nowhere to go, ${library}`,
    run: async (world) => {
      const sender = await (await world.connect(library)).sender(null);
      await sender.hasCredit(250);
      const without = await sender.send({ body: 'no to' }).outcome();
      assert.deepEqual([without.outcome, without.condition], ['rejected', 'amqp:precondition-failed']);
      const unavailable = await sender.send({ to: 'unavailable/x', body: 1 }).outcome();
      assert.deepEqual([unavailable.outcome, unavailable.condition], ['rejected', 'amqp:not-found']);
      const unknown = await sender.send({ to: world.address('nobody'), body: 1 }).outcome();
      assert.equal(unknown.outcome, 'released');
    },
  })),

  ...forEach(libraries, (library) => ({
    name: `addresses: links to an unavailable address are refused with amqp:not-found, ${library}`,
    run: async (world) => {
      const connection = await world.connect(library);
      // The last one by a pattern that is more special than the multicast one.
      for (const address of ['unavailable', 'unavailable/a/b', 'amqp://host/unavailable', 'events/quiet']) {
        for (const link of [connection.startSender({ address }), connection.startReceiver({ address })]) {
          const { closed, condition } = await link.detached();
          assert.deepEqual([closed, condition], [true, 'amqp:not-found'], address);
        }
      }
      await connection.fence();
    },
  })),

  {
    name: 'addresses: prefix and pattern choose the distribution',
    run: async (world) => {
      const connection = await world.connect('rhea');
      const consumersReached = async (address: string): Promise<number> => {
        const receivers = [await connection.receiver(address), await connection.receiver(address)];
        const sender = await connection.sender(address);
        await sender.hasCredit();
        sender.send({ body: 1 }, { settled: true });
        await world.watch.until('a message', () => receivers.some(({ messages }) => messages.length > 0));
        await connection.fence();
        return receivers.filter(({ messages }) => messages.length > 0).length;
      };
      for (const [address, reached] of [
        ['multicast', 2],
        ['multicast.dotted', 2],
        ['multicastish', 1],
        ['shop/events', 2],
        ['shop.events.eu/all', 2],
        ['events/shop', 1],
        ['shop/eu/events', 1],
      ] as const) {
        assert.equal(await consumersReached(address), reached, address);
      }
    },
  },

  ...forEach(libraries, (library) => ({
    name: `addresses: a receiver without an address is refused, ${library}`,
    run: async (world) => {
      const connection = await world.connect(library);
      assert.equal((await connection.startReceiver({ address: null }).detached()).condition, 'qd:no-route-to-dest');
      await connection.fence();
    },
  })),

  {
    name: 'addresses: _local and _topo of this router are one address',
    run: async (world) => {
      const router = await world.sharedRouter();
      const connection = await world.connect('rhea');
      const receiver = await connection.receiver('_local/inbox');
      for (const address of ['_local/inbox', `_topo/0/${router.id}/inbox`, `amqp:/_topo/0/${router.id}/inbox`]) {
        const sent = (await connection.sender(address)).send({ body: address });
        (await receiver.next()).accept();
        assert.equal((await sent.outcome()).outcome, 'accepted', address);
      }
    },
  },

  ...(['qd.waypoint', ['qd.waypoint'], 'qd.waypoint.1', ['other', 'qd.waypoint.1']] as const).map(
    (capabilities): Case => ({
      name: `addresses: messages of a waypoint address pass through its broker, capability ${JSON.stringify(capabilities)}`,
      run: async (world) => {
        const address = world.address('waypoint');
        const broker = await world.connect('rhea');
        const toBroker = await broker.receiver(address, { capabilities });
        const fromBroker = await broker.sender(address, { capabilities });
        const consumer = await (await world.connect('rhea')).receiver(address);
        const sender = await (await world.connect('rhea')).sender(address);
        await sender.hasCredit();
        const sent = sender.send({ body: 'on its way' });
        const stored = await toBroker.next();
        stored.accept();
        assert.equal((await sent.outcome()).outcome, 'accepted');
        const passedOn = fromBroker.send({ body: stored.message.body ?? null });
        const received = await consumer.next();
        assert.equal(received.message.body, 'on its way');
        received.accept();
        assert.equal((await passedOn.outcome()).outcome, 'accepted');
        assert.equal(toBroker.messages.length, 0);
      },
    }),
  ),

  ...forEach(['python', 'cpp'], (library) => ({
    name: `addresses: a transaction coordinator is refused, ${library}`,
    run: async (world) => {
      const connection = await world.connect(library);
      const { condition, description } = await connection.startSender({ coordinator: true }).detached();
      assert.equal(condition, 'amqp:precondition-failed');
      assert.match(description ?? '', /transactions/);
      await connection.fence();
    },
  })),
];
