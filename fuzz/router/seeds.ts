// Programs to start from: attackers that are ordinary clients, which mutations then lead astray; and frames of real peers.
import { encodeComposite } from '../../src/amqp/composite-codec.ts';
import {
  Accepted,
  type AmqpPerformative,
  Attach,
  Detach,
  Disposition,
  Flow,
  Source,
  Target,
  Transfer,
} from '../../src/amqp/performatives.ts';
import { Writer } from '../../src/amqp/writer.ts';
import { realFrames } from '../seeds.ts';
import { publicAddresses } from './configuration.ts';
import { Hello, makeStep, Op } from './program.ts';

const nothing = new Uint8Array(0);
const hello = makeStep(Op.Hello, (Hello.Anonymous << 2) + 2 * 64, nothing); // 132 is attacker 0
const data = Uint8Array.of(0x00, 0x53, 0x75, 0xa0, 3, 1, 2, 3);

export function routerSeeds(): Uint8Array[] {
  const configurations = Array.from({ length: 16 }, (_, index) => index);
  return [
    ...publicAddresses.map((address) => program(0, hello, ...consuming(address))),
    ...publicAddresses.map((address) => program(1, hello, ...producing(address))),
    ...configurations.map((byte) => program(byte, hello, ...consuming('even'), ...producing('many'), ...ending)),
    program(0, hello, ...long('even')),
    program(2, hello, ...long('many'), makeStep(Op.Read, 4, nothing), makeStep(Op.Behave, 16, nothing)),
    program(8, makeStep(Op.Hello, (Hello.Anonymous << 2) + 16 + 64, nothing), ...consuming('near')),
    program(
      0,
      ...realFrames()
        .map((it) => makeStep(Op.Bytes, 0, it))
        .slice(0, 40),
    ),
    program(
      0,
      hello,
      ...realFrames()
        .slice(5)
        .map((it) => makeStep(Op.Frame, 0, Uint8Array.of(0, 0, ...it.subarray(8)))),
    ),
  ];
}

function program(configuration: number, ...steps: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat([Uint8Array.of(configuration), ...steps]));
}

function frame(performative: AmqpPerformative, payload = nothing): Uint8Array {
  const writer = new Writer(128);
  writer.u16(0);
  encodeComposite(writer, performative);
  writer.append(payload);
  return makeStep(Op.Frame, 0, writer.written());
}

const window = { nextIncomingId: 0, incomingWindow: 100, nextOutgoingId: 0, outgoingWindow: 100 };

/** Takes messages of the publisher and settles them. */
function consuming(address: string): Uint8Array[] {
  const link = publicAddresses.indexOf(address as 'even');
  return [
    frame(new Attach({ name: 'a', handle: 0, role: true, source: new Source({ address }), target: new Target() })),
    frame(new Flow({ ...window, handle: 0, deliveryCount: 0, linkCredit: 10 })),
    ...[0, 1, 2, 3].map(() => makeStep(Op.Behave, link, Uint8Array.of(50))),
    frame(new Disposition({ role: true, first: 0, last: 1, settled: true, state: new Accepted() })),
  ];
}

function producing(address: string): Uint8Array[] {
  const transfer = (id: number, settled: boolean): Transfer =>
    new Transfer({ handle: 1, deliveryId: id, deliveryTag: Uint8Array.of(id), messageFormat: 0, settled });
  return [
    frame(
      new Attach({
        name: 'b',
        handle: 1,
        role: false,
        source: new Source(),
        target: new Target({ address }),
        initialDeliveryCount: 0,
      }),
    ),
    frame(transfer(0, false), data),
    frame(transfer(1, true), data),
  ];
}

/** Messages in parts, which begin to flow before they are there: one that is whole in the end, one aborted, one left unfinished. */
function long(address: string): Uint8Array[] {
  const parts = (deliveryId: number, count: number, end: number): Uint8Array =>
    makeStep(Op.Parts, 0, Uint8Array.of(1, deliveryId, 0, count, 255, end));
  const [attach] = producing(address);
  return [attach as Uint8Array, parts(5, 30, 0), parts(6, 20, 1), parts(7, 5, 2)];
}

const ending = [
  frame(new Detach({ handle: 0, closed: true })),
  makeStep(Op.Time, 0, Uint8Array.of(4, 0)),
  makeStep(Op.Cut, 0, nothing),
];
