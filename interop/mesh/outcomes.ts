// What a consumer at the far end of the network says about a delivery reaches its sender, with all details.
import assert from 'node:assert/strict';
import { type Client, libraries } from '../client.ts';
import type { ReceiverLink } from '../link.ts';
import type { State } from '../protocol.ts';
import { type Across, connectTo, pairAcross } from './across.ts';
import { acrossPairs, type MeshCase } from './mesh-case.ts';

const states: readonly State[] = [
  { outcome: 'accepted' },
  {
    ...{ outcome: 'rejected', condition: 'example:no-stock', description: 'sold out – for now' },
    info: { article: 'A-17', left: 0 },
  },
  { outcome: 'released' },
  {
    ...{ outcome: 'modified', deliveryFailed: true, undeliverableHere: true },
    annotations: { 'x-opt-reason': 'try elsewhere' },
  },
];

/** The ways in which a consumer can go. */
const departures: { readonly [how: string]: (client: Client, receiver: ReceiverLink) => unknown } = {
  'closes its link': (_client, receiver) => receiver.close(),
  'closes its connection': (_client, receiver) => receiver.connection.close(),
  'is killed': (client) => client.kill(),
};

async function inDoubt(across: Across, depart: (client: Client, receiver: ReceiverLink) => unknown): Promise<void> {
  const { world, network, topology } = across;
  const [near, far] = topology.ends;
  const address = world.address();
  const client = world.ownClient('rhea');
  const receiver = await (await client.connect(network.place(far))).receiver(address);
  const sender = await (await connectTo(across, near)).sender(address);
  await sender.hasCredit();
  const sent = [1, 2, 3].map((body) => sender.send({ body }));
  const received = [await receiver.next(), await receiver.next(), await receiver.next()];
  received[1]?.accept();
  assert.equal((await sent[1]?.outcome())?.outcome, 'accepted');
  await depart(client, receiver);
  for (const delivery of [sent[0], sent[2]]) {
    const state = await delivery?.outcome();
    assert.deepEqual([state?.outcome, state?.deliveryFailed], ['modified', true]);
  }
}

export const outcomeCases: readonly MeshCase[] = [
  ...acrossPairs(libraries, (from, to) => ({
    what: 'accepted, rejected, released and modified reach the sender with all their fields',
    run: async (across) => {
      const { sender, receiver } = await pairAcross(across, { from, to });
      for (const state of states) {
        const sent = sender.send({ body: state.outcome });
        const received = await receiver.next();
        assert.deepEqual([received.event.settled, received.message.body], [false, state.outcome]);
        received.state(state);
        assert.deepEqual(await sent.outcome(), state);
      }
    },
  })),
  {
    what: 'pre-settled deliveries arrive settled, all and in order',
    run: async (across) => {
      const { sender, receiver } = await pairAcross(across, {
        sender: { senderSettleMode: 'settled' },
        receiver: { credit: 500 },
      });
      for (let i = 0; i < 200; i++) sender.send({ body: i }, { settled: true });
      for (let i = 0; i < 200; i++) {
        const { event, message } = await receiver.next();
        assert.deepEqual([event.settled, message.body], [true, i]);
      }
    },
  },
  {
    what: 'many unsettled deliveries arrive in order, and each is accepted',
    run: async (across) => {
      const { sender, receiver } = await pairAcross(across, { receiver: { credit: 2_000, autoAccept: true } });
      const sent = Array.from({ length: 1_000 }, (_, body) => sender.send({ body }));
      for (let i = 0; i < 1_000; i++) assert.equal((await receiver.next()).message.body, i);
      for (const delivery of sent) assert.equal((await delivery.outcome()).outcome, 'accepted');
    },
  },
  {
    what: 'a receiver that asked for pre-settled deliveries has accepted them',
    run: async (across) => {
      const { sender, receiver } = await pairAcross(across, { receiver: { senderSettleMode: 'settled' } });
      const sent = sender.send({ body: 'take it' });
      assert.equal((await receiver.next()).event.settled, true);
      assert.deepEqual(await sent.outcome(), { outcome: 'accepted' });
    },
  },
  {
    what: 'in receiver-settle-mode second the sender settles first',
    run: async (across) => {
      const { sender, receiver } = await pairAcross(across, {
        sender: { receiverSettleMode: 'second' },
        receiver: { receiverSettleMode: 'second' },
      });
      const sent = sender.send({ body: 'twice' });
      const received = await receiver.next();
      received.state({ outcome: 'accepted' }, false);
      await sender.until('is told the state', () => sent.state);
      assert.deepEqual([sent.state, sent.isSettled], [{ outcome: 'accepted' }, false]);
      sent.settle();
      await received.settledBySender();
      received.settle();
    },
  },
  ...Object.entries(departures).map(
    ([how, depart]): MeshCase => ({
      what: `what a consumer has not settled when it ${how} ends modified (delivery-failed)`,
      run: (across) => inDoubt(across, depart),
    }),
  ),
  {
    what: 'the consumer of a sender that is killed can still settle, and the next sender gets through',
    run: async (across) => {
      const { world, network, topology } = across;
      const [near, far] = topology.ends;
      const address = world.address();
      const receiver = await (await connectTo(across, far)).receiver(address);
      const client = world.ownClient('rhea');
      const gone = await (await client.connect(network.place(near))).sender(address);
      await gone.hasCredit();
      gone.send({ body: 'orphan' });
      const orphan = await receiver.next();
      client.kill();
      await network.router(near).logged('loses the sender', new RegExp(`Link "link-${gone.number}" lost`));
      orphan.accept();
      const sender = await (await connectTo(across, near)).sender(address);
      await sender.hasCredit();
      const sent = sender.send({ body: 'still there' });
      const received = await receiver.next();
      assert.equal(received.message.body, 'still there');
      received.accept();
      assert.equal((await sent.outcome()).outcome, 'accepted');
    },
  },
];
