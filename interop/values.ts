// AMQP values as they travel between the suite and its client programs, in JSON:
//
//   null true "text" 1 1.5      themselves; a whole number is sent as a long
//   [1, 2]  {"a": 1}            list, map with string keys (in annotations: with symbol keys)
//   {"$symbol": "x"}            only sent: what arrives as a symbol is reported as text, since rhea does not tell them apart
//   {"$binary": "aGk="}         base64; longer than 1 KiB it is reported as {"$bytes": length, "$crc32": checksum}
import { crc32 } from 'node:zlib';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export const binary = (bytes: Uint8Array): Json => ({ $binary: Buffer.from(bytes).toString('base64') });

/** The longest binary that clients report whole, in bytes. */
export const binaryReportedMax = 1024;

/**
 * The body of `size` bytes that each client makes when it is asked for one: 0, 1, …, 250, 0, … A prime period, so that
 * frames that are lost, doubled or swapped show in the checksum.
 */
export function patternedBytes(size: number): Buffer {
  const period = Buffer.from(Array.from({ length: 251 }, (_, index) => index));
  return Buffer.alloc(size, period);
}

/** The bytes as one data section (§3.2.6). */
export function dataSection(bytes: Uint8Array): Buffer {
  const head = Buffer.from([0x00, 0x53, 0x75, 0xb0, 0, 0, 0, 0]);
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

/** How a long binary with this content is reported. */
export const digestOf = (bytes: Uint8Array): Json => ({ $bytes: bytes.length, $crc32: crc32(bytes) });

/** A message as applications see it. Absent is the same as the standard's default (§3.2). */
export interface Message {
  durable?: boolean;
  priority?: number;
  ttl?: number;
  deliveryCount?: number;
  deliveryAnnotations?: { [key: string]: Json };
  messageAnnotations?: { [key: string]: Json };
  messageId?: string;
  userId?: string;
  to?: string;
  subject?: string;
  replyTo?: string;
  correlationId?: string;
  contentType?: string;
  contentEncoding?: string;
  /** Milliseconds since the epoch. */
  expiryTime?: number;
  creationTime?: number;
  groupId?: string;
  groupSequence?: number;
  replyToGroupId?: string;
  applicationProperties?: { [key: string]: Json };
  body?: Json;
}

const defaults: { [key: string]: Json } = {
  ...{ durable: false, priority: 4, ttl: 0, deliveryCount: 0, groupSequence: 0 },
  // Proton's way to say that there is none.
  ...{ expiryTime: 0, creationTime: 0 },
};
const isEmpty = (value: Json | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** Without defaults, which libraries fill in or leave out as they like, and without the types that not all can tell. */
export function plainMessage(message: Message): Message {
  const told: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(message) as [string, Json][]) {
    if (key === 'body' || (!isEmpty(value) && value !== defaults[key])) told[key] = plain(value);
  }
  return told as Message;
}

function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('$symbol' in value) return value['$symbol'] as Json;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
