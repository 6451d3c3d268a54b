// The annotations that routers keep in the message-annotations section (§3.2.3), under keys that start with `x-opt-qd.`. Routers expect
// the user's own annotations first and theirs last, and disregard a user annotation behind one of theirs:
//
//   00 53 72 | d1 size count | user key, value … | x-opt-qd.phase  .stream  .to  .ingress  .trace
//
// A section is read and written around the user's bytes, which are passed on verbatim.

import { beginCompound, endCompound } from './compound.ts';
import { DecodeError } from './decode-error.ts';
import { Code } from './generated/codes.ts';
import { Reader } from './reader.ts';
import { decodeUtf8 } from './utf8.ts';
import { type AmqpValue, asNumber, decodeValue, encodeValue, int, skipValue, symbol } from './values.ts';
import type { Writer } from './writer.ts';

const prefix = 'x-opt-qd.';
const keys = {
  phase: symbol(`${prefix}phase`),
  stream: symbol(`${prefix}stream`),
  to: symbol(`${prefix}to`),
  ingress: symbol(`${prefix}ingress`),
  trace: symbol(`${prefix}trace`),
};
/** A phase is one digit of an address key, or 22: `F` for fallback, counted from `0`. */
const phases = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 22];

/** What the user wrote into a message-annotations section: a range of the bytes given, without any header. */
export interface UserAnnotations {
  start: number;
  end: number;
  /** Keys and values in the range, both counted. */
  count: number;
  /** Whether a router's annotation follows. It and everything behind it is not the user's. */
  routed: boolean;
}

/** What routers wrote. */
export interface RouterAnnotations {
  /** Destination, which counts more than the message's own `to`. */
  to: string | null;
  /** Id of the router at which the message entered. */
  ingress: string | null;
  /** Ids of the routers that it passed, oldest first; null when absent. */
  trace: string[] | null;
  phase: number;
  /** Forward without waiting for the end of the message. */
  stream: boolean;
}

/**
 * Finds the user's annotations in the message-annotations section [start, end), descriptor included. Throws DecodeError when
 * the section is malformed as far as the first router annotation.
 */
export function findUserAnnotations(bytes: Uint8Array, start: number, end: number): UserAnnotations {
  const reader = new Reader(bytes, start, end);
  const count = openMap(reader);
  const first = reader.position;
  for (let items = 0; items < count; items += 2) {
    const at = reader.position;
    if (readKey(reader)?.startsWith(prefix)) return { start: first, end: at, count: items, routed: true };
    reader.position = skipValue(bytes, reader.position, reader.end);
  }
  if (reader.position !== reader.end) reader.fail('bytes left behind the last annotation');
  return { start: first, end: reader.position, count, routed: false };
}

/**
 * Decodes the router annotations of the message-annotations section [start, end). Unknown ones are skipped. Throws
 * DecodeError when the section is malformed, or a router annotation has the wrong type.
 */
export function decodeRouterAnnotations(bytes: Uint8Array, start: number, end: number): RouterAnnotations {
  const found: RouterAnnotations = { to: null, ingress: null, trace: null, phase: 0, stream: false };
  const reader = new Reader(bytes, start, end);
  const count = openMap(reader);
  for (let items = 0; items < count; items += 2) {
    const key = readKey(reader);
    if (key?.startsWith(prefix)) decodeAnnotation(reader, key, found);
    else reader.position = skipValue(bytes, reader.position, reader.end);
  }
  if (reader.position !== reader.end) reader.fail('bytes left behind the last annotation');
  return found;
}

/** Steps over descriptor and header of the section, narrows the reader to its content, returns the number of items. */
function openMap(reader: Reader): number {
  reader.position = skipValue(reader.bytes, reader.position + 1, reader.end);
  const format = reader.u8();
  if (format !== 0xc1 && format !== 0xd1) reader.fail('a map expected');
  const size = format === 0xc1 ? reader.u8() : reader.u32();
  if (size !== reader.end - reader.position) reader.fail('a map that fills its section expected');
  const count = format === 0xc1 ? reader.u8() : reader.u32();
  if (count % 2 !== 0) reader.fail('a key without value');
  if (count > reader.end - reader.position) reader.fail(`${count} items in ${reader.end - reader.position} bytes`);
  return count;
}

/** Text of a key that is a symbol or string; null for any other key. */
function readKey(reader: Reader): string | null {
  const start = reader.position;
  const end = skipValue(reader.bytes, start, reader.end);
  const format = reader.bytes[start];
  reader.position = end;
  if (format === 0xa1 || format === 0xa3) return decodeUtf8(reader.bytes, start + 2, end);
  return format === 0xb1 || format === 0xb3 ? decodeUtf8(reader.bytes, start + 5, end) : null;
}

function decodeAnnotation(reader: Reader, key: string, into: RouterAnnotations): void {
  const start = reader.position;
  const value = decodeValue(reader);
  const name = key.slice(prefix.length);
  if (name === 'stream') into.stream = true;
  else if (name === 'phase') {
    const phase = asNumber(value);
    into.phase = phase !== null && phases.includes(phase) ? phase : wrongType(key, start);
  } else if (name === 'to') into.to = typeof value === 'string' ? value : wrongType(key, start);
  else if (name === 'ingress') into.ingress = typeof value === 'string' ? value : wrongType(key, start);
  else if (name === 'trace') {
    const texts = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
    if (!Array.isArray(value) || texts.length !== value.length) wrongType(key, start);
    into.trace = texts;
  }
}

function wrongType(key: string, at: number): never {
  throw new DecodeError(`annotation ${key} is of the wrong type`, at);
}

/**
 * Appends a message-annotations section: `user` of `bytes` verbatim, then `router`. Writes nothing when there is neither.
 * `user` null stands for none, `router` null strips the routers' annotations.
 */
export function writeMessageAnnotations(
  writer: Writer,
  bytes: Uint8Array,
  user: UserAnnotations | null,
  router: RouterAnnotations | null,
): void {
  const start = writer.position;
  writer.u8(0x00);
  writer.u8(0x53);
  writer.u8(Code.MessageAnnotations);
  const map = beginCompound(writer);
  if (user !== null) writer.append(bytes, user.start, user.end);
  const count = (user?.count ?? 0) + (router === null ? 0 : appendRouterAnnotations(writer, router));
  if (count === 0) writer.position = start;
  else endCompound(writer, map, 0xc1, count);
}

/** Returns the number of keys and values. */
function appendRouterAnnotations(writer: Writer, { phase, stream, to, ingress, trace }: RouterAnnotations): number {
  return (
    appendAnnotation(writer, keys.phase, phase === 0 ? null : int(phase)) +
    appendAnnotation(writer, keys.stream, stream ? int(1) : null) +
    appendAnnotation(writer, keys.to, to) +
    appendAnnotation(writer, keys.ingress, ingress) +
    appendAnnotation(writer, keys.trace, trace)
  );
}

function appendAnnotation(writer: Writer, key: AmqpValue, value: AmqpValue): number {
  if (value === null) return 0;
  encodeValue(writer, key);
  encodeValue(writer, value);
  return 2;
}
