// A message as an object (§3.2): for in-process addresses, tests and the simulator. Messages on their way through are never
// decoded.

import { unreachable } from '../kit/assert.ts';
import { decodeComposite, encodeComposite } from './composite-codec.ts';
import { DecodeError } from './decode-error.ts';
import { readPerformativeCode } from './frames.ts';
import { Code } from './generated/codes.ts';
import type { Header, Properties } from './generated/messaging.ts';
import { Reader } from './reader.ts';
import { type AmqpMap, type AmqpValue, decodeValue, encodeValue, skipValue } from './values.ts';
import type { Writer } from './writer.ts';

export type MessageBody =
  /** One or more data sections. */
  | { kind: 'data'; data: Uint8Array[] }
  /** One or more amqp-sequence sections. */
  | { kind: 'sequence'; sequences: AmqpValue[][] }
  | { kind: 'value'; value: AmqpValue };

/** Sections that are absent are null; a message without body is decoded as if it had the value null. */
export class Message {
  header: Header | null;
  deliveryAnnotations: AmqpMap | null;
  messageAnnotations: AmqpMap | null;
  properties: Properties | null;
  applicationProperties: AmqpMap | null;
  body: MessageBody;
  footer: AmqpMap | null;

  constructor(init: Partial<Message> = {}) {
    this.header = init.header ?? null;
    this.deliveryAnnotations = init.deliveryAnnotations ?? null;
    this.messageAnnotations = init.messageAnnotations ?? null;
    this.properties = init.properties ?? null;
    this.applicationProperties = init.applicationProperties ?? null;
    this.body = init.body ?? { kind: 'value', value: null };
    this.footer = init.footer ?? null;
  }
}

/**
 * Decodes the message that fills [start, end). Everything returned is a copy. Throws DecodeError when the bytes are not sections in
 * the standard's order. Bytes behind an amqp-value that start no described value are ignored: the management of
 * qdrouterd writes a stray empty map behind the null body of some refusals.
 */
export function decodeMessage(bytes: Uint8Array, start: number, end: number): Message {
  const reader = new Reader(bytes, start, end);
  const message = new Message();
  let last = 0;
  while (reader.position < end) {
    const code = readPerformativeCode(bytes, reader.position, end);
    const repeated = code === last && (code === Code.Data || code === Code.AmqpSequence);
    const secondBody = last >= Code.Data && code <= Code.AmqpValue;
    if (!repeated && (code <= last || secondBody || code < Code.Header || code > Code.Footer)) {
      reader.fail('a section of a message expected');
    }
    decodeSection(reader, code, message);
    last = code;
    if (code === Code.AmqpValue && bytes[reader.position] !== 0x00) break;
  }
  return message;
}

function decodeSection(reader: Reader, code: number, message: Message): void {
  if (code === Code.Header) {
    message.header = decodeComposite(reader, code) as Header;
    return;
  }
  if (code === Code.Properties) {
    message.properties = decodeComposite(reader, code) as Properties;
    return;
  }
  reader.position = skipValue(reader.bytes, reader.position + 1, reader.end);
  const start = reader.position;
  const value = decodeValue(reader);
  if (code === Code.AmqpValue) message.body = { kind: 'value', value };
  else if (code === Code.Data && value instanceof Uint8Array) addData(message, value);
  else if (code === Code.AmqpSequence && Array.isArray(value)) addSequence(message, value);
  else if (!(value instanceof Map && storeMap(message, code, value))) {
    throw new DecodeError(`section 0x${code.toString(16)} of the wrong type`, start);
  }
}

function addData(message: Message, data: Uint8Array): void {
  if (message.body.kind === 'data') message.body.data.push(data);
  else message.body = { kind: 'data', data: [data] };
}

function addSequence(message: Message, sequence: AmqpValue[]): void {
  if (message.body.kind === 'sequence') message.body.sequences.push(sequence);
  else message.body = { kind: 'sequence', sequences: [sequence] };
}

/** Returns false for a section that is no map. */
function storeMap(message: Message, code: number, map: AmqpMap): boolean {
  if (code === Code.DeliveryAnnotations) message.deliveryAnnotations = map;
  else if (code === Code.MessageAnnotations) message.messageAnnotations = map;
  else if (code === Code.ApplicationProperties) message.applicationProperties = map;
  else if (code === Code.Footer) message.footer = map;
  else return false;
  return true;
}

/** Appends `message`: its payload, without a frame. */
export function encodeMessage(writer: Writer, message: Message): void {
  if (message.header !== null) encodeComposite(writer, message.header);
  encodeMap(writer, Code.DeliveryAnnotations, message.deliveryAnnotations);
  encodeMap(writer, Code.MessageAnnotations, message.messageAnnotations);
  if (message.properties !== null) encodeComposite(writer, message.properties);
  encodeMap(writer, Code.ApplicationProperties, message.applicationProperties);
  encodeBody(writer, message.body);
  encodeMap(writer, Code.Footer, message.footer);
}

function encodeBody(writer: Writer, body: MessageBody): void {
  switch (body.kind) {
    case 'data':
      for (const data of body.data) encodeSection(writer, Code.Data, data);
      break;
    case 'sequence':
      for (const sequence of body.sequences) encodeSection(writer, Code.AmqpSequence, sequence);
      break;
    case 'value':
      encodeSection(writer, Code.AmqpValue, body.value);
      break;
    default:
      unreachable(body);
  }
}

function encodeMap(writer: Writer, code: number, map: AmqpMap | null): void {
  if (map !== null) encodeSection(writer, code, map);
}

function encodeSection(writer: Writer, code: number, value: AmqpValue): void {
  writer.u8(0x00);
  writer.u8(0x53);
  writer.u8(code);
  encodeValue(writer, value);
}
