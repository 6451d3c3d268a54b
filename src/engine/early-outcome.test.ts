// A delivery that is settled before all of it has come: its sender hears of it at the end.
import { describe, expect, test } from 'vitest';
import { Accepted, Detach, Disposition, Modified, Transfer } from '../amqp/performatives.ts';
import { RawPeer } from './testing/raw-peer.ts';
import type { Received, Receiver } from './testing/receiver.ts';
import { all, frame, namesOf } from './testing/wire.ts';

const transfer = (deliveryId: number, more: Partial<Transfer> = {}) =>
  frame(new Transfer({ handle: 0, deliveryId, deliveryTag: Uint8Array.of(1), ...more }), 0, new Uint8Array(20));

/** A sender in the middle of delivery 0, and the receiver. */
function midway(): { peer: RawPeer; receiver: Receiver; received: Received } {
  const peer = new RawPeer().open().begin();
  peer.attachSender();
  const receiver = peer.endpoint.receivers[0] as Receiver;
  peer.say(transfer(0, { more: true }));
  return { peer, receiver, received: receiver.received[0] as Received };
}

describe('a delivery settled in its midst', () => {
  test.each([
    ['a plain outcome', 0x24, Accepted],
    ['an outcome with details', new Modified({ deliveryFailed: true, undeliverableHere: true }), Modified],
  ])('tells its sender with the last frame, not before: %s', (_what, outcome, type) => {
    const { peer, receiver, received } = midway();
    receiver.settle(received, outcome);
    expect(namesOf(peer.listen())).not.toContain('disposition');
    expect(namesOf(peer.say(transfer(0, { more: true })))).not.toContain('disposition');
    const [disposition] = all(peer.say(transfer(0)), Disposition);
    expect(disposition).toMatchObject({ role: true, first: 0, settled: true });
    expect(disposition?.state).toBeInstanceOf(type);
    expect(receiver.link).toMatchObject({ unsettledCount: 0, openCount: 0 });
  });

  test.each([{ aborted: true }, { settled: true }])('tells nothing to a sender that ends it with %o', (last) => {
    const { peer, receiver, received } = midway();
    receiver.settle(received, 0x26);
    expect(all(peer.say(transfer(0, last)), Disposition)).toEqual([]);
    expect(receiver.link).toMatchObject({ unsettledCount: 0, openCount: 0 });
    expect(all(peer.say(transfer(1)), Disposition)).toHaveLength(1);
  });

  test('is told before the detach when the link ends in its midst', () => {
    const { peer, receiver, received } = midway();
    receiver.settle(received, 0x26);
    receiver.link?.detach(null);
    const answers = peer.listen();
    expect(namesOf(answers)).toEqual(['disposition', 'detach']);
    expect(all(answers, Detach)).toHaveLength(1);
  });

  test('holds up no other delivery', () => {
    const { peer, receiver, received } = midway();
    receiver.settle(received, 0x26);
    peer.attachSender(1);
    const other = frame(
      new Transfer({ handle: 1, deliveryId: 1, deliveryTag: Uint8Array.of(2) }),
      0,
      new Uint8Array(20),
    );
    expect(all(peer.say(other), Disposition)).toMatchObject([{ first: 1, settled: true }]);
    expect(all(peer.say(transfer(0)), Disposition)).toMatchObject([{ first: 0, settled: true }]);
  });
});
