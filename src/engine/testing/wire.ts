// What goes over the wire, written and read by hand: for tests that play a peer which no engine would play.
import { FrameType, readPerformativeCode, writeProtocolHeader } from '../../amqp/frames.ts';
import {
  type AmqpPerformative,
  Code,
  decodePerformative,
  type Performative,
  type SaslPerformative,
  writeFrame,
  writeSaslFrame,
} from '../../amqp/performatives.ts';
import { decodeTransfer, TransferFields } from '../../amqp/transfer.ts';
import { Writer } from '../../amqp/writer.ts';

export interface WireFrame {
  readonly channel: number;
  /** Null for a heartbeat. */
  readonly performative: Performative | null;
  readonly payload: Uint8Array;
  /** Bytes of the whole frame. */
  readonly size: number;
}

/** A protocol header stands as its id: 0 AMQP, 3 SASL. */
export type WireItem = { readonly header: number } | WireFrame;

export function header(id: number): Uint8Array {
  const writer = new Writer(8);
  writeProtocolHeader(writer, id);
  return writer.written();
}

/** One AMQP frame, with a payload when it is a transfer. */
export function frame(performative: AmqpPerformative, channel = 0, payload = new Uint8Array(0)): Uint8Array {
  const writer = new Writer(256);
  writeFrame(writer, channel, performative);
  writer.append(payload);
  writer.view.setUint32(0, writer.position);
  return writer.written();
}

export function saslFrame(performative: SaslPerformative): Uint8Array {
  const writer = new Writer(64);
  writeSaslFrame(writer, performative);
  return writer.written();
}

/** A frame with any header and body. */
export function rawFrame(body: readonly number[], channel = 0, type = 0, dataOffset = 2): Uint8Array {
  const size = 8 + body.length;
  return Uint8Array.of(0, 0, size >> 8, size & 0xff, dataOffset, type, channel >> 8, channel & 0xff, ...body);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Everything in `bytes`, which ends with a whole frame. */
export function readWire(bytes: Uint8Array): WireItem[] {
  const items: WireItem[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === 0x41) {
      items.push({ header: bytes[at + 4] as number });
      at += 8;
      continue;
    }
    const size = view.getUint32(at);
    items.push(readFrame(bytes.slice(at, at + size), view.getUint16(at + 6)));
    at += size;
  }
  return items;
}

function readFrame(bytes: Uint8Array, channel: number): WireFrame {
  const size = bytes.length;
  const none = new Uint8Array(0);
  if (size === 8) return { channel, performative: null, payload: none, size };
  if (bytes[5] === FrameType.Amqp && readPerformativeCode(bytes, 8, size) === Code.Transfer) {
    const fields = new TransferFields();
    decodeTransfer(bytes, 8, size, fields);
    const performative = decodePerformative(bytes, 8, fields.payloadStart);
    return { channel, performative, payload: bytes.slice(fields.payloadStart), size };
  }
  return { channel, performative: decodePerformative(bytes, 8, size), payload: none, size };
}

/** `header 3`, `open`, `begin`, `flow` …: what there is, in order. */
export function namesOf(items: readonly WireItem[]): string[] {
  return items.map((item) => {
    if ('header' in item) return `header ${item.header}`;
    return item.performative === null ? 'heartbeat' : item.performative.constructor.name.toLowerCase();
  });
}

/** All performatives of one class. */
export function all<T extends Performative>(items: readonly WireItem[], type: abstract new (...args: never) => T): T[] {
  return items.flatMap((item) =>
    'performative' in item && item.performative instanceof type ? [item.performative as T] : [],
  );
}
