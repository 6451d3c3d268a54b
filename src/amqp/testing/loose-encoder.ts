// A dumb encoder that uses every encoding that the standard allows, chosen at random: decoders must not care which
// one a peer prefers. Slow, table-driven, and independent of the encoder under test.

import { codeOfSymbol } from '../generated/codes.ts';
import { encodings } from '../generated/encodings.ts';
import { typeOf } from '../value-encoder.ts';
import { AmqpArray, type AmqpValue, Described, Scalar, symbol } from '../values.ts';
import { Writer } from '../writer.ts';

type Encoding = (typeof encodings)[number];
const symbolOfCode = new Map([...codeOfSymbol].map(([text, code]) => [code, text]));

/** A sequence of choices; the numbers are used over and over. */
export class Choices {
  readonly numbers: readonly number[];
  private used = 0;

  constructor(numbers: readonly number[]) {
    this.numbers = numbers;
  }

  pick<T>(from: readonly T[]): T {
    const number = this.numbers.length === 0 ? 0 : this.numbers[this.used++ % this.numbers.length];
    return from[number % from.length];
  }
}

/** The bytes of `value` in one of its encodings. */
export function encodeLoosely(value: AmqpValue, choices: Choices): Uint8Array {
  const writer = new Writer(64);
  write(writer, value, choices);
  return writer.written();
}

/**
 * `value` with the descriptors of the standard's types by number or by name, and with nulls at the end of its list, up to
 * `fieldsMax` fields: both mean the same.
 */
export function disguise(value: AmqpValue, fieldsMax: number, choices: Choices): AmqpValue {
  if (!(value instanceof Described)) return value;
  const name = value.descriptor instanceof Scalar ? symbolOfCode.get(Number(value.descriptor.value)) : undefined;
  const descriptor = name !== undefined && choices.pick([true, false]) ? symbol(name) : value.descriptor;
  if (!Array.isArray(value.value)) return new Described(descriptor, value.value);
  const items = value.value.map((item) => disguise(item, 0, choices));
  while (items.length < fieldsMax && choices.pick([true, false])) items.push(null);
  return new Described(descriptor, items);
}

function write(writer: Writer, value: AmqpValue, choices: Choices): void {
  if (value instanceof Described) {
    writer.u8(0);
    write(writer, value.descriptor, choices);
    write(writer, value.value, choices);
    return;
  }
  let candidates = encodings.filter((candidate) => fits(candidate, value));
  for (;;) {
    const encoding = choices.pick(candidates);
    const content = new Writer(64);
    if (writeContent(content, encoding, value, choices)) {
      writer.u8(encoding.code);
      writer.append(content.written());
      return;
    }
    candidates = candidates.filter((candidate) => candidate !== encoding); // too large for one byte of size
  }
}

function fits({ code, type, category, width }: Encoding, value: AmqpValue): boolean {
  if (type !== typeOf(value)) return false;
  if (code === 0x41 || code === 0x42) return value === (code === 0x41);
  if (category === 'variable') return width === 4 || contentBytes(value).length < 256;
  if (category !== 'fixed') return true;
  if (width === 0) return fitsNothing(value);
  if (width !== 1 || !(value instanceof Scalar)) return true;
  const number = Number(value.value);
  if (type === 'int' || type === 'long') return number >= -128 && number <= 127;
  return type === 'byte' || number <= 255;
}

function fitsNothing(value: AmqpValue): boolean {
  if (value instanceof Scalar) return value.value === 0;
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** Returns false when the value does not fit this encoding after all. */
function writeContent(writer: Writer, { category, width }: Encoding, value: AmqpValue, choices: Choices): boolean {
  if (category === 'compound' || category === 'array') return writeCompound(writer, width, value, choices);
  if (width === 0) return true;
  const bytes = contentBytes(value, category === 'fixed' ? width : 0);
  if (category === 'variable') writeSize(writer, width, bytes.length);
  writer.append(bytes);
  return true;
}

function writeSize(writer: Writer, width: number, size: number): void {
  if (width === 1) writer.u8(size);
  else writer.u32(size);
}

function writeCompound(writer: Writer, width: number, value: AmqpValue, choices: Choices): boolean {
  const items = new Writer(64);
  let count = 0;
  if (value instanceof AmqpArray) {
    count = value.items.length;
    writeArrayItems(items, value, choices);
  } else {
    const list = value instanceof Map ? [...value].flat() : (value as AmqpValue[]);
    count = list.length;
    for (const item of list) write(items, item, choices);
  }
  if (width === 1 && (items.position > 254 || count > 255)) return false;
  writeSize(writer, width, items.position + width);
  writeSize(writer, width, count);
  writer.append(items.written());
  return true;
}

function writeArrayItems(writer: Writer, array: AmqpArray, choices: Choices): void {
  for (const descriptor of array.descriptors) {
    writer.u8(0);
    write(writer, descriptor, choices);
  }
  const possible = encodings.filter(
    (encoding) => encoding.type === array.elementType && array.items.every((item) => fits(encoding, item)),
  );
  const first = choices.pick(possible);
  for (const encoding of [first, ...possible.toReversed()]) {
    const contents = new Writer(64);
    if (array.items.every((item) => writeContent(contents, encoding, item, choices))) {
      writer.u8(encoding.code);
      writer.append(contents.written());
      return;
    }
  }
  throw new Error('no encoding fits every item');
}

/** Content of a value that holds no others; `width` of a number. */
function contentBytes(value: AmqpValue, width = 0): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (typeof value === 'boolean') return Uint8Array.of(Number(value));
  if (value instanceof Uint8Array) return value;
  if (!(value instanceof Scalar)) throw new Error('a value that holds others');
  if (value.type === 'symbol') return Buffer.from(value.value as string, 'ascii');
  if (value.type === 'uuid') return Buffer.from((value.value as string).replaceAll('-', ''), 'hex');
  if (value.value instanceof Uint8Array) return value.value;
  const view = new DataView(new ArrayBuffer(8));
  if (value.type === 'float') view.setFloat32(4, Number(value.value));
  else if (value.type === 'double') view.setFloat64(0, Number(value.value));
  else view.setBigInt64(0, BigInt.asIntN(64, BigInt(value.value)));
  return new Uint8Array(view.buffer, 8 - width);
}
