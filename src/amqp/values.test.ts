import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeError } from './decode-error.ts';
import { limits } from './limits.ts';
import { Reader } from './reader.ts';
import { amqpValue } from './testing/arbitrary.ts';
import { binaryOf } from './testing/hex.ts';
import { Choices, encodeLoosely } from './testing/loose-encoder.ts';
import { atEveryPlacement, decodeFault, survivorsOfCuts } from './testing/placements.ts';
import * as v from './values.ts';
import { Writer } from './writer.ts';

const choices = fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 });

function encode(value: v.AmqpValue): Uint8Array {
  const writer = new Writer(0);
  v.encodeValue(writer, value);
  return writer.written();
}

function decode(bytes: Uint8Array, start = 0, end = bytes.length): v.AmqpValue {
  const reader = new Reader(bytes, start, end);
  const value = v.decodeValue(reader);
  if (reader.position !== end) throw new DecodeError('bytes left', reader.position);
  return value;
}

/** Every encoding of the standard's §1.6 once, with the value that it stands for. */
const encodings: [hex: string, value: v.AmqpValue][] = [
  ['40', null],
  ['56 01', true],
  ['56 00', false],
  ['41', true],
  ['42', false],
  ['50 ff', v.ubyte(255)],
  ['60 ff fe', v.ushort(65534)],
  ['70 ff ff ff ff', v.uint(0xffffffff)],
  ['52 80', v.uint(128)],
  ['43', v.uint(0)],
  ['80 ff ff ff ff ff ff ff ff', v.ulong(2n ** 64n - 1n)],
  ['80 00 1f ff ff ff ff ff ff', v.ulong(Number.MAX_SAFE_INTEGER)],
  ['80 00 20 00 00 00 00 00 00', v.ulong(2n ** 53n)],
  ['53 80', v.ulong(128)],
  ['44', v.ulong(0)],
  ['51 80', v.byte(-128)],
  ['61 80 00', v.short(-32768)],
  ['71 80 00 00 00', v.int(-2147483648)],
  ['54 ff', v.int(-1)],
  ['81 80 00 00 00 00 00 00 00', v.long(-(2n ** 63n))],
  ['81 ff ff ff ff ff ff ff 00', v.long(-256)],
  ['55 81', v.long(-127)],
  ['72 3f c0 00 00', v.float(1.5)],
  ['82 bf f8 00 00 00 00 00 00', v.double(-1.5)],
  ['74 22 50 00 01', new v.Scalar('decimal32', binaryOf('22500001'))],
  ['84 22 38 00 00 00 00 00 01', new v.Scalar('decimal64', binaryOf('2238000000000001'))],
  [
    '94 22 08 00 00 00 00 00 00 00 00 00 00 00 00 00 01',
    new v.Scalar('decimal128', binaryOf(`2208${'00'.repeat(13)}01`)),
  ],
  ['73 00 01 f6 00', v.char('😀')],
  ['83 00 00 01 8b cf e5 68 00', v.timestamp(1700000000000)],
  ['98 00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff', v.uuid('00112233-4455-6677-8899-AABBCCDDEEFF')],
  ['a0 02 00 ff', binaryOf('00ff')],
  ['b0 00 00 00 02 00 ff', binaryOf('00ff')],
  ['a1 03 e2 82 ac', '€'],
  ['b1 00 00 00 03 e2 82 ac', '€'],
  ['a3 02 61 62', v.symbol('ab')],
  ['b3 00 00 00 02 61 62', v.symbol('ab')],
  ['45', []],
  ['c0 03 02 41 42', [true, false]],
  ['d0 00 00 00 06 00 00 00 02 41 42', [true, false]],
  ['c1 04 02 a1 00 40', new Map([['', null]])],
  ['d1 00 00 00 07 00 00 00 02 a1 00 40', new Map([['', null]])],
  ['e0 04 02 50 01 02', new v.AmqpArray('ubyte', [v.ubyte(1), v.ubyte(2)])],
  ['f0 00 00 00 07 00 00 00 02 50 01 02', new v.AmqpArray('ubyte', [v.ubyte(1), v.ubyte(2)])],
  ['e0 02 03 43', new v.AmqpArray('uint', [v.uint(0), v.uint(0), v.uint(0)])],
  ['e0 02 00 a3', new v.AmqpArray('symbol', [])],
  ['e0 07 02 c0 01 00 02 01 41', new v.AmqpArray('list', [[], [true]])],
  [
    'e0 09 02 e0 02 00 56 03 01 50 09',
    new v.AmqpArray('array', [new v.AmqpArray('boolean', []), new v.AmqpArray('ubyte', [v.ubyte(9)])]),
  ],
  ['e0 08 02 00 a3 01 78 56 01 00', new v.AmqpArray('boolean', [true, false], [v.symbol('x')])],
  ['00 53 24 45', new v.Described(v.ulong(0x24), [])],
  ['00 a3 01 78 00 44 41', new v.Described(v.symbol('x'), new v.Described(v.ulong(0), true))],
];

describe('a value', () => {
  test.each(encodings)('%s is decoded at every placement, and refused at every cut', (hex, value) => {
    const input = binaryOf(hex);
    atEveryPlacement(input, decode, (decoded) => expect(decoded).toStrictEqual(value));
    atEveryPlacement(input, v.skipValue, (end) => expect(end).toBeGreaterThan(0));
    expect(survivorsOfCuts(input, decode)).toEqual([]);
    expect(survivorsOfCuts(input, v.skipValue)).toEqual([]);
  });

  test.each(encodings)('%s comes back from the encoder, no longer than it was', (hex, value) => {
    expect(decode(encode(value))).toStrictEqual(value);
    const perItem = value instanceof v.AmqpArray ? value.items.length * 6 : 0; // see value-encoder.ts about arrays
    expect(encode(value).length).toBeLessThanOrEqual(binaryOf(hex).length + perItem);
  });

  test('of any kind is the same after encoding and decoding, and is skipped as a whole', () => {
    fc.assert(
      fc.property(amqpValue, (value) => {
        const encoded = encode(value);
        atEveryPlacement(encoded, decode, (decoded) => expect(decoded).toStrictEqual(value));
        expect(v.skipValue(encoded, 0, encoded.length)).toBe(encoded.length);
      }),
      { numRuns: 300 },
    );
  });

  test('means the same in every encoding that the standard allows', () => {
    fc.assert(
      fc.property(amqpValue, choices, (value, choice) => {
        const encoded = encodeLoosely(value, new Choices(choice));
        expect(decode(encoded)).toStrictEqual(value);
        expect(v.skipValue(encoded, 0, encoded.length)).toBe(encoded.length);
      }),
      { numRuns: 300 },
    );
  });

  test('that is cut anywhere is refused', () => {
    fc.assert(
      fc.property(amqpValue, choices, (value, choice) => {
        const encoded = encodeLoosely(value, new Choices(choice));
        expect(survivorsOfCuts(encoded, decode)).toEqual([]);
        expect(survivorsOfCuts(encoded, v.skipValue)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('that was damaged is decoded or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(amqpValue, choices, fc.nat(), fc.nat(255), (value, choice, at, byte) => {
        const encoded = encodeLoosely(value, new Choices(choice));
        encoded[at % encoded.length] = byte;
        expect([null, 'DecodeError']).toContain(decodeFault(() => decode(encoded)));
        expect([null, 'DecodeError']).toContain(decodeFault(() => v.skipValue(encoded, 0, encoded.length)));
      }),
      { numRuns: 500 },
    );
  });

  test('made of noise is decoded or refused, and what is decoded can be encoded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        let value: v.AmqpValue;
        try {
          value = v.decodeValue(new Reader(noise));
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
          return;
        }
        expect(decode(encode(value))).toStrictEqual(value);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a malformed value is refused:', () => {
  test.each([
    ['an unknown format code', '57 00'],
    ['a boolean that is neither', '56 02'],
    ['a string that is not UTF-8', 'a1 02 c3 28'],
    ['a long string that is not UTF-8', `b1 00000040 ${'61'.repeat(63)}ff`],
    ['a symbol that is not ASCII', 'a3 02 c3 a4'],
    ['a char that is a surrogate', '73 00 00 d8 00'],
    ['a char beyond Unicode', '73 00 11 00 00'],
    ['a list with bytes left in it', 'c0 04 02 41 42 42'],
    ['a list whose last item ends outside it', 'c0 02 01 52 01'],
    ['a list of more items than bytes', 'd0 00 00 00 05 ff ff ff ff 40'],
    ['a list without room for its count', 'c0 00'],
    ['a map with a key but no value', 'c1 02 01 40'],
    ['a map with a string twice', 'c1 09 04 a1 01 78 40 a1 01 78 41'],
    ['a map with a symbol twice', 'c1 09 04 a3 01 78 40 a3 01 78 41'],
    ['an array of nothing known', 'e0 02 00 57'],
    ['an array of more items than bytes', 'f0 00 00 00 06 ff ff ff ff 50 01'],
    ['an array of 2^32 - 1 nulls', 'f0 00 00 00 05 ff ff ff ff 40'],
    ['an array of 2^31 empty lists', 'f0 00 00 00 05 80 00 00 00 45'],
    ['a descriptor without value', '00 53 24'],
  ])('%s', (_, hex) => {
    expect(decodeFault(() => v.decodeValue(new Reader(binaryOf(hex))))).toBe('DecodeError');
  });

  test('many small arrays that would yield too many items together', () => {
    const array = binaryOf('f0 00 00 00 05 00 00 01 00 40'); // 256 nulls in ten bytes
    const list = (count: number) => encodeList(Array.from({ length: count }, () => array));
    const most = limits.zeroWidthItemsMax / 256;
    expect(decodeFault(() => decode(list(most)))).toBe(null);
    expect(decodeFault(() => decode(list(most + 1)))).toBe('DecodeError');
  });

  test.each([
    ['lists', (inner: Uint8Array) => encodeList([inner])],
    [
      'arrays',
      (inner: Uint8Array) =>
        Uint8Array.of(...binaryOf('f0 00 00'), ...u16(inner.length + 4), ...binaryOf('00 00 00 01'), ...inner),
    ],
    ['descriptors', (inner: Uint8Array) => Uint8Array.of(0x00, ...inner, 0x40)],
    ['described values', (inner: Uint8Array) => Uint8Array.of(0x00, 0x40, ...inner)],
  ])('%s nested too deeply', (_, wrap) => {
    const nested = (depth: number) => {
      let inner = Uint8Array.of(0x40);
      for (let i = 0; i < depth; i++) inner = Uint8Array.from(wrap(inner));
      return inner;
    };
    expect(decodeFault(() => decode(nested(limits.nestingDepthMax)))).toBe(null);
    expect(decodeFault(() => decode(nested(limits.nestingDepthMax + 1)))).toBe('DecodeError');
    const far = nested(300);
    expect(decodeFault(() => decode(far))).toBe('DecodeError');
    expect(v.skipValue(far, 0, far.length)).toBe(far.length);
  });
});

test('a hundred thousand descriptors of descriptors do not exhaust the stack', () => {
  const zeros = new Uint8Array(100_000);
  expect(decodeFault(() => decode(zeros))).toBe('DecodeError');
  expect(decodeFault(() => v.skipValue(zeros, 0, zeros.length))).toBe('DecodeError');
});

function u16(value: number): number[] {
  return [value >> 8, value & 255];
}

function encodeList(items: Uint8Array[]): Uint8Array {
  const size = items.reduce((sum, item) => sum + item.length, 4);
  return Uint8Array.of(0xd0, 0, 0, ...u16(size), 0, 0, ...u16(items.length), ...items.flatMap((item) => [...item]));
}

test('a value at the edge of an encoding is written in the one that holds it', () => {
  const numbers = [
    v.uint(255),
    v.uint(256),
    v.ulong(255),
    v.ulong(256),
    ...[-129, -128, 127, 128].flatMap((n) => [v.int(n), v.long(n)]),
  ];
  for (const number of numbers) {
    expect(decode(encode(number))).toStrictEqual(number);
    const array = new v.AmqpArray(number.type, [number]);
    expect(decode(encode(array))).toStrictEqual(array);
  }
  for (const length of [250, 251, 252, 253, 254, 255, 256]) {
    for (const value of [
      'x'.repeat(length),
      [new Uint8Array(length)],
      Array(length).fill(null),
      Array(length).fill(true),
    ]) {
      expect(decode(encode(value))).toStrictEqual(value);
    }
  }
});

test('a factory refuses what its type cannot hold', () => {
  const faults = [
    () => v.ubyte(256),
    () => v.ushort(-1),
    () => v.uint(2 ** 32),
    () => v.uint(1.5),
    () => v.ulong(-1),
    () => v.ulong(2 ** 53),
    () => v.long(2n ** 63n),
    () => v.char(0xd800),
    () => v.char(''),
    () => v.uuid('nonsense'),
    () => encode(v.symbol('ä')),
    () => encode(new v.AmqpArray('uint', [v.int(1)])),
    () => encode(new v.Scalar('decimal32', binaryOf('00'))),
  ];
  for (const fault of faults) expect(fault).toThrow('our bug');
});

test('a decoded binary is a copy, also out of a Node Buffer', () => {
  const input = Buffer.from('a00101', 'hex');
  const value = decode(input) as Uint8Array;
  input[2] = 9;
  expect(value).toStrictEqual(Uint8Array.of(1));
});

test('a byte order mark at the head of a string survives', () => {
  expect(decode(encode('\ufeffx€'))).toBe('\ufeffx€');
});

describe('for people', () => {
  const value: v.AmqpValue = [
    null,
    v.int(-1),
    v.symbol('x'),
    'a"b',
    binaryOf('00ff'),
    v.char('€'),
    new Map<v.AmqpValue, v.AmqpValue>([[v.symbol('k'), v.ulong(2n ** 63n)]]),
    new v.AmqpArray('boolean', [true]),
    new v.Described(v.ulong(36), []),
  ];

  test('a value is described on one line', () => {
    expect(v.describeValue(value)).toBe(
      '[null, int -1, sym"x", "a\\"b", b"00ff", char "€", {sym"k": ulong 9223372036854775808}, array[true], @ulong 36 []]',
    );
  });

  test('a description is cut, however large the value', () => {
    const described = v.describeValue(Array(100_000).fill('x'.repeat(1000)), 50);
    expect(described).toHaveLength(50);
    expect(described).toMatch(/^\["xxx.*…$/);
  });

  test('a value becomes plain data', () => {
    expect(v.toPlain(value)).toEqual([null, -1, 'x', 'a"b', binaryOf('00ff'), '€', { k: 2n ** 63n }, [true], []]);
  });

  test('a key named __proto__ stays a key', () => {
    const plain = v.toPlain(new Map([['__proto__', 'x']])) as object;
    expect(Object.keys(plain)).toEqual(['__proto__']);
  });

  test('numbers and texts are read whatever their type', () => {
    expect([v.uint(1), v.long(1n), v.double(1), v.ulong(2n ** 60n)].map(v.asNumber)).toEqual([1, 1, 1, 2 ** 60]);
    expect(
      [null, '1', v.symbol('1'), v.char('1'), v.uuid('00000000-0000-0000-0000-000000000000')].map(v.asNumber),
    ).toEqual([null, null, null, null, null]);
    expect(['x', v.symbol('x'), v.char('x'), undefined, binaryOf('78')].map(v.asText)).toEqual([
      'x',
      'x',
      null,
      null,
      null,
    ]);
  });

  test('a map is asked by text, whether the key is a string or a symbol', () => {
    const map: v.AmqpMap = new Map<v.AmqpValue, v.AmqpValue>([
      ['a', v.int(1)],
      [v.symbol('b'), null],
    ]);
    expect([v.lookup(map, 'a'), v.lookup(map, 'b'), v.lookup(map, 'c'), v.lookup(null, 'a')]).toEqual([
      v.int(1),
      null,
      undefined,
      undefined,
    ]);
  });
});
