import { expect, test } from 'vitest';
import { Begin, Flow, Open } from '../amqp/performatives.ts';
import { RawPeer, receiverAttach } from './testing/raw-peer.ts';
import type { Sender } from './testing/sender.ts';
import { concat, frame, header } from './testing/wire.ts';
import type { UnsentDeliveries } from './unsent.ts';

const begin = { nextOutgoingId: 0, incomingWindow: 100, outgoingWindow: 100 };
const flow = { incomingWindow: 1000, nextOutgoingId: 0, outgoingWindow: 9, linkCredit: 100 };

/** Two links with credit on which we send, and what their owner is told with the loss. */
function sending() {
  const peer = new RawPeer().open().begin();
  for (const handle of [0, 1]) peer.tell(receiverAttach(handle), new Flow({ ...flow, handle }));
  const senders = peer.endpoint.senders as Sender[];
  const found: (UnsentDeliveries | null)[] = [];
  for (const [at, sender] of senders.entries()) {
    const { link } = sender;
    if (link === null) throw new Error('it is attached');
    const handle = sender.handleDetached.bind(sender);
    sender.handleDetached = (...words) => {
      found[at] = link.unsent;
      handle(...words);
    };
  }
  const lose = () => peer.endpoint.connection.handleClosed(0);
  return { peer, senders, found, lose };
}

const contents = (unsent: UnsentDeliveries | null | undefined) =>
  [...(unsent ?? [])].map(([id, { settled, payload }]) => ({
    id,
    settled,
    bytes: payload.length,
    last: payload.at(-1),
  }));
const bytesOf = (length: number, last: number) => new Uint8Array(length).fill(last);

test('what the host has taken is not among it, what it has not is told by link', () => {
  const { peer, senders, found, lose } = sending();
  senders[0]?.send(bytesOf(10, 1));
  peer.listen();
  senders[0]?.send(bytesOf(20, 2));
  senders[1]?.send(bytesOf(30, 3), true);
  senders[0]?.send(bytesOf(70_000, 4)); // in several frames
  lose();
  expect(found.map(contents)).toEqual([
    [
      { id: 1, settled: false, bytes: 20, last: 2 },
      { id: 3, settled: false, bytes: 70_000, last: 4 },
    ],
    [{ id: 2, settled: true, bytes: 30, last: 3 }],
  ]);
});

test('of a delivery whose beginning was taken nothing is told', () => {
  const { peer, senders, found, lose } = sending();
  const link = senders[0]?.link;
  if (link == null) throw new Error('it is attached');
  const id = link.begin(false, null, 0);
  const part = (isFirst: boolean) => {
    const frame = link.openPart(id, false, isFirst, true);
    peer.endpoint.connection.output().append(bytesOf(10, 1));
    link.closePart(frame);
  };
  part(true);
  peer.listen();
  part(false);
  lose();
  expect(found.map(contents)).toEqual([[], []]);
});

test('an output that begins with a protocol header is read over', () => {
  const peer = new RawPeer();
  const hello = [header(0), frame(new Open({ containerId: 'raw' })), frame(new Begin({ ...begin }))];
  peer.endpoint.connection.handleBytes(concat(...hello), 0);
  expect(peer.endpoint.connection.outputBytes).toBeGreaterThan(0);
  peer.endpoint.connection.handleClosed(0);
  expect(peer.endpoint.ended?.by).toBe('loss');
});
