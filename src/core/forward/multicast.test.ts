import { describe, expect, test } from 'vitest';
import type { Address } from '../address.ts';
import type { Consumer } from '../consumer.ts';
import type { HeldDelivery } from '../held-delivery.ts';
import type { Producer } from '../producer.ts';
import { entersHere } from '../route.ts';
import { canMulticastHeld, multicastWhole } from './multicast.ts';

/** An address with `count` consumers, all on one session with a window of `window` frames. */
function addressOf(count: number, window: number) {
  const session = { remoteIncomingWindow: window, claimRound: 0, claimedFrames: 0 };
  const sent: Consumer[] = [];
  const consumers = Array.from({ length: count }, () => {
    const link = { canSend: true, isPresettled: false, session, framesOf: () => 1 };
    const consumer = { link, busyWith: null, nowSeconds: 0, fits: () => true } as unknown as Consumer;
    consumer.sendWhole = () => sent.push(consumer);
    return consumer;
  });
  const address = {
    consumers,
    remotes: null,
    hasRemotes: false,
    core: { mesh: null, edge: null },
    annotatedConsumers: 0,
    holdUp: () => undefined,
    clearHoldUp: () => undefined,
  };
  return { address: address as unknown as Address, sent };
}

const producer = {
  handleMulticast: () => undefined,
  countOut: () => undefined,
  door: { isTransit: false },
  avoids: null,
} as unknown as Producer;

describe('consumers of one session', () => {
  test('get their copies at once when its window has room for all of them', () => {
    const { address, sent } = addressOf(2, 2);
    expect(multicastWhole(address, producer, new Uint8Array(10), 0, 10, 1, false, entersHere, 4)).toBe(true);
    expect(sent).toHaveLength(2);
  });

  test('get none at once when it has not', () => {
    const { address, sent } = addressOf(3, 2);
    expect(multicastWhole(address, producer, new Uint8Array(10), 0, 10, 1, false, entersHere, 4)).toBe(false);
    expect(sent).toEqual([]);
  });

  test('get them one after the other then, for a window that is too small for all of them never grows by waiting', () => {
    const { address } = addressOf(3, 1);
    expect(canMulticastHeld(address, { settled: false, producer, route: entersHere } as HeldDelivery)).toBe(true);
  });
});
