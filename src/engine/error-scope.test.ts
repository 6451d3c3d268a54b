// What a fault of the peer costs it: the link if it can be blamed on one, else the session, else the connection.
import { describe, expect, test } from 'vitest';
import {
  Attach,
  Begin,
  Close,
  Detach,
  Disposition,
  End,
  Flow,
  Open,
  SaslOutcome,
  Transfer,
} from '../amqp/performatives.ts';
import { amqpError, Condition } from './conditions.ts';
import { connectionLinkRecordsMax, handleMax } from './limits.ts';
import { RawPeer, receiverAttach, senderAttach } from './testing/raw-peer.ts';
import { all, concat, frame, header, namesOf, rawFrame } from './testing/wire.ts';

const flow = (fields: Partial<Flow>) =>
  frame(new Flow({ nextIncomingId: 0, incomingWindow: 100, nextOutgoingId: 0, outgoingWindow: 100, ...fields }));
const transfer = (fields: Partial<Transfer> = {}) =>
  frame(new Transfer({ handle: 0, deliveryId: 0, deliveryTag: Uint8Array.of(1), ...fields }), 0, new Uint8Array(10));
const begin = (fields: Partial<Begin> = {}, channel = 0) =>
  frame(new Begin({ nextOutgoingId: 0, incomingWindow: 100, outgoingWindow: 100, ...fields }), channel);

/** A connection with a session on channel 0, a sender on handle 0 with credit 2, a receiver on handle 1. */
function established(): RawPeer {
  const peer = new RawPeer({ open: { channelMax: 3, maxFrameSize: 1024 } }).open().begin();
  peer.endpoint.onAttach = (link, attach) => {
    peer.endpoint.acceptLink(link, attach);
    if (link.isIncoming) link.offerCredit(2);
  };
  peer.tell(senderAttach(0), receiverAttach(1));
  peer.endpoint.receivers.forEach((receiver) => {
    receiver.outcome = null;
  });
  return peer;
}

const unopened = () => new RawPeer();
const opened = () => new RawPeer({ open: { channelMax: 3, maxFrameSize: 1024 } }).open();

type Scope = 'link' | 'session' | 'connection';
type Case = [what: string, start: () => RawPeer, bytes: Uint8Array, scope: Scope, condition: string];

const cases: Case[] = [
  // The connection: whoever says this cannot be understood, or speaks where nobody is.
  ['another frame than Open first', unopened, concat(header(0), begin()), 'connection', 'amqp:not-allowed'],
  ['a second Open', opened, frame(new Open({ containerId: 'again' })), 'connection', 'amqp:not-allowed'],
  [
    'a max-frame-size below 512',
    unopened,
    concat(header(0), frame(new Open({ containerId: 'x', maxFrameSize: 511 }))),
    'connection',
    'amqp:invalid-field',
  ],
  [
    'an idle-time-out that asks for a flood of heartbeats',
    unopened,
    concat(header(0), frame(new Open({ containerId: 'x', idleTimeOut: 3 }))),
    'connection',
    'amqp:not-allowed',
  ],
  [
    'a frame larger than ours may be',
    opened,
    Uint8Array.of(0, 0, 4, 1, 2, 0, 0, 0),
    'connection',
    'amqp:connection:framing-error',
  ],
  [
    'a frame smaller than its header',
    opened,
    Uint8Array.of(0, 0, 0, 7, 2, 0, 0, 0),
    'connection',
    'amqp:connection:framing-error',
  ],
  ['a frame of unknown type', opened, rawFrame([], 0, 9), 'connection', 'amqp:connection:framing-error'],
  [
    'a SASL frame after SASL',
    opened,
    rawFrame([0, 0x53, 0x44, 0x45], 0, 1),
    'connection',
    'amqp:connection:framing-error',
  ],
  [
    'a data offset within the header',
    opened,
    rawFrame([0, 0x53, 0x18, 0x45], 0, 0, 1),
    'connection',
    'amqp:connection:framing-error',
  ],
  [
    'a data offset behind the end',
    opened,
    rawFrame([0, 0x53, 0x18, 0x45], 0, 0, 200),
    'connection',
    'amqp:connection:framing-error',
  ],
  ['an unknown performative', opened, rawFrame([0, 0x53, 0x19, 0x45]), 'connection', 'amqp:decode-error'],
  ['a body that is none', opened, rawFrame([1, 2, 3]), 'connection', 'amqp:decode-error'],
  [
    'a field of the wrong type',
    opened,
    rawFrame([0, 0x53, 0x11, 0xc0, 3, 1, 0xa1, 0]),
    'connection',
    'amqp:decode-error',
  ],
  ['a mandatory field that is missing', opened, rawFrame([0, 0x53, 0x12, 0x45]), 'connection', 'amqp:decode-error'],
  [
    'bytes behind a performative',
    established,
    concat(rawFrame([0, 0x53, 0x17, 0x45, 0])),
    'connection',
    'amqp:decode-error',
  ],
  [
    'a SASL performative in an AMQP frame',
    opened,
    rawFrame([0, 0x53, 0x44, 0xc0, 3, 1, 0x50, 0]),
    'connection',
    'amqp:not-allowed',
  ],
  ['a channel above channel-max', opened, begin({}, 4), 'connection', 'amqp:connection:framing-error'],
  ['a session begun twice', opened, concat(begin(), begin()), 'connection', 'amqp:not-allowed'],
  ['a begin that answers nothing', opened, begin({ remoteChannel: 2 }), 'connection', 'amqp:not-allowed'],
  ['an attach without a session', opened, frame(senderAttach()), 'connection', 'amqp:not-allowed'],
  ['a transfer without a session', opened, transfer(), 'connection', 'amqp:not-allowed'],
  ['a flow without a session', opened, flow({}), 'connection', 'amqp:not-allowed'],
  [
    'a disposition without a session',
    opened,
    frame(new Disposition({ role: true, first: 0 })),
    'connection',
    'amqp:not-allowed',
  ],
  ['a detach without a session', opened, frame(new Detach({ handle: 0 })), 'connection', 'amqp:not-allowed'],
  ['an end without a session', opened, frame(new End()), 'connection', 'amqp:not-allowed'],
  ['an end after the end', established, concat(frame(new End()), frame(new End())), 'connection', 'amqp:not-allowed'],
  [
    'a handle above handle-max',
    established,
    frame(senderAttach(handleMax + 1)),
    'connection',
    'amqp:connection:framing-error',
  ],
  [
    'a disposition from last to first',
    established,
    frame(new Disposition({ role: true, first: 2, last: 1 })),
    'connection',
    'amqp:invalid-field',
  ],
  [
    'a delivery-state that is none',
    established,
    rawFrame([0, 0x53, 0x15, 0xc0, 9, 5, 0x41, 0x43, 0x43, 0x41, 0x00, 0x53, 0x25, 0x40]),
    'connection',
    'amqp:decode-error',
  ],
  [
    'a delivery-tag of 33 bytes',
    established,
    transfer({ deliveryTag: new Uint8Array(33) }),
    'connection',
    'amqp:decode-error',
  ],
  // The session: what it keeps for all its links is broken.
  [
    'a transfer on a handle without link',
    established,
    transfer({ handle: 7 }),
    'session',
    'amqp:session:unattached-handle',
  ],
  [
    'a transfer on a handle beyond all bounds',
    established,
    transfer({ handle: 0xffffffff }),
    'session',
    'amqp:session:unattached-handle',
  ],
  ['a flow on a handle without link', established, flow({ handle: 7 }), 'session', 'amqp:session:unattached-handle'],
  [
    'a detach of a handle without link',
    established,
    frame(new Detach({ handle: 7 })),
    'session',
    'amqp:session:unattached-handle',
  ],
  [
    'a second detach',
    established,
    concat(frame(new Detach({ handle: 0 })), frame(new Detach({ handle: 0 }))),
    'session',
    'amqp:session:unattached-handle',
  ],
  [
    'an attach on a handle in use',
    established,
    frame(senderAttach(0, { name: 'other' })),
    'session',
    'amqp:session:handle-in-use',
  ],
  ['a delivery-id that was there before', established, concat(transfer(), transfer()), 'session', 'amqp:invalid-field'],
  [
    'a delivery-id that goes back',
    established,
    concat(transfer({ deliveryId: 9 }), transfer({ deliveryId: 8 })),
    'session',
    'amqp:invalid-field',
  ],
  // The link.
  [
    'a transfer without credit',
    established,
    concat(transfer(), transfer({ deliveryId: 1 }), transfer({ deliveryId: 2 })),
    'link',
    'amqp:link:transfer-limit-exceeded',
  ],
  ['a delivery without id', established, transfer({ deliveryId: null }), 'link', 'amqp:invalid-field'],
  [
    'a delivery within a delivery',
    established,
    concat(transfer({ more: true }), transfer({ deliveryId: 1 })),
    'link',
    'amqp:invalid-field',
  ],
  ['a transfer from a receiver', established, transfer({ handle: 1 }), 'link', 'amqp:not-allowed'],
  ['the name of a live link', established, frame(senderAttach(5, { name: 'raw-0' })), 'link', 'amqp:link:stolen'],
];

const lost = { link: 'detach', session: 'end', connection: 'close' };

describe('a fault of the peer', () => {
  test.each(cases)('%s', (_what, start, bytes, scope, condition) => {
    const peer = start();
    const answers = peer.say(bytes);
    const names = namesOf(answers);
    const closes = all(answers, Close);
    const ends = all(answers, End);
    const detaches = all(answers, Detach).filter(({ error }) => error !== null);
    const blamed = { link: detaches, session: ends, connection: closes }[scope];
    expect(names).toContain(lost[scope]);
    expect(blamed.at(-1)?.error?.condition).toBe(condition);
    expect(blamed.at(-1)?.error?.description).not.toBe('');
    // Nothing larger was lost.
    if (scope !== 'connection') expect(closes).toEqual([]);
    if (scope === 'link') expect(ends).toEqual([]);
    expect(peer.endpoint.connection.isFinished).toBe(scope === 'connection');
    expect(peer.endpoint.connection.sessions.length).toBe(scope === 'link' ? 1 : 0);
    // It is the last frame.
    if (scope === 'connection') expect(names.at(-1)).toBe('close');
  });

  test('on one link leaves the other links, on one session the other sessions', () => {
    const peer = established();
    peer.begin(1);
    const [first] = peer.endpoint.receivers;
    peer.say(transfer(), transfer({ deliveryId: 1 }), transfer({ deliveryId: 2 }));
    expect(first?.detached?.by).toBe('fault');
    expect(peer.endpoint.senders[0]?.detached).toBeNull();
    peer.say(transfer({ handle: 9 }));
    expect(peer.endpoint.senders[0]?.detached?.by).toBe('loss');
    expect(peer.endpoint.connection.sessions.map(({ remoteChannel }) => remoteChannel)).toEqual([1]);
    peer.say(frame(senderAttach(0), 1));
    expect(peer.endpoint.receivers.at(-1)?.link?.isAttached).toBe(true);
  });

  test('costs nothing that had been settled before it in the same breath', () => {
    const peer = established();
    const [receiver] = peer.endpoint.receivers;
    if (receiver !== undefined) receiver.outcome = 0x24;
    const answers = peer.say(transfer(), transfer({ deliveryId: 1 }), transfer({ handle: 7, deliveryId: 2 }));
    const names = namesOf(answers);
    expect(names.indexOf('disposition')).toBeGreaterThanOrEqual(0);
    expect(names.indexOf('disposition')).toBeLessThan(names.indexOf('end'));
    expect(all(answers, Disposition)[0]).toMatchObject({ first: 0, last: 1, settled: true });
  });

  test('frames that crossed an End or a Detach of ours are dropped without a word', () => {
    const peer = established();
    peer.say(transfer({ handle: 9 }));
    expect(peer.say(transfer(), flow({ handle: 0 }), frame(senderAttach(8)), frame(new Detach({ handle: 3 })))).toEqual(
      [],
    );
    expect(peer.say(frame(new End()))).toEqual([]);
    peer.begin(0);
    expect(peer.endpoint.connection.sessions).toHaveLength(1);
  });

  test('after a Close nothing is said or read any more', () => {
    const peer = opened();
    peer.say(frame(new Open({ containerId: 'again' })));
    expect(peer.say(begin(), frame(new SaslOutcome({ saslCode: 0 }) as never))).toEqual([]);
    expect(peer.endpoint.connection.isFinished).toBe(true);
  });

  test('a name that is too long for any link costs the connection', () => {
    const peer = new RawPeer().open().begin();
    peer.attachSender(0, { name: 'x'.repeat(5000) });
    expect(peer.error?.condition).toBe('amqp:invalid-field');
    expect(peer.endpoint.connection.isFinished).toBe(true);
  });
});

describe('many links', () => {
  test('ten thousand of one connection are attached, and their handles used again', () => {
    const peer = new RawPeer().open().begin();
    const count = 10_000;
    peer.say(...Array.from({ length: count }, (_, handle) => frame(senderAttach(handle))));
    expect(peer.endpoint.connection.linkCount).toBe(count);
    expect(all(peer.heard, Attach)).toHaveLength(count);
    peer.say(...Array.from({ length: count }, (_, handle) => frame(new Detach({ handle, closed: true }))));
    expect(peer.endpoint.connection.linkCount).toBe(0);
    expect(peer.endpoint.receivers.every(({ detached }) => detached?.by === 'peer')).toBe(true);
    const [again] = all(peer.attachSender(0), Attach);
    expect(again?.handle).toBeLessThan(count);
  });

  test('links that are refused and never detached do not pile up without end', () => {
    const peer = new RawPeer().open();
    peer.endpoint.onAttach = (link) => link.refuse(amqpError(Condition.NotFound, 'nobody'));
    const perSession = handleMax + 1;
    const attaches = Array.from({ length: perSession }, (_, handle) => senderAttach(handle));
    const sessions = Math.ceil(connectionLinkRecordsMax / perSession) + 1;
    for (let channel = 0; channel < sessions && !peer.endpoint.connection.isFinished; channel++) {
      peer.begin(channel);
      if (!peer.endpoint.connection.isFinished) peer.say(...attaches.map((attach) => frame(attach, channel)));
    }
    expect(peer.error?.condition).toBe('amqp:resource-limit-exceeded');
    expect(peer.endpoint.connection.isFinished).toBe(true);
  });
});
