import { describe, expect, test } from 'vitest';
import { Accepted, Attach, Detach, Flow, Transfer } from '../amqp/performatives.ts';
import { amqpError, Condition } from './conditions.ts';
import { grantBatch, transferFrameBytesMax } from './limits.ts';
import type { OutgoingLink } from './outgoing-link.ts';
import { byteByByte, Pair, splitAt } from './testing/pair.ts';
import { RawPeer, receiverAttach, senderAttach } from './testing/raw-peer.ts';
import type { Receiver, ReceiverOptions } from './testing/receiver.ts';
import type { Sender } from './testing/sender.ts';
import { all, frame, namesOf, readWire } from './testing/wire.ts';

const payload = (length: number) => Uint8Array.from({ length }, (_, at) => at * 7);
const flow = (fields: Partial<Flow>) =>
  frame(new Flow({ nextIncomingId: 0, incomingWindow: 100, nextOutgoingId: 0, outgoingWindow: 100, ...fields }));
const transfer = (deliveryId: number, more: Partial<Transfer> = {}) =>
  frame(new Transfer({ handle: 0, deliveryId, deliveryTag: Uint8Array.of(1), ...more }), 0, payload(20));

/** The client receives, the server sends to it. */
function receiving(options: ReceiverOptions = {}): { pair: Pair; receiver: Receiver; sender: Sender } {
  const pair = new Pair();
  pair.run();
  const receiver = pair.client.receive('here', options);
  pair.run();
  return { pair, receiver, sender: pair.server.senders[0] as Sender };
}

describe('attach and detach', () => {
  test('from either side, in both directions, with the address as it was asked for', () => {
    const pair = new Pair();
    pair.run();
    for (const end of [pair.client, pair.server]) {
      end.send('queue');
      end.receive('topic');
    }
    pair.run();
    for (const end of [pair.client, pair.server]) {
      expect(end.senders.every(({ link }) => link?.isAttached)).toBe(true);
      expect(end.receivers.every(({ link }) => link?.isAttached)).toBe(true);
      expect(end.attaches.map(({ attach }) => attach.role)).toEqual([false, true]);
    }
  });

  test.each([true, false])('a detach with closed = %s is answered with the same', (closed) => {
    const peer = new RawPeer().open().begin();
    peer.attachSender();
    const [answer] = all(peer.tell(new Detach({ handle: 0, closed })), Detach);
    expect(answer?.closed).toBe(closed);
    expect(peer.endpoint.receivers[0]?.detached).toEqual({ by: 'peer', error: null, closed });
    expect(peer.endpoint.connection.linkCount).toBe(0);
  });

  test('of ours is the last that its owner hears of the link', () => {
    const { pair, receiver } = receiving();
    const other = pair.client.receive('there');
    pair.run();
    receiver.link?.detach(null);
    other.link?.session.end(null);
    pair.run();
    expect([receiver.detached, other.detached?.by]).toEqual([null, 'loss']);
  });

  test('leaves an owner that is told of it nothing to send with', () => {
    const { pair, receiver, sender } = receiving();
    const seen: unknown[] = [];
    sender.handleDetached = (link) => seen.push(link.credit, link.canSend, link.isAttached);
    expect(sender.credit).toBe(100);
    receiver.link?.detach(null);
    pair.run();
    expect(seen).toEqual([0, false, false]);
  });

  test('of both sides at once is a detach', () => {
    const { pair, receiver, sender } = receiving();
    receiver.link?.detach(null);
    sender.link?.detach(null);
    pair.run();
    expect([pair.client.connection.linkCount, pair.server.connection.linkCount]).toEqual([0, 0]);
    expect(pair.client.connection.sessions).toHaveLength(1);
  });

  test('before the answer to our attach came is answered all the same, and the name can be used at once', () => {
    const pair = new Pair();
    pair.run();
    for (let round = 0; round < 3; round++) {
      pair.client.receive('here', { name: 'mine' }).link?.detach(null);
      pair.client.send('there', { name: 'mine' }).link?.detach(null);
    }
    const last = pair.client.receive('here', { name: 'mine' });
    pair.run();
    expect(last.link?.isAttached).toBe(true);
    expect([pair.client.connection.linkCount, pair.server.connection.linkCount]).toEqual([1, 1]);
    expect(pair.client.attaches).toEqual([]);
    pair.server.senders.at(-1)?.send(payload(1));
    pair.run();
    expect(last.complete).toHaveLength(1);
  });

  test('refused is an attach without termini, then a closing detach', () => {
    const peer = new RawPeer().open().begin();
    peer.endpoint.onAttach = (link) => link.refuse(amqpError(Condition.NotFound, 'nobody'));
    for (const attach of [senderAttach(0), receiverAttach(1)]) {
      const answers = peer.tell(attach);
      expect(namesOf(answers)).toEqual(['attach', 'detach']);
      const [answer] = all(answers, Attach);
      expect([answer?.source, answer?.target, answer?.role]).toEqual([null, null, !attach.role]);
      expect(all(answers, Detach)[0]).toMatchObject({ closed: true, error: { condition: 'amqp:not-found' } });
    }
    // The name is free, and so are the handles once the peer has answered.
    peer.tell(new Detach({ handle: 0, closed: true }), new Detach({ handle: 1, closed: true }));
    expect(peer.endpoint.connection.linkCount).toBe(0);
  });
});

describe('the name of a live link', () => {
  test('attached again in the same direction steals it, on any session of the connection', () => {
    const peer = new RawPeer().open().begin(0).begin(1);
    peer.attachSender(0, { name: 'mine' }, 0);
    const answers = peer.attachSender(3, { name: 'mine' }, 1);
    expect(all(answers, Detach)[0]).toMatchObject({ closed: true, error: { condition: 'amqp:link:stolen' } });
    expect(namesOf(answers).slice(0, 2)).toEqual(['detach', 'attach']);
    const [former, now] = peer.endpoint.receivers;
    expect(former?.detached?.by).toBe('fault');
    expect(now?.link?.isAttached).toBe(true);
    // The former end's answer changes nothing for the new one.
    peer.say(frame(new Detach({ handle: 0 }), 0));
    expect(peer.endpoint.connection.names.find('mine', true)).toBe(now?.link);
  });

  test('means another link in the other direction', () => {
    const peer = new RawPeer().open().begin();
    peer.tell(senderAttach(0, { name: 'both' }), receiverAttach(1, { name: 'both' }));
    expect(peer.endpoint.receivers[0]?.detached).toBeNull();
    expect(peer.endpoint.senders[0]?.detached).toBeNull();
  });

  test('means nothing on another connection, whatever its container-id', () => {
    const [one, other] = [new RawPeer().open().begin(), new RawPeer().open().begin()];
    one.attachSender(0, { name: 'mine' });
    other.attachSender(0, { name: 'mine' });
    expect(one.endpoint.receivers[0]?.link?.isAttached).toBe(true);
    expect(other.endpoint.receivers[0]?.link?.isAttached).toBe(true);
  });

  test('is free again after the link has gone', () => {
    const { pair } = receiving({ name: 'mine' });
    for (let round = 0; round < 3; round++) {
      pair.client.receivers.at(-1)?.link?.detach(null);
      pair.client.receive('here', { name: 'mine' });
      pair.run();
      expect(pair.server.senders.at(-1)?.link?.isAttached).toBe(true);
    }
    expect(pair.server.connection.linkCount).toBe(1);
  });
});

describe('credit', () => {
  test('is granted in batches as places become free, and never beyond the capacity', () => {
    const { pair, receiver, sender } = receiving({ credit: 8, outcome: null });
    for (let count = 0; count < 30; count++) sender.send(payload(1));
    pair.run();
    expect(receiver.received).toHaveLength(8);
    receiver.settle(receiver.received[3] as never, 0x24);
    pair.run();
    expect(receiver.received).toHaveLength(9);
    while (receiver.received.length < 30) {
      receiver.settleAll();
      pair.run();
      expect(receiver.link?.unsettledCount).toBeLessThanOrEqual(8);
    }
  });

  test('for pre-settled deliveries comes back when their place is released', () => {
    const { pair, receiver, sender } = receiving({ credit: 4 });
    for (let count = 0; count < 20; count++) sender.send(payload(1), true);
    pair.run();
    expect(receiver.received).toHaveLength(20);
    expect(receiver.link?.openCount).toBe(0);
  });

  test('of a large capacity comes back before half of it is used up', () => {
    const { pair, receiver, sender } = receiving({ credit: 8 * grantBatch });
    for (let count = 1; count < grantBatch; count++) sender.send(payload(1), true);
    pair.run();
    expect([receiver.received.length, sender.credit]).toEqual([grantBatch - 1, 7 * grantBatch + 1]);
    sender.send(payload(1), true);
    pair.run();
    expect(sender.credit).toBe(8 * grantBatch);
  });

  test('costs few flows while a busy sender is served', () => {
    const { pair, receiver, sender } = receiving({ credit: 200 });
    for (let count = 0; count < 2000; count++) sender.send(payload(1));
    for (let turn = 0; receiver.received.length < 2000; turn++) {
      expect(turn).toBeLessThan(100);
      pair.run();
    }
    const flows = pair.written.client.flatMap((bytes) => all(readWire(bytes), Flow));
    expect(flows.length).toBeLessThan(60);
  });

  test('taken back by drain: what waits is sent, what remains is given up', () => {
    const { pair, receiver, sender } = receiving({ credit: 10, outcome: null });
    sender.send(payload(1));
    receiver.link?.withdrawCredit();
    pair.run();
    expect(receiver.received).toHaveLength(1);
    expect(sender.drains).toBe(1);
    expect([sender.credit, receiver.link?.credit, receiver.link?.isDraining]).toEqual([0, 0, false]);
    expect(sender.link?.deliveryCount).toBe(receiver.link?.deliveryCount);
    receiver.link?.offerCredit(10);
    pair.run();
    expect(sender.credit).toBe(9);
  });

  test('offered again while the drain is under way is right whichever comes first', () => {
    const { pair, receiver, sender } = receiving({ credit: 10, outcome: null });
    receiver.link?.withdrawCredit();
    const drain = pair.client.takeBytes();
    receiver.link?.offerCredit(10);
    pair.server.connection.handleBytes(drain as Uint8Array, 0);
    pair.run();
    expect([sender.credit, receiver.link?.credit]).toEqual([10, 10]);
    for (let count = 0; count < 15; count++) sender.send(payload(1));
    pair.run();
    expect(receiver.received).toHaveLength(10);
  });

  test('is counted from the delivery-count of the receiver, and from the first one when it names none', () => {
    const peer = new RawPeer().open().begin();
    peer.tell(receiverAttach(0));
    const [sender] = peer.endpoint.senders as [Sender];
    peer.say(flow({ handle: 0, linkCredit: 5 }));
    expect(sender.credit).toBe(5);
    sender.send(payload(1));
    sender.send(payload(1));
    peer.say(flow({ handle: 0, linkCredit: 5 }));
    expect(sender.credit).toBe(3);
    peer.say(flow({ handle: 0, linkCredit: 5, deliveryCount: 2 }));
    expect(sender.credit).toBe(5);
    peer.say(flow({ handle: 0, linkCredit: 0, deliveryCount: 2 }));
    expect(sender.credit).toBe(0);
    // Lies do no harm.
    peer.say(flow({ handle: 0, linkCredit: 0xffffffff, deliveryCount: 0x40000000 }));
    expect(sender.credit).toBe(0x7fffffff);
    peer.say(flow({ handle: 0, linkCredit: 1, deliveryCount: 0xf0000000 }));
    expect(sender.credit).toBe(0);
  });

  test('given up by a sender in the middle is granted anew', () => {
    const peer = new RawPeer().open().begin();
    peer.attachSender();
    expect(all(peer.heard, Flow)[0]).toMatchObject({ linkCredit: 100, deliveryCount: 0 });
    const [answer] = all(peer.say(flow({ handle: 0, deliveryCount: 60, linkCredit: 40, nextOutgoingId: 0 })), Flow);
    expect(answer).toMatchObject({ linkCredit: 100, deliveryCount: 60 });
  });

  test('is told on echo, of the link as of the session', () => {
    const peer = new RawPeer().open().begin();
    peer.tell(senderAttach(0), receiverAttach(1));
    const echo = (fields: Partial<Flow>) => all(peer.say(flow({ ...fields, echo: true })), Flow);
    expect(echo({ handle: 0 })).toMatchObject([{ handle: 0, linkCredit: 100 }]);
    expect(echo({ handle: 1, linkCredit: 3 })).toMatchObject([{ handle: 1, linkCredit: 3 }]);
    expect(echo({ handle: 1 })).toMatchObject([{ handle: 1, linkCredit: 3 }]);
    expect(echo({})).toMatchObject([{ handle: null }]);
  });
});

test.each([
  [0, 0, 0, 200],
  [0, 0, 90, 200],
  [5, 5, 3, 41],
  [3, 60, 0, 61],
  [60, 101, 40, 150],
])(
  'with its bytes %i to %i replaced by %i others a delivery of %i bytes goes out in one piece',
  (from, to, count, length) => {
    const { pair, receiver, sender } = receiving();
    const link = sender.link as OutgoingLink;
    const bytes = payload(length + 9);
    const section = new Uint8Array(count).fill(0xee);
    link.sendSpliced(bytes, 4, 4 + length, section, 4 + from, 4 + to, true, null, 0);
    pair.run();
    const whole = Uint8Array.of(...bytes.subarray(4, 4 + from), ...section, ...bytes.subarray(4 + to, 4 + length));
    expect(receiver.complete.map((one) => one.bytes)).toEqual([whole]);
  },
);

describe('deliveries of several frames', () => {
  const pieces = [payload(100), new Uint8Array(0), payload(3000), payload(1)];
  const wholeLength = 3101;

  test.each([byteByByte, splitAt(5), splitAt(40), splitAt(150), splitAt(3300)])(
    'arrive whole however they are cut',
    (cut) => {
      const { pair, receiver, sender } = receiving();
      pair.cut = cut;
      const { sent, part } = sender.start();
      pieces.forEach((bytes, at) => {
        part(bytes, at < pieces.length - 1);
        if (at % 2 === 0) pair.run();
      });
      pair.run();
      expect(receiver.received).toHaveLength(1);
      expect(receiver.received[0]?.bytes).toHaveLength(wholeLength);
      expect(sent.outcomes).toEqual([0x24]);
    },
  );

  test('are split by the frame size of the peer', () => {
    for (const length of [0, 446, 447, 448, 894, 895, 5000]) {
      const pair = new Pair({ open: { maxFrameSize: 512 } });
      pair.run();
      const receiver = pair.client.receive('here');
      pair.run();
      const [sender] = pair.server.senders as [Sender];
      const { nextOutgoingId } = (sender.link as OutgoingLink).session;
      sender.send(payload(length));
      expect((sender.link as OutgoingLink).session.nextOutgoingId - nextOutgoingId).toBe(sender.link?.framesOf(length));
      pair.run();
      expect(receiver.complete[0]?.bytes).toEqual(payload(length));
    }
  });

  test('are split into frames that leave room for others, also where the peer would take larger ones', () => {
    const pair = new Pair({ open: { maxFrameSize: 1_000_000 } });
    pair.run();
    const receiver = pair.client.receive('here');
    pair.run();
    const [sender] = pair.server.senders as [Sender];
    const bytes = payload(200_000);
    sender.send(bytes);
    pair.run();
    expect(receiver.complete[0]?.bytes).toEqual(bytes);
    expect(sender.link?.payloadRoom).toBeLessThan(transferFrameBytesMax);
    expect(sender.link?.framesOf(bytes.length)).toBe(4);
  });

  test.each([true, false])('aborted are told so, leave nothing behind and cost one credit (settled: %s)', (settled) => {
    const { pair, receiver, sender } = receiving({ credit: 5 });
    const delivery = sender.start(settled);
    delivery.part(payload(100), true);
    pair.run();
    delivery.abort();
    pair.run();
    expect(receiver.received.map(({ isAborted, isComplete }) => [isAborted, isComplete])).toEqual([[true, false]]);
    expect([sender.link?.unsettledCount, receiver.link?.unsettledCount, receiver.link?.openCount]).toEqual([0, 0, 0]);
    for (let count = 0; count < 8; count++) sender.send(payload(1));
    pair.run();
    expect(receiver.complete).toHaveLength(8);
  });

  test('aborted in their first and only frame are told so too', () => {
    const peer = new RawPeer().open().begin();
    peer.attachSender();
    peer.say(transfer(0, { aborted: true }), transfer(1));
    const [receiver] = peer.endpoint.receivers;
    expect(receiver?.received.map(({ isAborted }) => isAborted)).toEqual([true, false]);
    expect(receiver?.link?.openCount).toBe(0);
  });

  test('of two links interleave', () => {
    const { pair, receiver, sender } = receiving();
    const other = pair.client.receive('there');
    pair.run();
    const [a, b] = [sender.start(), (pair.server.senders[1] as Sender).start()];
    for (let count = 0; count < 5; count++) {
      a.part(payload(50), count < 4);
      b.part(payload(60), count < 4);
    }
    pair.run();
    expect([receiver.complete[0]?.bytes.length, other.complete[0]?.bytes.length]).toEqual([250, 300]);
  });

  test('may be settled by a later frame', () => {
    const peer = new RawPeer().open().begin();
    peer.attachSender();
    const [receiver] = peer.endpoint.receivers as [Receiver];
    peer.say(transfer(0, { more: true }), transfer(0, { more: true, settled: true }));
    expect([receiver.link?.unsettledCount, receiver.link?.deliverySettled]).toEqual([0, true]);
    peer.say(frame(new Transfer({ handle: 0 }), 0, payload(1)));
    expect(receiver.received[0]).toMatchObject({ isComplete: true, settled: true });
    expect(receiver.link?.openCount).toBe(0);
  });

  test('cut off by a detach are gone', () => {
    const { pair, receiver, sender } = receiving();
    sender.start().part(payload(10), true);
    sender.link?.detach(null);
    pair.run();
    expect(receiver.detached?.by).toBe('peer');
    expect(receiver.link?.session.incoming.size).toBe(0);
    expect(receiver.complete).toEqual([]);
  });
});

describe('settle modes', () => {
  test('a receiver that attaches pre-settled is sent settled deliveries', () => {
    const { pair, receiver, sender } = receiving({ attach: { sndSettleMode: 1 } });
    expect(sender.link?.isPresettled).toBe(true);
    sender.send(payload(1));
    pair.run();
    expect(receiver.received[0]?.settled).toBe(true);
    expect(sender.link?.presettled).toBe(1);
  });

  test('whatever a sender sends on a link of mode settled is settled', () => {
    const peer = new RawPeer().open().begin();
    peer.attachSender(0, { sndSettleMode: 1 });
    peer.say(transfer(0));
    expect(peer.endpoint.receivers[0]?.received[0]?.settled).toBe(true);
    expect(peer.endpoint.receivers[0]?.link?.unsettledCount).toBe(0);
  });

  test('receiver-settle-mode second: a state is told, settled by the sender, and so ends at both', () => {
    const { pair, receiver, sender } = receiving({ outcome: null, attach: { rcvSettleMode: 1 } });
    expect(sender.link?.receiverSettleMode).toBe(1);
    const sent = sender.send(payload(1));
    pair.run();
    receiver.tell(receiver.received[0] as never, new Accepted());
    pair.run();
    expect(sent.outcomes).toEqual([0x24]);
    expect(receiver.received[0]?.isDone).toBe(true);
    expect([sender.link?.unsettledCount, receiver.link?.unsettledCount, receiver.link?.openCount]).toEqual([0, 0, 0]);
  });

  test('modes are answered as they were asked for', () => {
    const peer = new RawPeer().open().begin();
    const [answer] = all(peer.attachSender(0, { sndSettleMode: 0, rcvSettleMode: 1 }), Attach);
    expect([answer?.sndSettleMode, answer?.rcvSettleMode]).toEqual([0, 1]);
  });
});
