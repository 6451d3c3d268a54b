// The AMQP message around a message of the router protocol. Unlike the messages of clients it is written and read as a whole:
//
//   header | message-annotations | properties | application-properties | amqp-value
//   durable=false  ingress, trace     to            opcode                 map of the fields, in the order of the wire
//
// Dispatch writes the keys of MAU and MAR, and of their opcode, as symbols and those of the others as strings, and their
// sequences as longs; readers take either.

import { routerIdOf } from '../../address/node-id.ts';
import {
  decodeRouterAnnotations,
  findUserAnnotations,
  type RouterAnnotations,
  writeMessageAnnotations,
} from '../../amqp/annotations.ts';
import { DecodeError } from '../../amqp/decode-error.ts';
import { readPerformativeCode } from '../../amqp/frames.ts';
import { encodeMessage, Message } from '../../amqp/message.ts';
import { Code, Header, Properties } from '../../amqp/performatives.ts';
import { Reader } from '../../amqp/reader.ts';
import { findTo, SectionOffsets, scanSections } from '../../amqp/sections.ts';
import { decodeUtf8 } from '../../amqp/utf8.ts';
import { skipValue } from '../../amqp/value-skipper.ts';
import {
  type AmqpMap,
  type AmqpValue,
  asText,
  decodeValue,
  int,
  long,
  lookup,
  Scalar,
  symbol,
} from '../../amqp/values.ts';
import { Writer } from '../../amqp/writer.ts';
import { assert } from '../../kit/assert.ts';
import type { LinkStateMessage } from '../../linkstate/messages.ts';
import type { Destination } from '../../linkstate/port.ts';
import type { MessageBody } from '../../linkstate/read-message.ts';

/** Of a message of another router: where it goes and which way it came. */
export interface Envelope {
  /** Any text: the peer may speak of more than we know. */
  readonly opcode: string;
  /** Where it goes; the annotation counts more than the property. */
  readonly to: string;
  /** Ids of the routers that it passed, oldest first. What names no node of our area is as it came. */
  readonly trace: readonly string[];
  /** Id of the router that made it, null when it does not say. */
  readonly ingress: string | null;
  readonly annotations: RouterAnnotations;
  /** Where the map of its fields starts. */
  readonly bodyStart: number;
}

const sections = new SectionOffsets();

/** The text for `to`. */
export function addressOf(message: LinkStateMessage, destination: Destination): string {
  const isMobile = message.opcode === 'MAU' || message.opcode === 'MAR';
  switch (destination.kind) {
    case 'connection':
      assert(message.opcode === 'HELLO', `${message.opcode} is not for one connection`);
      return 'amqp:/_local/qdhello';
    case 'flood':
      return isMobile ? '_topo/0/all/qdrouter.ma' : 'amqp:/_topo/0/all/qdrouter';
    case 'router':
      return `amqp:/_topo/0/${destination.id}/${isMobile ? 'qdrouter.ma' : 'qdrouter'}`;
  }
}

/**
 * The payload of a transfer that starts here.
 * @param to see {@link addressOf}
 * @param nodeId ours, such as `0/QDR.A`
 * @returns bytes of the caller's own
 */
export function encodeRoutingMessage(message: LinkStateMessage, to: string, nodeId: string): Uint8Array {
  const key = message.opcode === 'MAU' || message.opcode === 'MAR' ? symbol : (text: string) => text;
  const writer = new Writer(512);
  encodeMessage(
    writer,
    new Message({
      header: new Header({ durable: false }),
      messageAnnotations: new Map<AmqpValue, AmqpValue>([
        [symbol('x-opt-qd.ingress'), nodeId],
        [symbol('x-opt-qd.trace'), [nodeId]],
      ]),
      properties: new Properties({ to }),
      applicationProperties: new Map([[key('opcode'), message.opcode]]),
      body: { kind: 'value', value: new Map(fieldsOf(message).map(([name, value]) => [key(name), value])) },
    }),
  );
  return writer.written();
}

type Field = [name: string, value: AmqpValue];

function fieldsOf(message: LinkStateMessage): Field[] {
  const { opcode, id, area } = message;
  const isMobile = opcode === 'MAU' || opcode === 'MAR';
  const common: Field[] = [
    ['id', id],
    ['pv', isMobile ? long(message.pv) : integer(message.pv)],
    ['area', area],
  ];
  switch (opcode) {
    case 'HELLO':
      return [...common, ['instance', integer(message.instance)], ['seen', [...message.seen]]];
    case 'RA':
      return [
        ...common,
        ['instance', integer(message.instance)],
        ['ls_seq', integer(message.ls_seq)],
        ['mobile_seq', integer(message.mobile_seq)],
      ];
    case 'LSR':
      return common;
    case 'LSU':
      return [
        ...common,
        ['instance', integer(message.instance)],
        ['ls_seq', integer(message.ls_seq)],
        ['ls', linkStateOf(message.ls)],
      ];
    case 'MAR':
      return [...common, ['have_seq', long(message.have_seq)]];
    case 'MAU': {
      const sequence: Field = ['mobile_seq', long(message.mobile_seq)];
      const hints: Field = ['hints', message.hints.map(int)];
      return 'exist' in message
        ? [...common, sequence, ['exist', [...message.exist]], hints]
        : [...common, sequence, hints, ['add', [...message.add]], ['del', [...message.del]]];
    }
  }
}

function linkStateOf({ id, area, ls_seq, peers }: (LinkStateMessage & { opcode: 'LSU' })['ls']): AmqpMap {
  return new Map<AmqpValue, AmqpValue>([
    ['id', id],
    ['area', area],
    ['ls_seq', integer(ls_seq)],
    ['peers', new Map([...peers].map(([peer, cost]) => [peer, int(cost)]))],
  ]);
}

/** As Dispatch writes what Python calls an int. */
function integer(value: number): AmqpValue {
  return value >= -0x80000000 && value <= 0x7fffffff ? int(value) : long(value);
}

/** What is around the message in [start, end); null when it is no message with an opcode, an address, and a map for a body. */
export function readEnvelope(bytes: Uint8Array, start: number, end: number): Envelope | null {
  try {
    const annotations = annotationsOf(bytes, start, end);
    if (!sections.complete || sections.malformed) return null;
    const opcode = opcodeIn(bytes);
    const to = annotations.to ?? toIn(bytes);
    const bodyStart = bodyStartIn(bytes, end);
    if (opcode === null || to === null || bodyStart < 0) return null;
    const trace = annotations.trace?.map(withoutArea) ?? [];
    const ingress = annotations.ingress === null ? null : withoutArea(annotations.ingress);
    return { opcode, to, trace, ingress, annotations, bodyStart };
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function opcodeIn(bytes: Uint8Array): string | null {
  const { applicationPropertiesStart: start, applicationPropertiesEnd: end } = sections;
  if (start < 0) return null;
  const reader = new Reader(bytes, skipValue(bytes, start + 1, end), end);
  const map = decodeValue(reader);
  return map instanceof Map ? asText(lookup(map, 'opcode')) : null;
}

const toRange = { start: -1, end: -1 };

function toIn(bytes: Uint8Array): string | null {
  findTo(bytes, sections.propertiesStart, sections.propertiesEnd, toRange);
  return toRange.start < 0 ? null : decodeUtf8(bytes, toRange.start, toRange.end);
}

/** -1 when the body is no map that is there as a whole. */
function bodyStartIn(bytes: Uint8Array, end: number): number {
  const at = sections.bodyStart;
  if (at < 0 || readPerformativeCode(bytes, at, end) !== Code.AmqpValue) return -1;
  const start = skipValue(bytes, at + 1, end);
  const isMap = bytes[start] === 0xc1 || bytes[start] === 0xd1;
  return isMap && skipValue(bytes, start, end) <= end ? start : -1;
}

/** The fields of the message whose {@link Envelope.bodyStart} is `start`; types forgotten as the link state wants it. Null when malformed. */
export function readBody(bytes: Uint8Array, start: number, end: number): MessageBody | null {
  try {
    return toBody(decodeValue(new Reader(bytes, start, end))) as MessageBody;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

const integers = new Set<string>(['ubyte', 'ushort', 'uint', 'ulong', 'byte', 'short', 'int', 'long']);

/** Only what the link state may take for text, integer, list or map becomes one; binaries, arrays, floats stay what they are. */
function toBody(value: AmqpValue): unknown {
  if (value instanceof Scalar) return integers.has(value.type) || value.type === 'symbol' ? value.value : value;
  if (Array.isArray(value)) return value.map(toBody);
  if (!(value instanceof Map)) return value;
  const body = new Map<unknown, unknown>();
  for (const [key, item] of value) {
    const name = asText(key) ?? key;
    if (!body.has(name)) body.set(name, toBody(item)); // of a symbol and a string that read alike, the first counts
  }
  return body;
}

function withoutArea(nodeId: string): string {
  return routerIdOf(nodeId) ?? nodeId;
}

const onward = new Writer(4096);

/**
 * The message in [start, end) to be handed on: our id behind its trace, and for its ingress if it has none; all else verbatim, but for what
 * follows the first router annotation and is none.
 * @returns bytes that are the caller's until the next call
 */
export function withTrace(
  bytes: Uint8Array,
  start: number,
  end: number,
  { annotations }: Envelope,
  nodeId: string,
): Uint8Array {
  scanSections(bytes, start, end, Code.MessageAnnotations, sections);
  const { messageAnnotationsStart: from, messageAnnotationsEnd: behind } = sections;
  const cutStart = from >= 0 ? from : Math.max(start, sections.headerEnd, sections.deliveryAnnotationsEnd);
  const cutEnd = from >= 0 ? behind : cutStart;
  onward.position = 0;
  onward.append(bytes, start, cutStart);
  writeMessageAnnotations(onward, bytes, from >= 0 ? findUserAnnotations(bytes, from, behind) : null, {
    ...annotations,
    ingress: annotations.ingress ?? nodeId,
    trace: annotations.trace === null ? [nodeId] : [...annotations.trace, nodeId],
  });
  onward.append(bytes, cutEnd, end);
  return onward.written();
}

/** Leaves the places of the sections in `sections`. */
function annotationsOf(bytes: Uint8Array, start: number, end: number): RouterAnnotations {
  scanSections(bytes, start, end, Code.Data, sections);
  const { messageAnnotationsStart: from, messageAnnotationsEnd: behind } = sections;
  if (from >= 0) return decodeRouterAnnotations(bytes, from, behind);
  return { to: null, ingress: null, trace: null, phase: 0, stream: false };
}
