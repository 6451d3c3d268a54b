// Connections and links at their edges: what Open says, other transports, time-outs, names, and sizes.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Case, forEach } from '../case.ts';
import { type Library, libraries } from '../client.ts';
import type { ClientConnection } from '../connection.ts';
import type { World } from '../world.ts';

async function echo(connection: ClientConnection, address: string): Promise<void> {
  const receiver = await connection.receiver(address, { autoAccept: true });
  const sender = await connection.sender(address);
  await sender.hasCredit();
  const sent = sender.send({ body: 'echo' });
  assert.equal((await receiver.next()).message.body, 'echo');
  assert.equal((await sent.outcome()).outcome, 'accepted');
}

/** A consumer that hangs, with a delivery in its hands, is the clock by which the others are seen to be alive. */
async function outliveTheHanging(world: World, library: Library): Promise<void> {
  const router = await world.ownRouter({ listeners: { main: { idleTimeoutSeconds: 2 } } });
  const place = router.place();
  const hanging = world.ownClient('rhea');
  const receiver = await (await hanging.connect(place)).receiver('queue');
  // This one wants a frame every half second from the router, and must show itself as often.
  const connection = await world.client(library).connect({ ...place, idleTimeoutMs: 500 });
  const sender = await connection.sender('queue');
  await sender.hasCredit();
  const sent = sender.send({ body: 'in the hands of one that hangs' });
  await receiver.next();
  hanging.signal('SIGSTOP');
  const { outcome, deliveryFailed } = await sent.outcome();
  assert.deepEqual([outcome, deliveryFailed], ['modified', true]);
  assert.equal(connection.isOver, false, 'a connection with heartbeats was lost');
  await connection.fence();
  hanging.signal('SIGCONT');
  // What it is told when it wakes: a Close with the reason, unless the transport was quicker.
  const { condition } = await receiver.connection.ended();
  assert.ok(condition === 'amqp:resource-limit-exceeded' || receiver.connection.closed === null, `${condition}`);
}

async function stolen(world: World, library: Library): Promise<void> {
  const connection = await world.connect(library, { containerId: 'same' });
  const bystander = await world.connect('rhea', { containerId: 'same' });
  const address = world.address();
  const other = await bystander.receiver(address, { name: 'mine' });
  const first = await connection.receiver(address, { name: 'mine', credit: 1 });
  const second = await connection.receiver(address, { name: 'mine', credit: 1, newSession: true });
  assert.equal((await first.detached()).condition, 'amqp:link:stolen');
  // The same name the other way round, or on another connection, is another link.
  await connection.sender(address, { name: 'mine' });
  await bystander.fence();
  assert.deepEqual([second.detachment, other.detachment], [null, null]);
}

async function tooLarge(world: World, library: Library): Promise<void> {
  const router = await world.ownRouter({ listeners: { main: { maxMessageSize: 100_000 } } });
  const connection = await world.client(library).connect(router.place());
  const receiver = await connection.receiver('queue', { autoAccept: true });
  const sender = await connection.sender('queue');
  await sender.hasCredit();
  assert.equal(sender.attachment?.maxMessageSize, 100_000);
  assert.equal((await sender.sendPatterned(99_000).outcome()).outcome, 'accepted');
  const { outcome, condition } = await sender.sendPatterned(101_000).outcome();
  assert.deepEqual([outcome, condition], ['rejected', 'amqp:link:message-size-exceeded']);
  assert.equal((await sender.detached()).condition, 'amqp:link:message-size-exceeded');
  await echo(connection, 'other'); // the connection goes on
  assert.equal(receiver.messages.length, 1);
}

export const connectionCases: readonly Case[] = [
  ...forEach(libraries, (library) => ({
    name: `connections: Open names the router, its capabilities, failover servers and own properties, ${library}`,
    run: async (world) => {
      const router = await world.ownRouter({
        listeners: {
          main: {
            failoverUrls: 'amqp://second.example:5673, third.example',
            openProperties: { team: 'integration', floor: 3 },
          },
        },
      });
      const connection = await world.client(library).connect({ ...router.place(), properties: { mine: 'too' } });
      const { containerId, capabilities, properties } = await connection.opened();
      assert.equal(containerId, router.id);
      assert.ok(capabilities.includes('ANONYMOUS-RELAY'));
      assert.equal(properties['product'], 'weft-router');
      assert.equal(typeof properties['version'], 'string');
      assert.deepEqual([properties['team'], properties['floor']], ['integration', 3]);
      assert.deepEqual(properties['failover-server-list'], [
        { 'network-host': 'second.example', port: '5673', scheme: 'amqp' },
        { 'network-host': 'third.example', port: '5672' },
      ]);
    },
  })),

  ...forEach(libraries, (library) => ({
    name: `connections: a listener on IPv6, ${library}`,
    run: async (world) => {
      const router = await world.ownRouter({ listeners: { six: { host: '::1', socketAddressFamily: 'IPv6' } } });
      await echo(await world.client(library).connect(router.place('six')), 'queue');
    },
  })).map((one) => ({ ...one, needs: [...(one.needs ?? []), 'ipv6' as const] })),

  {
    // rhea alone can be given a socket; Proton dials hosts.
    name: 'connections: a listener on a Unix socket, rhea',
    run: async (world) => {
      const path = join(world.folder, 'router.sock');
      await world.ownRouter({ listeners: { socket: { host: `unix:${path}` } } });
      await echo(await world.client('rhea').connect({ path }), 'queue');
    },
  },

  ...forEach(libraries, (library) => ({
    name: `connections: idle ones live by heartbeats both ways, while a peer that hangs is let go, ${library}`,
    run: (world) => outliveTheHanging(world, library),
  })),
  ...forEach(libraries, (library) => ({
    name: `connections: the second attach of a link's name takes it over (amqp:link:stolen), ${library}`,
    run: (world) => stolen(world, library),
  })),
  ...forEach(libraries, (library) => ({
    name: `connections: a message beyond maxMessageSize costs its sender the link, ${library}`,
    run: (world) => tooLarge(world, library),
  })),
  ...forEach(libraries, (library) => ({
    name: `connections: many links and sessions on one connection, ${library}`,
    run: async (world) => {
      const connection = await world.connect(library);
      const addresses = Array.from({ length: 50 }, () => world.address());
      const receivers = addresses.map((address) =>
        connection.startReceiver({ address, credit: 1, newSession: true, autoAccept: true }),
      );
      for (const receiver of receivers) await receiver.attached();
      const senders = addresses.map((address) => connection.startSender({ address, newSession: true }));
      for (const sender of senders) await sender.hasCredit();
      const sent = senders.map((sender, index) => sender.send({ body: index }));
      for (const [index, receiver] of receivers.entries()) assert.equal((await receiver.next()).message.body, index);
      for (const delivery of sent) assert.equal((await delivery.outcome()).outcome, 'accepted');
    },
  })),
];
