// Who gets a message when there are consumers at several routers.
import assert from 'node:assert/strict';
import type { ReceivedDelivery, ReceiverLink, SenderLink } from '../link.ts';
import type { State } from '../protocol.ts';
import { type Across, connectTo, plenty, untilKnown } from './across.ts';
import type { MeshCase } from './mesh-case.ts';
import { cheapestCost } from './topology.ts';

/** A consumer at each of these routers, and a sender at `from` that knows of all of them. */
async function group(
  across: Across,
  prefix: string,
  from: string,
  at: readonly string[],
): Promise<{ sender: SenderLink; receivers: ReceiverLink[] }> {
  const address = across.world.address(prefix);
  const receivers: ReceiverLink[] = [];
  for (const id of at) {
    const receiver = await (await connectTo(across, id)).receiver(address, { credit: plenty });
    receivers.push(receiver);
  }
  const sender = await (await connectTo(across, from)).sender(address);
  await sender.hasCredit();
  return { sender, receivers };
}

/** The next delivery of each, with its body checked, and no other. */
async function oneEach(receivers: readonly ReceiverLink[], body: string): Promise<ReceivedDelivery[]> {
  const received: ReceivedDelivery[] = [];
  for (const receiver of receivers) {
    const one = await receiver.next();
    assert.equal(one.message.body, body, 'in order, and none twice');
    received.push(one);
  }
  return received;
}

async function exactlyOnce(across: Across, from: string): Promise<void> {
  const { routers } = across.topology;
  const { sender, receivers } = await group(across, 'multicast', from, [...routers, ...routers]);
  for (const id of routers) await untilKnown(across, id);
  for (let i = 0; i < 20; i++) sender.send({ body: `settled ${i}` }, { settled: true });
  for (let i = 0; i < 20; i++) await oneEach(receivers, `settled ${i}`);
  // Each of these makes its way through the whole network and back: copies of what was before it would be here.
  for (let i = 0; i < 10; i++) {
    const sent = sender.send({ body: `unsettled ${i}` });
    const received = await oneEach(receivers, `unsettled ${i}`);
    assert.equal(sent.isSettled, false, 'settled before all consumers had settled');
    for (const one of received) one.accept();
    assert.deepEqual(await sent.outcome(), { outcome: 'accepted' });
  }
  for (const { messages } of receivers) assert.equal(messages.length, 0, 'one more copy');
}

const states: { readonly [outcome: string]: State } = {
  accepted: { outcome: 'accepted' },
  rejected: { outcome: 'rejected', condition: 'example:no', description: 'not this one' },
  released: { outcome: 'released' },
  modified: { outcome: 'modified', deliveryFailed: true, undeliverableHere: false },
};
/** What consumers at different routers say of one multicast, and what its sender is told. */
const merges: readonly (readonly [readonly string[], string])[] = [
  [['accepted', 'rejected'], 'rejected'],
  [['rejected', 'accepted'], 'rejected'],
  [['released', 'accepted'], 'accepted'],
  [['accepted', 'modified'], 'accepted'],
  [['released', 'modified'], 'modified'],
  [['released', 'released'], 'released'],
];

async function merged(across: Across): Promise<void> {
  const { ends } = across.topology;
  const { sender, receivers } = await group(across, 'multicast', ends[0], ends);
  await untilKnown(across, ends[1]);
  for (const [said, told] of merges) {
    const sent = sender.send({ body: said.join() });
    for (const [index, received] of (await oneEach(receivers, said.join())).entries()) {
      received.state(states[said[index] as string] as State);
    }
    assert.equal((await sent.outcome()).outcome, told, said.join(' + '));
  }
}

/** How many of so many messages each receiver gets, when each is settled before the next is sent, or none before the last. */
async function share(
  sender: SenderLink,
  receivers: readonly ReceiverLink[],
  count: number,
  settles: boolean,
): Promise<number[]> {
  const taken = receivers.map(() => 0);
  const held: ReceivedDelivery[] = [];
  for (let i = 0; i < count; i++) {
    const sent = sender.send({ body: i });
    const [index, received] = await sender.until('its message arrives', () => {
      const found = receivers.findIndex(({ messages }) => messages.length > 0);
      return found >= 0 && ([found, receivers[found]?.messages.shift() as ReceivedDelivery] as const);
    });
    (taken[index] as number)++;
    held.push(received);
    if (settles) {
      received.accept();
      assert.equal((await sent.outcome()).outcome, 'accepted');
    }
  }
  if (!settles) for (const received of held) received.accept();
  return taken;
}

async function balancedEverywhere(across: Across): Promise<void> {
  const { topology } = across;
  const [near] = topology.ends;
  const others = topology.routers.filter((id) => id !== near);
  const { sender, receivers } = await group(across, 'queue', near, others);
  for (const id of others) await untilKnown(across, id);
  const taken = await share(sender, receivers, 20 * others.length, false);
  assert.ok(
    taken.every((count) => count >= 3),
    `of the messages that nobody settled, ${others.join()} got ${taken.join()}`,
  );
}

async function closestFirst(across: Across): Promise<void> {
  const { topology } = across;
  const [near] = topology.ends;
  const { sender, receivers } = await group(across, 'closest', near, topology.routers);
  for (const id of topology.routers) await untilKnown(across, id);
  const left = new Map(topology.routers.map((id, index) => [id, receivers[index] as ReceiverLink]));
  while (left.size > 0) {
    const costs = new Map([...left.keys()].map((id) => [id, cheapestCost(topology, near, id)]));
    const least = Math.min(...costs.values());
    const nearest = [...left.keys()].filter((id) => costs.get(id) === least);
    const ids = [...left.keys()];
    const taken = await share(sender, [...left.values()], 12, true);
    for (const [index, id] of ids.entries()) {
      const count = taken[index] as number;
      const due = nearest.includes(id) ? 12 / nearest.length : 0;
      assert.equal(count, due, `${ids.join()} got ${taken.join()}; the nearest: ${nearest.join()}`);
    }
    for (const id of nearest) {
      await left.get(id)?.close();
      left.delete(id);
      await untilKnown(across, id);
    }
  }
}

export const distributionCases: readonly MeshCase[] = [
  {
    what: 'a multicast from any router reaches two consumers at every router exactly once, settled and unsettled',
    run: async (across) => {
      for (const from of across.topology.routers) await exactlyOnce(across, from);
    },
  },
  { what: 'what consumers of a multicast say at different routers is told as the highest of it', run: merged },
  {
    what: 'closest goes to the nearest consumers in turn, and to others when those are gone',
    withoutEdges: true,
    run: closestFirst,
  },
  {
    what: 'balanced gives consumers at every other router a share of what nobody settles',
    routersMin: 2,
    run: balancedEverywhere,
  },
  {
    what: 'balanced gives a message to a consumer at the same router while that has nothing to settle',
    withoutEdges: true,
    run: async (across) => {
      const { topology } = across;
      const [near] = topology.ends;
      const { sender, receivers } = await group(across, 'queue', near, topology.routers);
      for (const id of topology.routers) await untilKnown(across, id);
      const taken = await share(sender, receivers, 10, true);
      assert.deepEqual(
        taken,
        topology.routers.map((id) => (id === near ? 10 : 0)),
      );
    },
  },
];
