// Changes to AMQP values that leave them values: fields missing, of another type, at the edge of what they may hold.

import { Reader } from '../src/amqp/reader.ts';
import { Choices, encodeLoosely } from '../src/amqp/testing/loose-encoder.ts';
import * as v from '../src/amqp/values.ts';
import { Writer } from '../src/amqp/writer.ts';
import type { Random } from '../src/kit/random.ts';
import { remarkableNumbers } from './dictionary.ts';

/**
 * `bytes` with a change to the value that they begin with; what follows it is kept. Null when they begin with no value, or
 * when the changed one cannot be written.
 */
export function mutateValueBytes(bytes: Uint8Array, random: Random): Uint8Array | null {
  try {
    const reader = new Reader(bytes);
    let value = v.decodeValue(reader);
    for (let times = 1 + random.below(3); times > 0; times--) value = mutateValue(value, random);
    const writer = new Writer(bytes.length + 64);
    if (random.chance(0.5)) v.encodeValue(writer, value);
    // In one of the other encodings that mean the same.
    else writer.append(encodeLoosely(value, new Choices(Array.from({ length: 16 }, () => random.below(64)))));
    writer.append(bytes, reader.position);
    return writer.written();
  } catch {
    return null; // not a value, or one that no encoder of ours writes: bytes are mutated instead
  }
}

/** Goes down into the value for a while, and changes what it finds. */
export function mutateValue(value: v.AmqpValue, random: Random): v.AmqpValue {
  const isDeep = value instanceof v.Described || Array.isArray(value) || value instanceof Map;
  if (!isDeep || random.chance(0.1)) return replacement(value, random);
  if (value instanceof v.Described) {
    return random.chance(0.9)
      ? new v.Described(value.descriptor, mutateValue(value.value, random))
      : new v.Described(mutateValue(value.descriptor, random), value.value);
  }
  return Array.isArray(value) ? mutateList(value, random) : mutateMap(value, random);
}

function mutateList(list: readonly v.AmqpValue[], random: Random): v.AmqpValue[] {
  const copy = [...list];
  const at = random.below(copy.length + 1);
  const roll = random.below(10);
  if (roll === 0) copy.splice(at, 1);
  else if (roll === 1) copy.splice(at, 0, anyValue(random));
  else if (roll === 2) copy.length = at;
  else if (at < copy.length) copy[at] = mutateValue(copy[at] as v.AmqpValue, random);
  else copy.push(anyValue(random));
  return copy;
}

function mutateMap(map: v.AmqpMap, random: Random): v.AmqpMap {
  const entries = [...map];
  const at = random.below(entries.length + 1);
  const entry = entries[at];
  const roll = random.below(6);
  if (entry === undefined || roll === 0) entries.push([random.pick(keys), anyValue(random)]);
  else if (roll === 1) entries.splice(at, 1);
  else if (roll === 2) entries[at] = [mutateValue(entry[0], random), entry[1]];
  else entries[at] = [entry[0], mutateValue(entry[1], random)];
  return new Map(entries);
}

/** Often of the same type. */
function replacement(value: v.AmqpValue, random: Random): v.AmqpValue {
  if (random.chance(0.25)) return anyValue(random);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return random.pick(texts);
  if (value instanceof Uint8Array) return random.bytes(random.pick([0, 1, 4, 8, 16, 32, 33, 255, 256]));
  if (!(value instanceof v.Scalar)) return anyValue(random);
  if (value.type === 'symbol') return v.symbol(random.pick(texts).replace(/[^\x20-\x7e]/g, '?'));
  return numberLike(value, random);
}

const ranges: Partial<Record<v.ScalarType, [number, number]>> = {
  ubyte: [0, 0xff],
  ushort: [0, 0xffff],
  uint: [0, 0xffffffff],
  byte: [-0x80, 0x7f],
  short: [-0x8000, 0x7fff],
  int: [-0x80000000, 0x7fffffff],
};

function numberLike(value: v.Scalar, random: Random): v.AmqpValue {
  const range = ranges[value.type];
  const near = typeof value.value === 'number' ? value.value + random.between(-3, 3) : 0;
  const number = random.chance(0.5) ? near : random.pick(remarkableNumbers);
  if (range !== undefined)
    return new v.Scalar(value.type, Math.min(range[1], Math.max(range[0], number))) as v.AmqpScalar;
  if (value.type === 'ulong') return v.ulong(Math.max(0, number));
  if (value.type === 'long' || value.type === 'timestamp') return new v.Scalar(value.type, number) as v.AmqpScalar;
  return anyValue(random);
}

const texts = [
  '',
  'a',
  'even',
  'many',
  'near',
  'none',
  'amqp:/even',
  '$management',
  '_local/x',
  'é',
  '\0',
  'x'.repeat(300),
];
const keys: readonly v.AmqpValue[] = [
  'key',
  v.symbol('x-opt-qd.to'),
  v.symbol('x-opt-qd.trace'),
  v.ulong(1),
  null,
  v.double(Number.NaN),
];

const makers: ((random: Random) => v.AmqpValue)[] = [
  () => null,
  (random) => random.chance(0.5),
  (random) => v.ubyte(random.below(256)),
  (random) => v.ushort(random.below(65_536)),
  (random) => v.uint(random.pick(remarkableNumbers)),
  (random) => v.ulong(random.pick(remarkableNumbers)),
  () => v.ulong(2n ** 64n - 1n),
  (random) => v.int(random.pick(remarkableNumbers) | 0),
  (random) => v.long(-random.pick(remarkableNumbers)),
  (random) => v.float(random.pick([0, -0, Number.NaN, 1.5, Number.POSITIVE_INFINITY])),
  (random) => v.double(random.pick([0, -0, Number.NaN, 1e300])),
  (random) => v.char(random.pick([0, 65, 0xffff, 0x10ffff])),
  () => v.timestamp(1_700_000_000_000),
  () => v.uuid('00112233-4455-6677-8899-aabbccddeeff'),
  (random) => random.bytes(random.below(40)),
  (random) => random.pick(texts),
  (random) => v.symbol(random.pick(['a', 'amqp:accepted:list', 'qd.waypoint', 'qd.router', 'ANONYMOUS', ''])),
  () => [],
  () => new Map(),
  (random) => [anyValue(random), anyValue(random)],
  (random) => new Map([[random.pick(keys), anyValue(random)]]),
  (random) => new v.AmqpArray('symbol', [v.symbol('a'), v.symbol(random.pick(['b', 'qd.waypoint.2']))]),
  () => new v.AmqpArray('null', [null, null]),
  (random) => new v.Described(v.ulong(random.between(0x10, 0x78)), random.chance(0.5) ? [] : anyValue(random)),
  (random) => new v.Described(v.symbol('test:thing'), anyValue(random)),
];

export function anyValue(random: Random): v.AmqpValue {
  return random.pick(makers)(random);
}
