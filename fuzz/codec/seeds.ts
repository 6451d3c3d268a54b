// Where fuzzing the codec starts: real frames, and values of every type.

import { encodeMessage, Message } from '../../src/amqp/message.ts';
import { Code, ErrorInfo, encodeState, Header, Modified, Properties, Rejected } from '../../src/amqp/performatives.ts';
import { decodeTransfer, TransferFields } from '../../src/amqp/transfer.ts';
import * as v from '../../src/amqp/values.ts';
import { Writer } from '../../src/amqp/writer.ts';
import { spliced } from '../byte-mutations.ts';
import { realFrames } from '../seeds.ts';

/** As codec-target numbers its checks. */
const Check = { Value: 0, Performative: 1, State: 2, Sections: 3, Message: 4 } as const;

export function codecSeeds(): Uint8Array[] {
  const bodies = realFrames().map((frame) => frame.subarray(8));
  const payloads = [...bodies.filter((body) => body[2] === Code.Transfer).map(payloadOf), wholeMessage()];
  return [
    ...bodies.map((body) => input(Check.Performative, body)),
    ...bodies.map((body) => input(Check.Value, body)),
    ...payloads.flatMap((payload) => [input(Check.Sections, payload), input(Check.Message, payload)]),
    ...values.map((value) =>
      input(
        Check.Value,
        written((writer) => v.encodeValue(writer, value)),
      ),
    ),
    ...states.map((state) =>
      input(
        Check.State,
        written((writer) => encodeState(writer, state)),
      ),
    ),
  ];
}

function input(check: number, bytes: Uint8Array): Uint8Array {
  return spliced(Uint8Array.of(check), 1, 1, bytes);
}

function payloadOf(body: Uint8Array): Uint8Array {
  const fields = new TransferFields();
  decodeTransfer(body, 0, body.length, fields);
  return body.subarray(fields.payloadStart);
}

function written(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer(64);
  write(writer);
  return writer.written().slice();
}

function wholeMessage(): Uint8Array {
  const message = new Message({
    header: new Header({ durable: true, priority: 7, ttl: 1000 }),
    deliveryAnnotations: v.symbolMap({ 'x-opt-a': v.int(1) }),
    messageAnnotations: v.symbolMap({ 'x-opt-b': 'b', 'x-opt-qd.to': 'elsewhere', 'x-opt-qd.trace': ['0/A', '0/B'] }),
    properties: new Properties({ messageId: v.ulong(7), to: 'even', subject: 's', replyTo: 'amqp:/_topo/0/R/temp.x' }),
    applicationProperties: new Map<v.AmqpValue, v.AmqpValue>([['n', v.long(-3)]]),
    body: { kind: 'sequence', sequences: [[v.int(1), 'two'], [null]] },
    footer: v.symbolMap({ 'x-sum': new Uint8Array(4) }),
  });
  return written((writer) => encodeMessage(writer, message));
}

const values: readonly v.AmqpValue[] = [
  [null, true, v.ubyte(1), v.ushort(300), v.uint(70_000), v.ulong(2n ** 60n), v.byte(-1), v.short(-300)],
  [v.int(-70_000), v.long(-(2n ** 60n)), v.float(1.5), v.double(-1e300), v.char('é'), v.timestamp(1_700_000_000_000)],
  [
    v.uuid('00112233-4455-6677-8899-aabbccddeeff'),
    new Uint8Array(3),
    'text',
    v.symbol('sym'),
    new Map([['k', v.int(1)]]),
  ],
  ['x'.repeat(300), new Uint8Array(300), v.symbol('s'.repeat(260))],
  new v.AmqpArray('int', [v.int(1), v.int(1000)]),
  new v.AmqpArray('string', ['a', 'b'], [v.symbol('test:d'), v.ulong(3)]),
  new v.AmqpArray('list', [[], [null]]),
  new v.AmqpArray('array', [new v.AmqpArray('boolean', [true, false])]),
  new v.AmqpArray('uint', [v.uint(0), v.uint(0)]),
  new v.Described(v.symbol('test:d'), new v.Described(v.ulong(5), [])),
  new v.Scalar('decimal128', new Uint8Array(16)),
];

const states = [
  new Rejected({
    error: new ErrorInfo({ condition: 'amqp:not-found', description: 'x', info: v.symbolMap({ a: null }) }),
  }),
  new Modified({ deliveryFailed: true, undeliverableHere: true, messageAnnotations: v.symbolMap({ a: v.int(1) }) }),
];
