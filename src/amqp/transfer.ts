// Transfer frames in (§2.7.5), a million a second: no object, no view, no closure. What clients send looks like this:
//
//   00 53 14 | c0 len count | 52 handle | 52 delivery-id | a0 len tag | 43 | 42 | 42 | payload
//   descriptor  list8 or d0: list32                              format settled more, all beyond is rare

import { DecodeError } from './decode-error.ts';
import { FieldCursor } from './field-cursor.ts';
import { int32 } from './integers.ts';
import { limits } from './limits.ts';

export { copyAll, copyBytes } from './copy-bytes.ts';
export { endFrame } from './frames.ts';
export {
  transferOverhead,
  writeTransfer,
  writeTransferContinuation,
  writeTransferWithState,
  writeTransferWithTag,
} from './transfer-writer.ts';

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
