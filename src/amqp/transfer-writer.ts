// Transfer frames out (§2.7.5). A first frame as we write it (a tag of our own is a number of four bytes):
//
//   size | 02 00 ch ch | 00 53 14 | c0 len count | 52 handle | 70 delivery-id | a0 04 tag | 43 | 42 | 41 | payload
//                                                                                      format settled more

import { putInt32, putUint } from './integers.ts';
import { limits } from './limits.ts';
import type { Writer } from './writer.ts';

/**
 * Upper bound of the bytes of a transfer frame without its payload, for every writer here but
 * {@link writeTransferWithState}, whose state and eight bytes come on top.
 */
export const transferOverhead = 8 + 3 + 3 + 5 + 5 + (2 + limits.deliveryTagBytesMax) + 5 + 1 + 1;

/**
 * Begins the first frame of a delivery whose tag is our own number `tag` (four bytes) and returns where the frame starts:
 * append the payload, then endFrame. `handle` and `deliveryId` are bit patterns of uints.
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
