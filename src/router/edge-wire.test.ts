// What edge and interior routers say to each other on the wire.
import { describe, expect, test } from 'vitest';
import { encodeMessage, Message } from '../amqp/message.ts';
import { type Attach, type Open, Properties, Source, Target } from '../amqp/performatives.ts';
import { type AmqpMap, type AmqpValue, int, symbol, uint } from '../amqp/values.ts';
import { Writer } from '../amqp/writer.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { Link } from '../engine/link.ts';
import { SaslServer } from '../engine/sasl/server.ts';
import type { Receiver } from '../engine/testing/receiver.ts';
import type { Sender } from '../engine/testing/sender.ts';
import type { Dial } from './ports.ts';
import { message, read, textOf } from './testing/messages.ts';
import { type Client, nothingLeft, RouterBench } from './testing/router-bench.ts';

const edgeListener = 1;
const tracking = '_$qd.edge_addr_tracking';

/** The keys of the annotations, and what they say. */
function annotations(bytes: Uint8Array | undefined): Record<string, unknown> {
  const { messageAnnotations } = read(bytes as Uint8Array);
  return Object.fromEntries(
    [...(messageAnnotations ?? [])].map(([key, value]) => [(key as { value: string }).value, value]),
  );
}

function encoded(parts: ConstructorParameters<typeof Message>[0]): Uint8Array {
  const writer = new Writer(256);
  encodeMessage(writer, new Message(parts));
  return writer.written();
}

describe('an interior router', () => {
  function interior(
    distribution: 'closest' | 'multicast' = 'closest',
    open: Partial<Open> = {},
  ): { rig: RouterBench; edge: Client } {
    const rig = new RouterBench({
      router: { mode: 'interior' },
      addresses: [
        { prefix: 'q', distribution },
        { prefix: 'closed', distribution: 'unavailable' },
      ],
      listeners: [{}, { role: 'edge' }],
    });
    return { rig, edge: rig.opened({ open: { containerId: 'E', ...open } }, edgeListener) };
  }

  const updates = ({ complete }: Receiver) =>
    complete.map(({ bytes }) => {
      const { body } = read(bytes);
      return body.kind === 'value' ? body.value : null;
    });

  describe('tells an edge', () => {
    function tracked(distribution: 'closest' | 'multicast' = 'closest') {
      const { rig, edge } = interior(distribution);
      const tracker = edge.receive(tracking, { credit: 32 });
      const proxy = edge.send('q');
      rig.run();
      return { rig, edge, tracker, proxy };
    }

    test('of the first consumer and of the end of the last one, once each, settled', () => {
      const { rig, tracker, proxy } = tracked();
      expect(updates(tracker)).toEqual([]);
      expect(proxy.credit).toBe(0);
      const [first, second] = [rig.opened().receive('q'), rig.opened().receive('q')];
      rig.run();
      expect(updates(tracker)).toEqual([['M0q', true]]);
      expect(proxy.credit).toBe(4000);
      first.link?.detach(null);
      rig.run();
      expect(updates(tracker)).toHaveLength(1);
      second.link?.detach(null);
      rig.run();
      expect(updates(tracker)).toEqual([
        ['M0q', true],
        ['M0q', false],
      ]);
      expect(tracker.received.every(({ isPresettled }) => isPresettled)).toBe(true);
      expect(read(tracker.received[0]?.bytes as Uint8Array)).toMatchObject({
        header: { durable: false },
        properties: null,
      });
    });

    test('byte by byte what Dispatch tells', () => {
      const { rig, tracker } = tracked();
      rig.opened().receive('q');
      rig.run();
      const body = [0xc0, 0x07, 0x02, 0xa1, 0x03, 0x4d, 0x30, 0x71, 0x41];
      expect([...(tracker.received[0]?.bytes ?? [])].slice(-body.length - 3)).toEqual([0x00, 0x53, 0x77, ...body]);
    });

    test('at once of what is there when it attaches', () => {
      const { rig, edge } = interior();
      rig.opened().receive('q');
      const tracker = edge.receive(tracking);
      edge.send('q');
      rig.run();
      expect(updates(tracker)).toEqual([['M0q', true]]);
      const late = interior();
      late.rig.opened().receive('q');
      late.edge.send('q');
      late.rig.run();
      const lateTracker = late.edge.receive(tracking);
      late.rig.run();
      expect(updates(lateTracker)).toEqual([['M0q', true]]);
    });

    test('not of its own consumers, but of another beside them', () => {
      const { rig, edge, tracker, proxy } = tracked();
      edge.receive('q');
      rig.run();
      expect([updates(tracker), proxy.credit]).toEqual([[], 0]);
      const other = rig.opened().receive('q');
      rig.run();
      expect(updates(tracker)).toEqual([['M0q', true]]);
      other.link?.detach(null);
      rig.run();
      expect(updates(tracker)).toEqual([
        ['M0q', true],
        ['M0q', false],
      ]);
    });

    test('anew when a link was given up and comes again', () => {
      const { rig, edge, tracker, proxy } = tracked();
      rig.opened().receive('q');
      rig.run();
      proxy.link?.detach(null);
      edge.send('q');
      rig.run();
      expect(updates(tracker)).toEqual([
        ['M0q', true],
        ['M0q', true],
      ]);
    });

    test('the latest alone when it gives credit late', () => {
      const { rig, edge } = interior();
      const tracker = edge.receive(tracking, { credit: 0 });
      edge.send('q');
      const consumers = [0, 1, 2].map(() => {
        const receiver = rig.opened().receive('q');
        rig.run();
        receiver.link?.detach(null);
        rig.run();
        return receiver;
      });
      expect(consumers).toHaveLength(3);
      tracker.link?.offerCredit(32);
      rig.run();
      expect(updates(tracker)).toEqual([['M0q', false]]);
    });
  });

  test.each(['closest', 'multicast'] as const)(
    'sends nothing back over the connection it came from: %s',
    (distribution) => {
      const { rig, edge } = interior(distribution);
      const own = edge.receive('q');
      const other = rig.opened().receive('q');
      const [proxy, anonymous] = [edge.send('q'), edge.send(null)];
      rig.run();
      const sent = [proxy.send(message()), anonymous.send(message({ to: 'q' }))];
      rig.run();
      expect([own.received.length, other.received.length]).toEqual([0, 2]);
      other.link?.detach(null);
      rig.run();
      sent.push(anonymous.send(message({ to: 'q' })));
      rig.run();
      expect(own.received).toHaveLength(0);
      expect(sent.map(({ outcome }) => outcome)).toEqual([0x24, 0x24, 0x26]);
      expect(rig.residue()).toEqual(nothingLeft);
    },
  );

  test('speaks for an edge in the network: its messages entered here', () => {
    const { rig, edge } = interior();
    const proxy = edge.send('q');
    const seen = rig.opened({ open: { containerId: 'E2' } }, edgeListener).receive('q');
    rig.run();
    proxy.send(message({ annotations: new Map([[symbol('x-opt-qd.to'), 'amqp:/q']]) }));
    rig.run();
    expect(annotations(seen.received[0]?.bytes)).toEqual({
      'x-opt-qd.to': 'amqp:/q',
      'x-opt-qd.ingress': '0/R',
      'x-opt-qd.trace': ['0/R'],
    });
  });

  test('sends what is for an edge down its downlink, with where it goes', () => {
    const { rig, edge } = interior();
    const capabilities = 'qd.router-edge-downlink';
    const downlink = edge.receive('E', {
      attach: { source: new Source({ address: 'E', capabilities }), target: new Target({ capabilities }) },
    });
    const [anonymous, named] = [rig.opened().send(null), rig.opened().send('_edge/E/temp.1')];
    rig.run();
    anonymous.send(message({ to: '_edge/E/temp.1', body: 'anonymous' }));
    named.send(message({ body: 'named' }));
    rig.run();
    expect(downlink.complete.map(({ bytes }) => textOf(bytes))).toEqual(['anonymous', 'named']);
    expect(annotations(downlink.complete[1]?.bytes)).toMatchObject({ 'x-opt-qd.to': '_edge/E/temp.1' });
    edge.connection.close(null);
    rig.run();
    const late = anonymous.send(message({ to: '_edge/E/temp.1' }));
    rig.run();
    expect(late.outcomes).toEqual([0x26]);
  });

  test('sends an edge its long messages on links of their own, if it offers to take them, as Dispatch does', () => {
    const { rig, edge } = interior('closest', { offeredCapabilities: ['ANONYMOUS-RELAY', 'qd.streaming-links'] });
    const own = edge.receive('q');
    const sent = rig
      .opened()
      .send('q')
      .send(message({ body: 500_000 }));
    rig.run();
    const [stream] = edge.receivers.filter((one) => one !== own);
    expect([sent.outcome, own.complete.length, stream?.complete.length]).toEqual([0x24, 0, 1]);
    expect(edge.attaches.map(({ attach }) => (attach.target as Target).address)).toEqual([null]);
    expect(annotations(stream?.complete[0]?.bytes)).toMatchObject({ 'x-opt-qd.to': 'q' });
  });

  test('sends an edge its long messages on the links of their addresses otherwise', () => {
    const { rig, edge } = interior();
    const own = edge.receive('q');
    const sent = rig
      .opened()
      .send('q')
      .send(message({ body: 500_000 }));
    rig.run();
    expect([sent.outcome, own.complete.length, edge.attaches]).toEqual([0x24, 1, []]);
  });

  test('keeps nothing of a heartbeat that is aborted', () => {
    const { rig, edge } = interior();
    const heart = edge.send('_$qd.edge_heartbeat');
    rig.run();
    for (let count = 0; count < 10; count++) {
      const { part, abort } = heart.start(false);
      part(message(), true);
      abort();
      rig.run();
    }
    expect(rig.residue()).toEqual(nothingLeft);
    expect(heart.credit).toBe(2);
  });

  test('takes heartbeats, settled or not', () => {
    const { rig, edge } = interior();
    const heart = edge.send('_$qd.edge_heartbeat');
    rig.run();
    expect(heart.credit).toBe(2);
    const sent = Array.from({ length: 10 }, (_, at) =>
      heart.send(encoded({ body: { kind: 'value', value: int(at) } }), at % 2 === 0),
    );
    rig.run();
    expect(sent.map(({ outcome }) => outcome)).toEqual([null, 0x24, null, 0x24, null, 0x24, null, 0x24, null, 0x24]);
    expect(rig.faults()).toEqual([]);
  });

  test('refuses an edge no proxy: one for an address that is unavailable gets no credit', () => {
    const { rig, edge } = interior();
    const proxy = edge.send('closed');
    const client = rig.opened().send('closed');
    rig.run();
    expect([proxy.detached, proxy.credit, proxy.attached?.target]).toMatchObject([null, 0, { address: 'closed' }]);
    expect(client.detached?.error?.condition).toBe('amqp:not-found');
  });

  describe('asked whether an address is that of a link route', () => {
    function asked(version: number, opcode: number, more: { replyTo?: null } = {}) {
      const { rig, edge } = interior();
      const replies = edge.receive(null);
      const lookup = edge.send('_$qd.addr_lookup');
      rig.run();
      expect(lookup.credit).toBe(32);
      const replyTo = replies.attached?.source?.address as string;
      const sent = lookup.send(
        encoded({
          properties: new Properties({ replyTo: more.replyTo === null ? null : replyTo, correlationId: 'client-1' }),
          applicationProperties: new Map([
            ['version', uint(version)],
            ['opcode', uint(opcode)],
          ]),
          body: { kind: 'value', value: ['q', true] },
        }),
      );
      rig.run();
      expect(sent.outcomes).toEqual([0x24]);
      return replies.complete.map(({ bytes, isPresettled }) => {
        const { properties, applicationProperties, body } = read(bytes);
        return {
          to: properties?.to === replyTo,
          correlationId: properties?.correlationId,
          applicationProperties,
          body,
          isPresettled,
        };
      });
    }
    const reply = (status: number) => ({
      to: true,
      correlationId: 'client-1',
      applicationProperties: new Map<string, AmqpValue>([
        ['version', uint(1)],
        ['opcode', uint(1)],
        ['status', uint(status)],
      ]) as AmqpMap,
      body: { kind: 'value', value: [false, false] },
      isPresettled: true,
    });

    test('replies that it is none', () => {
      expect(asked(1, 1)).toEqual([reply(3)]);
    });

    test('replies what it does not understand', () => {
      expect([...asked(2, 1), ...asked(1, 7)]).toEqual([reply(1), reply(2)]);
    });

    test('replies to all that it asks at once, also while a write to it is under way', () => {
      const { rig, edge } = interior();
      const replies = edge.receive(null);
      const lookup = edge.send('_$qd.addr_lookup');
      rig.run();
      const replyTo = replies.attached?.source?.address as string;
      const ask = (correlationId: string): void => {
        const properties = new Properties({ replyTo, correlationId });
        const applicationProperties = new Map([
          ['version', uint(1)],
          ['opcode', uint(1)],
        ]);
        lookup.send(encoded({ properties, applicationProperties, body: { kind: 'value', value: ['q', true] } }), true);
      };
      edge.isSlow = true;
      ask('first');
      rig.run();
      for (let at = 0; at < 15; at++) ask(`more ${at}`);
      rig.run();
      edge.isSlow = false;
      rig.run();
      const answered = replies.complete.map(({ bytes }) => read(bytes).properties?.correlationId);
      expect(answered).toEqual(['first', ...Array.from({ length: 15 }, (_, at) => `more ${at}`)]);
    });

    test('says nothing to one who names no place for the reply', () => {
      expect(asked(1, 1, { replyTo: null })).toEqual([]);
    });
  });
});

describe('an edge router', () => {
  interface Up {
    readonly rig: RouterBench;
    /** The interior, as the edge sees it. */
    readonly interior: Client;
    readonly anonymous: Receiver;
    readonly downlink: Sender;
    tell(body: AmqpValue): void;
  }

  /** @param refuses senders by the address of their target @param offers capabilities of the interior's Open */
  function edge(
    refuses: (target: string | null) => boolean = () => false,
    offers = ['qd.streaming-links'],
    refuse: (link: Link) => void = (link) => link.refuse(amqpError(Condition.NotFound, 'Node not found')),
  ): Up {
    const rig = new RouterBench({
      router: { mode: 'edge' },
      addresses: [
        { prefix: 'q', distribution: 'closest' },
        { prefix: 'all', distribution: 'multicast' },
      ],
      connectors: [{ role: 'edge', host: 'interior', port: '1' }],
    });
    const interior = rig.answerDial(rig.host.dials.pop() as Dial, {
      sasl: new SaslServer(['ANONYMOUS']),
      open: { offeredCapabilities: offers },
    });
    interior.onAttach = (link, attach) => {
      const address = (attach.target as Target | null)?.address ?? null;
      if (link.isIncoming && refuses(address as string | null)) refuse(link);
      else interior.acceptLink(link, attach);
    };
    rig.run();
    const tell = (body: AmqpValue) => {
      const at = interior.attaches.find(({ attach }) => attach.source?.address === tracking);
      interior.senders
        .find(({ link }) => link === at?.link)
        ?.send(encoded({ body: { kind: 'value', value: body } }), true);
      rig.run();
    };
    return {
      rig,
      interior,
      anonymous: interior.receivers[0] as Receiver,
      downlink: interior.senders[0] as Sender,
      tell,
    };
  }

  /** The receiver of the proxy for an address at the interior. */
  function proxyOf({ interior }: Up, address: string): Receiver | undefined {
    const at = interior.attaches.find(({ attach }) => (attach.target as Target | null)?.address === address);
    return interior.receivers.find(({ link }) => link === at?.link);
  }

  test('attaches an anonymous link, its downlink and the tracking', () => {
    const { interior } = edge();
    expect(
      interior.attaches.map(({ attach }) => [
        attach.role,
        attach.source?.address,
        attach.source?.capabilities,
        (attach.target as Target).address,
      ]),
    ).toEqual([
      [false, null, null, null],
      [true, 'R', 'qd.router-edge-downlink', null],
      [true, tracking, null, null],
    ]);
  });

  test('gives its senders credit when the interior says that somebody is there, and asks for it back when nobody is', () => {
    const up = edge();
    const sender = up.rig.opened().send('q');
    up.rig.run();
    expect(sender.credit).toBe(0);
    up.tell(['M0q', true]);
    expect(sender.credit).toBe(250);
    up.tell(['M0q', true]);
    sender.send(message());
    up.rig.run();
    expect(proxyOf(up, 'q')?.received).toHaveLength(1);
    up.tell(['M0q', false]);
    expect(sender.credit).toBe(0);
    expect(up.rig.residue()).toEqual(nothingLeft);
  });

  test('says up there where a message goes, and of itself no more than that it has passed here', () => {
    const up = edge();
    const [named, anonymous] = [up.rig.opened().send('amqp:/q'), up.rig.opened().send(null)];
    up.rig.run();
    up.tell(['M0q', true]);
    const mine: AmqpMap = new Map([[symbol('x-mine'), 'kept']]);
    named.send(message({ annotations: mine }));
    anonymous.send(message({ to: 'elsewhere', annotations: mine }));
    up.rig.run();
    expect(annotations(proxyOf(up, 'q')?.received[0]?.bytes)).toEqual({
      ...{ 'x-mine': 'kept', 'x-opt-qd.to': 'amqp:/q', 'x-opt-qd.trace': ['0/R'] },
    });
    expect(annotations(up.anonymous.received[0]?.bytes)).toEqual({ 'x-mine': 'kept', 'x-opt-qd.trace': ['0/R'] });
    expect(read(up.anonymous.received[0]?.bytes as Uint8Array).properties?.to).toBe('elsewhere');
  });

  test('sends up what an anonymous client has waiting for a consumer here that leaves', () => {
    const up = edge();
    const here = up.rig.opened().receive('q', { credit: 0 });
    const anonymous = up.rig.opened().send(null);
    up.rig.run();
    anonymous.send(message({ to: 'q' }));
    up.rig.run();
    expect(up.anonymous.received).toHaveLength(0);
    here.link?.detach(null);
    up.rig.run();
    expect(read(up.anonymous.received[0]?.bytes as Uint8Array).properties?.to).toBe('q');
    expect(up.rig.residue()).toEqual(nothingLeft);
  });

  describe('sends up a long message', () => {
    const long = message({ body: 500_000 });
    const sentUp = (up: Up) => {
      const sender = up.rig.opened().send('q');
      up.rig.run();
      up.tell(['M0q', true]);
      const sent = sender.send(long);
      up.rig.run();
      expect(sent.outcomes).toEqual([0x24]);
      expect(up.rig.residue()).toEqual(nothingLeft);
      return up.interior.receivers.filter(({ complete }) => complete.length > 0);
    };

    test('on a further anonymous link with a session of its own, as Dispatch does', () => {
      const up = edge();
      const takers = sentUp(up);
      const { link, received } = takers[0] as Receiver;
      expect(takers).toHaveLength(1);
      const attach = up.interior.attaches.find((one) => one.link === link)?.attach as Attach;
      expect([attach.source?.address, (attach.target as Target).address]).toEqual([null, null]);
      expect([...(link?.session.links ?? [])]).toEqual([link]);
      expect(annotations(received[0]?.bytes)).toEqual({ 'x-opt-qd.to': 'q', 'x-opt-qd.trace': ['0/R'] });
    });

    test('on its proxy when the interior does not offer to take such links', () => {
      const up = edge(() => false, []);
      expect(sentUp(up)).toEqual([proxyOf(up, 'q')]);
    });

    test.each([
      ['such links', (link: Link) => link.refuse(amqpError(Condition.NotAllowed, 'no'))],
      ['further sessions', (link: Link) => link.session.end(amqpError(Condition.ResourceLimitExceeded, 'no'))],
    ] as const)('on its proxy when the interior refuses %s, of which it is asked once', (_, refuse) => {
      let asked = -1; // the first one is for all
      const up = edge((address) => address === null && ++asked > 0, ['qd.streaming-links'], refuse);
      expect(sentUp(up)).toEqual([proxyOf(up, 'q')]);
      up.rig.opened().send('q').send(long);
      up.rig.run();
      expect([asked, proxyOf(up, 'q')?.complete.length]).toEqual([1, 2]);
    });
  });

  test('stays when its interior asks it to leave and there is no other one', () => {
    const up = edge();
    const sender = up.rig.opened().send('q');
    up.rig.run();
    up.tell(['M0q', true]);
    up.tell(['L_$weft.leave', true]);
    sender.send(message());
    up.rig.run();
    // The only uplink stays: there is nobody else to go to.
    expect(proxyOf(up, 'q')?.received).toHaveLength(1);
    expect(up.interior.attaches.filter(({ attach }) => attach.source?.address === tracking)).toHaveLength(1);
  });

  test('ignores what is no update, and updates of what it does not know', () => {
    const up = edge();
    const sender = up.rig.opened().send('q');
    up.rig.run();
    for (const body of ['M0q', [], ['M0q'], ['M0q', int(1)], [true, 'M0q'], ['M0other', true], ['M0q', true, true]])
      up.tell(body as AmqpValue);
    expect(sender.credit).toBe(0);
    up.tell(['M0q', true]);
    expect(sender.credit).toBe(250);
  });

  test('survives that a proxy is refused', () => {
    const up = edge((target) => target === 'closed');
    const client = up.rig.opened();
    const sender = client.send('closed');
    up.rig.run();
    up.tell(['M0closed', true]);
    expect([sender.credit, sender.detached]).toEqual([0, null]);
    sender.link?.detach(null);
    up.rig.run();
    const again = client.send('closed');
    const other = client.send('q');
    up.rig.run();
    up.tell(['M0q', true]);
    expect([again.credit, other.credit]).toEqual([0, 250]);
    expect(up.rig.router.connections.size).toBe(2);
    expect(up.rig.faults()).toEqual([]);
  });

  test('brings what comes down to the address that it names', () => {
    const up = edge();
    const reply = up.rig.opened().receive(null);
    up.rig.run();
    const to = reply.attached?.source?.address as string;
    const annotated = new Map<AmqpValue, AmqpValue>([
      [symbol('x-opt-qd.to'), to],
      [symbol('x-opt-qd.ingress'), '0/A'],
      [symbol('x-opt-qd.trace'), ['0/A', '0/B']],
    ]);
    const sent = [
      up.downlink.send(message({ annotations: annotated, body: 'annotated' })),
      up.downlink.send(message({ to, body: 'plain' })),
      up.downlink.send(message({ to: '_edge/R/temp.gone' })),
    ];
    up.rig.run();
    expect(reply.complete.map(({ bytes }) => [textOf(bytes), annotations(bytes)])).toEqual([
      ['annotated', {}],
      ['plain', {}],
    ]);
    expect(sent.map(({ outcome }) => outcome)).toEqual([0x24, 0x24, 0x26]);
  });

  test('sends a multicast of an anonymous client up once, beside its own consumers', () => {
    const up = edge();
    const here = [up.rig.opened().receive('all'), up.rig.opened().receive('all')];
    const anonymous = up.rig.opened().send(null);
    up.rig.run();
    const sent = anonymous.send(message({ to: 'all' }));
    up.rig.run();
    expect([...here, up.anonymous].map(({ received }) => received.length)).toEqual([1, 1, 1]);
    expect(sent.outcomes).toEqual([0x24]);
    expect(up.rig.residue()).toEqual(nothingLeft);
  });

  test.each(['room', 'credit'])(
    'lets a multicast go on as soon as its uplink has %s, though nobody is known there',
    (lacks) => {
      const up = edge();
      const here = up.rig.opened().receive('all/x');
      const sender = up.rig.opened().send('all/x');
      up.rig.run();
      const { link } = up.anonymous;
      if (lacks === 'room') {
        up.interior.isSlow = true;
        sender.send(message()); // stands in a write that does not drain
      } else link?.withdrawCredit();
      up.rig.run();
      const before = here.complete.length;
      sender.send(message());
      up.rig.run();
      expect(here.complete.length).toBe(before);
      if (lacks === 'room') up.interior.isSlow = false;
      else link?.offerCredit(10);
      up.rig.run(); // no time has passed
      expect(here.complete.length).toBe(before + 1);
      expect(up.rig.residue()).toEqual(nothingLeft);
    },
  );

  test('takes long messages on links without an address that the interior attaches', () => {
    const up = edge();
    const consumers = [up.rig.opened().receive('q'), up.rig.opened().receive('q')];
    const stream = up.interior.send(null);
    up.rig.run();
    const passed: AmqpMap = new Map<AmqpValue, AmqpValue>([
      [symbol('x-opt-qd.to'), 'q'],
      [symbol('x-opt-qd.trace'), ['0/INTERIOR']],
    ]);
    const sent = stream.send(message({ annotations: passed, body: 500_000 }));
    up.rig.run();
    expect(sent.outcome).toBe(0x24);
    const [came] = consumers.flatMap(({ complete }) => complete);
    expect(read(came?.bytes as Uint8Array).messageAnnotations).toBeNull(); // it did not enter here
    expect(up.rig.residue()).toEqual(nothingLeft);
  });

  test('never sends up what came down', () => {
    const up = edge();
    const client = up.rig.opened();
    client.receive('all');
    client.send('all');
    up.rig.run();
    up.tell(['M0all', true]);
    const at = up.interior.attaches.find(({ attach }) => attach.source?.address === 'all');
    const down = up.interior.senders.find(({ link }) => link === at?.link);
    const sent = down?.send(message());
    up.rig.run();
    expect(sent?.outcomes).toEqual([0x24]);
    expect(proxyOf(up, 'all')?.received).toEqual([]);
    expect(up.anonymous.received).toEqual([]);
    expect(client.receivers[0]?.received).toHaveLength(1);
  });

  test('rejects what is unavailable here, and sends it to nobody', () => {
    const rig = new RouterBench({
      router: { mode: 'edge' },
      addresses: [{ prefix: 'closed', distribution: 'unavailable' }],
    });
    const sent = rig
      .opened()
      .send(null)
      .send(message({ to: 'closed' }));
    rig.run();
    expect(sent.outcomes).toEqual([0x25]);
  });
});
