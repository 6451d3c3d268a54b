// The transfer performative (§2.7.5), read and written a million times a second: no object, no view, no closure.
// A first frame as we write it (list8; a tag is our own serial number, four bytes):
//
//   size | 02 00 ch ch | 00 53 14 | c0 len count | 52 handle | 70 delivery-id | a0 04 tag | 43 | 42 | 41 | payload
//                                                                                      format settled more

import { DecodeError } from './decode-error.ts';
import { FieldCursor } from './field-cursor.ts';
import { endFrame } from './frames.ts';
import { int32, putInt32, putUint } from './integers.ts';
import { limits } from './limits.ts';
import type { Writer } from './writer.ts';

export { copyBytes } from './copy-bytes.ts';
export { endFrame };

/** Fields of one transfer: scratch, reused for ever. Every number is small, so nothing is allocated. */
export class TransferFields {
  /** Bit pattern of the uint: negative from 2^31 on. */
  handle = 0;
  hasDeliveryId = false;
  /** Serial number as int32. */
  deliveryId = 0;
  hasTag = false;
  /** The tag is [tagStart, tagEnd) of the decoded bytes. */
  tagStart = 0;
  tagEnd = 0;
  /** Bit pattern of the uint. */
  messageFormat = 0;
  hasSettled = false;
  settled = false;
  more = false;
  /** 0 first, 1 second, -1 absent. */
  rcvSettleMode = -1;
  /** The delivery-state is [stateStart, stateEnd) of the decoded bytes; equal when absent. */
  stateStart = 0;
  stateEnd = 0;
  resume = false;
  aborted = false;
  batchable = false;
  /** The payload is [payloadStart, end of the frame). */
  payloadStart = 0;
}

/**
 * Upper bound of the bytes of a transfer frame without its payload, for every writer here but
 * {@link writeTransferWithState}, whose state and eight bytes come on top.
 */
export const transferOverhead = 8 + 3 + 3 + 5 + 5 + (2 + limits.deliveryTagBytesMax) + 5 + 1 + 1;

/**
 * Decodes the frame body [start, end) of a transfer; `start` is its 00 byte, `end` the end of the frame. The encodings
 * that clients use are taken in one pass, anything else the careful way. Throws DecodeError; `into` is then undefined.
 */
export function decodeTransfer(bytes: Uint8Array, start: number, end: number, into: TransferFields): void {
  if (!decodeUsual(bytes, start, end, into)) decodeCarefully(bytes, start, end, into);
}

/** Whether the transfer was a usual one. When not, `into` is half filled. */
function decodeUsual(bytes: Uint8Array, start: number, end: number, into: TransferFields): boolean {
  // 24 bytes: descriptor, list32 header, handle and the next format code are inside, whatever they are.
  if (end - start < 24 || bytes[start] !== 0 || bytes[start + 1] !== 0x53 || bytes[start + 2] !== 0x14) return false;
  let at = start + 6;
  let listEnd = start + 5 + bytes[start + 4];
  let count = bytes[start + 5];
  if (bytes[start + 3] !== 0xc0) {
    if (bytes[start + 3] !== 0xd0 || int32(bytes, start + 4) >>> 8 !== 0) return false;
    at = start + 12;
    listEnd = start + 8 + bytes[start + 7];
    count = int32(bytes, start + 8);
  }
  if (listEnd > end || count < 4 || count > 11) return false;

  const handleFormat = bytes[at];
  if (handleFormat === 0x52) {
    into.handle = bytes[at + 1];
    at += 2;
  } else if (handleFormat === 0x43) {
    into.handle = 0;
    at += 1;
  } else if (handleFormat === 0x70) {
    into.handle = int32(bytes, at + 1);
    at += 5;
  } else return false;

  const idFormat = bytes[at]; // and behind it, inside the list, the two bytes that head the tag
  if (idFormat === 0x70 && at + 7 <= listEnd) {
    into.deliveryId = int32(bytes, at + 1);
    at += 5;
  } else if (idFormat === 0x52 && at + 4 <= listEnd) {
    into.deliveryId = bytes[at + 1];
    at += 2;
  } else if (idFormat === 0x43 && at + 3 <= listEnd) {
    into.deliveryId = 0;
    at += 1;
  } else return false;
  into.hasDeliveryId = true;

  const tagBytes = bytes[at + 1];
  if (bytes[at] !== 0xa0 || tagBytes > limits.deliveryTagBytesMax) return false;
  into.hasTag = true;
  into.tagStart = at + 2;
  at += 2 + tagBytes;
  into.tagEnd = at;
  // What is left is one byte a field, or not usual: message-format 0 or absent, then booleans and nulls.
  if (listEnd - at !== count - 3 || (bytes[at] !== 0x43 && bytes[at] !== 0x40)) return false;
  into.messageFormat = 0;
  into.payloadStart = listEnd;
  return decodeUsualFlags(bytes, at + 1, listEnd, into);
}

/** Fields from `settled` on, when each of them is a single byte. */
function decodeUsualFlags(bytes: Uint8Array, start: number, listEnd: number, into: TransferFields): boolean {
  const settled = start < listEnd ? bytes[start] : 0x40;
  const more = start + 1 < listEnd ? bytes[start + 1] : 0x40;
  if (settled < 0x40 || settled > 0x42 || more < 0x40 || more > 0x42) return false;
  into.settled = settled === 0x41;
  into.hasSettled = settled !== 0x40;
  into.more = more === 0x41;
  into.rcvSettleMode = -1;
  into.stateStart = listEnd;
  into.stateEnd = listEnd;
  into.resume = false;
  into.aborted = false;
  into.batchable = false;
  for (let at = start + 2; at < listEnd; at++) {
    // rcv-settle-mode and state absent; resume, aborted and batchable absent or false
    if (bytes[at] !== 0x40 && (bytes[at] !== 0x42 || at < start + 4)) return false;
  }
  return true;
}

const cursor = new FieldCursor();

function decodeCarefully(bytes: Uint8Array, start: number, end: number, into: TransferFields): void {
  cursor.open(bytes, start, end, 0x14, 11);
  into.handle = cursor.uint();
  cursor.mandatory('handle');
  into.deliveryId = cursor.uint();
  into.hasDeliveryId = cursor.present;
  const tagBytes = cursor.binary();
  if (tagBytes > limits.deliveryTagBytesMax) throw new DecodeError(`a tag of ${tagBytes} bytes`, cursor.position);
  into.hasTag = cursor.present;
  into.tagStart = cursor.position - tagBytes;
  into.tagEnd = cursor.position;
  into.messageFormat = cursor.uint();
  into.settled = cursor.boolean();
  into.hasSettled = cursor.present;
  into.more = cursor.boolean();
  into.rcvSettleMode = cursor.ubyte();
  into.stateStart = cursor.any();
  into.stateEnd = cursor.position;
  into.resume = cursor.boolean();
  into.aborted = cursor.boolean();
  into.batchable = cursor.boolean();
  into.payloadStart = cursor.position;
  cursor.close();
}

/**
 * Begins the first frame of a delivery whose tag is our own number `tag` (four bytes) and returns where the frame starts:
 * append the payload, then {@link endFrame}. `handle` and `deliveryId` are bit patterns of uints.
 */
export function writeTransfer(
  writer: Writer,
  channel: number,
  handle: number,
  deliveryId: number,
  tag: number,
  settled: boolean,
  more: boolean,
  messageFormat = 0,
): number {
  writer.reserve(transferOverhead);
  const start = writer.position;
  const bytes = writer.bytes;
  putHead(bytes, start, channel, 0xc0);
  const at = putInt32(bytes, putUint(bytes, start + 14, handle), 0x70, deliveryId);
  bytes[at] = 0xa0;
  const tagEnd = putInt32(bytes, at + 1, 4, tag);
  writer.position = putFlags(bytes, start, tagEnd, settled, more, messageFormat);
  return start;
}

/** As {@link writeTransfer}, with the tag `tags[tagStart, tagEnd)`, which is at most 32 bytes. */
export function writeTransferWithTag(
  writer: Writer,
  channel: number,
  handle: number,
  deliveryId: number,
  tags: Uint8Array,
  tagStart: number,
  tagEnd: number,
  settled: boolean,
  more: boolean,
  messageFormat = 0,
): number {
  writer.reserve(transferOverhead);
  const start = writer.position;
  const bytes = writer.bytes;
  putHead(bytes, start, channel, 0xc0);
  const at = putInt32(bytes, putUint(bytes, start + 14, handle), 0x70, deliveryId);
  writer.position = putFlags(bytes, start, putTag(bytes, at, tags, tagStart, tagEnd), settled, more, messageFormat);
  return start;
}

/**
 * As {@link writeTransferWithTag}, with the delivery-state `states[stateStart, stateEnd)`: an encoded value, relayed
 * verbatim. The list is a list32, for an error's description can be long.
 */
export function writeTransferWithState(
  writer: Writer,
  channel: number,
  handle: number,
  deliveryId: number,
  tags: Uint8Array,
  tagStart: number,
  tagEnd: number,
  settled: boolean,
  more: boolean,
  states: Uint8Array,
  stateStart: number,
  stateEnd: number,
  messageFormat = 0,
): number {
  writer.reserve(transferOverhead + 8 + stateEnd - stateStart);
  const start = writer.position;
  const bytes = writer.bytes;
  putHead(bytes, start, channel, 0xd0);
  let at = putInt32(bytes, putUint(bytes, start + 20, handle), 0x70, deliveryId);
  at = putUint(bytes, putTag(bytes, at, tags, tagStart, tagEnd), messageFormat);
  bytes[at] = settled ? 0x41 : 0x42;
  bytes[at + 1] = more ? 0x41 : 0x42;
  bytes[at + 2] = 0x40; // rcv-settle-mode
  bytes.set(states.subarray(stateStart, stateEnd), at + 3);
  at += 3 + stateEnd - stateStart;
  putInt32(bytes, start + 11, 0xd0, at - start - 16);
  bytes.fill(0, start + 16, start + 19);
  bytes[start + 19] = 8; // fields
  writer.position = at;
  return start;
}

/**
 * Begins a further frame of a delivery, which needs neither delivery-id nor tag (§2.7.5). An aborted one ends the
 * delivery; its payload does not matter.
 */
export function writeTransferContinuation(
  writer: Writer,
  channel: number,
  handle: number,
  more: boolean,
  aborted: boolean,
): number {
  writer.reserve(transferOverhead);
  const start = writer.position;
  const bytes = writer.bytes;
  putHead(bytes, start, channel, 0xc0);
  const fields = putUint(bytes, start + 14, handle);
  const nulls = aborted ? 9 : more ? 5 : 0; // as many fields follow the handle
  const end = fields + nulls;
  for (let at = fields; at < end; at++) bytes[at] = 0x40;
  if (more) bytes[fields + 4] = 0x41;
  if (aborted) bytes[fields + 8] = 0x41;
  bytes[start + 12] = end - start - 13;
  bytes[start + 13] = 1 + nulls;
  writer.position = end;
  return start;
}

/** Frame header without size, descriptor, format code of the list. */
function putHead(bytes: Uint8Array, start: number, channel: number, list: number): void {
  bytes[start + 4] = 2;
  bytes[start + 5] = 0;
  bytes[start + 6] = channel >>> 8;
  bytes[start + 7] = channel;
  bytes[start + 8] = 0;
  bytes[start + 9] = 0x53;
  bytes[start + 10] = 0x14;
  bytes[start + 11] = list;
}

/** message-format, settled and (when true) more; then size and count of a list8. Returns the end. */
function putFlags(
  bytes: Uint8Array,
  start: number,
  tagEnd: number,
  settled: boolean,
  more: boolean,
  messageFormat: number,
): number {
  let at = putUint(bytes, tagEnd, messageFormat);
  bytes[at++] = settled ? 0x41 : 0x42;
  if (more) bytes[at++] = 0x41;
  bytes[start + 12] = at - start - 13;
  bytes[start + 13] = more ? 6 : 5;
  return at;
}

function putTag(bytes: Uint8Array, start: number, tags: Uint8Array, tagStart: number, tagEnd: number): number {
  bytes[start] = 0xa0;
  bytes[start + 1] = tagEnd - tagStart;
  let at = start + 2;
  for (let from = tagStart; from < tagEnd; from++) bytes[at++] = tags[from];
  return at;
}
