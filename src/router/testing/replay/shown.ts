// Performatives and messages as one line of text each. What is free in a comparison is left out or shown as a star.
import { decodeMessage } from '../../../amqp/message.ts';
import { type AmqpValue, describeValue } from '../../../amqp/values.ts';

/** Fields that every side chooses for itself. */
const free = new Set([
  'code',
  'name',
  'handle',
  'unsettled',
  'nextOutgoingId',
  'remoteChannel',
  'incomingWindow',
  'outgoingWindow',
]);

const longest = 160;

/** `Attach(role=true, source=Source(address="q"), …)`. */
export function shown(value: unknown): string {
  return starred(textOf(value));
}

export function shownMessage(parts: readonly Uint8Array[]): string {
  const bytes = Uint8Array.from(Buffer.concat(parts));
  try {
    return shown(decodeMessage(bytes, 0, bytes.length));
  } catch {
    return `no message: ${Buffer.from(bytes).toString('hex')}`;
  }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || isValue(value)) return short(describeValue(value as AmqpValue, 1_000_000));
  const name = value.constructor.name;
  const fields = Object.entries(value).filter(([key, field]) => field !== null && !free.has(key));
  const texts = fields.map(([key, field]) => `${key}=${textOf(field)}`);
  return `${name === 'Object' ? '' : name}(${texts.join(', ')})`;
}

function isValue(value: object): boolean {
  const isComposite = 'code' in value || value.constructor.name === 'Message' || value.constructor === Object;
  return !isComposite;
}

function short(text: string): string {
  if (text.length <= longest) return text;
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return `${text.slice(0, 40)}… ${text.length} characters, sum ${sum >>> 0}`;
}

/** Names that routers make up, and when they started. */
function starred(text: string): string {
  return text
    .replace(/temp\.[A-Za-z0-9+_-]{15}/g, 'temp.*')
    .replace(/"instance": (int|long) \d+/, '"instance": *')
    .replace(/("qd\.conn-id":) int \d+/, '$1 *');
}
