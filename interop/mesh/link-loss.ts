// Connections between routers that are cut: a second one to the same router takes over, an edge takes its other uplink.
import assert from 'node:assert/strict';
import type { Case } from '../case.ts';
import type { World } from '../world.ts';
import { type Across, connectTo, plenty } from './across.ts';
import { untilReady } from './ready.ts';
import { twiceConnected, twoClouds, twoCloudsWithEdges } from './topology.ts';
import { assertOnlyInDoubt, drainInTurn, Traffic } from './traffic.ts';

async function standbyTakesOver(world: World): Promise<void> {
  const traffic = await Traffic.start(world, twiceConnected, 'A', 'B');
  const { relays } = traffic.across.network;
  assert.equal(relays.length, 2);
  for (const relay of relays) {
    await traffic.flows(100);
    await relay.cut();
    await traffic.flows(200);
    await relay.open();
    // The other one may only be cut when this one is there again.
    await world.watch.until('the router dials again', () => relay.isUsed);
    await untilReady(traffic.across.network, world.client('rhea'));
  }
  await traffic.flows(100);
  assertOnlyInDoubt(await traffic.stop(), relays.length);
}

async function cutAndMended(world: World): Promise<void> {
  const network = await world.ownNetwork(twiceConnected);
  const across: Across = { world, network, topology: twiceConnected };
  const address = world.address();
  const receiver = await (await connectTo(across, 'B')).receiver(address, { credit: plenty, autoAccept: true });
  const sender = await (await connectTo(across, 'A')).sender(address);
  await sender.hasCredit();
  for (const relay of network.relays) await relay.cut();
  const { outcome } = await sender.send({ body: 'nobody there' }).outcome();
  assert.ok(outcome === 'released' || outcome === 'modified', outcome);
  for (const relay of network.relays) await relay.open();
  await untilReady(network, world.client('rhea'));
  await sender.hasCredit();
  const sent = sender.send({ body: 'together again' });
  assert.equal((await receiver.next()).message.body, 'together again');
  assert.equal((await sent.outcome()).outcome, 'accepted');
}

/** From an edge to the other cloud; the trace begins with the edge and its uplink. */
async function uplinkIsKilled(world: World): Promise<void> {
  const traffic = await Traffic.start(world, twoCloudsWithEdges, 'east', 'W1');
  await traffic.flows(100);
  const [edge, uplink] = traffic.lastTrace as [string, string];
  assert.equal(edge, 'east');
  assert.ok(['E1', 'E2'].includes(uplink));
  await traffic.across.network.kill(uplink);
  await traffic.flows(200);
  assert.notEqual(traffic.lastTrace[1], uplink);
  assertOnlyInDoubt(await traffic.stop());
}

async function uplinksAreDrained(world: World): Promise<void> {
  await drainInTurn(world, await Traffic.start(world, twoCloudsWithEdges, 'east', 'W1'), ['E1', 'E2']);
}

/** Consumers of an edge are found again behind its other uplink. */
async function consumersMove(world: World): Promise<void> {
  const network = await world.ownNetwork(twoCloudsWithEdges);
  const across: Across = { world, network, topology: twoCloudsWithEdges };
  const address = world.address();
  const receiver = await (await connectTo(across, 'east')).receiver(address, { credit: plenty, autoAccept: true });
  const connection = await connectTo(across, 'W1');
  for (const lost of ['E1', 'E2']) {
    const sender = await connection.sender(address);
    await sender.hasCredit();
    await network.kill(lost);
    let outcome = '';
    for (let body = 0; outcome !== 'accepted'; body++) {
      await sender.hasCredit();
      ({ outcome } = await sender.send({ body }).outcome());
      assert.notEqual(outcome, 'rejected');
    }
    await receiver.next();
    await sender.close();
    await network.startRouter(lost);
    await untilReady(network, world.client('rhea'));
  }
}

async function edgeAlone(world: World): Promise<void> {
  const network = await world.ownNetwork(twoCloudsWithEdges);
  const across: Across = { world, network, topology: twoCloudsWithEdges };
  const address = world.address();
  const client = await connectTo(across, 'east');
  const receiver = await client.receiver(address, { credit: plenty, autoAccept: true });
  const sender = await (await connectTo(across, 'east')).sender(address);
  const far = await (await connectTo(across, 'W1')).sender(address);
  await far.hasCredit();
  for (const id of ['E1', 'E2']) await network.kill(id);
  for (let body = 0; body < 10; body++) {
    await sender.hasCredit();
    const sent = sender.send({ body });
    assert.equal((await receiver.next()).message.body, body);
    assert.equal((await sent.outcome()).outcome, 'accepted');
  }
  for (const id of ['E1', 'E2']) await network.startRouter(id);
  await untilReady(network, world.client('rhea'));
  const again = await (await connectTo(across, 'W1')).sender(address);
  await again.hasCredit();
  const sent = again.send({ body: 'from afar' });
  assert.equal((await receiver.next()).message.body, 'from afar');
  assert.equal((await sent.outcome()).outcome, 'accepted');
}

/** Every interior router is restarted, while both clients are at edges. */
async function rollingRestart(world: World): Promise<void> {
  const traffic = await Traffic.start(world, twoCloudsWithEdges, 'east', 'west');
  const { network } = traffic.across;
  for (const id of twoClouds.routers) {
    await traffic.flows(100);
    await network.drain(id);
    await traffic.flows(100);
    await network.startRouter(id);
    await untilReady(network, world.client('rhea'));
  }
  await traffic.flows(100);
  const { accepted: _, ...others } = await traffic.stop();
  assert.deepEqual(others, {}, 'only accepted');
}

const name = (topology: { name: string }, what: string): string => `mesh, ${topology.name}: ${what}`;

export const linkLossCases: readonly Case[] = [
  {
    name: name(
      twiceConnected,
      'either one is cut under traffic; the other takes over, none is released, none comes twice',
    ),
    run: standbyTakesOver,
  },
  {
    name: name(twiceConnected, 'both are cut and mended, and the sender goes on'),
    run: cutAndMended,
  },
  {
    name: name(twoCloudsWithEdges, 'the uplink of an edge is killed; messages go over the other one, none comes twice'),
    run: uplinkIsKilled,
  },
  {
    name: name(twoCloudsWithEdges, 'the uplinks of an edge are drained in turn, and every delivery is accepted'),
    run: uplinksAreDrained,
  },
  {
    name: name(twoCloudsWithEdges, 'consumers of an edge are found behind its other uplink when one is killed'),
    run: consumersMove,
  },
  {
    name: name(twoCloudsWithEdges, 'an edge without uplinks serves its own clients, and joins again'),
    run: edgeAlone,
  },
  {
    name: name(
      twoCloudsWithEdges,
      'every interior router is drained and started again, and every delivery is accepted',
    ),
    run: rollingRestart,
  },
];
