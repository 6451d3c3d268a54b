import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DispositionFields, decodeDisposition, writeDisposition, writeDispositionWithState } from './disposition.ts';
import { type Disposition, decodePerformative } from './performatives.ts';
import { composite } from './testing/arbitrary.ts';
import { dirty } from './testing/dirty.ts';
import { disguised, disguises } from './testing/disguised-performative.ts';
import { atEveryPlacement, decodeFault, survivorsOfCuts } from './testing/placements.ts';
import { Described } from './values.ts';
import { Writer } from './writer.ts';

const anyDisposition = composite(0x15) as fc.Arbitrary<Disposition>;
const int32 = fc.oneof(fc.nat(300), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));

function decode(bytes: Uint8Array, start: number, end: number): DispositionFields {
  const fields = dirty(new DispositionFields());
  decodeDisposition(bytes, start, end, fields);
  return fields;
}

function expectSame(fields: DispositionFields, plain: Disposition): void {
  const { state } = plain;
  const code = state !== null && typeof state === 'object' && 'code' in state ? state.code : -1;
  expect(fields).toMatchObject({
    role: plain.role,
    first: plain.first | 0,
    last: (plain.last ?? plain.first) | 0,
    settled: plain.settled ?? false,
    outcome: state === null ? 0 : code,
    batchable: plain.batchable ?? false,
  });
  expect(fields.stateEnd > fields.stateStart).toBe(state !== null);
}

describe('decodeDisposition', () => {
  test('agrees with the plain decoder, whatever the encoding and the place', () => {
    fc.assert(
      fc.property(anyDisposition, disguises, (disposition, disguise) => {
        const input = disguised(disposition, disguise);
        expect(decodePerformative(input, 0, input.length)).toStrictEqual(disposition);
        atEveryPlacement(input, decode, (fields) => expectSame(fields, disposition));
      }),
      { numRuns: 300 },
    );
  });

  test('refuses a disposition that is cut anywhere', () => {
    fc.assert(
      fc.property(anyDisposition, disguises, (disposition, disguise) => {
        expect(survivorsOfCuts(disguised(disposition, disguise), decode)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('refuses damaged dispositions exactly as the plain decoder does', () => {
    let refused = 0;
    fc.assert(
      fc.property(anyDisposition, disguises, fc.nat(20), fc.nat(255), (disposition, disguise, at, byte) => {
        disposition.state = null; // its inside is not looked at here
        const input = disguised(disposition, disguise);
        input[at % input.length] = byte;
        let plain: Disposition | null = null;
        const plainFault = decodeFault(() => (plain = decodePerformative(input, 0, input.length) as Disposition));
        if (plainFault === null && plain!.code === 0x15) expectSame(decode(input, 0, input.length), plain!);
        else {
          refused++;
          expect(decodeFault(() => decode(input, 0, input.length))).toBe('DecodeError');
        }
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  test.each([
    ['no role', '00 53 15 c0 03 02 40 43'],
    ['no first', '00 53 15 c0 02 01 41'],
    ['seven fields', '00 53 15 c0 08 07 41 43 40 40 40 40 40'],
    ['bytes behind the performative', '00 53 15 c0 03 02 41 43 00'],
  ])('refuses %s', (_, hex) => {
    const input = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    expect(decodeFault(() => decode(input, 0, input.length))).toBe('DecodeError');
  });

  test('knows the outcome of a described value, and calls a known non-outcome something else', () => {
    const outcomeOf = (hex: string) => {
      const state = Buffer.from(hex, 'hex');
      const input = Uint8Array.of(0x00, 0x53, 0x15, 0xc0, 5 + state.length, 5, 0x41, 0x43, 0x40, 0x41, ...state);
      return decode(input, 0, input.length).outcome;
    };
    const outcomes = ['00532345', '00532445', '00533445', '00532945', '00a3017845', '41'].map(outcomeOf);
    expect(outcomes).toEqual([0x23, 0x24, 0x34, -1, -1, -1]);
  });
});

describe('a written disposition', () => {
  const range = fc.record({
    channel: fc.nat(0xffff),
    role: fc.boolean(),
    first: int32,
    last: int32,
    settled: fc.boolean(),
  });

  function finished(writer: Writer, channel: number): { frame: Uint8Array; disposition: Disposition } {
    const frame = writer.written();
    const view = new DataView(frame.buffer, frame.byteOffset);
    expect(view.getUint32(0)).toBe(frame.length);
    expect([view.getUint16(4), view.getUint16(6)]).toEqual([0x0200, channel]);
    return { frame, disposition: decodePerformative(frame, 8, frame.length) as Disposition };
  }

  test('is what was asked for', () => {
    fc.assert(
      fc.property(
        range,
        fc.constantFrom(0, 0x24, 0x25, 0x26, 0x27),
        ({ channel, role, first, last, settled }, outcome) => {
          const writer = new Writer(0);
          writeDisposition(writer, channel, role, first, last, settled, outcome);
          const { frame, disposition } = finished(writer, channel);
          expect(disposition).toMatchObject({ role, first: first >>> 0, settled });
          expect(decode(frame, 8, frame.length)).toMatchObject({ role, first, last, settled, outcome });
        },
      ),
    );
  });

  test('relays a state byte for byte, however long', () => {
    fc.assert(
      fc.property(range, fc.nat(2000), ({ channel, role, first, last, settled }, length) => {
        const state = Buffer.from(`00a30178b0${length.toString(16).padStart(8, '0')}${'05'.repeat(length)}`, 'hex');
        const writer = new Writer(0);
        writeDispositionWithState(
          writer,
          channel,
          role,
          first,
          last,
          settled,
          Buffer.from([1, ...state, 2]),
          1,
          1 + state.length,
        );
        const { frame, disposition } = finished(writer, channel);
        expect(disposition.state).toBeInstanceOf(Described);
        const fields = decode(frame, 8, frame.length);
        expect(fields).toMatchObject({ role, first, last, settled, outcome: -1 });
        expect(Buffer.from(frame.subarray(fields.stateStart, fields.stateEnd))).toStrictEqual(state);
      }),
    );
  });

  test('without a state to relay has none', () => {
    const writer = new Writer(0);
    writeDispositionWithState(writer, 0, false, 1, 2, true, new Uint8Array(0), 0, 0);
    expect(finished(writer, 0).disposition.state).toBe(null);
  });
});
