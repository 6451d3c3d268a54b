// One line for one frame: its name, and the fields that are set.
import type { Performative } from '../../amqp/performatives.ts';
import { type AmqpValue, describeValue } from '../../amqp/values.ts';

const valueCharactersMax = 80;

/** `bytes`: the length of the frame's body. */
export function describeFrame(performative: Performative, bytes: number): string {
  return `${describeObject(performative)} (${bytes} bytes)`;
}

function describeObject(object: object): string {
  const fields = Object.entries(object).filter(([name, value]) => name !== 'code' && value !== null);
  const shown = fields.map(([name, value]) => `${name}=${describeField(value)}`);
  return [object.constructor.name, ...shown].join(' ');
}

function describeField(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object' && value !== null && 'code' in value) return `{${describeObject(value)}}`;
  return describeValue(value as AmqpValue, valueCharactersMax);
}
