// AMQP values of rhea as JSON and back; the rules are those of ../values.ts.
import { crc32 } from 'node:zlib';
import rhea from 'rhea';
import { binaryReportedMax, type Json, type Message } from '../values.ts';

type Fields = { [key: string]: unknown };

// Name in the suite, name in rhea.
const names: { readonly [key in keyof Message]?: string } = {
  durable: 'durable',
  priority: 'priority',
  ttl: 'ttl',
  deliveryCount: 'delivery_count',
  deliveryAnnotations: 'delivery_annotations',
  messageAnnotations: 'message_annotations',
  messageId: 'message_id',
  userId: 'user_id',
  to: 'to',
  subject: 'subject',
  replyTo: 'reply_to',
  correlationId: 'correlation_id',
  contentType: 'content_type',
  contentEncoding: 'content_encoding',
  expiryTime: 'absolute_expiry_time',
  creationTime: 'creation_time',
  groupId: 'group_id',
  groupSequence: 'group_sequence',
  replyToGroupId: 'reply_to_group_id',
  applicationProperties: 'application_properties',
};

export function toValue(value: Json | undefined): unknown {
  if (Array.isArray(value)) return value.map(toValue);
  if (typeof value !== 'object' || value === null) return value;
  if ('$symbol' in value) return rhea.types.wrap_symbol(value['$symbol'] as string);
  if ('$binary' in value) return Buffer.from(value['$binary'] as string, 'base64');
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, toValue(one)]));
}

export function toMessage(message: Message): Fields {
  const fields: Fields = {};
  for (const [name, theirs] of Object.entries(names)) {
    const value = message[name as keyof Message];
    if (value !== undefined) fields[theirs] = toValue(value as Json);
  }
  if (message.userId !== undefined) fields['user_id'] = Buffer.from(message.userId);
  const body = toValue(message.body);
  // Binary content travels in a data section (§3.2.6), as Proton sends it.
  fields['body'] = Buffer.isBuffer(body) ? rhea.message.data_section(body) : body;
  return fields;
}

export function reportMessage(message: Fields): Message {
  const told: Fields = {};
  for (const [name, theirs] of Object.entries(names)) {
    if (message[theirs] !== undefined) told[name] = report(message[theirs]);
  }
  if (message['user_id']) told['userId'] = String(message['user_id']);
  told['body'] = report(message['body']);
  return told as Message;
}

interface Section {
  readonly typecode: number;
  readonly content: unknown;
}

export function report(value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return reportBinary(value);
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(report);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object') return value as Json;
  if ('typecode' in value && 'content' in value) return report((value as Section).content);
  if ('type' in value && 'value' in value) return report(value.value); // a value that rhea left typed
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, report(one)]));
}

function reportBinary(bytes: Uint8Array): Json {
  if (bytes.length > binaryReportedMax) return { $bytes: bytes.length, $crc32: crc32(bytes) };
  return { $binary: Buffer.from(bytes).toString('base64') };
}
