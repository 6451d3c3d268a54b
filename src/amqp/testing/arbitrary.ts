// Random AMQP values and performatives for property tests, of every type that there is.

import fc from 'fast-check';
import type { Composite } from '../composite-codec.ts';
import type { CompositeField, CompositeType } from '../composite-type.ts';
import { Code } from '../generated/codes.ts';
import type { Header, Properties } from '../generated/messaging.ts';
import { compositeTypes } from '../generated/table.ts';
import { Message, type MessageBody } from '../message.ts';
import * as v from '../values.ts';

const asciiText = fc.string({ unit: 'binary-ascii', maxLength: 20 });
const text = fc.oneof(
  asciiText,
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ minLength: 250, maxLength: 300 }),
);
const bytes = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 250, maxLength: 260 }));
const small = fc.integer({ min: -2, max: 300 });

function unsigned(bits: number): fc.Arbitrary<number> {
  const max = 2 ** bits - 1;
  return fc.oneof(
    small.map((n) => Math.min(Math.abs(n), max)),
    fc.integer({ min: 0, max }),
    fc.constantFrom(0, 1, 255, max).map((n) => Math.min(n, max)),
  );
}

function signed(bits: number): fc.Arbitrary<number> {
  const max = 2 ** (bits - 1) - 1;
  return fc.oneof(
    fc.integer({ min: -128, max: 127 }),
    fc.integer({ min: -max - 1, max }),
    fc.constantFrom(-max - 1, max),
  );
}

const signed64 = fc.oneof(
  fc.integer({ min: -130, max: 130 }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.maxSafeInteger(),
  fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), -(2n ** 63n), 2n ** 63n - 1n),
);
const unsigned64 = fc.oneof(
  small.map(Math.abs),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, 2n ** 64n - 1n, 2n ** 32n),
);
const codePoint = fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }));

function decimal<T extends 'decimal32' | 'decimal64' | 'decimal128'>(type: T, length: number) {
  return fc.uint8Array({ minLength: length, maxLength: length }).map((value) => new v.Scalar(type, value));
}

/** Values of each type that holds no others. */
const simple = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  string: text,
  binary: bytes,
  ubyte: unsigned(8).map(v.ubyte),
  ushort: unsigned(16).map(v.ushort),
  uint: unsigned(32).map(v.uint),
  ulong: unsigned64.map(v.ulong),
  byte: signed(8).map(v.byte),
  short: signed(16).map(v.short),
  int: signed(32).map(v.int),
  long: signed64.map(v.long),
  float: fc.float().map(v.float),
  double: fc.double().map(v.double),
  char: codePoint.map(v.char),
  timestamp: signed64.map(v.timestamp),
  uuid: fc.uuid().map(v.uuid),
  symbol: fc.oneof(asciiText, fc.string({ minLength: 250, maxLength: 300, unit: 'binary-ascii' })).map(v.symbol),
  decimal32: decimal('decimal32', 4),
  decimal64: decimal('decimal64', 8),
  decimal128: decimal('decimal128', 16),
} satisfies Partial<Record<v.PrimitiveType, fc.Arbitrary<v.AmqpValue>>>;

const leaf: fc.Arbitrary<v.AmqpValue> = fc.oneof(...Object.values(simple));
/** No descriptor of a composite type, which would be decoded as one where a field expects it. */
const descriptor = fc.oneof(
  asciiText.map((name) => v.symbol(`test:${name}`)),
  fc.constant(v.ulong(2n ** 40n)),
);

function keyIdentity(key: v.AmqpValue): unknown {
  return key instanceof v.Scalar ? `${key.type} ${key.value}` : key;
}

function mapOf(key: fc.Arbitrary<v.AmqpValue>, value: fc.Arbitrary<v.AmqpValue>): fc.Arbitrary<v.AmqpMap> {
  const entries = fc.uniqueArray(fc.tuple(key, value), { maxLength: 6, selector: ([k]) => keyIdentity(k) });
  return entries.map((pairs) => new Map(pairs));
}

function arrayOf(list: fc.Arbitrary<v.AmqpValue>, map: fc.Arbitrary<v.AmqpValue>, array: fc.Arbitrary<v.AmqpValue>) {
  const elements: Record<v.PrimitiveType, fc.Arbitrary<v.AmqpValue>> = { ...simple, list, map, array };
  return fc
    .constantFrom(...(Object.keys(elements) as v.PrimitiveType[]))
    .chain((type) =>
      fc
        .tuple(fc.array(elements[type], { maxLength: 5 }), fc.array(descriptor, { maxLength: 2 }))
        .map(([items, descriptors]) => new v.AmqpArray(type, items, descriptors)),
    );
}

const tree = fc.letrec<Record<'value' | 'list' | 'map' | 'array' | 'described', v.AmqpValue>>((tie) => ({
  value: fc.oneof({ maxDepth: 3, depthSize: 'small' }, leaf, tie('list'), tie('map'), tie('array'), tie('described')),
  list: fc.array(tie('value'), { maxLength: 6 }),
  map: mapOf(leaf, tie('value')),
  array: arrayOf(tie('list'), tie('map'), tie('array')).filter((array) => nesting(array) < 40),
  described: fc.tuple(descriptor, tie('value')).map(([d, value]) => new v.Described(d, value)),
}));

function nesting(value: v.AmqpValue): number {
  if (value instanceof v.AmqpArray) return 1 + Math.max(0, ...value.items.map(nesting));
  if (value instanceof v.Described) return 1 + nesting(value.value);
  if (Array.isArray(value)) return 1 + Math.max(0, ...value.map(nesting));
  return value instanceof Map ? 1 + Math.max(0, ...[...value.values()].map(nesting)) : 0;
}

/** Any AMQP value, of every type, nested a few levels. */
export const amqpValue: fc.Arbitrary<v.AmqpValue> = tree.value;

/** A map as `fields` are: symbols for keys. */
export const fieldsMap: fc.Arbitrary<v.AmqpMap> = mapOf(simple.symbol, leaf);

/** A delivery-tag that the standard allows. */
export const deliveryTag = fc.uint8Array({ maxLength: 32 });

const states = [Code.Received, Code.Accepted, Code.Rejected, Code.Released, Code.Modified, Code.Declared];
const unknownState = fc.constant(new v.Described(v.symbol('test:state'), [v.uint(1)]));

function field({ name, kind, multiple }: CompositeField): fc.Arbitrary<unknown> {
  if (name === 'deliveryTag') return deliveryTag;
  switch (kind) {
    case 'boolean':
    case 'string':
    case 'binary':
      return simple[kind];
    case 'ubyte':
    case 'ushort':
    case 'uint':
    case 'ulong':
    case 'timestamp':
      return simple[kind].map(({ value }) => value);
    case 'symbol': {
      const one = simple.symbol.map(({ value }) => value);
      return multiple ? fc.oneof(one, fc.array(one, { maxLength: 4 })) : one;
    }
    case 'map':
      return fieldsMap;
    case 'any':
      return leaf.filter((value) => value !== null);
    case 'source':
      return composite(Code.Source);
    case 'target':
      return fc.oneof(composite(Code.Target), composite(Code.Coordinator));
    case 'error':
      return composite(Code.ErrorInfo);
    case 'state':
      return fc.oneof(unknownState, ...states.map(composite), composite(Code.TransactionalState));
    case 'outcome':
      return fc.oneof(unknownState, ...states.slice(1).map(composite));
  }
}

function compositeOf(type: CompositeType): fc.Arbitrary<Composite> {
  const fields = type.fields.map((f): [string, fc.Arbitrary<unknown>] => {
    const value = field(f);
    return [f.name, f.mandatory ? value : fc.option(value, { nil: null })];
  });
  const Type = type.type as new (init: object) => Composite;
  return fc.record(Object.fromEntries(fields)).map((init) => new Type(init));
}

/** An object of the generated class with descriptor `code`, fields filled at random. */
export function composite(code: number): fc.Arbitrary<Composite> {
  const type = compositeTypes.find((candidate) => candidate.code === code);
  if (type === undefined) throw new Error(`no composite type 0x${code.toString(16)}`);
  return compositeOf(type);
}

const body: fc.Arbitrary<MessageBody> = fc.oneof(
  fc.array(simple.binary, { minLength: 1, maxLength: 3 }).map((data) => ({ kind: 'data' as const, data })),
  fc
    .array(fc.array(amqpValue, { maxLength: 3 }), { minLength: 1, maxLength: 3 })
    .map((sequences) => ({ kind: 'sequence' as const, sequences })),
  amqpValue.map((value) => ({ kind: 'value' as const, value })),
);

/** A message with any of its sections. */
export const message: fc.Arbitrary<Message> = fc
  .record({
    header: fc.option(composite(Code.Header) as fc.Arbitrary<Header>),
    deliveryAnnotations: fc.option(fieldsMap),
    messageAnnotations: fc.option(fieldsMap),
    properties: fc.option(composite(Code.Properties) as fc.Arbitrary<Properties>),
    applicationProperties: fc.option(mapOf(simple.string, leaf)),
    body,
    footer: fc.option(fieldsMap),
  })
  .map((init) => new Message(init));
