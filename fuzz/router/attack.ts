// The bytes of an attacker's step.
import { encodeComposite } from '../../src/amqp/composite-codec.ts';
import { beginFrame, endFrame, FrameType, ProtocolId, writeProtocolHeader } from '../../src/amqp/frames.ts';
import {
  Begin,
  Open,
  SaslInit,
  SaslMechanisms,
  SaslOutcome,
  Transfer,
  writeFrame,
  writeSaslFrame,
} from '../../src/amqp/performatives.ts';
import { Writer } from '../../src/amqp/writer.ts';
import { Hello, Op } from './program.ts';

/** Chunks as they arrive. Bit 5 of the argument: byte by byte. */
export function attackBytes(op: number, argument: number, payload: Uint8Array): Uint8Array[] {
  if (op === Op.Parts) return parts(payload);
  const bytes = op === Op.Bytes ? payload : written((writer) => writeStep(writer, op, argument, payload));
  if ((argument & 32) === 0 || bytes.length > 2048) return [bytes];
  return Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
}

function writeStep(writer: Writer, op: number, argument: number, payload: Uint8Array): void {
  if (op === Op.Frame) {
    const channel = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
    writeBody(writer, FrameType.Amqp, channel, payload.subarray(2));
  } else if (op === Op.Sasl) writeBody(writer, FrameType.Sasl, 0, payload);
  else writeHello(writer, (argument >> 2) & 3, (argument & 16) !== 0, payload);
}

/**
 * The transfers of one delivery. Payload: handle, delivery-id, settled, how many parts, their size in 32 bytes, and how it ends
 * (0 complete, 1 aborted, 2 not at all).
 */
function parts(payload: Uint8Array): Uint8Array[] {
  const [handle = 0, deliveryId = 0, settled = 0, count = 0, size = 0, end = 0] = payload;
  const body = noise.subarray(0, 16 + size * 32);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at <= count % 64; at++) {
    const isFirst = at === 0;
    const isLast = at === count % 64;
    const transfer = new Transfer({
      ...{ handle, deliveryId: isFirst ? deliveryId : null, deliveryTag: isFirst ? Uint8Array.of(deliveryId) : null },
      ...{ messageFormat: isFirst ? 0 : null, settled: (settled & 1) === 1, more: !isLast || end % 3 === 2 },
      aborted: isLast && end % 3 === 1,
    });
    const frame = written((writer) => {
      const start = beginFrame(writer, FrameType.Amqp, 0);
      encodeComposite(writer, transfer);
      writer.append(isFirst ? longBody : body);
      endFrame(writer, start);
    });
    chunks.push(frame);
  }
  return chunks;
}

const noise = new Uint8Array(16 + 255 * 32).fill(0x2a);
/** The beginning of a data section of many bytes. */
const longBody = Uint8Array.of(0x00, 0x53, 0x75, 0xb0, 0, 3, 0, 0);

function writeBody(writer: Writer, type: number, channel: number, body: Uint8Array): void {
  const start = beginFrame(writer, type, channel);
  writer.append(body);
  endFrame(writer, start);
}

/** Everything up to the first begin in one go. `isDialled`: the router has dialled us. */
function writeHello(writer: Writer, way: number, isDialled: boolean, open: Uint8Array): void {
  if (way !== Hello.Bare && way !== Hello.HeaderOnly) {
    writeProtocolHeader(writer, ProtocolId.Sasl);
    if (isDialled) {
      writeSaslFrame(writer, new SaslMechanisms({ saslServerMechanisms: ['ANONYMOUS'] }));
      writeSaslFrame(writer, new SaslOutcome({ saslCode: 0 }));
    } else writeSaslFrame(writer, way === Hello.Plain ? plain : anonymous);
  }
  writeProtocolHeader(writer, ProtocolId.Amqp);
  if (way === Hello.HeaderOnly) return;
  if (open.length === 0) writeFrame(writer, 0, new Open({ containerId: 'attacker' }));
  else writeBody(writer, FrameType.Amqp, 0, open);
  writeFrame(writer, 0, new Begin({ nextOutgoingId: 0, incomingWindow: 100, outgoingWindow: 100 }));
}

const anonymous = new SaslInit({ mechanism: 'ANONYMOUS' });
const plain = new SaslInit({ mechanism: 'PLAIN', initialResponse: new TextEncoder().encode('\0user\0password') });

const scratch = new Writer(16 * 1024);

function written(write: (writer: Writer) => void): Uint8Array {
  scratch.position = 0;
  write(scratch);
  return scratch.written().slice();
}
