// What tells a flooded message from the copies of it that come over other neighbours, read before anything else: of what comes by flood
// most is a copy, at a router with n neighbours n - 1 of n.
import { DecodeError } from '../../amqp/decode-error.ts';
import { int32 } from '../../amqp/integers.ts';
import { Reader } from '../../amqp/reader.ts';
import { decodeUtf8 } from '../../amqp/utf8.ts';
import { asNumber, decodeValue, skipValue } from '../../amqp/values.ts';
import type { FloodedOpcode, FloodNews } from '../../linkstate/flood-filter.ts';

/**
 * Of the message whose fields are the map at `map`. Null when a field is missing or is not what it should be: then the message has to be
 * read as a whole, to say why.
 */
export function readFloodNews(opcode: FloodedOpcode, bytes: Uint8Array, map: number, end: number): FloodNews | null {
  try {
    const id = readText(bytes, map, end, 'id');
    const instance = opcode === 'MAU' ? 0 : readInteger(bytes, map, end, 'instance');
    const linkState = opcode === 'LSU' ? findField(bytes, map, end, 'ls') : map;
    const sequence = readInteger(bytes, linkState, end, opcode === 'MAU' ? 'mobile_seq' : 'ls_seq');
    const mobileSequence = opcode === 'RA' ? readInteger(bytes, map, end, 'mobile_seq') : 0;
    if (id === null || instance === null || sequence === null || mobileSequence === null) return null;
    return { opcode, id, instance, sequence, mobileSequence };
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function readInteger(bytes: Uint8Array, map: number, end: number, name: string): number | null {
  const at = findField(bytes, map, end, name);
  if (at < 0) return null;
  if (bytes[at] === 0x54 || bytes[at] === 0x55) return ((bytes[at + 1] as number) << 24) >> 24;
  if (bytes[at] === 0x71) return int32(bytes, at + 1);
  const value = asNumber(decodeValue(new Reader(bytes, at, end)));
  return Number.isSafeInteger(value) ? value : null;
}

function readText(bytes: Uint8Array, map: number, end: number, name: string): string | null {
  const at = findField(bytes, map, end, name);
  return at >= 0 && isShortText(bytes[at] as number)
    ? decodeUtf8(bytes, at + 2, at + 2 + (bytes[at + 1] as number))
    : null;
}

/** Where the value of the field is; -1 when it is not there. */
function findField(bytes: Uint8Array, map: number, end: number, name: string): number {
  const isWide = bytes[map] === 0xd1;
  if (map < 0 || (!isWide && bytes[map] !== 0xc1)) return -1;
  const mapEnd = skipValue(bytes, map, end);
  for (let at = map + (isWide ? 9 : 3); at < mapEnd; ) {
    const value = skipValue(bytes, at, mapEnd);
    const next = skipValue(bytes, value, mapEnd);
    if (isNamed(bytes, at, name)) return value;
    at = next;
  }
  return -1;
}

function isNamed(bytes: Uint8Array, at: number, name: string): boolean {
  if (!isShortText(bytes[at] as number) || bytes[at + 1] !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (bytes[at + 2 + i] !== name.charCodeAt(i)) return false;
  return true;
}

/** A string or a symbol, with a length of one byte. */
function isShortText(format: number): boolean {
  return format === 0xa1 || format === 0xa3;
}
