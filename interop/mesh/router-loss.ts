// Routers that are killed, hang, are restarted or drained while messages pass through them, in networks of the case's own.
//
//        B                 Traffic goes from A to C, by B or D: its trace tells. That router is lost,
//      ╱   ╲               and what is sent from then on takes the other way.
//     A     C
//      ╲   ╱
//        D
import assert from 'node:assert/strict';
import type { Case } from '../case.ts';
import type { World } from '../world.ts';
import { connectTo, plenty } from './across.ts';
import { untilReady } from './ready.ts';
import { ringOfFour, threeInLine } from './topology.ts';
import { assertOnlyInDoubt, drainInTurn, Traffic } from './traffic.ts';

/** The router between A and C that the last message passed. */
function middleOf(traffic: Traffic): string {
  const [from, middle, to, ...rest] = traffic.lastTrace;
  assert.deepEqual([from, to, rest], ['A', 'C', []]);
  return middle as string;
}

async function killed(world: World): Promise<void> {
  const traffic = await Traffic.start(world, ringOfFour, 'A', 'C');
  await traffic.flows(200);
  const middle = middleOf(traffic);
  await traffic.across.network.kill(middle);
  await traffic.flows(300);
  assert.notEqual(middleOf(traffic), middle);
  assertOnlyInDoubt(await traffic.stop());
}

async function hangs(world: World): Promise<void> {
  const traffic = await Traffic.start(world, ringOfFour, 'A', 'C');
  await traffic.flows(200);
  const middle = middleOf(traffic);
  const router = traffic.across.network.router(middle);
  router.signal('SIGSTOP');
  await traffic.flows(300);
  assert.notEqual(middleOf(traffic), middle);
  router.signal('SIGCONT');
  // It finds its connections closed, and comes back into the network.
  await untilReady(traffic.across.network, world.client('rhea'));
  await traffic.flows(100);
  assertOnlyInDoubt(await traffic.stop());
}

async function killedAndStarted(world: World): Promise<void> {
  const traffic = await Traffic.start(world, ringOfFour, 'A', 'C');
  const { network } = traffic.across;
  await traffic.flows(100);
  const middle = middleOf(traffic);
  await network.kill(middle);
  await network.startRouter(middle);
  await untilReady(network, world.client('rhea'));
  await traffic.flows(100);
  assertOnlyInDoubt(await traffic.stop());
}

async function rollingRestart(world: World): Promise<void> {
  await drainInTurn(world, await Traffic.start(world, ringOfFour, 'A', 'C'), ['B', 'D', 'B']);
}

/** The consumers of a router that was killed are forgotten, and new ones at the same router found. */
async function newAddresses(world: World): Promise<void> {
  const network = await world.ownNetwork(threeInLine);
  const across = { world, network, topology: threeInLine };
  const before = world.address('before');
  await (await connectTo(across, 'C')).receiver(before);
  const sending = await connectTo(across, 'A');
  await (await sending.sender(before)).hasCredit();
  await network.kill('C');
  await network.startRouter('C');
  await untilReady(network, world.client('rhea'));
  const after = world.address('after');
  const receiver = await (await connectTo(across, 'C')).receiver(after, { autoAccept: true });
  const sender = await sending.sender(after);
  await sender.hasCredit();
  const sent = sender.send({ body: 'found' });
  assert.equal((await receiver.next()).message.body, 'found');
  assert.equal((await sent.outcome()).outcome, 'accepted');
  const late = await sending.sender(before);
  await sending.fence();
  assert.equal(late.credit, 0, 'credit for a consumer that was at the router before it was killed');
}

/** A sender whose way is cut loses its credit or hears `released`, and goes on when the way is there again. */
async function cutOff(world: World): Promise<void> {
  const network = await world.ownNetwork(threeInLine);
  const across = { world, network, topology: threeInLine };
  const address = world.address();
  const receiver = await (await connectTo(across, 'C')).receiver(address, { credit: plenty, autoAccept: true });
  const sender = await (await connectTo(across, 'A')).sender(address);
  await sender.hasCredit();
  await network.kill('B');
  for (let i = 0; sender.credit > 0 && i < 100; i++) {
    const { outcome } = await sender.send({ body: 'cut off' }).outcome();
    assert.ok(outcome === 'released' || outcome === 'modified', outcome);
  }
  await network.startRouter('B');
  await untilReady(network, world.client('rhea'));
  await sender.hasCredit();
  const sent = sender.send({ body: 'together again' });
  assert.equal((await receiver.next()).message.body, 'together again');
  assert.equal((await sent.outcome()).outcome, 'accepted');
}

export const routerLossCases: readonly Case[] = [
  {
    name: 'mesh, ring of four: the router on the way is killed; messages go the other way, none is released, none comes twice',
    run: killed,
  },
  {
    name: 'mesh, ring of four: the router on the way hangs; messages go the other way, and nothing comes twice when it wakes',
    run: hangs,
  },
  {
    name: 'mesh, ring of four: the router on the way is killed and started again at once',
    run: killedAndStarted,
  },
  {
    name: 'mesh, ring of four: routers are drained and started again one after the other, and every delivery is accepted',
    run: rollingRestart,
  },
  {
    name: 'mesh, three in line: a router that is killed and started again at once is a new one with new consumers',
    run: newAddresses,
  },
  {
    name: 'mesh, three in line: the router in the middle is killed, and when it is back the senders go on',
    run: cutOff,
  },
];
