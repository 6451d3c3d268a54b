// The AMQP message around a message of the router protocol. Unlike the messages of clients it is written and read as a whole:
//
//   header | message-annotations | properties | application-properties | amqp-value
//   durable=false  ingress, trace     to            opcode                 map of the fields, in the order of the wire
//
// Dispatch writes the keys of MAU and MAR, and of their opcode, as symbols and those of the others as strings, and their
// sequences as longs; readers take either.

import { routerIdOf } from '../../address/node-id.ts';
import { decodeRouterAnnotations, findUserAnnotations, writeMessageAnnotations } from '../../amqp/annotations.ts';
import { DecodeError } from '../../amqp/decode-error.ts';
import { decodeMessage, encodeMessage, Message } from '../../amqp/message.ts';
import { Header, Properties } from '../../amqp/performatives.ts';
import { SectionOffsets, scanSections } from '../../amqp/sections.ts';
import { type AmqpMap, type AmqpValue, asText, int, long, lookup, Scalar, symbol } from '../../amqp/values.ts';
import { Writer } from '../../amqp/writer.ts';
import { assert } from '../../kit/assert.ts';
import type { LinkStateMessage } from '../../linkstate/messages.ts';
import type { Destination } from '../../linkstate/port.ts';
import type { MessageBody } from '../../linkstate/read-message.ts';

export interface RoutingMessage {
  /** Any text: the peer may speak of more than we know. */
  opcode: string;
  /** Types forgotten as the link state wants it. */
  body: MessageBody;
  /** Where it goes; the annotation counts more than the property. */
  to: string;
  /** Ids of the routers that it passed, oldest first. What names no node of our area is as it came. */
  trace: readonly string[];
  /** Id of the router that made it, null when it does not say. */
  ingress: string | null;
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

/**
 * @param bytes a whole message
 * @returns a copy; null when it is no message with an opcode, an address, and a map for a body
 */
export function readRoutingMessage(bytes: Uint8Array): RoutingMessage | null {
  try {
    const message = decodeMessage(bytes, 0, bytes.length);
    const annotations = annotationsOf(bytes);
    const opcode = asText(lookup(message.applicationProperties, 'opcode'));
    const to = annotations.to ?? asText(message.properties?.to);
    if (opcode === null || to === null || message.body.kind !== 'value') return null;
    const body = message.body.value;
    if (!(body instanceof Map)) return null;
    return {
      opcode,
      to,
      body: toBody(body) as MessageBody,
      trace: (annotations.trace ?? []).map(withoutArea),
      ingress: annotations.ingress === null ? null : withoutArea(annotations.ingress),
    };
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

/**
 * The same message to be handed on: our id behind its trace, and for its ingress if it has none; all else verbatim, but for what
 * follows the first router annotation and is none.
 * @param bytes a message that {@link readRoutingMessage} could read; DecodeError for others
 * @returns bytes of the caller's own
 */
export function withTrace(bytes: Uint8Array, nodeId: string): Uint8Array {
  const annotations = annotationsOf(bytes);
  const { messageAnnotationsStart: from, messageAnnotationsEnd: behind } = sections;
  const start = from >= 0 ? from : Math.max(0, sections.headerEnd, sections.deliveryAnnotationsEnd);
  const end = from >= 0 ? behind : start;
  const writer = new Writer(bytes.length + 128);
  writer.append(bytes, 0, start);
  writeMessageAnnotations(writer, bytes, from >= 0 ? findUserAnnotations(bytes, from, behind) : null, {
    ...annotations,
    ingress: annotations.ingress ?? nodeId,
    trace: [...(annotations.trace ?? []), nodeId],
  });
  writer.append(bytes, end, bytes.length);
  return writer.written();
}

/** Leaves the places of the sections in `sections`. */
function annotationsOf(bytes: Uint8Array): ReturnType<typeof decodeRouterAnnotations> {
  scanSections(bytes, 0, bytes.length, 0x72, sections);
  const { messageAnnotationsStart: from, messageAnnotationsEnd: end } = sections;
  if (from >= 0) return decodeRouterAnnotations(bytes, from, end);
  return { to: null, ingress: null, trace: null, phase: 0, stream: false };
}
