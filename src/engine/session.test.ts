import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Begin, Disposition, End, Flow, Modified, Rejected, Transfer } from '../amqp/performatives.ts';
import { blockBytes } from '../kit/block-pool.ts';
import { amqpError, Condition } from './conditions.ts';
import { connectionWindowBytes, grantBatch, sessionWindowBytes } from './limits.ts';
import type { OutgoingLink } from './outgoing-link.ts';
import type { Session } from './session.ts';
import { settleBoundsMs } from './settle-times.ts';
import { Pair } from './testing/pair.ts';
import { RawPeer, receiverAttach } from './testing/raw-peer.ts';
import type { Receiver } from './testing/receiver.ts';
import type { Sender } from './testing/sender.ts';
import { all, concat, frame, namesOf, readWire } from './testing/wire.ts';

const payload = (length: number) => Uint8Array.from({ length }, (_, at) => at * 7);
const transfer = (deliveryId: number, more: Partial<Transfer> = {}) =>
  frame(new Transfer({ handle: 0, deliveryId, deliveryTag: Uint8Array.of(1), ...more }), 0, payload(20));
const sessionFlow = (fields: Partial<Flow>) =>
  frame(new Flow({ nextIncomingId: 0, incomingWindow: 100, nextOutgoingId: 0, outgoingWindow: 100, ...fields }));

/** The client receives, the server sends to it. */
function receiving(options: { credit?: number; outcome?: number | null } = {}): {
  pair: Pair;
  receiver: Receiver;
  sender: Sender;
} {
  const pair = new Pair();
  pair.run();
  const receiver = pair.client.receive('here', options);
  pair.run();
  return { pair, receiver, sender: pair.server.senders[0] as Sender };
}

describe('the incoming window', () => {
  test('is as many frames as bytes allow, or as configured', () => {
    const byBytes = new RawPeer({ open: { maxFrameSize: 16_384 } }).open().begin();
    expect(all(byBytes.heard, Begin)[0]?.incomingWindow).toBe(sessionWindowBytes / 16_384);
    const configured = new RawPeer({ maxSessionFrames: 10 }).open().begin();
    expect(all(configured.heard, Begin)[0]?.incomingWindow).toBe(10);
    const beyondBytes = new RawPeer({ maxSessionFrames: 1_000_000 }).open().begin();
    expect(all(beyondBytes.heard, Begin)[0]?.incomingWindow).toBe(sessionWindowBytes / 16_384);
  });

  test('counts a small frame as a block of memory, for it may cost one', () => {
    const peer = new RawPeer({ open: { maxFrameSize: 512 } }).open().begin();
    expect(all(peer.heard, Begin)[0]?.incomingWindow).toBe(sessionWindowBytes / blockBytes);
  });

  test('is renewed before it is used up, and a frame beyond it ends the session', () => {
    const peer = new RawPeer({ maxSessionFrames: 10 }).open().begin();
    peer.attachSender();
    const six = Array.from({ length: 6 }, (_, id) => transfer(id));
    const [renewal] = all(peer.say(...six), Flow);
    expect(renewal?.incomingWindow).toBe(10);
    expect(renewal?.nextIncomingId).toBe(6);
    const eleven = Array.from({ length: 11 }, (_, id) => transfer(6 + id));
    const answers = peer.say(...eleven);
    expect(all(answers, End)[0]?.error?.condition).toBe('amqp:session:window-violation');
    expect(peer.endpoint.receivers[0]?.received).toHaveLength(16);
    expect(peer.endpoint.connection.isFinished).toBe(false);
  });

  test('shrinks by what the owner holds, is shut when that is too much, and opens again', () => {
    const peer = new RawPeer().open().begin();
    peer.attachSender();
    const [session] = peer.endpoint.connection.sessions;
    session?.hold(sessionWindowBytes / 2);
    const half = sessionWindowBytes / 16_384 / 2;
    peer.say(...Array.from({ length: half }, (_, id) => transfer(id, { settled: true })));
    expect(session?.incomingWindow).toBeLessThanOrEqual(half);
    session?.hold(sessionWindowBytes / 2);
    const [flow] = all(peer.say(sessionFlow({ echo: true, nextOutgoingId: half })), Flow);
    expect(flow?.incomingWindow).toBe(half);
    for (let id = half; (session?.incomingWindow ?? 0) > 0; id++) peer.say(transfer(id, { settled: true }));
    expect(session?.incomingWindow).toBe(0);
    session?.hold(-sessionWindowBytes);
    const [opened] = all(peer.listen(), Flow);
    expect(opened?.incomingWindow).toBe(2 * half);
  });

  test('of a session whose frames may be huge is never shut while it holds nothing', () => {
    const peer = new RawPeer({ open: { maxFrameSize: 0x7fffffff } }).open().begin();
    expect(all(peer.heard, Begin)[0]?.incomingWindow).toBe(2);
  });

  test('is shared by many sessions of one connection', () => {
    const peer = new RawPeer().open();
    for (let channel = 0; channel < 64; channel++) peer.begin(channel);
    const windows = all(peer.heard, Begin).map(({ incomingWindow }) => incomingWindow);
    expect(windows[0]).toBe(sessionWindowBytes / 16_384);
    expect(windows[63]).toBeLessThan(windows[0] as number);
    expect(windows[63]).toBeGreaterThan(0);
  });

  test('of a session that many share is that of a whole connection, however many there are, and renewed in batches', () => {
    const peer = new RawPeer().open();
    for (let channel = 0; channel < 8; channel++) peer.begin(channel);
    peer.attachSender();
    const [session] = peer.endpoint.connection.sessions as [Session];
    session.windowKind = 'whole';
    const [opened] = all(peer.say(sessionFlow({ echo: true })), Flow);
    expect(opened?.incomingWindow).toBe(connectionWindowBytes / 16_384);
    const some = Array.from({ length: grantBatch }, (_, id) => transfer(id, { settled: true }));
    expect(all(peer.say(...some.slice(1)), Flow)).toEqual([]);
    const [renewed] = all(peer.say(transfer(grantBatch - 1, { settled: true })), Flow);
    expect(renewed?.incomingWindow).toBe(connectionWindowBytes / 16_384);
  });
});

describe('the window of the peer', () => {
  test('holds back deliveries, and lets them go when it opens', () => {
    const pair = new Pair({ maxSessionFrames: 4 });
    pair.run();
    const receiver = pair.client.receive('here', { outcome: null });
    pair.run();
    const [sender] = pair.server.senders as [Sender];
    let rooms = 0;
    pair.server.connection.onRoom = () => {
      rooms++;
      sender.pump();
    };
    for (let count = 0; count < 10; count++) sender.send(payload(10));
    expect(sender.waitingCount).toBe(6);
    pair.run();
    expect(receiver.received).toHaveLength(10);
    expect(rooms).toBeGreaterThan(0);
  });

  test.each([0, 0x7fffffff, 0x80000000, 0xfffffffe])(
    'is counted from next-incoming-id, with ids from %i on',
    (first) => {
      const peer = new RawPeer().open();
      peer.begin(0, { nextOutgoingId: first, incomingWindow: 5 });
      peer.attachSender();
      peer.tell(receiverAttach(1));
      peer.say(
        sessionFlow({ handle: 1, linkCredit: 100, nextIncomingId: 0, incomingWindow: 5, nextOutgoingId: first }),
      );
      const [sender] = peer.endpoint.senders as [Sender];
      for (let count = 0; count < 8; count++) sender.send(payload(1));
      expect(all(peer.listen(), Transfer)).toHaveLength(5);
      // The peer has seen three, and takes five more.
      const more = peer.say(sessionFlow({ nextIncomingId: 3, incomingWindow: 5, nextOutgoingId: first }));
      expect(all(more, Transfer)).toHaveLength(3);
      const [session] = peer.endpoint.connection.sessions;
      expect(session?.remoteIncomingWindow).toBe(0);
      // It lies about what it has seen: that neither opens the window without bound nor breaks anything.
      peer.say(sessionFlow({ nextIncomingId: 100_000, incomingWindow: 0xffffffff, nextOutgoingId: first }));
      expect(session?.remoteIncomingWindow).toBe(0x7fffffff);
      peer.say(transfer(0));
      expect(peer.endpoint.receivers[0]?.received).toHaveLength(1);
    },
  );
});

describe('outcomes', () => {
  test('of consecutive deliveries travel in one disposition', () => {
    const { pair, receiver, sender } = receiving({ outcome: null });
    for (let count = 0; count < 50; count++) sender.send(payload(5));
    pair.run();
    pair.written.client.length = 0;
    receiver.settleAll();
    pair.run();
    const dispositions = pair.written.client.flatMap((bytes) =>
      namesOf(readWire(bytes)).filter((name) => name === 'disposition'),
    );
    expect(dispositions).toHaveLength(1);
    expect(sender.sent.every(({ outcome, isSettled }) => outcome === 0x24 && isSettled)).toBe(true);
    expect(sender.link?.unsettledCount).toBe(0);
    expect(sender.link?.accepted).toBe(50);
  });

  test('reach the right deliveries in any order, singly or not, with and without details', () => {
    const kinds = [0x24, 0x25, 0x26, 0x27] as const;
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(40).keys()], { minLength: 40 }), fc.nat(), (order, seed) => {
        const { pair, receiver, sender } = receiving({ outcome: null });
        for (let count = 0; count < 40; count++) sender.send(payload(3));
        pair.run();
        order.forEach((at, step) => {
          const kind = kinds[(at + seed) % 4] as number;
          const received = receiver.received[at];
          if (received === undefined) throw new Error('not received');
          if (kind === 0x25 && at % 2 === 0)
            receiver.settle(received, new Rejected({ error: amqpError(Condition.NotAllowed, `no ${at}`) }));
          else if (kind === 0x27 && at % 2 === 0) receiver.settle(received, new Modified({ undeliverableHere: true }));
          else receiver.settle(received, kind);
          if (step % 7 === seed % 7) pair.run();
        });
        pair.run();
        expect(sender.sent.map(({ outcomes }) => outcomes)).toEqual(
          sender.sent.map((_, at) => [kinds[(at + seed) % 4]]),
        );
        expect(sender.link?.session.outgoing.size).toBe(0);
        expect(receiver.link?.session.incoming.size).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test('for deliveries long settled, never sent, or of a range half as long as the number space do nothing', () => {
    const { pair, receiver, sender } = receiving({ outcome: null });
    sender.send(payload(3));
    sender.send(payload(3));
    pair.run();
    const peerSays = (first: number, last: number) =>
      pair.server.connection.handleBytes(
        frame(new Disposition({ role: true, first, last, settled: true }), receiver.link?.session.channel),
        0,
      );
    peerSays(5, 2_000_000_000);
    peerSays(0xffffffff, 0xffffffff);
    expect(sender.sent.map(({ isSettled }) => isSettled)).toEqual([false, false]);
    peerSays(0xfffffff0, 0x7ffffff0 - 1);
    expect(sender.sent.map(({ isSettled }) => isSettled)).toEqual([true, true]);
    peerSays(0, 1);
    expect(sender.sent.map(({ outcomes }) => outcomes)).toEqual([[0], [0]]);
  });

  test('with details that do not fit into a frame of the peer travel without them', () => {
    const pair = new Pair({}, { open: { maxFrameSize: 512 } });
    pair.run();
    const receiver = pair.client.receive('here', { outcome: null });
    pair.run();
    const [sender] = pair.server.senders as [Sender];
    sender.send(payload(3));
    sender.send(payload(3));
    pair.run();
    const [first, second] = receiver.received;
    if (first === undefined || second === undefined) throw new Error('not received');
    receiver.settle(first, new Rejected({ error: amqpError(Condition.NotAllowed, 'x'.repeat(2000)) }));
    receiver.settle(second, new Rejected({ error: amqpError(Condition.NotAllowed, 'short') }));
    pair.run();
    expect(sender.sent.map(({ outcome }) => outcome)).toEqual([0x25, 0x25]);
    expect(new TextDecoder().decode(sender.sent[1]?.state ?? undefined)).toContain('short');
    expect(pair.server.connection.isOpened).toBe(true);
  });

  test('of the sender settle what it sent before', () => {
    const { pair, receiver, sender } = receiving({ outcome: null });
    const sent = Array.from({ length: 5 }, () => sender.send(payload(3)));
    pair.run();
    const link = sender.link as OutgoingLink;
    for (const { id } of sent.slice(1, 4)) {
      link.session.settleOutgoing(id, 0);
      link.forget(id);
    }
    pair.run();
    expect(receiver.received.map(({ isDone }) => isDone)).toEqual([false, true, true, true, false]);
    expect(receiver.link?.unsettledCount).toBe(2);
    expect(receiver.link?.openCount).toBe(2);
  });

  test('late by seconds are counted, by the time of the turn and not of the connection that was quiet', () => {
    const { pair, receiver, sender } = receiving({ outcome: null });
    pair.clock.set(60_000);
    const sent = [sender.send(payload(3)), sender.send(payload(3)), sender.send(payload(3))];
    pair.run();
    const settle = (at: number) => {
      receiver.settle(receiver.received[at] as never, 0x24);
      pair.run();
    };
    settle(0);
    pair.clock.set(65_000);
    settle(1);
    pair.clock.set(75_000);
    settle(2);
    expect(sent.every(({ isSettled }) => isSettled)).toBe(true);
    expect([sender.link?.delayed1Sec, sender.link?.delayed10Sec]).toEqual([1, 1]);
  });

  test('the time until a receiver settles is counted to the millisecond, also when the clock has passed 2³¹', () => {
    const { pair, receiver, sender } = receiving({ outcome: null });
    for (const [sentAt, settledAt] of [
      [10_000, 10_003],
      [2 ** 31 - 5, 2 ** 31 + 35],
    ] as const) {
      pair.clock.set(sentAt);
      sender.send(payload(3));
      pair.run();
      pair.clock.set(settledAt);
      receiver.settle(receiver.received.at(-1) as never, 0x24);
      pair.run();
    }
    const { counts, sumMs } = (sender.link as OutgoingLink).session.connection.settleTimes;
    expect(sumMs).toBe(43);
    expect(
      [...counts].map((count, index) => [settleBoundsMs[index], count]).filter(([, count]) => count !== 0),
    ).toEqual([
      [5, 1],
      [50, 1],
    ]);
  });

  test('the time without credit is counted at both ends', () => {
    const { pair, receiver, sender } = receiving({ credit: 1, outcome: null });
    const zero = () => [sender.link?.zeroCreditMs, receiver.link?.zeroCreditMs];
    const before = zero();
    pair.clock.set(pair.clock.nowMs + 1000);
    expect(zero()).toEqual(before);
    sender.send(payload(3));
    pair.run();
    pair.clock.set(pair.clock.nowMs + 700);
    expect(zero()).toEqual(before.map((ms) => (ms as number) + 700));
    receiver.settle(receiver.received[0] as never, 0x24);
    pair.run();
    pair.clock.set(pair.clock.nowMs + 5000);
    expect(zero()).toEqual(before.map((ms) => (ms as number) + 700));
  });
});

describe('the end of a session', () => {
  test('that the peer ends is answered, and nothing is written on it any more', () => {
    const peer = new RawPeer({ maxSessionFrames: 2 }).open().begin();
    peer.attachSender();
    const names = namesOf(peer.say(transfer(0), transfer(1), frame(new End())));
    expect(names.at(-1)).toBe('end');
    expect(names.filter((name) => name === 'end')).toHaveLength(1);
    expect(peer.endpoint.receivers[0]?.detached).toEqual({ by: 'loss', error: null });
    expect(peer.listen()).toEqual([]);
  });

  test('that we end loses its links, and keeps its channel until the peer has ended it too', () => {
    const { pair, receiver, sender } = receiving({ outcome: null });
    sender.send(payload(3));
    pair.run();
    const { session } = receiver.link as { session: { end(error: null): void } };
    session.end(null);
    expect(receiver.detached?.by).toBe('loss');
    expect(pair.client.connection.sessionCount).toBe(1);
    pair.run();
    expect(sender.detached?.by).toBe('loss');
    expect([pair.client.connection.sessionCount, pair.server.connection.sessionCount]).toEqual([0, 0]);
    expect([pair.client.connection.linkCount, pair.server.connection.linkCount]).toEqual([0, 0]);
    expect(pair.client.connection.isOpened && pair.server.connection.isOpened).toBe(true);
  });

  test('that both end at once is an end', () => {
    const { pair, receiver, sender } = receiving();
    receiver.link?.session.end(null);
    sender.link?.session.end(null);
    pair.run();
    expect([pair.client.connection.sessionCount, pair.server.connection.sessionCount]).toEqual([0, 0]);
    expect(pair.client.connection.isOpened && pair.server.connection.isOpened).toBe(true);
  });

  test('tells owners only after all links have stopped, so that nothing new goes out on one of them', () => {
    const pair = new Pair();
    pair.run();
    pair.client.receive('a');
    pair.client.receive('b');
    pair.run();
    const [first, second] = pair.server.senders as [Sender, Sender];
    const seen: boolean[] = [];
    first.handleDetached = () => seen.push(second.link?.canSend ?? true, second.link?.isAttached ?? true);
    second.handleDetached = () => seen.push(first.link?.canSend ?? true);
    pair.server.connection.handleClosed(0);
    expect(seen).toEqual([false, false, false]);
  });

  test('of one connection tells all its sessions to stop first', () => {
    const pair = new Pair();
    pair.run();
    pair.client.receive('a');
    pair.client.receive('b', { session: pair.client.begin() });
    pair.run();
    const [first, second] = pair.server.senders as [Sender, Sender];
    const seen: boolean[] = [];
    first.handleDetached = () => seen.push(second.link?.canSend ?? true);
    second.handleDetached = () => seen.push(first.link?.canSend ?? true);
    pair.server.connection.close(null);
    expect(seen).toEqual([false, false]);
  });

  test('outcomes that are due go out before a Close', () => {
    const peer = new RawPeer().open().begin();
    peer.attachSender();
    peer.endpoint.connection.handleBytes(concat(transfer(0), transfer(1)), 0);
    peer.endpoint.connection.close(null);
    expect(namesOf(peer.listen())).toEqual(['disposition', 'close']);
  });
});

describe('sessions of one connection', () => {
  test('are as many as both sides allow', () => {
    const pair = new Pair({ open: { channelMax: 1 } }, { open: { channelMax: 5 } });
    pair.run();
    expect([pair.client.connection.begin(), pair.client.connection.begin()]).not.toContain(null);
    expect(pair.client.connection.begin()).toBeNull();
  });

  test('begun by a peer on which we could not answer cost it the connection', () => {
    const peer = new RawPeer().open({ channelMax: 0 }).begin(0);
    peer.begin(1);
    expect(peer.error?.condition).toBe('amqp:not-allowed');
  });

  test('may be begun by both sides, each on its own channel', () => {
    const pair = new Pair();
    pair.run();
    pair.client.receive('a');
    pair.server.receive('b');
    pair.run();
    expect(pair.client.connection.sessionCount).toBe(2);
    expect(pair.server.connection.sessionCount).toBe(2);
    pair.server.senders[0]?.send(payload(1));
    pair.client.senders[0]?.send(payload(2));
    pair.run();
    expect(pair.client.receivers[0]?.complete).toHaveLength(1);
    expect(pair.server.receivers[0]?.complete).toHaveLength(1);
  });

  test('use their channels again', () => {
    const pair = new Pair();
    pair.run();
    for (let round = 0; round < 5; round++) {
      const sessions = [pair.client.begin(), pair.client.begin()];
      expect(sessions.map(({ channel }) => channel)).toEqual([0, 1]);
      pair.run();
      for (const session of sessions) session.end(null);
      pair.run();
    }
    expect(pair.server.connection.sessionCount).toBe(0);
  });
});

test('a delivery-id that is still unsettled when the ids come round again is passed over', () => {
  const { pair, receiver, sender } = receiving({ outcome: null });
  const session = (sender.link as OutgoingLink).session;
  const held = sender.send(payload(1));
  pair.run();
  session.outgoing.add(1000, sender.link as OutgoingLink, 0);
  for (let id = session.takeDeliveryId(); id < 998; id = session.takeDeliveryId());
  expect([session.takeDeliveryId(), session.takeDeliveryId()]).toEqual([999, 1001]);
  receiver.settleAll();
  pair.run();
  expect(held.isSettled).toBe(true);
});
