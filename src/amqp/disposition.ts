// The disposition performative (§2.7.6): one outcome for the deliveries first to last.
//
//   size | 02 00 ch ch | 00 53 15 | c0 len count | 41 role | 70 first | 70 last | 41 settled | 00 53 24 45 state

import { FieldCursor } from './field-cursor.ts';
import { beginFrame, endFrame, FrameType, readPerformativeCode } from './frames.ts';
import { putInt32, putUint } from './integers.ts';
import type { Writer } from './writer.ts';

/** Fields of one disposition: scratch, reused for ever. */
export class DispositionFields {
  /** true when a receiver sent it (§2.8.1). */
  role = false;
  /** Serial numbers as int32; `last` is `first` when absent. */
  first = 0;
  last = 0;
  settled = false;
  /** The delivery-state is [stateStart, stateEnd) of the decoded bytes; equal when absent. */
  stateStart = 0;
  stateEnd = 0;
  /** Descriptor code of the state: 0x23 received … 0x27 modified, 0x33, 0x34; 0 none; -1 something else. */
  outcome = 0;
  batchable = false;
}

const cursor = new FieldCursor();

/** Decodes the frame body [start, end) of a disposition. Throws DecodeError; `into` is then undefined. */
export function decodeDisposition(bytes: Uint8Array, start: number, end: number, into: DispositionFields): void {
  cursor.open(bytes, start, end, 0x15, 6);
  into.role = cursor.boolean();
  cursor.mandatory('role');
  into.first = cursor.uint();
  cursor.mandatory('first');
  into.last = cursor.uint();
  if (!cursor.present) into.last = into.first;
  into.settled = cursor.boolean();
  into.stateStart = cursor.any();
  into.stateEnd = cursor.position;
  into.outcome = cursor.present ? outcomeCode(bytes, into.stateStart, into.stateEnd) : 0;
  into.batchable = cursor.boolean();
  cursor.close(end);
}

function outcomeCode(bytes: Uint8Array, start: number, end: number): number {
  const code = readPerformativeCode(bytes, start, end);
  return (code >= 0x23 && code <= 0x27) || code === 0x33 || code === 0x34 ? code : -1;
}

/**
 * Writes a disposition whose outcome needs no details: 0x24 accepted, 0x25 rejected, 0x26 released, 0x27 modified (with no
 * field set), or 0 for no state. `first` and `last` are bit patterns.
 */
export function writeDisposition(
  writer: Writer,
  channel: number,
  role: boolean,
  first: number,
  last: number,
  settled: boolean,
  outcome: number,
): void {
  writer.reserve(8 + 3 + 3 + 1 + 5 + 5 + 1 + 4);
  const start = beginDisposition(writer, channel, 0xc0);
  const bytes = writer.bytes;
  let at = putRange(bytes, start + 14, role, first, last, settled);
  if (outcome !== 0) {
    bytes[at] = 0;
    bytes[at + 1] = 0x53;
    bytes[at + 2] = outcome;
    bytes[at + 3] = 0x45;
    at += 4;
  }
  bytes[start + 12] = at - start - 13;
  bytes[start + 13] = outcome === 0 ? 4 : 5;
  writer.position = at;
  endFrame(writer, start);
}

/** Writes a disposition with the state `states[stateStart, stateEnd)`: an encoded value, relayed verbatim. */
export function writeDispositionWithState(
  writer: Writer,
  channel: number,
  role: boolean,
  first: number,
  last: number,
  settled: boolean,
  states: Uint8Array,
  stateStart: number,
  stateEnd: number,
): void {
  writer.reserve(8 + 3 + 9 + 1 + 5 + 5 + 1 + stateEnd - stateStart);
  const start = beginDisposition(writer, channel, 0xd0);
  const bytes = writer.bytes;
  const at = putRange(bytes, start + 20, role, first, last, settled);
  bytes.set(states.subarray(stateStart, stateEnd), at);
  const end = at + stateEnd - stateStart;
  putInt32(bytes, start + 11, 0xd0, end - start - 16);
  bytes.fill(0, start + 16, start + 19);
  bytes[start + 19] = stateEnd > stateStart ? 5 : 4;
  writer.position = end;
  endFrame(writer, start);
}

function beginDisposition(writer: Writer, channel: number, list: number): number {
  const start = beginFrame(writer, FrameType.Amqp, channel);
  const bytes = writer.bytes;
  bytes[start + 8] = 0;
  bytes[start + 9] = 0x53;
  bytes[start + 10] = 0x15;
  bytes[start + 11] = list;
  return start;
}

function putRange(
  bytes: Uint8Array,
  start: number,
  role: boolean,
  first: number,
  last: number,
  settled: boolean,
): number {
  bytes[start] = role ? 0x41 : 0x42;
  let at = putUint(bytes, start + 1, first);
  if (last === first) bytes[at++] = 0x40;
  else at = putUint(bytes, at, last);
  bytes[at++] = settled ? 0x41 : 0x42;
  return at;
}
