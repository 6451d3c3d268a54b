// Bytes → AmqpValue, for every encoding of every type (§1.6). A value is format code and content:
//
//   71 00 00 00 05      int, four bytes               c0 03 02 41 42   list8: size (from the count on), count, items
//   a3 03 61 62 63      symbol, length, text          e0 04 02 50 01 02   array8: size, count, one format code, contents
//   00 53 24 45         described: descriptor, value
//
// Refused with DecodeError: what ends outside its container or leaves bytes in it, unknown format codes, text in the wrong
// code, maps of which two keys are equal, and more than limits.ts allows.

import { DecodeError } from './decode-error.ts';
import { encodings } from './generated/encodings.ts';
import { limits } from './limits.ts';
import type { Reader } from './reader.ts';
import { decodeAscii, decodeUtf8 } from './utf8.ts';
import {
  AmqpArray,
  type AmqpMap,
  type AmqpValue,
  Described,
  isCodePoint,
  type PrimitiveType,
  Scalar,
} from './value-model.ts';

/** Type of each format code; none at the codes that the standard does not define. */
const typeOfFormat: (PrimitiveType | undefined)[] = [];
for (const { code, type } of encodings) typeOfFormat[code] = type;

/** Decodes the value at the reader's position and steps over it. Binaries and decimals are copies. */
export function decodeValue(reader: Reader): AmqpValue {
  return decodeAt(reader, 0);
}

function decodeAt(reader: Reader, depth: number): AmqpValue {
  if (depth > limits.nestingDepthMax) return reader.fail('values nested too deeply');
  const format = reader.u8();
  if (format !== 0) return decodeContent(reader, format, depth);
  const descriptor = decodeAt(reader, depth + 1);
  return new Described(descriptor, decodeAt(reader, depth + 1));
}

/** What follows the format code. */
function decodeContent(reader: Reader, format: number, depth: number): AmqpValue {
  switch (format >> 4) {
    case 0x4:
      return decodeEmpty(reader, format);
    case 0x5:
      return decodeOneByte(reader, format);
    case 0x6:
      return decodeTwoBytes(reader, format);
    case 0x7:
      return decodeFourBytes(reader, format);
    case 0x8:
      return decodeEightBytes(reader, format);
    case 0x9:
      return decodeSixteenBytes(reader, format);
    case 0xa:
      return decodeVariable(reader, format, reader.u8());
    case 0xb:
      return decodeVariable(reader, format, reader.u32());
    default:
      return decodeCompound(reader, format, depth);
  }
}

function decodeEmpty(reader: Reader, format: number): AmqpValue {
  switch (format) {
    case 0x40:
      return null;
    case 0x41:
      return true;
    case 0x42:
      return false;
    case 0x43:
      return new Scalar('uint', 0);
    case 0x44:
      return new Scalar('ulong', 0);
    case 0x45:
      return [];
    default:
      return unknownFormat(reader, format);
  }
}

function decodeOneByte(reader: Reader, format: number): AmqpValue {
  const value = reader.u8();
  switch (format) {
    case 0x50:
      return new Scalar('ubyte', value);
    case 0x51:
      return new Scalar('byte', (value << 24) >> 24);
    case 0x52:
      return new Scalar('uint', value);
    case 0x53:
      return new Scalar('ulong', value);
    case 0x54:
      return new Scalar('int', (value << 24) >> 24);
    case 0x55:
      return new Scalar('long', (value << 24) >> 24);
    case 0x56:
      return value < 2 ? value === 1 : reader.fail(`a boolean of ${value}`);
    default:
      return unknownFormat(reader, format);
  }
}

function decodeTwoBytes(reader: Reader, format: number): AmqpValue {
  const value = reader.u16();
  if (format === 0x60) return new Scalar('ushort', value);
  if (format === 0x61) return new Scalar('short', (value << 16) >> 16);
  return unknownFormat(reader, format);
}

function decodeFourBytes(reader: Reader, format: number): AmqpValue {
  const at = reader.take(4);
  const view = reader.view;
  switch (format) {
    case 0x70:
      return new Scalar('uint', view.getUint32(at));
    case 0x71:
      return new Scalar('int', view.getInt32(at));
    case 0x72:
      return new Scalar('float', view.getFloat32(at));
    case 0x73: {
      const point = view.getUint32(at);
      return isCodePoint(point) ? new Scalar('char', point) : reader.fail(`a char of ${point}`);
    }
    case 0x74:
      return new Scalar('decimal32', copyBehind(reader, 4));
    default:
      return unknownFormat(reader, format);
  }
}

function decodeEightBytes(reader: Reader, format: number): AmqpValue {
  const at = reader.take(8);
  switch (format) {
    case 0x80:
      return new Scalar('ulong', unsigned64(reader.view, at));
    case 0x81:
      return new Scalar('long', signed64(reader.view, at));
    case 0x82:
      return new Scalar('double', reader.view.getFloat64(at));
    case 0x83:
      return new Scalar('timestamp', signed64(reader.view, at));
    case 0x84:
      return new Scalar('decimal64', copyBehind(reader, 8));
    default:
      return unknownFormat(reader, format);
  }
}

function decodeSixteenBytes(reader: Reader, format: number): AmqpValue {
  const bytes = reader.copy(16);
  if (format === 0x94) return new Scalar('decimal128', bytes);
  if (format !== 0x98) return unknownFormat(reader, format);
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += bytes[i].toString(16).padStart(2, '0');
  }
  return new Scalar('uuid', text);
}

function decodeVariable(reader: Reader, format: number, length: number): AmqpValue {
  switch (format) {
    case 0xa0:
    case 0xb0:
      return reader.copy(length);
    case 0xa1:
    case 0xb1: {
      const start = reader.take(length);
      return decodeUtf8(reader.bytes, start, reader.position);
    }
    case 0xa3:
    case 0xb3: {
      const start = reader.take(length);
      return new Scalar('symbol', decodeAscii(reader.bytes, start, reader.position));
    }
    default:
      return unknownFormat(reader, format);
  }
}

function decodeCompound(reader: Reader, format: number, depth: number): AmqpValue {
  if (typeOfFormat[format] === undefined) return unknownFormat(reader, format);
  const narrow = (format & 0x10) === 0; // cx, ex: size and count of one byte; dx, fx: of four
  const start = reader.position;
  const size = narrow ? reader.u8() : reader.u32();
  const end = reader.position + size;
  if (end > reader.end) throw new DecodeError(`${size} bytes that end outside`, start);
  const outerEnd = reader.end;
  reader.end = end;
  const count = narrow ? reader.u8() : reader.u32();
  let value: AmqpValue;
  if (format >= 0xe0) value = decodeArray(reader, count, depth);
  else if (count > end - reader.position) value = reader.fail(`${count} items in ${end - reader.position} bytes`);
  else value = (format & 1) === 0 ? decodeList(reader, count, depth) : decodeMap(reader, count, depth);
  if (reader.position !== end) reader.fail('bytes left behind the last item');
  reader.end = outerEnd;
  return value;
}

function decodeList(reader: Reader, count: number, depth: number): AmqpValue {
  const items: AmqpValue[] = [];
  for (let i = 0; i < count; i++) items.push(decodeAt(reader, depth + 1));
  return items;
}

function decodeMap(reader: Reader, count: number, depth: number): AmqpValue {
  if (count % 2 !== 0) reader.fail('a key without value');
  const map: AmqpMap = new Map();
  let tagged: Set<string> | null = null;
  for (let i = 0; i < count; i += 2) {
    const key = decodeAt(reader, depth + 1);
    if (key instanceof Scalar) {
      const identity = `${key.type} ${key.value}`;
      tagged ??= new Set();
      if (tagged.has(identity)) reader.fail('two equal keys');
      tagged.add(identity);
    }
    map.set(key, decodeAt(reader, depth + 1));
    if (map.size !== i / 2 + 1) reader.fail('two equal keys');
  }
  return map;
}

function decodeArray(reader: Reader, count: number, depth: number): AmqpValue {
  const descriptors: AmqpValue[] = [];
  let format = reader.u8();
  for (; format === 0; format = reader.u8()) {
    if (depth + descriptors.length > limits.nestingDepthMax) reader.fail('values nested too deeply');
    descriptors.push(decodeAt(reader, depth + 1));
  }
  const elementType = typeOfFormat[format] ?? unknownFormat(reader, format);
  if (format >> 4 === 4) {
    reader.zeroWidthItemsLeft -= count;
    if (reader.zeroWidthItemsLeft < 0) reader.fail(`${count} items without bytes`);
  } else if (count > reader.end - reader.position)
    reader.fail(`${count} items in ${reader.end - reader.position} bytes`);
  if (depth >= limits.nestingDepthMax && count > 0) reader.fail('values nested too deeply');
  const items: AmqpValue[] = [];
  for (let i = 0; i < count; i++) items.push(decodeContent(reader, format, depth + 1));
  return new AmqpArray(elementType, items, descriptors);
}

/** A copy of the `count` bytes just stepped over. */
function copyBehind(reader: Reader, count: number): Uint8Array {
  reader.position -= count;
  return reader.copy(count);
}

function unsigned64(view: DataView, at: number): number | bigint {
  const value = view.getUint32(at) * 0x100000000 + view.getUint32(at + 4);
  return Number.isSafeInteger(value) ? value : view.getBigUint64(at);
}

function signed64(view: DataView, at: number): number | bigint {
  const value = view.getInt32(at) * 0x100000000 + view.getUint32(at + 4);
  return Number.isSafeInteger(value) ? value : view.getBigInt64(at);
}

function unknownFormat(reader: Reader, format: number): never {
  return reader.fail(`unknown format code 0x${format.toString(16)}`);
}
