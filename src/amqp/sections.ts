// Finds the sections of a message (§3.2) by walking their headers. Nothing is decoded, and the body not even walked:
//
//   00 53 70 list | 00 53 71 map | 00 53 72 map | 00 53 73 list | 00 53 74 map | 00 53 75 …
//   header          delivery-      message-       properties      application-   body: data, sequence or value,
//                   annotations    annotations                    properties     and the footer behind it
//
// Each may be missing; the order is fixed.

import { DecodeError } from './decode-error.ts';
import { FieldCursor } from './field-cursor.ts';
import { readPerformativeCode } from './frames.ts';
import { int32 } from './integers.ts';

/** Ranges of the sections of one message in the scanned bytes, descriptors included; -1 when absent. Scratch, reused. */
export class SectionOffsets {
  headerStart = -1;
  headerEnd = -1;
  deliveryAnnotationsStart = -1;
  deliveryAnnotationsEnd = -1;
  messageAnnotationsStart = -1;
  messageAnnotationsEnd = -1;
  propertiesStart = -1;
  propertiesEnd = -1;
  applicationPropertiesStart = -1;
  applicationPropertiesEnd = -1;
  /** Where the body starts (or the footer, without a body); -1 when the scan ended before it. */
  bodyStart = -1;
  /** End of the last whole section that was found: where the scan stopped. */
  scannedTo = 0;
  /**
   * Whether every wanted section is known to be there or absent. When false, more bytes are needed; when there are no more,
   * the message is in order only if `scannedTo` is the end of the bytes.
   */
  complete = false;
  /** The bytes are not the sections of a message in the standard's order. */
  malformed = false;
}

const mapSections = (1 << 1) | (1 << 2) | (1 << 4); // 0x71, 0x72, 0x74
const cut = -1;
const wrong = -2;

/**
 * Finds the sections up to the one with code `upTo` (0x70 header … 0x74 application-properties, or 0x75 for the place of the
 * body), in [start, end), which may hold only the beginning of a message. Never throws.
 */
export function scanSections(bytes: Uint8Array, start: number, end: number, upTo: number, into: SectionOffsets): void {
  reset(into, start);
  let at = start;
  let last = 0x6f;
  while (last < upTo) {
    const valueStart = descriptorEnd(bytes, at, end);
    if (valueStart < 0) {
      into.malformed = valueStart === wrong;
      return;
    }
    const code = readPerformativeCode(bytes, at, end);
    if (code <= last || code > 0x78) {
      into.malformed = true;
      return;
    }
    last = code;
    if (code >= 0x75) {
      into.bodyStart = at;
      break;
    }
    if (code > upTo) break;
    const next = sectionEnd(bytes, valueStart, end, ((mapSections >> (code - 0x70)) & 1) === 1);
    if (next < 0) {
      into.malformed = next === wrong;
      return;
    }
    store(into, code, at, next);
    at = next;
    into.scannedTo = at;
  }
  into.complete = true;
}

function reset(into: SectionOffsets, start: number): void {
  into.headerStart = into.headerEnd = -1;
  into.deliveryAnnotationsStart = into.deliveryAnnotationsEnd = -1;
  into.messageAnnotationsStart = into.messageAnnotationsEnd = -1;
  into.propertiesStart = into.propertiesEnd = -1;
  into.applicationPropertiesStart = into.applicationPropertiesEnd = -1;
  into.bodyStart = -1;
  into.scannedTo = start;
  into.complete = false;
  into.malformed = false;
}

function store(into: SectionOffsets, code: number, start: number, end: number): void {
  switch (code) {
    case 0x70:
      into.headerStart = start;
      into.headerEnd = end;
      break;
    case 0x71:
      into.deliveryAnnotationsStart = start;
      into.deliveryAnnotationsEnd = end;
      break;
    case 0x72:
      into.messageAnnotationsStart = start;
      into.messageAnnotationsEnd = end;
      break;
    case 0x73:
      into.propertiesStart = start;
      into.propertiesEnd = end;
      break;
    default:
      into.applicationPropertiesStart = start;
      into.applicationPropertiesEnd = end;
  }
}

/** Position behind the 00 and the descriptor at `at`; cut or wrong when there is none. */
function descriptorEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return cut;
  if (bytes[at] !== 0) return wrong;
  if (at + 1 >= end) return cut;
  const form = bytes[at + 1];
  let next = at + 3;
  if (form === 0x80) next = at + 10;
  else if (form === 0xa3) next = at + 2 < end ? at + 3 + bytes[at + 2] : end + 1;
  else if (form === 0xb3) {
    if (end - at < 6) return cut;
    if (bytes[at + 2] !== 0 || bytes[at + 3] !== 0) return wrong; // no section has so long a name
    next = at + 6 + ((bytes[at + 4] << 8) | bytes[at + 5]);
  } else if (form !== 0x53) return wrong;
  return next > end ? cut : next;
}

/** Position behind the list or map at `at`; cut or wrong when there is none. */
function sectionEnd(bytes: Uint8Array, at: number, end: number, isMap: boolean): number {
  if (at >= end) return cut;
  const format = bytes[at];
  if (format === 0x45 && !isMap) return at + 1;
  if ((format & 0xef) !== (isMap ? 0xc1 : 0xc0)) return wrong;
  const narrow = (format & 0x10) === 0;
  if (end - at < (narrow ? 2 : 5)) return cut;
  const next = narrow ? at + 2 + bytes[at + 1] : at + 5 + (int32(bytes, at + 1) >>> 0);
  return next > end ? cut : next;
}

/**
 * Priority in the header section [headerStart, headerEnd): 0 to 9. 4 when the section or the field is absent or
 * unreadable (§3.2.1); more than 9 counts as 9, for no one here has more queues.
 */
export function readPriority(bytes: Uint8Array, headerStart: number, headerEnd: number): number {
  if (headerStart < 0) return defaultPriority;
  let at = descriptorEnd(bytes, headerStart, headerEnd);
  if (at < 0 || at >= headerEnd) return defaultPriority;
  const narrow = bytes[at] === 0xc0;
  if (!narrow && bytes[at] !== 0xd0) return defaultPriority;
  at += narrow ? 3 : 9; // behind size and count
  if (at > headerEnd || bytes[at - 1] < 2) return defaultPriority;
  at += bytes[at] === 0x56 ? 2 : 1; // durable: null, true, false, or a boolean of two bytes
  if (at + 2 > headerEnd || bytes[at] !== 0x50) return defaultPriority;
  return Math.min(bytes[at + 1], 9);
}

const defaultPriority = 4;
const cursor = new FieldCursor();

/**
 * Range of the UTF-8 text of the field `to` in the properties section [propertiesStart, propertiesEnd); `start` -1 when
 * absent. Throws DecodeError when the section is malformed as far as that field, or `to` is no string (§3.2.4).
 */
export function findTo(
  bytes: Uint8Array,
  propertiesStart: number,
  propertiesEnd: number,
  into: { start: number; end: number },
): void {
  into.start = -1;
  into.end = -1;
  if (propertiesStart < 0) return;
  cursor.open(bytes, propertiesStart, propertiesEnd, 0x73, 13);
  cursor.any(); // message-id
  cursor.any(); // user-id
  const start = cursor.any();
  if (!cursor.present) return;
  const format = bytes[start];
  if (format !== 0xa1 && format !== 0xb1) throw new DecodeError('the address in `to` is no string', start);
  into.start = start + (format === 0xa1 ? 2 : 5);
  into.end = cursor.position;
}
