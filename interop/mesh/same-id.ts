// Two routers with the same id: told apart from one that was restarted, and reported.
import assert from 'node:assert/strict';
import type { Case } from '../case.ts';
import type { World } from '../world.ts';
import { connectTo } from './across.ts';
import { threeInLine } from './topology.ts';

async function isReported(world: World): Promise<void> {
  const network = await world.ownNetwork(threeInLine);
  const across = { world, network, topology: threeInLine };
  await world.ownRouter({
    router: { id: 'A', mode: 'interior' },
    connectors: { mesh: { role: 'inter-router', ...network.place('B', 'inter-router') } },
  });
  await network
    .router('B')
    .logged('reports it', /\(critical\) .*Two routers have the id A: instances \d+ and \d+ are both alive/);
  // The others go on.
  const address = world.address();
  const receiver = await (await connectTo(across, 'B')).receiver(address, { autoAccept: true });
  const sender = await (await connectTo(across, 'C')).sender(address);
  await sender.hasCredit();
  const sent = sender.send({ body: 'undisturbed' });
  assert.equal((await receiver.next()).message.body, 'undisturbed');
  assert.equal((await sent.outcome()).outcome, 'accepted');
}

export const sameIdCases: readonly Case[] = [
  {
    name: `mesh, ${threeInLine.name}: a second router with an id that is taken is reported, and the others go on`,
    run: isReported,
  },
];
