// Whether a message arrived as it was sent. The bare message and the header must be there byte for byte; of the message
// annotations only a router's own (`x-opt-qd.…`) may have come or gone.
import { DecodeError } from '../amqp/decode-error.ts';
import { Reader } from '../amqp/reader.ts';
import { SectionOffsets, scanSections } from '../amqp/sections.ts';
import { asText, decodeValue } from '../amqp/values.ts';

/** What is wrong with `received`, or null. */
export function compareMessages(sent: Uint8Array, received: Uint8Array): string | null {
  if (areEqual(sent, received)) return null;
  const before = partsOf(sent);
  const after = partsOf(received);
  if (before === null || after === null) return `what arrived is no message any more (${received.length} bytes)`;
  if (!areEqual(before.head, after.head)) return 'its header or delivery annotations were changed';
  if (!areEqual(before.bare, after.bare)) return `its bare message was changed: ${describeDifference(before, after)}`;
  if (before.annotations !== after.annotations)
    return `its message annotations ${before.annotations} became ${after.annotations}`;
  return null;
}

/** Whether `received` can be the first part of a message that was sent: only told for those that nobody annotates. */
export function isBeginningOf(sent: Uint8Array, received: Uint8Array): boolean {
  return received.length <= sent.length && areEqual(sent.subarray(0, received.length), received);
}

interface Parts {
  readonly head: Uint8Array;
  /** The user's annotations as text. */
  readonly annotations: string;
  readonly bare: Uint8Array;
}

const sections = new SectionOffsets();

function partsOf(bytes: Uint8Array): Parts | null {
  scanSections(bytes, 0, bytes.length, 0x72, sections);
  if (sections.malformed || !sections.complete) return null;
  const { messageAnnotationsStart: from, messageAnnotationsEnd: to, scannedTo } = sections;
  try {
    return {
      head: bytes.subarray(0, from < 0 ? scannedTo : from),
      annotations: from < 0 ? '{}' : usersAnnotations(bytes, from + 3, to),
      bare: bytes.subarray(from < 0 ? scannedTo : to),
    };
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function usersAnnotations(bytes: Uint8Array, start: number, end: number): string {
  const map = decodeValue(new Reader(bytes, start, end));
  const users = map instanceof Map ? [...map].filter(([key]) => asText(key)?.startsWith('x-opt-qd.') !== true) : [];
  return `{${users.map(([key, value]) => `${asText(key)}: ${asText(value)}`).join(', ')}}`;
}

function describeDifference({ bare: before }: Parts, { bare: after }: Parts): string {
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && before[at] === after[at]) at++;
  return `${before.length} bytes became ${after.length}, the first difference is at ${at}`;
}

function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
