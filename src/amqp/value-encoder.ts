// AmqpValue → bytes, in the smallest encoding of each value (§1.6). What cannot be encoded is our bug.
//
// The items of an array share one format code: the smallest that fits all of them. Booleans take one byte each there, and
// lists, maps and arrays four bytes of size, so that deep nesting is never written twice.

import { assert, unreachable } from '../kit/assert.ts';
import { beginCompound, endCompound } from './compound.ts';
import { limits } from './limits.ts';
import { appendAscii, appendUtf8 } from './utf8.ts';
import { AmqpArray, type AmqpScalar, type AmqpValue, Described, type PrimitiveType, Scalar } from './value-model.ts';
import type { Writer } from './writer.ts';

/** Appends `value`. */
export function encodeValue(writer: Writer, value: AmqpValue): void {
  encodeAt(writer, value, 0);
}

function encodeAt(writer: Writer, value: AmqpValue, depth: number): void {
  assert(depth <= limits.encodedNestingDepthMax, 'values are not nested too deeply');
  if (value === null) writer.u8(0x40);
  else if (typeof value === 'boolean') writer.u8(value ? 0x41 : 0x42);
  else if (typeof value === 'string') appendVariable(writer, 0xa1, value);
  else if (value instanceof Uint8Array) appendVariable(writer, 0xa0, value);
  else if (value instanceof Scalar) encodeScalar(writer, value);
  else if (value instanceof AmqpArray) {
    const start = beginCompound(writer);
    encodeItems(writer, value, depth);
    endCompound(writer, start, 0xe0, value.items.length);
  } else if (value instanceof Described) {
    writer.u8(0x00);
    encodeAt(writer, value.descriptor, depth + 1);
    encodeAt(writer, value.value, depth + 1);
  } else encodeListOrMap(writer, value, depth);
}

function encodeListOrMap(writer: Writer, value: AmqpValue[] | Map<AmqpValue, AmqpValue>, depth: number): void {
  if (Array.isArray(value) && value.length === 0) {
    writer.u8(0x45);
    return;
  }
  const start = beginCompound(writer);
  const count = appendItems(writer, value, depth);
  endCompound(writer, start, Array.isArray(value) ? 0xc0 : 0xc1, count);
}

/** Appends the items of a list, or keys and values of a map; returns their number. */
function appendItems(writer: Writer, value: AmqpValue[] | Map<AmqpValue, AmqpValue>, depth: number): number {
  if (Array.isArray(value)) {
    for (const item of value) encodeAt(writer, item, depth + 1);
    return value.length;
  }
  for (const [key, item] of value) {
    encodeAt(writer, key, depth + 1);
    encodeAt(writer, item, depth + 1);
  }
  return value.size * 2;
}

function encodeScalar(writer: Writer, scalar: AmqpScalar): void {
  const { type, value } = scalar;
  if (type === 'symbol') appendVariable(writer, 0xa3, scalar);
  else if (type === 'uint' && value === 0) writer.u8(0x43);
  else if (type === 'ulong' && value === 0) writer.u8(0x44);
  else {
    const small = isSmall(scalar) ? smallFormat[type] : undefined;
    writer.u8(small ?? fullFormat[type]);
    appendScalar(writer, scalar, small !== undefined);
  }
}

/** Format codes of one byte of content, for the types that have a longer one too. */
const smallFormat: Partial<Record<PrimitiveType, number>> = { uint: 0x52, ulong: 0x53, int: 0x54, long: 0x55 };

/** The longest format code of each type. */
const fullFormat: Record<PrimitiveType, number> = {
  null: 0x40,
  boolean: 0x56,
  ubyte: 0x50,
  byte: 0x51,
  ushort: 0x60,
  short: 0x61,
  uint: 0x70,
  int: 0x71,
  float: 0x72,
  char: 0x73,
  decimal32: 0x74,
  ulong: 0x80,
  long: 0x81,
  double: 0x82,
  timestamp: 0x83,
  decimal64: 0x84,
  decimal128: 0x94,
  uuid: 0x98,
  binary: 0xb0,
  string: 0xb1,
  symbol: 0xb3,
  list: 0xd0,
  map: 0xd1,
  array: 0xf0,
};

/** Whether the value fits the one-byte encoding of its type. */
function isSmall({ type, value }: AmqpScalar): boolean {
  if (type === 'uint' || type === 'ulong') return value < 256;
  return (type === 'int' || type === 'long') && value >= -128 && value < 128;
}

/** The content of a scalar other than a symbol. */
function appendScalar(writer: Writer, scalar: AmqpScalar, small: boolean): void {
  if (small) {
    writer.u8(Number(scalar.value));
    return;
  }
  switch (scalar.type) {
    case 'ubyte':
    case 'byte':
      writer.u8(scalar.value);
      break;
    case 'ushort':
    case 'short':
      writer.u16(scalar.value);
      break;
    case 'uint':
    case 'int':
    case 'char':
      writer.u32(scalar.value);
      break;
    case 'ulong':
    case 'long':
    case 'timestamp':
      appendWide(writer, scalar.value);
      break;
    case 'float':
      writer.reserve(4);
      writer.view.setFloat32(writer.position, scalar.value);
      writer.position += 4;
      break;
    case 'double':
      writer.reserve(8);
      writer.view.setFloat64(writer.position, scalar.value);
      writer.position += 8;
      break;
    case 'uuid':
      appendHex(writer, scalar.value.replaceAll('-', ''));
      break;
    case 'decimal32':
    case 'decimal64':
    case 'decimal128':
      assert(scalar.value.length === decimalBytes[scalar.type], `a ${scalar.type} of ${scalar.value.length} bytes`);
      writer.append(scalar.value);
      break;
    case 'symbol':
      appendAscii(writer, scalar.value);
      break;
    default:
      unreachable(scalar);
  }
}

const decimalBytes = { decimal32: 4, decimal64: 8, decimal128: 16 } as const;

/** 64 bits; a negative number in two's complement, which is the same bits as its unsigned remainder. */
function appendWide(writer: Writer, value: number | bigint): void {
  writer.reserve(8);
  writer.view.setBigUint64(writer.position, BigInt.asUintN(64, BigInt(value)));
  writer.position += 8;
}

function appendHex(writer: Writer, digits: string): void {
  for (let i = 0; i < digits.length; i += 2) writer.u8(Number.parseInt(digits.slice(i, i + 2), 16));
}

/** Format code, length and content of a binary, string or symbol. @param format the one with one byte of length. */
function appendVariable(writer: Writer, format: number, value: AmqpValue): void {
  const start = writer.position;
  writer.u8(format);
  if (appendSized(writer, value, false)) return;
  writer.position = start;
  writer.u8(format + 0x10);
  appendSized(writer, value, true);
}

/** Length and content. Returns false, with rubbish written, when the length does not fit into the one byte that it has. */
function appendSized(writer: Writer, value: AmqpValue, wide: boolean): boolean {
  const at = writer.position;
  if (wide) writer.u32(0);
  else writer.u8(0);
  const start = writer.position;
  if (typeof value === 'string') appendUtf8(writer, value);
  else if (value instanceof Uint8Array) writer.append(value);
  else if (value instanceof Scalar && value.type === 'symbol') appendAscii(writer, value.value);
  const length = writer.position - start;
  if (wide) writer.view.setUint32(at, length);
  else writer.bytes[at] = length;
  return wide || length < 256;
}

/** Descriptors, format code and contents of an array. */
function encodeItems(writer: Writer, array: AmqpArray, depth: number): void {
  for (const descriptor of array.descriptors) {
    writer.u8(0x00);
    encodeAt(writer, descriptor, depth + 1);
  }
  const type = array.elementType;
  assert(type !== 'null' || array.items.length <= limits.zeroWidthItemsMax, 'an array of nulls that can be decoded');
  for (const item of array.items) assert(typeOf(item) === type, `an array of ${type} holds nothing else`);
  const small = smallFormat[type];
  const start = writer.position;
  if (small !== undefined && array.items.every((item) => item instanceof Scalar && isSmall(item))) {
    writer.u8(small);
    for (const item of array.items) appendScalar(writer, item as AmqpScalar, true);
  } else if (type === 'binary' || type === 'string' || type === 'symbol') {
    writer.u8(fullFormat[type] - 0x10);
    if (array.items.every((item) => appendSized(writer, item, false))) return;
    writer.position = start;
    writer.u8(fullFormat[type]);
    for (const item of array.items) appendSized(writer, item, true);
  } else {
    writer.u8(fullFormat[type]);
    for (const item of array.items) appendFull(writer, item, depth + 1);
  }
}

/** The content of an item in the longest format of its type. */
function appendFull(writer: Writer, item: AmqpValue, depth: number): void {
  assert(depth <= limits.encodedNestingDepthMax, 'values are not nested too deeply');
  if (item === null) return;
  if (typeof item === 'boolean') writer.u8(item ? 1 : 0);
  else if (item instanceof Scalar) appendScalar(writer, item, false);
  else appendWideCompound(writer, item, depth);
}

/** Size and count of four bytes, and the items, of a list, map or array. */
function appendWideCompound(writer: Writer, item: AmqpValue, depth: number): void {
  const at = writer.position;
  writer.u32(0);
  writer.u32(0);
  let count = 0;
  if (item instanceof AmqpArray) {
    encodeItems(writer, item, depth);
    count = item.items.length;
  } else if (Array.isArray(item) || item instanceof Map) count = appendItems(writer, item, depth);
  writer.view.setUint32(at, writer.position - at - 4);
  writer.view.setUint32(at + 4, count);
}

/** The type under which `value` is encoded. */
export function typeOf(value: AmqpValue): PrimitiveType | 'described' {
  if (value === null) return 'null';
  if (typeof value === 'boolean' || typeof value === 'string') return typeof value as 'boolean' | 'string';
  if (value instanceof Scalar) return value.type;
  if (value instanceof Uint8Array) return 'binary';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'map';
  return value instanceof AmqpArray ? 'array' : 'described';
}
