// Frames that an attacker may send: mostly right, with numbers that matter chosen at random from few, so that they meet.

import { encodeComposite } from '../../src/amqp/composite-codec.ts';
import {
  Accepted,
  type AmqpPerformative,
  Attach,
  Begin,
  Close,
  Coordinator,
  Detach,
  Disposition,
  End,
  ErrorInfo,
  Flow,
  Modified,
  Open,
  Received,
  Rejected,
  Released,
  Source,
  Target,
  Transfer,
} from '../../src/amqp/performatives.ts';
import { Described, symbol, symbolMap } from '../../src/amqp/values.ts';
import { Writer } from '../../src/amqp/writer.ts';
import type { Random } from '../../src/kit/random.ts';
import { remarkableNumbers } from '../dictionary.ts';
import { publicAddresses } from './configuration.ts';

const addresses = [...publicAddresses, ...publicAddresses, 'none', 'via', 'other', '_local/x', '', '_topo/0/R/temp.x'];
const handle = (random: Random): number => random.pick([0, 0, 1, 2, 3]);
const someNumber = (random: Random): number => (random.chance(0.9) ? random.below(12) : random.pick(remarkableNumbers));
const maybe = <T>(random: Random, value: T): T | null => (random.chance(0.5) ? value : null);
const error = new ErrorInfo({ condition: 'amqp:internal-error', description: 'oh' });
const capabilities = ['qd.waypoint', 'qd.waypoint.2', 'qd.router', ['a', 'qd.waypoint.1']];

function attach(random: Random): Attach {
  const receives = random.chance(0.5);
  const address = maybe(random, random.pick(addresses)) ?? random.pick(publicAddresses);
  const dynamic = random.chance(0.1);
  const node = {
    ...{ address: dynamic ? null : address, dynamic },
    capabilities: random.chance(0.1) ? random.pick(capabilities) : null,
  };
  const source = new Source(receives ? { ...node, defaultOutcome: random.chance(0.1) ? new Released() : null } : {});
  const target = random.chance(0.03) ? new Coordinator() : new Target(receives ? {} : node);
  return new Attach({
    ...{ name: random.pick(['a', 'b', 'c', 'd']), handle: handle(random), role: receives },
    ...{ source: random.chance(0.97) ? source : null, target: random.chance(0.97) ? target : null },
    ...{ sndSettleMode: maybe(random, random.below(3)), rcvSettleMode: maybe(random, random.below(2)) },
    initialDeliveryCount: receives ? null : random.chance(0.8) ? 0 : random.pick(remarkableNumbers),
  });
}

function flow(random: Random): Flow {
  const hasHandle = random.chance(0.85);
  return new Flow({
    ...{
      nextIncomingId: random.chance(0.9) ? 0 : someNumber(random),
      incomingWindow: random.pick([0, 1, 5, 100, 2048, 0x7fffffff]),
    },
    ...{ nextOutgoingId: 0, outgoingWindow: 100 },
    ...(hasHandle ? { handle: handle(random), deliveryCount: maybe(random, someNumber(random)) } : {}),
    ...(hasHandle
      ? { linkCredit: random.pick([0, 1, 2, 10, 100, 10_000, 0xffffffff]), drain: random.chance(0.2) }
      : {}),
    echo: maybe(random, random.chance(0.5)),
  });
}

const states = [
  new Accepted(),
  new Accepted(),
  new Released(),
  new Rejected({ error }),
  new Rejected(),
  new Modified({ deliveryFailed: true, messageAnnotations: symbolMap({ a: 'b' }) }),
  new Received({ sectionNumber: 0, sectionOffset: 5 }),
  new Described(symbol('test:state'), []),
  null,
];

function transfer(random: Random): Transfer {
  const isFirst = random.chance(0.8);
  return new Transfer({
    ...{
      handle: handle(random),
      deliveryId: isFirst ? someNumber(random) : null,
      deliveryTag: isFirst ? random.bytes(4) : null,
    },
    ...{
      messageFormat: isFirst ? 0 : null,
      settled: maybe(random, random.chance(0.5)),
      more: maybe(random, random.chance(0.7)),
    },
    ...{ aborted: random.chance(0.1) ? true : null, state: random.chance(0.05) ? new Accepted() : null },
  });
}

function disposition(random: Random): Disposition {
  const first = someNumber(random);
  return new Disposition({
    ...{
      role: random.chance(0.8),
      first,
      last: maybe(random, random.chance(0.9) ? (first + random.below(5)) >>> 0 : someNumber(random)),
    },
    ...{ settled: maybe(random, random.chance(0.8)), state: random.pick(states) },
  });
}

const templates: ((random: Random) => AmqpPerformative)[] = [
  ...[attach, attach, flow, flow, flow, transfer, transfer, transfer, transfer, disposition, disposition, disposition],
  (random) =>
    new Detach({ handle: handle(random), closed: maybe(random, true), error: random.chance(0.2) ? error : null }),
  (random) =>
    new Begin({ nextOutgoingId: someNumber(random), incomingWindow: random.pick([0, 1, 100]), outgoingWindow: 5 }),
  (random) => new End({ error: random.chance(0.2) ? error : null }),
  () => new Close(),
  (random) =>
    new Open({ containerId: 'again', maxFrameSize: random.pick([null, 512, 1024, 0xffffffff]), channelMax: 3 }),
];

/** Payload of a transfer: sections, or the middle of some. */
function payload(random: Random): Uint8Array {
  const to = random.pick(addresses);
  const text = new TextEncoder().encode(to);
  const properties = [0x00, 0x53, 0x73, 0xc0, text.length + 5, 3, 0x40, 0x40, 0xa1, text.length, ...text];
  const trace = [
    0x00,
    0x53,
    0x72,
    0xc1,
    0x12,
    2,
    0xa3,
    0x0a,
    ...new TextEncoder().encode('x-opt-qd.t'),
    0xa1,
    1,
    0x41,
    0x40,
  ];
  const data = [0x00, 0x53, 0x75, 0xa0, 3, 1, 2, 3];
  const sections = [
    ...(random.chance(0.2) ? [0x00, 0x53, 0x70, 0xc0, 4, 2, 0x41, 0x50, random.below(12)] : []),
    ...(random.chance(0.15) ? trace : []),
    ...(random.chance(0.6) ? properties : []),
    ...(random.chance(0.9) ? data : random.bytes(random.below(30))),
  ];
  return Uint8Array.from(sections);
}

/** Payload of a Frame step: channel, body, and what a transfer carries. */
export function randomFrame(random: Random): Uint8Array {
  const performative = random.pick(templates)(random);
  const writer = new Writer(128);
  writer.u16(random.chance(0.9) ? 0 : random.below(3));
  encodeComposite(writer, performative);
  if (performative instanceof Transfer) {
    for (let times = random.chance(0.9) ? 1 : random.below(200); times > 0; times--) writer.append(payload(random));
  }
  return writer.written();
}

/** Body of an Open. */
export function randomOpen(random: Random): Uint8Array {
  const writer = new Writer(64);
  encodeComposite(
    writer,
    new Open({
      ...{ containerId: 'attacker', maxFrameSize: maybe(random, random.pick([512, 600, 4096, 0xffffffff])) },
      ...{
        channelMax: maybe(random, random.pick([0, 1, 0xffff])),
        idleTimeOut: maybe(random, random.pick([0, 1, 100, 5000, 0xffffffff])),
      },
    }),
  );
  return writer.written();
}
