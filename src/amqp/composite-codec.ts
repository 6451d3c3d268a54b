// Composite types to and from described lists, driven by the generated table.
//
//   00 | descriptor | list of fields      (§1.4: trailing nulls left out)

import { assert } from '../kit/assert.ts';
import type { CompositeField } from './composite-type.ts';
import { beginCompound, endCompound } from './compound.ts';
import { DecodeError } from './decode-error.ts';
import { readPerformativeCode } from './frames.ts';
import { Code } from './generated/codes.ts';
import { compositeTypes } from './generated/table.ts';
import type { Reader } from './reader.ts';
import { decodeValue } from './value-decoder.ts';
import { encodeValue, typeOf } from './value-encoder.ts';
import { AmqpArray, type AmqpValue, Scalar, symbol, timestamp, ubyte, uint, ulong, ushort } from './value-model.ts';
import { skipValue } from './value-skipper.ts';
import type { Writer } from './writer.ts';

/** An object of one of the generated classes. */
export interface Composite {
  readonly code: number;
}

const typeOfCode = new Map(compositeTypes.map((type) => [type.code, type]));

const outcomes = [Code.Accepted, Code.Rejected, Code.Released, Code.Modified, Code.Declared];
/** What may stand in the fields that hold a composite. An outcome holds no transactional-state, so nesting ends. */
const allowed: Partial<Record<CompositeField['kind'], number[]>> = {
  source: [Code.Source],
  target: [Code.Target, Code.Coordinator],
  state: [Code.Received, ...outcomes, Code.TransactionalState],
  outcome: outcomes,
  error: [Code.ErrorInfo],
};

/** Decodes the described list at the reader's position, whose descriptor is known to be `code`. */
export function decodeComposite(reader: Reader, code: number): Composite {
  const type = typeOfCode.get(code);
  assert(type !== undefined, `0x${code.toString(16)} is the code of a composite type`);
  reader.position = skipValue(reader.bytes, reader.position + 1, reader.end);
  const outerEnd = reader.end;
  const count = openList(reader);
  if (count > type.fields.length) reader.fail(`${count} fields, ${type.fields.length} known`);
  const init: Record<string, unknown> = {};
  for (const [index, field] of type.fields.entries()) {
    const value = index < count ? decodeField(reader, field) : null;
    if (value === null && field.mandatory) reader.fail(`mandatory field ${field.name} is missing`);
    init[field.name] = value;
  }
  if (reader.position !== reader.end) reader.fail('bytes left behind the last field');
  reader.end = outerEnd;
  const Type = type.type as new (fields: object) => Composite;
  return new Type(init);
}

/** Steps over a list header, narrows the reader to the list, and returns the number of items. */
function openList(reader: Reader): number {
  const format = reader.u8();
  if (format !== 0x45 && format !== 0xc0 && format !== 0xd0) reader.fail('a list expected');
  const size = format === 0x45 ? 0 : format === 0xc0 ? reader.u8() : reader.u32();
  if (size > reader.end - reader.position) reader.fail(`a list of ${size} bytes that ends outside`);
  reader.end = reader.position + size;
  return format === 0x45 ? 0 : format === 0xc0 ? reader.u8() : reader.u32();
}

function decodeField(reader: Reader, field: CompositeField): unknown {
  const { kind } = field;
  const composites = allowed[kind];
  if (composites !== undefined) {
    const code = readPerformativeCode(reader.bytes, reader.position, reader.end);
    if (composites.includes(code)) return decodeComposite(reader, code);
  }
  const start = reader.position;
  const value = decodeValue(reader);
  if (value === null || isAny(field)) return value;
  if (value instanceof AmqpArray && field.multiple && value.elementType === kind && value.descriptors.length === 0) {
    return value.items.map(unwrap);
  }
  if (typeOf(value) !== kind) throw new DecodeError(`${field.name}: ${kind} expected`, start);
  return unwrap(value);
}

/** Decodes the delivery-state at the reader's position; an unknown one comes back as the value that it is. */
export function decodeState(reader: Reader): unknown {
  return decodeField(reader, { name: 'state', kind: 'state', mandatory: false, multiple: false });
}

function unwrap(value: AmqpValue): unknown {
  return value instanceof Scalar ? value.value : value;
}

/** Appends `composite` as a described list. A field that its type does not allow is our bug. */
export function encodeComposite(writer: Writer, composite: Composite): void {
  const type = typeOfCode.get(composite.code);
  assert(type !== undefined, `0x${composite.code.toString(16)} is the code of a composite type`);
  writer.u8(0x00);
  writer.u8(0x53);
  writer.u8(composite.code);
  const values = composite as unknown as Record<string, unknown>;
  for (const { name, mandatory } of type.fields) {
    assert(values[name] !== undefined && (values[name] !== null || !mandatory), `${name} is there`);
  }
  const count = type.fields.findLastIndex((field) => values[field.name] !== null) + 1;
  if (count === 0) {
    writer.u8(0x45);
    return;
  }
  const start = beginCompound(writer);
  for (const field of type.fields.slice(0, count)) encodeField(writer, field, values[field.name]);
  endCompound(writer, start, 0xc0, count);
}

function encodeField(writer: Writer, field: CompositeField, value: unknown): void {
  if (isComposite(value)) {
    assert(allowed[field.kind]?.includes(value.code), `${field.name} may be 0x${value.code.toString(16)}`);
    encodeComposite(writer, value);
  } else if (field.multiple && Array.isArray(value)) {
    encodeValue(
      writer,
      new AmqpArray(
        field.kind as 'symbol',
        value.map((item) => wrap(field, item)),
      ),
    );
  } else encodeValue(writer, value === null ? null : wrap(field, value));
}

/** Whether `value` is an object of one of the generated classes: no AmqpValue has a code. */
export function isComposite(value: unknown): value is Composite {
  return typeof value === 'object' && value !== null && 'code' in value;
}

const tag: Partial<Record<CompositeField['kind'], (value: never) => AmqpValue>> = {
  ubyte,
  ushort,
  uint,
  ulong,
  timestamp,
  symbol,
};

/** The field's value with its type. */
function wrap(field: CompositeField, value: unknown): AmqpValue {
  const wrapped = tag[field.kind]?.(value as never) ?? (value as AmqpValue);
  assert(isAny(field) || typeOf(wrapped) === field.kind, `${field.name} is of type ${field.kind}`);
  return wrapped;
}

function isAny({ kind }: CompositeField): boolean {
  return kind === 'any' || kind === 'state' || kind === 'outcome';
}
