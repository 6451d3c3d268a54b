// SIGTERM drains: what is in flight may settle, then every peer is told, and the router ends with exit code 0.
import assert from 'node:assert/strict';
import { type Case, forEach } from '../case.ts';
import { type Library, libraries } from '../client.ts';
import type { RouterProcess } from '../router-process.ts';
import type { World } from '../world.ts';

async function endsGently(router: RouterProcess): Promise<void> {
  assert.deepEqual(await router.ended(), { code: 0, signal: null });
  assert.ok(router.log.some((line) => / Shut Down$/.test(line)));
}

async function allAreTold(world: World, library: Library): Promise<void> {
  const router = await world.ownRouter({});
  const connection = await world.client(library).connect(router.place());
  const receiver = await connection.receiver('queue');
  const sender = await connection.sender('queue');
  await sender.hasCredit();
  const sent = sender.send({ body: 'in flight' });
  const received = await receiver.next();
  router.signal('SIGTERM');
  await sender.until('is asked to give its credit back', () => sender.drains > 0);
  received.accept();
  assert.equal((await sent.outcome()).outcome, 'accepted');
  assert.equal((await connection.ended()).condition, 'amqp:connection:forced');
  assert.notEqual(connection.closed, null, 'cut off without a Close');
  await endsGently(router);
}

export const shutdownCases: readonly Case[] = [
  ...forEach(libraries, (library) => ({
    name: `shutdown: after SIGTERM a delivery in flight still settles, then peers get amqp:connection:forced, ${library}`,
    run: (world) => allAreTold(world, library),
  })),
  {
    name: 'shutdown: nobody is connected',
    run: async (world) => {
      const router = await world.ownRouter({});
      router.signal('SIGTERM');
      await endsGently(router);
    },
  },
  {
    name: 'shutdown: no link and no connection is taken while the router drains',
    run: async (world) => {
      const router = await world.ownRouter({ router: { drainSeconds: 30 } });
      const connection = await world.client('rhea').connect(router.place());
      const receiver = await connection.receiver('queue');
      const sender = await connection.sender('queue');
      await sender.hasCredit();
      const sent = sender.send({ body: 'in flight' });
      const received = await receiver.next();
      router.signal('SIGTERM');
      await sender.until('is asked to give its credit back', () => sender.drains > 0);
      assert.equal((await connection.startSender({ address: 'other' }).detached()).condition, 'amqp:connection:forced');
      const late = world.client('rhea').startConnect(router.place());
      await late.ended();
      assert.equal(late.open, null);
      received.accept();
      assert.equal((await sent.outcome()).outcome, 'accepted');
      await endsGently(router);
    },
  },
  {
    name: 'shutdown: what does not settle within drainSeconds ends modified (delivery-failed) or with its connection',
    run: async (world) => {
      const router = await world.ownRouter({ router: { drainSeconds: 1 } });
      const receiver = await (await world.client('rhea').connect(router.place())).receiver('queue');
      const sender = await (await world.client('rhea').connect(router.place())).sender('queue');
      await sender.hasCredit();
      const sent = sender.send({ body: 'never settled' });
      await receiver.next();
      router.signal('SIGTERM');
      assert.equal((await sender.connection.ended()).condition, 'amqp:connection:forced');
      assert.ok(!sent.isSettled || sent.state?.outcome === 'modified');
      await endsGently(router);
    },
  },
  {
    name: 'shutdown: a second signal ends it at once, with exit code 1',
    run: async (world) => {
      const router = await world.ownRouter({ router: { drainSeconds: 600 } });
      const receiver = await (await world.client('rhea').connect(router.place())).receiver('queue');
      const sender = await (await world.client('rhea').connect(router.place())).sender('queue');
      await sender.hasCredit();
      sender.send({ body: 'never settled' });
      await receiver.next();
      router.signal('SIGTERM');
      await sender.until('is asked to give its credit back', () => sender.drains > 0);
      router.signal('SIGTERM');
      assert.deepEqual(await router.ended(), { code: 1, signal: null });
    },
  },
];
