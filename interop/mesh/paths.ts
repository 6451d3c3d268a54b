// Which way messages go, and what clients at the far end see of it.
import assert from 'node:assert/strict';
import { libraries } from '../client.ts';
import { type Json, type Message, plainMessage } from '../values.ts';
import { type Across, connectTo, pairAcross } from './across.ts';
import { acrossPairs, type MeshCase } from './mesh-case.ts';
import { traceOf } from './ready.ts';
import { cheapestCost, costOf, isEdge } from './topology.ts';

async function everyPair(across: Across): Promise<void> {
  const { topology, world } = across;
  for (const to of topology.routers) {
    const address = world.address();
    const receiver = await (await connectTo(across, to, 'rhea', 'traced')).receiver(address, { autoAccept: true });
    for (const from of topology.routers) {
      const sender = await (await connectTo(across, from)).sender(address);
      await sender.hasCredit();
      const sent = sender.send({ body: `${from} → ${to}` });
      const received = await receiver.next();
      assert.equal(received.message.body, `${from} → ${to}`);
      if (!isEdge(topology, to) && !isEdge(topology, from)) {
        const trace = traceOf(received);
        assert.deepEqual([trace[0], trace.at(-1)], [from, to]);
        assert.equal(costOf(topology, trace), cheapestCost(topology, from, to), `over ${trace.join(' → ')}`);
        assert.equal(received.message.messageAnnotations?.['x-opt-qd.ingress'], `0/${from}`);
      }
      assert.equal((await sent.outcome()).outcome, 'accepted');
      await sender.close();
    }
  }
}

const everySection: Message = {
  ...{ durable: true, priority: 7, ttl: 60_000, deliveryCount: 3 },
  deliveryAnnotations: { 'x-opt-hop': 'delivery annotation' },
  messageAnnotations: { 'x-opt-who': 'message annotation', 'x-opt-number': 65_536 },
  ...{ messageId: 'id-1', to: 'somewhere/else', subject: 'every section', replyTo: 'answers', groupId: 'group' },
  applicationProperties: { text: 'größer ☃ 𝄞', whole: 42, yes: true },
  body: { list: [1, 'two', null] },
};

export const pathCases: readonly MeshCase[] = [
  {
    what: 'from each router to each other a message takes the cheapest path, which its trace shows',
    run: everyPair,
  },
  ...acrossPairs(libraries, (from, to) => ({
    what: 'every section arrives as it was sent, without a trace of the routers',
    run: async (across) => {
      const { sender, receiver } = await pairAcross(across, { from, to, receiver: { autoAccept: true } });
      for (const message of [everySection, { body: 'nothing else' }]) {
        const sent = sender.send(message);
        assert.deepEqual(plainMessage((await receiver.next()).message), plainMessage(message));
        assert.equal((await sent.outcome()).outcome, 'accepted');
      }
    },
  })),
  {
    what: 'what a client pretends to be a trace or a destination is not believed',
    run: async (across) => {
      const pretended: { [key: string]: Json } = {
        ...{ 'x-opt-mine': 1, 'x-opt-qd.to': 'elsewhere' },
        ...{ 'x-opt-qd.trace': across.topology.routers.map((id) => `0/${id}`) },
      };
      const { sender, receiver } = await pairAcross(across, { receiver: { autoAccept: true } });
      const sent = sender.send({ messageAnnotations: pretended, body: 'honest' });
      assert.deepEqual((await receiver.next()).message.messageAnnotations, { 'x-opt-mine': 1 });
      assert.equal((await sent.outcome()).outcome, 'accepted');
    },
  },
];
