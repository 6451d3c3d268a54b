// The ten priorities on the way through the network.
import assert from 'node:assert/strict';
import type { ReceiverLink } from '../link.ts';
import { type Across, connectTo, pairAcross } from './across.ts';
import type { MeshCase } from './mesh-case.ts';

/** Each priority has its own link between routers: what is sent behind others with the same one arrives behind them. */
async function untilArrivedAtTheEnd(across: Across): Promise<void> {
  const marker = await pairAcross(across, { receiver: { autoAccept: true } });
  for (let priority = 0; priority <= 9; priority++) marker.sender.send({ priority, body: 'marker' });
  for (let priority = 0; priority <= 9; priority++) await marker.receiver.next();
}

async function inOrderOfPriority(across: Across): Promise<void> {
  const [near, far] = across.topology.ends;
  const address = across.world.address();
  const receiver = await (await connectTo(across, far)).receiver(address, { credit: 0, autoAccept: true });
  const connection = await connectTo(across, near);
  // A link each: a sender's own messages stay in order.
  for (const priority of [1, 8, 4]) {
    const sender = await connection.sender(address);
    await sender.hasCredit();
    for (let i = 0; i < 3; i++) sender.send({ priority, body: `${priority}.${i}` });
    await connection.fence();
  }
  await untilArrivedAtTheEnd(across);
  receiver.grant(9);
  assert.deepEqual(await bodies(receiver, 9), ['8.0', '8.1', '8.2', '4.0', '4.1', '4.2', '1.0', '1.1', '1.2']);
}

async function bodies(receiver: ReceiverLink, count: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let i = 0; i < count; i++) found.push((await receiver.next()).message.body);
  return found;
}

export const priorityCases: readonly MeshCase[] = [
  { what: 'what waits for a consumer at the far end is taken by priority', run: inOrderOfPriority },
  {
    what: 'messages of all priorities arrive with theirs, in order within each',
    run: async (across) => {
      const { sender, receiver } = await pairAcross(across, { receiver: { credit: 500, autoAccept: true } });
      const sent = Array.from({ length: 200 }, (_, body) => sender.send({ priority: (body * 7) % 10, body }));
      const last = new Map<number, number>();
      for (const _ of sent) {
        const { priority = 4, body } = (await receiver.next()).message;
        assert.equal(priority, (Number(body) * 7) % 10);
        assert.ok(Number(body) > (last.get(priority) ?? -1), `${body} came late`);
        last.set(priority, Number(body));
      }
      for (const delivery of sent) assert.equal((await delivery.outcome()).outcome, 'accepted');
    },
  },
];
