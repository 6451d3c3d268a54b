// What a receiver says about a delivery reaches its sender, with all details, between every pair of client libraries.
import assert from 'node:assert/strict';
import { type Case, forEachPair } from '../case.ts';
import { type Library, libraries } from '../client.ts';
import type { State } from '../protocol.ts';
import type { World } from '../world.ts';

const accepted: State = { outcome: 'accepted' };
const released: State = { outcome: 'released' };
const rejected: State = {
  outcome: 'rejected',
  condition: 'example:no-stock',
  description: 'sold out – for now',
  info: { article: 'A-17', left: 0 },
};
const modified: State = {
  outcome: 'modified',
  deliveryFailed: true,
  undeliverableHere: true,
  annotations: { 'x-opt-reason': 'try elsewhere' },
};

async function sendAndSettle(world: World, from: Library, to: Library, state: State): Promise<void> {
  const { sender, receiver } = await world.pair(from, to);
  const sent = sender.send({ body: 'as you like it' });
  const received = await receiver.next();
  assert.equal(received.event.settled, false);
  assert.equal(received.message.body, 'as you like it');
  received.state(state);
  assert.deepEqual(await sent.outcome(), state);
}

const byReceiver = (what: string, state: State): Case[] =>
  forEachPair(libraries, (from, to) => ({
    name: `outcomes: ${what}, ${from} → ${to}`,
    run: (world) => sendAndSettle(world, from, to, state),
  }));

export const outcomeCases: readonly Case[] = [
  ...byReceiver('accepted', accepted),
  ...byReceiver('rejected with condition, description and info', rejected),
  ...byReceiver('released', released),
  ...byReceiver('modified with all its fields', modified),

  ...forEachPair(libraries, (from, to) => ({
    name: `outcomes: modified without delivery-failed is a failed delivery for the sender, ${from} → ${to}`,
    run: async (world) => {
      const { sender, receiver } = await world.pair(from, to);
      const sent = sender.send({ body: 'back to you' });
      (await receiver.next()).state({ outcome: 'modified', deliveryFailed: false, undeliverableHere: false });
      const { outcome, deliveryFailed } = await sent.outcome();
      assert.deepEqual({ outcome, deliveryFailed }, { outcome: 'modified', deliveryFailed: true });
    },
  })),

  ...forEachPair(libraries, (from, to) => ({
    name: `outcomes: pre-settled by the sender, ${from} → ${to}`,
    run: async (world) => {
      const { sender, receiver } = await world.pair(from, to, { sender: { senderSettleMode: 'settled' } });
      for (let i = 0; i < 5; i++) sender.send({ body: i }, { settled: true });
      for (let i = 0; i < 5; i++) {
        const { event, message } = await receiver.next();
        assert.deepEqual([event.settled, message.body], [true, i]);
      }
    },
  })),

  ...forEachPair(libraries, (from, to) => ({
    name: `outcomes: a receiver that asked for pre-settled deliveries has accepted them, ${from} → ${to}`,
    run: async (world) => {
      const { sender, receiver } = await world.pair(from, to, { receiver: { senderSettleMode: 'settled' } });
      const sent = sender.send({ body: 'take it' });
      assert.equal((await receiver.next()).event.settled, true);
      assert.deepEqual(await sent.outcome(), accepted);
    },
  })),

  ...forEachPair(libraries, (from, to) => ({
    name: `outcomes: in receiver-settle-mode second the sender settles first, ${from} → ${to}`,
    run: async (world) => {
      const { sender, receiver } = await world.pair(from, to, {
        sender: { receiverSettleMode: 'second' },
        receiver: { receiverSettleMode: 'second' },
      });
      const sent = sender.send({ body: 'twice' });
      const received = await receiver.next();
      received.state(accepted, false);
      await sender.until('is told the state', () => sent.state);
      assert.deepEqual([sent.state, sent.isSettled], [accepted, false]);
      sent.settle();
      await received.settledBySender();
      received.settle();
    },
  })),
];
