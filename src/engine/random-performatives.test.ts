// Whatever a peer says, in whatever order: it only ever costs the peer something, and never throws.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Accepted,
  type AmqpPerformative,
  Attach,
  Begin,
  Close,
  Code,
  Coordinator,
  Detach,
  Disposition,
  End,
  Flow,
  Modified,
  Open,
  Rejected,
  Source,
  Target,
  Transfer,
} from '../amqp/performatives.ts';
import { composite } from '../amqp/testing/arbitrary.ts';
import { RawPeer } from './testing/raw-peer.ts';
import { frame, header } from './testing/wire.ts';

const small = fc.integer({ min: 0, max: 3 });
const serial = fc.oneof(small, fc.constantFrom(0x7fffffff, 0x80000000, 0xffffffff), fc.nat(40));
const flag = fc.boolean();
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const likely: fc.Arbitrary<AmqpPerformative> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({
        remoteChannel: fc.constant(null),
        nextOutgoingId: serial,
        incomingWindow: serial,
        outgoingWindow: serial,
      })
      .map((init) => new Begin(init)),
  },
  {
    weight: 6,
    arbitrary: fc
      .record({
        name: fc.constantFrom('a', 'b', 'c'),
        handle: small,
        role: flag,
        sndSettleMode: fc.constantFrom(null, 0, 1, 2),
        rcvSettleMode: fc.constantFrom(null, 0, 1),
        source: maybe(fc.constant(new Source({ address: 'x' }))),
        target: fc.constantFrom(null, new Target({ address: 'x' }), new Coordinator({})),
        initialDeliveryCount: maybe(serial),
      })
      .map((init) => new Attach(init)),
  },
  {
    weight: 8,
    arbitrary: fc
      .record({
        nextIncomingId: maybe(serial),
        incomingWindow: serial,
        nextOutgoingId: serial,
        outgoingWindow: serial,
        handle: maybe(small),
        deliveryCount: maybe(serial),
        linkCredit: maybe(serial),
        drain: flag,
        echo: flag,
      })
      .map((init) => new Flow(init)),
  },
  {
    weight: 12,
    arbitrary: fc
      .record({
        handle: small,
        deliveryId: maybe(serial),
        deliveryTag: fc.constant(Uint8Array.of(1)),
        settled: maybe(flag),
        more: flag,
        aborted: fc.constantFrom(false, false, false, true),
      })
      .map((init) => new Transfer(init)),
  },
  {
    weight: 8,
    arbitrary: fc
      .record({
        role: flag,
        first: serial,
        last: maybe(serial),
        settled: flag,
        state: fc.constantFrom(null, new Accepted(), new Rejected({}), new Modified({ deliveryFailed: true })),
      })
      .map((init) => new Disposition(init)),
  },
  { weight: 3, arbitrary: fc.record({ handle: small, closed: flag }).map((init) => new Detach(init)) },
  { weight: 1, arbitrary: fc.constant(new End()) },
);

/** Performatives with any fields at all. */
const unlikely = fc
  .integer({ min: Code.Open, max: Code.Close })
  .chain((code) => composite(code)) as fc.Arbitrary<AmqpPerformative>;

type Step = { readonly performative: AmqpPerformative; readonly channel: number; readonly act: number };
const step: fc.Arbitrary<Step> = fc.record({
  performative: fc.oneof({ weight: 40, arbitrary: likely }, { weight: 1, arbitrary: unlikely }),
  channel: fc.constantFrom(0, 0, 0, 1),
  act: fc.nat(40),
});

/** Things that an owner does of its own accord, now and then. */
function act(peer: RawPeer, what: number): void {
  const { senders, receivers, connection } = peer.endpoint;
  if (what === 0) receivers.forEach((receiver) => void receiver.settleAll(0x26));
  else if (what === 1) for (const sender of senders) if (sender.link?.isAttached) sender.send(new Uint8Array(700));
  if (what === 2) receivers.at(-1)?.link?.withdrawCredit();
  if (what === 3) receivers.at(-1)?.link?.offerCredit(20);
  if (what === 4) senders.at(-1)?.link?.detach(null);
  if (what === 5) connection.sessions.at(-1)?.end(null);
  if (what === 6) connection.handleRoom();
  if (what === 7) connection.handleTimeout(peer.clock.nowMs + 1);
}

test('performatives in random order, right and wrong, cost the peer something or nothing, and throw never', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.boolean(), (steps, isGreeted) => {
      const peer = new RawPeer({ open: { channelMax: 2, maxFrameSize: 1024 } });
      peer.endpoint.connection.handleBytes(header(0), 0);
      if (isGreeted) {
        peer.say(frame(new Open({ containerId: 'x', maxFrameSize: 512 })));
        peer.begin(0).begin(1);
      }
      for (const { performative, channel, act: what } of steps) {
        peer.say(frame(performative, channel));
        act(peer, what);
        peer.listen();
      }
      check(peer);
      peer.endpoint.connection.handleClosed(1);
      for (const { link } of [...peer.endpoint.senders, ...peer.endpoint.receivers]) {
        expect(link?.unsettledCount ?? 0).toBe(0);
        expect(link?.isAttached ?? false).toBe(false);
      }
      expect(peer.endpoint.ended).not.toBeNull();
      expect(peer.endpoint.connection.linkCount).toBe(0);
    }),
    { numRuns: 400 },
  );
});

/** What must hold whatever was said. */
function check(peer: RawPeer): void {
  const { connection, senders, receivers } = peer.endpoint;
  for (const session of connection.sessions) {
    const counts = new Map<object, number>();
    for (const ring of [session.incoming, session.outgoing]) {
      for (const id of ring.ids()) {
        const link = ring.links[ring.find(id)] as object;
        counts.set(link, (counts.get(link) ?? 0) + 1);
      }
    }
    for (const link of session.links) expect(counts.get(link) ?? 0).toBe(link.unsettledCount);
    expect(session.incomingWindow).toBeGreaterThanOrEqual(0);
    expect(session.remoteIncomingWindow).toBeGreaterThanOrEqual(0);
  }
  for (const { link } of receivers) expect(link?.openCount ?? 0).toBeGreaterThanOrEqual(0);
  for (const { link } of senders) expect(link?.credit ?? 0).toBeGreaterThanOrEqual(0);
  const closeAt = peer.heard.findIndex((item) => 'performative' in item && item.performative instanceof Close);
  if (closeAt >= 0) expect(closeAt).toBe(peer.heard.length - 1);
}

test('bytes of a good conversation with some of them changed cost the peer something or nothing, and throw never', () => {
  const conversation = fc.array(likely, { maxLength: 12 });
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(conversation, changes, fc.nat(), (performatives, places, cut) => {
      const peer = new RawPeer({ open: { maxFrameSize: 1024 } });
      const parts = [
        header(0),
        frame(new Open({ containerId: 'x' })),
        frame(new Begin({ nextOutgoingId: 0, incomingWindow: 9, outgoingWindow: 9 })),
        ...performatives.map((performative) => frame(performative)),
      ];
      const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
      for (const [place, value] of places) bytes[place % bytes.length] = value;
      peer.say(bytes.slice(0, cut % bytes.length));
      peer.say(bytes.slice(cut % bytes.length));
      check(peer);
    }),
    { numRuns: 600 },
  );
});
