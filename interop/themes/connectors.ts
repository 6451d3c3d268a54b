// Connectors: the router dials, and dials again. The peer is a server on rhea.
import assert from 'node:assert/strict';
import type { Case } from '../case.ts';
import type { Client, ClientServer } from '../client.ts';
import type { ClientConnection } from '../connection.ts';
import type { RouterProcess } from '../router-process.ts';
import type { World } from '../world.ts';

/** The next connection that the router makes to this server. */
async function dialled(world: World, server: ClientServer): Promise<ClientConnection> {
  const connection = await world.watch.until('the router dials', () => server.accepted.shift());
  await connection.opened();
  return connection;
}

/** Over the connection that the router made, its peer receives from the router and sends to it. */
async function works(world: World, router: RouterProcess, connection: ClientConnection): Promise<void> {
  const client = await world.client('rhea').connect(router.place());
  const receiver = await connection.receiver('outbound', { autoAccept: true });
  const sender = await client.sender('outbound');
  await sender.hasCredit();
  const sent = sender.send({ body: 'to the server' });
  assert.equal((await receiver.next()).message.body, 'to the server');
  assert.equal((await sent.outcome()).outcome, 'accepted');

  const inbox = await client.receiver('inbound', { autoAccept: true });
  const back = await connection.sender('inbound');
  await back.hasCredit();
  const answered = back.send({ body: 'from the server' });
  assert.equal((await inbox.next()).message.body, 'from the server');
  assert.equal((await answered.outcome()).outcome, 'accepted');
  await client.close();
}

const connectTo = (world: World, { port }: ClientServer, attributes: object = {}): Promise<RouterProcess> =>
  world.ownRouter({ connectors: { broker: { port, ...attributes } } });

async function reconnects(world: World, role: string): Promise<void> {
  const client: Client = world.ownClient('rhea');
  const server = await client.listen(0);
  const router = await connectTo(world, server, { role });
  const first = await dialled(world, server);
  assert.equal(first.open?.containerId, router.id);
  await works(world, router, first);
  client.unlisten(server);
  await router.logged('notices the loss', /\[C1\] Connection of \S+ lost/);
  const again = await client.listen(server.port);
  await works(world, router, await dialled(world, again));
}

export const connectorCases: readonly Case[] = [
  ...['normal', 'route-container'].map(
    (role): Case => ({
      name: `connectors: dials, carries messages both ways, and dials again after its server was restarted, role ${role}`,
      run: (world) => reconnects(world, role),
    }),
  ),
  {
    name: 'connectors: keeps trying while nobody listens',
    run: async (world) => {
      const client = world.ownClient('rhea');
      const gone = await client.listen(0);
      client.unlisten(gone);
      const router = await connectTo(world, gone);
      await router.logged('fails to connect', /Connection to 127\.0\.0\.1:\d+ failed: /);
      await works(world, router, await dialled(world, await client.listen(gone.port)));
    },
  },
  {
    name: 'connectors: logs in with PLAIN',
    run: async (world) => {
      const server = await world.ownClient('rhea').listen(0, { user: 'router', password: 'its secret' });
      const router = await connectTo(world, server, { saslUsername: 'router', saslPassword: 'pass:its secret' });
      await works(world, router, await dialled(world, server));
      assert.ok(!router.log.some((line) => line.includes('its secret')), 'a password in the log');
    },
  },
  {
    name: 'connectors: a login that is refused is logged and tried again, and the router goes on',
    run: async (world) => {
      const server = await world.ownClient('rhea').listen(0, { user: 'router', password: 'its secret' });
      const router = await connectTo(world, server, { saslUsername: 'router', saslPassword: 'pass:wrong' });
      await router.logged('is refused', /amqp:unauthorized-access/);
      assert.ok(!router.log.some((line) => line.includes('pass:wrong')), 'a password in the log');
      await (await world.client('rhea').connect(router.place())).fence();
    },
  },
  {
    name: 'connectors: goes to the server that the lost one named in its failover list',
    run: async (world) => {
      const client = world.ownClient('rhea');
      const second = await client.listen(0);
      const first = await client.listen(0, {
        properties: { 'failover-server-list': [{ 'network-host': '127.0.0.1', port: String(second.port) }] },
      });
      const router = await connectTo(world, first);
      await works(world, router, await dialled(world, first));
      client.unlisten(first);
      await works(world, router, await dialled(world, second));
    },
  },
];
