// The flow performative (§2.7.4): session windows, and credit of a link when it names one.
//
//   size | 02 00 ch ch | 00 53 13 | c0 len count | next-incoming-id incoming-window next-outgoing-id outgoing-window
//                                                | handle delivery-count link-credit available drain echo

import { FieldCursor } from './field-cursor.ts';
import { beginFrame, endFrame, FrameType } from './frames.ts';
import { putUint } from './integers.ts';
import type { Writer } from './writer.ts';

/**
 * Fields of one flow: scratch, reused for ever. Ids and counts are serial numbers as int32, the handle the bit pattern of a
 * uint; windows, credit and available are cut to 2^31 - 1, more than anyone gives away.
 */
export class FlowFields {
  hasNextIncomingId = false;
  nextIncomingId = 0;
  incomingWindow = 0;
  nextOutgoingId = 0;
  outgoingWindow = 0;
  hasHandle = false;
  handle = 0;
  hasDeliveryCount = false;
  deliveryCount = 0;
  hasLinkCredit = false;
  linkCredit = 0;
  available = 0;
  drain = false;
  echo = false;
}

const cursor = new FieldCursor();

/** Decodes the frame body [start, end) of a flow. Throws DecodeError; `into` is then undefined. `properties` are skipped. */
export function decodeFlow(bytes: Uint8Array, start: number, end: number, into: FlowFields): void {
  cursor.open(bytes, start, end, 0x13, 11);
  into.nextIncomingId = cursor.uint();
  into.hasNextIncomingId = cursor.present;
  into.incomingWindow = clamp(cursor.uint());
  cursor.mandatory('incoming-window');
  into.nextOutgoingId = cursor.uint();
  cursor.mandatory('next-outgoing-id');
  into.outgoingWindow = clamp(cursor.uint());
  cursor.mandatory('outgoing-window');
  into.handle = cursor.uint();
  into.hasHandle = cursor.present;
  into.deliveryCount = cursor.uint();
  into.hasDeliveryCount = cursor.present;
  into.linkCredit = clamp(cursor.uint());
  into.hasLinkCredit = cursor.present;
  into.available = clamp(cursor.uint());
  into.drain = cursor.boolean();
  into.echo = cursor.boolean();
  cursor.map();
  cursor.close(end);
}

/** A uint beyond 2^31 - 1 has a negative bit pattern. */
function clamp(pattern: number): number {
  return pattern < 0 ? 0x7fffffff : pattern;
}

/** Writes a flow about the session alone. */
export function writeSessionFlow(
  writer: Writer,
  channel: number,
  nextIncomingId: number,
  incomingWindow: number,
  nextOutgoingId: number,
  outgoingWindow: number,
  echo: boolean,
): void {
  const start = beginFlow(writer, channel, nextIncomingId, incomingWindow, nextOutgoingId, outgoingWindow);
  const bytes = writer.bytes;
  let at = writer.position;
  if (echo) {
    while (at < writer.position + 5) bytes[at++] = 0x40;
    bytes[at++] = 0x41;
  }
  finish(writer, start, at, echo ? 10 : 4);
}

/** Writes a flow about the session and one of its links. Ids, counts and the handle are bit patterns of uints. */
export function writeLinkFlow(
  writer: Writer,
  channel: number,
  nextIncomingId: number,
  incomingWindow: number,
  nextOutgoingId: number,
  outgoingWindow: number,
  handle: number,
  deliveryCount: number,
  linkCredit: number,
  available: number,
  drain: boolean,
  echo: boolean,
): void {
  const start = beginFlow(writer, channel, nextIncomingId, incomingWindow, nextOutgoingId, outgoingWindow);
  const bytes = writer.bytes;
  let at = putUint(bytes, writer.position, handle);
  at = putUint(bytes, at, deliveryCount);
  at = putUint(bytes, at, linkCredit);
  at = putUint(bytes, at, available);
  let count = 8;
  if (drain || echo) {
    bytes[at++] = drain ? 0x41 : 0x42;
    count = 9;
  }
  if (echo) {
    bytes[at++] = 0x41;
    count = 10;
  }
  finish(writer, start, at, count);
}

/** Makes room for a whole flow and writes what every flow has. Returns where the frame starts. */
function beginFlow(
  writer: Writer,
  channel: number,
  nextIncomingId: number,
  incomingWindow: number,
  nextOutgoingId: number,
  outgoingWindow: number,
): number {
  writer.reserve(8 + 3 + 3 + 8 * 5 + 6);
  const start = beginFrame(writer, FrameType.Amqp, channel);
  const bytes = writer.bytes;
  bytes[start + 8] = 0;
  bytes[start + 9] = 0x53;
  bytes[start + 10] = 0x13;
  bytes[start + 11] = 0xc0;
  let at = putUint(bytes, start + 14, nextIncomingId);
  at = putUint(bytes, at, incomingWindow);
  at = putUint(bytes, at, nextOutgoingId);
  writer.position = putUint(bytes, at, outgoingWindow);
  return start;
}

function finish(writer: Writer, start: number, end: number, count: number): void {
  writer.bytes[start + 12] = end - start - 13;
  writer.bytes[start + 13] = count;
  writer.position = end;
  endFrame(writer, start);
}
