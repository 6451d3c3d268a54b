// The AMQP type system (part 1 of the standard) as JavaScript values. What JavaScript tells apart by itself is itself; everything
// else carries its type, so that a value that is decoded and encoded again means the same:
//
//   null, boolean, string    themselves           list    JavaScript array
//   binary                   Uint8Array           map     Map, in the order of the wire
//   other primitives         Scalar: int 1 is not uint 1
//   array                    AmqpArray            described types   Described

import { assert } from '../kit/assert.ts';

/** JavaScript type of each primitive that needs a tag. */
interface ScalarValues {
  ubyte: number;
  ushort: number;
  uint: number;
  /** A number where that is exact, else a bigint; the same for long and timestamp. */
  ulong: number | bigint;
  byte: number;
  short: number;
  int: number;
  long: number | bigint;
  float: number;
  double: number;
  /** A Unicode code point. */
  char: number;
  /** Milliseconds since 1970-01-01T00:00Z. */
  timestamp: number | bigint;
  /** Lower-case hex in groups of 8-4-4-4-12. */
  uuid: string;
  symbol: string;
  /** The bytes of the wire: 4, 8, 16. */
  decimal32: Uint8Array;
  decimal64: Uint8Array;
  decimal128: Uint8Array;
}

export type ScalarType = keyof ScalarValues;

/** Every type that has an encoding of its own. */
export type PrimitiveType = ScalarType | 'null' | 'boolean' | 'string' | 'binary' | 'list' | 'map' | 'array';

/** A primitive value with its type. Not checked here: the factories below are. */
export class Scalar<T extends ScalarType = ScalarType> {
  readonly type: T;
  readonly value: ScalarValues[T];

  constructor(type: T, value: ScalarValues[T]) {
    this.type = type;
    this.value = value;
  }
}

export type AmqpScalar = { [T in ScalarType]: Scalar<T> }[ScalarType];

/** Values of one type (§1.6.24). The type is kept, for an empty array has one too. */
export class AmqpArray {
  readonly elementType: PrimitiveType;
  /** Items without the descriptors that they share. */
  readonly items: AmqpValue[];
  /** Descriptors of every item, outermost first; empty unless this is an array of a described type. */
  readonly descriptors: AmqpValue[];

  constructor(elementType: PrimitiveType, items: AmqpValue[], descriptors: AmqpValue[] = []) {
    this.elementType = elementType;
    this.items = items;
    this.descriptors = descriptors;
  }
}

/** A value whose descriptor says what it means (§1.1.2). */
export class Described {
  readonly descriptor: AmqpValue;
  readonly value: AmqpValue;

  constructor(descriptor: AmqpValue, value: AmqpValue) {
    this.descriptor = descriptor;
    this.value = value;
  }
}

export type AmqpMap = Map<AmqpValue, AmqpValue>;
export type AmqpValue =
  | null
  | boolean
  | string
  | Uint8Array
  | AmqpValue[]
  | AmqpMap
  | AmqpScalar
  | AmqpArray
  | Described;

// Factories. A number outside its type is our bug.

export function ubyte(value: number): Scalar<'ubyte'> {
  return new Scalar('ubyte', integer(value, 0, 0xff));
}

export function ushort(value: number): Scalar<'ushort'> {
  return new Scalar('ushort', integer(value, 0, 0xffff));
}

export function uint(value: number): Scalar<'uint'> {
  return new Scalar('uint', integer(value, 0, 0xffffffff));
}

export function ulong(value: number | bigint): Scalar<'ulong'> {
  return new Scalar('ulong', wide(value, 0n, 0xffffffffffffffffn));
}

export function byte(value: number): Scalar<'byte'> {
  return new Scalar('byte', integer(value, -0x80, 0x7f));
}

export function short(value: number): Scalar<'short'> {
  return new Scalar('short', integer(value, -0x8000, 0x7fff));
}

export function int(value: number): Scalar<'int'> {
  return new Scalar('int', integer(value, -0x80000000, 0x7fffffff));
}

export function long(value: number | bigint): Scalar<'long'> {
  return new Scalar('long', wide(value, -0x8000000000000000n, 0x7fffffffffffffffn));
}

/** Rounds to 32 bits. */
export function float(value: number): Scalar<'float'> {
  return new Scalar('float', Math.fround(value));
}

export function double(value: number): Scalar<'double'> {
  return new Scalar('double', value);
}

/** @param value one character, or its code point. */
export function char(value: number | string): Scalar<'char'> {
  const point = typeof value === 'number' ? value : (value.codePointAt(0) ?? -1);
  assert(isCodePoint(point), `${value} is no Unicode character`);
  return new Scalar('char', point);
}

export function timestamp(milliseconds: number | bigint): Scalar<'timestamp'> {
  return new Scalar('timestamp', wide(milliseconds, -0x8000000000000000n, 0x7fffffffffffffffn));
}

/** @param value 36 characters, as `00112233-4455-6677-8899-aabbccddeeff`. */
export function uuid(value: string): Scalar<'uuid'> {
  const text = value.toLowerCase();
  assert(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text), `${value} is no UUID`);
  return new Scalar('uuid', text);
}

/** @param value ASCII text. */
export function symbol(value: string): Scalar<'symbol'> {
  return new Scalar('symbol', value);
}

/** A map with symbols for keys, as `fields` and annotations are (§2.8.14, §3.2.10). */
export function symbolMap(entries: Record<string, AmqpValue>): AmqpMap {
  return new Map(Object.entries(entries).map(([key, value]) => [symbol(key), value]));
}

/** Whether `value` is a Unicode character: surrogates are none. */
export function isCodePoint(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
}

function integer(value: number, min: number, max: number): number {
  assert(Number.isInteger(value) && value >= min && value <= max, `${value} is an integer from ${min} to ${max}`);
  return value;
}

function wide(value: number | bigint, min: bigint, max: bigint): number | bigint {
  assert(typeof value === 'bigint' || Number.isSafeInteger(value), `${value} is an exact integer`);
  assert(value >= min && value <= max, `${value} is from ${min} to ${max}`);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
