// Thousands of messages on one link, settled out of order and with all outcomes: dispositions by range, windows and credit
// of one library meet those of another.
import assert from 'node:assert/strict';
import { type Case, forEachPair } from '../case.ts';
import { type Library, libraries } from '../client.ts';
import type { ReceivedDelivery, SentDelivery } from '../link.ts';
import type { State } from '../protocol.ts';
import type { World } from '../world.ts';

const count = 2_000;
const credit = 100;

const states: readonly State[] = [
  { outcome: 'accepted' },
  { outcome: 'accepted' },
  { outcome: 'accepted' },
  { outcome: 'released' },
  { outcome: 'rejected', condition: 'example:every-seventh', description: null, info: null },
  { outcome: 'accepted' },
  { outcome: 'modified', deliveryFailed: true, undeliverableHere: false, annotations: null },
];
const stateOf = (index: number): State => states[index % states.length] as State;

/**
 * Half of a window at once: first every other one, backwards, then the rest, forwards. No delivery is settled right after the
 * one before it, since rhea would tell both the outcome of the first (3.0.5, `write_dispositions`).
 */
function settle(batch: readonly ReceivedDelivery[], first: number): void {
  const indexes = batch.map((_, index) => index);
  const odd = indexes.filter((index) => index % 2 === 1).reverse();
  const even = indexes.filter((index) => index % 2 === 0);
  for (const index of [...odd, ...even]) batch[index]?.state(stateOf(first + index));
}

async function stream(world: World, from: Library, to: Library): Promise<void> {
  const { sender, receiver } = await world.pair(from, to, { receiver: { credit } });
  const sent: SentDelivery[] = [];
  for (let i = 0; i < count; i++) sent.push(sender.send({ body: i }));
  for (let first = 0; first < count; first += credit / 2) {
    const batch: ReceivedDelivery[] = [];
    for (let i = 0; i < credit / 2; i++) {
      batch.push(await receiver.next());
      assert.equal(batch[i]?.message.body, first + i, 'out of order');
    }
    settle(batch, first);
    receiver.grant(credit / 2);
  }
  for (const [index, delivery] of sent.entries()) {
    assert.deepEqual(await delivery.outcome(), stateOf(index), `message ${index}`);
  }
}

export const streamCases: readonly Case[] = forEachPair(libraries, (from, to) => ({
  name: `streams: ${count} messages, settled out of order with all outcomes, ${from} → ${to}`,
  run: (world) => stream(world, from, to),
}));
