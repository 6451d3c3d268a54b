// Plain JavaScript data as AMQP values, as requests carry them; the way back is `toPlain` of the amqp room.
import { type AmqpValue, double, int, long } from './values.ts';

const intMax = 0x7fffffff;

/** Integers become `int`, or `long` when they are too large for that; keys of objects are strings. What JSON cannot hold is null. */
export function fromPlain(value: unknown): AmqpValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'bigint':
      return long(value);
    case 'number':
      return fromNumber(value);
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(fromPlain);
      return new Map(Object.entries(value).map(([key, item]) => [key, fromPlain(item)]));
    default:
      return null;
  }
}

function fromNumber(value: number): AmqpValue {
  if (!Number.isSafeInteger(value)) return double(value);
  return value > intMax || value < -intMax - 1 ? long(value) : int(value);
}
