import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeComposite } from './composite-codec.ts';
import { decodeMessage, encodeMessage, Message } from './message.ts';
import { Header, Properties } from './performatives.ts';
import { Reader } from './reader.ts';
import { findTo, readPriority, SectionOffsets, scanSections } from './sections.ts';
import { message } from './testing/arbitrary.ts';
import { dirty } from './testing/dirty.ts';
import { disguised, disguises } from './testing/disguised-performative.ts';
import { binaryOf } from './testing/hex.ts';
import { atEveryPlacement, decodeFault, survivorsOfCuts } from './testing/placements.ts';
import { decodeValue } from './values.ts';
import { Writer } from './writer.ts';

const codes = [0x70, 0x71, 0x72, 0x73, 0x74, 0x75];

function encode(value: Message): Uint8Array {
  const writer = new Writer(0);
  encodeMessage(writer, value);
  return writer.written();
}

function scan(bytes: Uint8Array, start: number, end: number, upTo = 0x75): SectionOffsets {
  const offsets = dirty(new SectionOffsets());
  scanSections(bytes, start, end, upTo, offsets);
  return offsets;
}

/** Ranges relative to `start`, by section code; the body's place under 0x75. */
function ranges(offsets: SectionOffsets, start: number): Record<number, [number, number]> {
  const all: [number, number, number][] = [
    [0x70, offsets.headerStart, offsets.headerEnd],
    [0x71, offsets.deliveryAnnotationsStart, offsets.deliveryAnnotationsEnd],
    [0x72, offsets.messageAnnotationsStart, offsets.messageAnnotationsEnd],
    [0x73, offsets.propertiesStart, offsets.propertiesEnd],
    [0x74, offsets.applicationPropertiesStart, offsets.applicationPropertiesEnd],
    [0x75, offsets.bodyStart, offsets.bodyStart],
  ];
  const found = all.filter(([, from]) => from !== -1);
  return Object.fromEntries(found.map(([code, from, to]) => [code, [from - start, to - start]]));
}

/** The same, found by decoding every section. */
function expected(bytes: Uint8Array, upTo: number): Record<number, [number, number]> {
  const found: Record<number, [number, number]> = {};
  const reader = new Reader(bytes);
  while (reader.position < bytes.length) {
    const from = reader.position;
    const code = bytes[from + 2];
    if (code >= 0x75) {
      if (upTo >= 0x75 || Math.max(0, ...Object.keys(found).map(Number)) < upTo) found[0x75] = [from, from];
      break;
    }
    decodeValue(reader);
    if (code > upTo) break;
    found[code] = [from, reader.position];
  }
  return found;
}

describe('scanSections', () => {
  test('finds what decoding finds, up to the section asked for', () => {
    fc.assert(
      fc.property(message, fc.constantFrom(...codes), (value, upTo) => {
        const encoded = encode(value);
        atEveryPlacement(
          encoded,
          (bytes, start, end) => ({ offsets: scan(bytes, start, end, upTo), start }),
          ({ offsets, start }) => {
            expect(ranges(offsets, start)).toEqual(expected(encoded, upTo));
            expect(offsets).toMatchObject({ complete: true, malformed: false });
          },
        );
      }),
      { numRuns: 200 },
    );
  });

  test('of a beginning of any length is incomplete or right, and never malformed', () => {
    fc.assert(
      fc.property(message, fc.constantFrom(...codes), (value, upTo) => {
        const encoded = encode(value);
        const whole = scan(encoded, 0, encoded.length, upTo);
        for (let length = 0; length < encoded.length; length++) {
          for (const bytes of [encoded, Uint8Array.from(encoded.subarray(0, length))]) {
            const offsets = scan(bytes, 0, length, upTo);
            expect(offsets.malformed).toBe(false);
            expect(offsets.scannedTo).toBeLessThanOrEqual(length);
            if (offsets.complete) expect(offsets).toStrictEqual(whole);
            else expect(ranges(whole, 0)).toMatchObject(ranges(offsets, 0));
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  test('knows a whole message that ends before the section asked for', () => {
    const header = binaryOf('00 53 70 45');
    expect(scan(header, 0, 4, 0x73)).toMatchObject({ complete: false, malformed: false, scannedTo: 4, headerEnd: 4 });
    expect(scan(header, 0, 4, 0x70)).toMatchObject({ complete: true, scannedTo: 4 });
    expect(scan(header, 0, 0, 0x73)).toMatchObject({
      complete: false,
      malformed: false,
      scannedTo: 0,
      headerStart: -1,
    });
  });

  test('stops at a footer without body', () => {
    const input = binaryOf('00 53 70 45 00 53 78 c1 01 00');
    expect(scan(input, 0, input.length)).toMatchObject({ complete: true, malformed: false, bodyStart: 4 });
  });

  test.each([
    [
      'descriptors as ulong',
      '00 80 00 00 00 00 00 00 00 70 45 00 80 00 00 00 00 00 00 00 73 d0 00 00 00 04 00 00 00 00',
    ],
    [
      'descriptors by name',
      `00 a3 10 ${hexOf('amqp:header:list')} 45 00 b3 00 00 00 14 ${hexOf('amqp:properties:list')} 45`,
    ],
  ])('understands %s, cut or whole', (_, hex) => {
    const input = binaryOf(hex);
    const whole = scan(input, 0, input.length, 0x73);
    expect(whole).toMatchObject({ complete: true, malformed: false, scannedTo: input.length });
    expect([whole.headerStart, whole.headerEnd, whole.propertiesStart]).toEqual([
      0,
      whole.propertiesStart,
      whole.headerEnd,
    ]);
    for (let length = 0; length < input.length; length++) {
      expect(scan(input, 0, length, 0x73)).toMatchObject({ complete: false, malformed: false });
    }
  });

  test.each([
    ['text', '68 65 6c 6c 6f 21'],
    ['an unknown section', '00 53 79 45'],
    ['a performative', '00 53 14 45'],
    ['a descriptor of another type', '00 a1 01 70 45'],
    ['a descriptor with an endless name', '00 b3 ff ff ff ff 45'],
    ['sections out of order', '00 53 72 c1 01 00 00 53 70 45'],
    ['a section twice', '00 53 70 45 00 53 70 45'],
    ['a header that is a map', '00 53 70 c1 01 00'],
    ['annotations that are a list', '00 53 72 45'],
    ['properties that are a string', '00 53 73 a1 01 78'],
  ])('calls %s malformed', (_, hex) => {
    const input = binaryOf(hex);
    expect(scan(input, 0, input.length)).toMatchObject({ complete: false, malformed: true });
  });

  test('reads nothing but inside its range, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...codes), (noise, upTo) => {
        for (const filling of [0x00, 0xff]) {
          const larger = new Uint8Array(noise.length + 20).fill(filling);
          larger.set(noise, 10);
          expect(ranges(scan(larger, 10, 10 + noise.length, upTo), 10)).toEqual(
            ranges(scan(noise, 0, noise.length, upTo), 0),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});

function hexOf(text: string): string {
  return Buffer.from(text).toString('hex');
}

describe('readPriority', () => {
  test('is that of the header in any encoding, at most 9, else 4', () => {
    fc.assert(
      fc.property(
        fc.option(fc.boolean()),
        fc.option(fc.nat(255)),
        fc.option(fc.nat()),
        disguises,
        (durable, priority, ttl, d) => {
          const input = disguised(new Header({ durable, priority, ttl }), d);
          atEveryPlacement(input, readPriority, (read) => expect(read).toBe(Math.min(priority ?? 4, 9)));
        },
      ),
    );
  });

  test.each([
    ['absent', ''],
    ['empty', '00 53 70 45'],
    ['one field long', '00 53 70 c0 02 01 41'],
    ['a header with a priority of another type', '00 53 70 c0 04 02 41 52 07'],
    ['cut', '00 53 70 c0 04 02 41 50'],
  ])('is 4 when the header is %s', (_, hex) => {
    const input = binaryOf(hex);
    expect(readPriority(input, hex === '' ? -1 : 0, input.length)).toBe(4);
  });
});

describe('findTo', () => {
  function find(bytes: Uint8Array, start: number, end: number): string | null {
    const range = { start: 0, end: 0 };
    findTo(bytes, start, end, range);
    return range.start === -1 ? null : Buffer.from(bytes.subarray(range.start, range.end)).toString('utf8');
  }

  test('finds the address in any encoding', () => {
    fc.assert(
      fc.property(
        message,
        fc.option(fc.string({ unit: 'binary', maxLength: 300 })),
        disguises,
        ({ properties }, to, d) => {
          const input = disguised(new Properties({ ...properties, to }), d);
          atEveryPlacement(input, find, (found) => expect(found).toBe(to));
          expect(survivorsOfCuts(input, find)).toEqual([]);
        },
      ),
    );
  });

  test('finds none in a message without properties', () => {
    expect(find(new Uint8Array(0), -1, -1)).toBe(null);
  });

  test.each([
    ['an address that is a symbol', '00 53 73 c0 06 03 40 40 a3 01 78'],
    ['a list that ends too early', '00 53 73 c0 04 03 40 40 a1'],
    ['another section', '00 53 70 45'],
  ])('refuses %s', (_, hex) => {
    expect(decodeFault(() => find(binaryOf(hex), 0, binaryOf(hex).length))).toBe('DecodeError');
  });
});

test('the ranges of a message decode on their own', () => {
  const encoded = encode(
    new Message({ header: new Header({ priority: 7 }), properties: new Properties({ to: 'here' }) }),
  );
  const offsets = scan(encoded, 0, encoded.length);
  const writer = new Writer(0);
  encodeComposite(writer, new Header({ priority: 7 }));
  expect(encoded.subarray(offsets.headerStart, offsets.headerEnd)).toStrictEqual(writer.written());
  expect(decodeMessage(encoded, offsets.propertiesStart, offsets.propertiesEnd).properties?.to).toBe('here');
});
