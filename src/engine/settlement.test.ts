import { expect, test } from 'vitest';
import { Flow } from '../amqp/performatives.ts';
import { RawPeer, receiverAttach } from './testing/raw-peer.ts';
import type { Sender } from './testing/sender.ts';
import { rawFrame } from './testing/wire.ts';

/** A disposition for delivery 0 with a state whose list holds a field that no such state has. */
function disposition(settled: boolean, code: number): Uint8Array {
  const state = [0x00, 0x53, code, 0xc0, 0x02, 0x01, 0x43];
  const fields = [0x41, 0x43, 0x43, settled ? 0x41 : 0x42, ...state];
  return rawFrame([0x00, 0x53, 0x15, 0xc0, fields.length + 1, 5, ...fields]);
}

test.each([
  ['accepted', 0x24],
  ['released', 0x26],
])(
  'a receiver that tells a malformed %s state without settling loses its connection, and nobody hears of it',
  (_, code) => {
    const peer = new RawPeer().open().begin();
    peer.tell(
      receiverAttach(0),
      new Flow({ incomingWindow: 9, nextOutgoingId: 0, outgoingWindow: 9, handle: 0, linkCredit: 5 }),
    );
    const [sender] = peer.endpoint.senders as [Sender];
    const sent = sender.send(Uint8Array.of(1));
    peer.listen();
    peer.say(disposition(false, code));
    expect(sent.outcomes).toEqual([]);
    expect(peer.error?.condition).toBe('amqp:decode-error');
  },
);
