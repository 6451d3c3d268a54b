// AmqpValues for people and for code that does not care which integer or text type a peer chose.

import { limits } from './limits.ts';
import { AmqpArray, type AmqpMap, type AmqpValue, Described, Scalar } from './value-model.ts';

/** The number in any integer, floating-point or timestamp value (rounded beyond 2^53); null for anything else. */
export function asNumber(value: AmqpValue | undefined): number | null {
  if (!(value instanceof Scalar) || value.type === 'char') return null;
  return typeof value.value === 'number' || typeof value.value === 'bigint' ? Number(value.value) : null;
}

/** The text of a string or symbol; null for anything else. */
export function asText(value: AmqpValue | undefined): string | null {
  if (typeof value === 'string') return value;
  return value instanceof Scalar && value.type === 'symbol' ? (value.value as string) : null;
}

/** The value under a key that is the string or the symbol `key`; undefined when there is none. */
export function lookup(map: AmqpMap | null, key: string): AmqpValue | undefined {
  if (map === null) return undefined;
  const value = map.get(key);
  if (value !== undefined) return value;
  for (const [candidate, found] of map) if (asText(candidate) === key) return found;
  return undefined;
}

/**
 * Plain JavaScript data, types forgotten: numbers (bigint beyond 2^53), strings, Uint8Array, arrays, and for a map an object whose
 * keys are texts. A char becomes its character, a described value what it describes.
 */
export function toPlain(value: AmqpValue): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof AmqpArray) return value.items.map(toPlain);
  if (value instanceof Described) return toPlain(value.value);
  if (value instanceof Scalar) return value.type === 'char' ? String.fromCodePoint(value.value as number) : value.value;
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [asText(key) ?? describeValue(key), toPlain(item)]));
  }
  return value;
}

/**
 * One line for logs: `sym"x"`, `"x"`, `int 1`, `b"00ff"`, `[…]`, `{key: value}`, `array[…]`, `@descriptor value`. Cut with `…` at
 * `charactersMax`. Controls and quotes in texts are escaped.
 */
export function describeValue(value: AmqpValue, charactersMax: number = limits.describedCharactersMax): string {
  const pieces = new Pieces(charactersMax);
  describe(value, pieces);
  return pieces.text.length > charactersMax ? `${pieces.text.slice(0, charactersMax - 1)}…` : pieces.text;
}

/** Text that takes no more once it is longer than wanted, so that a large value costs no more than a small one. */
class Pieces {
  text = '';
  readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  get full(): boolean {
    return this.text.length > this.max;
  }
}

function describe(value: AmqpValue, into: Pieces): void {
  if (into.full) return;
  if (typeof value === 'string') into.text += quote(value, into.max);
  else if (value === null || typeof value === 'boolean') into.text += String(value);
  else if (value instanceof Uint8Array) into.text += `b"${hex(value, into.max)}"`;
  else if (Array.isArray(value)) describeItems('[', value, into);
  else if (value instanceof AmqpArray) describeItems('array[', value.items, into);
  else if (value instanceof Map) describeMap(value, into);
  else if (value instanceof Described) {
    into.text += '@';
    describe(value.descriptor, into);
    into.text += ' ';
    describe(value.value, into);
  } else into.text += describeScalar(value, into.max);
}

function describeScalar({ type, value }: Scalar, max: number): string {
  if (type === 'symbol') return `sym${quote(String(value), max)}`;
  if (value instanceof Uint8Array) return `${type} ${hex(value, max)}`;
  return type === 'char' ? `char ${quote(String.fromCodePoint(Number(value)), max)}` : `${type} ${value}`;
}

function describeItems(open: string, items: AmqpValue[], into: Pieces): void {
  into.text += open;
  for (const [index, item] of items.entries()) {
    if (into.full) return;
    if (index > 0) into.text += ', ';
    describe(item, into);
  }
  into.text += ']';
}

function describeMap(map: AmqpMap, into: Pieces): void {
  into.text += '{';
  let first = true;
  for (const [key, item] of map) {
    if (into.full) return;
    if (!first) into.text += ', ';
    first = false;
    describe(key, into);
    into.text += ': ';
    describe(item, into);
  }
  into.text += '}';
}

function quote(text: string, max: number): string {
  return JSON.stringify(text.length > max ? text.slice(0, max) : text);
}

function hex(bytes: Uint8Array, max: number): string {
  let text = '';
  for (let i = 0; i < bytes.length && text.length <= max; i++) text += bytes[i].toString(16).padStart(2, '0');
  return text;
}
