import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compositeTypes } from './generated/table.ts';
import * as p from './performatives.ts';
import { composite } from './testing/arbitrary.ts';
import { disguised, disguises } from './testing/disguised-performative.ts';
import { binaryOf } from './testing/hex.ts';
import { atEveryPlacement, decodeFault, survivorsOfCuts } from './testing/placements.ts';
import { Described, symbol, symbolMap, uint } from './values.ts';
import { Writer } from './writer.ts';

const codes = [0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x40, 0x41, 0x42, 0x43, 0x44];
const anyPerformative = fc.oneof(...codes.map(composite)) as fc.Arbitrary<p.Performative>;

function written(performative: p.Performative, channel = 0): Uint8Array {
  const writer = new Writer(0);
  if (performative.code >= 0x40) p.writeSaslFrame(writer, performative as p.SaslPerformative);
  else p.writeFrame(writer, channel, performative as p.AmqpPerformative);
  return writer.written();
}

function reread<T extends p.Performative>(performative: T): T {
  const frame = written(performative);
  return p.decodePerformative(frame, 8, frame.length) as T;
}

describe('a performative', () => {
  test('is the same after writing and decoding, within a frame of the right size, type and channel', () => {
    fc.assert(
      fc.property(anyPerformative, fc.nat(0xffff), (performative, channel) => {
        const frame = written(performative, channel);
        const view = new DataView(frame.buffer, frame.byteOffset);
        const sasl = performative.code >= 0x40;
        expect([view.getUint32(0), view.getUint8(4), view.getUint8(5)]).toEqual([frame.length, 2, sasl ? 1 : 0]);
        expect(view.getUint16(6)).toBe(sasl ? 0 : channel);
        atEveryPlacement(frame.subarray(8), p.decodePerformative, (decoded) =>
          expect(decoded).toStrictEqual(performative),
        );
      }),
      { numRuns: 400 },
    );
  });

  test('means the same in every encoding that the standard allows', () => {
    fc.assert(
      fc.property(anyPerformative, disguises, (performative, disguise) => {
        const body = disguised(performative, disguise);
        expect(p.decodePerformative(body, 0, body.length)).toStrictEqual(performative);
      }),
      { numRuns: 400 },
    );
  });

  test('that is cut anywhere is refused', () => {
    fc.assert(
      fc.property(anyPerformative, disguises, (performative, disguise) => {
        expect(survivorsOfCuts(disguised(performative, disguise), p.decodePerformative)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('that was damaged is decoded or refused, and what is decoded can be written', () => {
    fc.assert(
      fc.property(anyPerformative, disguises, fc.nat(), fc.nat(255), (performative, disguise, at, byte) => {
        const body = disguised(performative, disguise);
        body[at % body.length] = byte;
        let decoded: p.Performative | null = null;
        const fault = decodeFault(() => (decoded = p.decodePerformative(body, 0, body.length)));
        if (decoded === null) expect(fault).toBe('DecodeError');
        else expect(reread(decoded)).toStrictEqual(decoded);
      }),
      { numRuns: 1000 },
    );
  });

  test('keeps no part of the input', () => {
    const frame = written(new p.SaslInit({ mechanism: 'PLAIN', initialResponse: binaryOf('00 61 00 62') }));
    const init = p.decodePerformative(frame, 8, frame.length) as p.SaslInit;
    frame.fill(0xff);
    expect(init.initialResponse).toStrictEqual(binaryOf('00 61 00 62'));
  });
});

describe('a field', () => {
  test('of several symbols keeps the difference between one and an array of one', () => {
    const attach = (capabilities: string | string[]) =>
      reread(new p.Attach({ name: 'x', handle: 0, role: true, offeredCapabilities: capabilities })).offeredCapabilities;
    expect(attach('a')).toBe('a');
    expect(attach(['a'])).toStrictEqual(['a']);
    expect(attach([])).toStrictEqual([]);
    expect(attach(['a', 'b'])).toStrictEqual(['a', 'b']);
  });

  test('that is absent is null, and the nulls at the end are not written', () => {
    const frame = written(new p.Open({ containerId: 'c' }));
    expect(Buffer.from(frame).toString('hex')).toBe('0000001102000000005310c00401a10163');
    const open = p.decodePerformative(frame, 8, frame.length);
    expect(open).toStrictEqual(new p.Open({ containerId: 'c' }));
    expect(new Set(Object.values(open).filter((value) => value === null))).toHaveLength(1);
  });

  test('holds a terminus of its kind, a coordinator only as target', () => {
    const attach = reread(
      new p.Attach({
        name: 'x',
        handle: 0xffffffff,
        role: false,
        source: new p.Source({ address: 'a', filter: symbolMap({ f: new Described(symbol('d'), 'x') }) }),
        target: new p.Coordinator({ capabilities: 'amqp:local-transactions' }),
        maxMessageSize: 2n ** 64n - 1n,
      }),
    );
    expect(attach.source).toBeInstanceOf(p.Source);
    expect(attach.target).toBeInstanceOf(p.Coordinator);
    expect(attach.maxMessageSize).toBe(2n ** 64n - 1n);
  });

  test('of a transactional-state within another is left as a value, so that nesting ends', () => {
    const inner = '00 53 34 c0 04 02 a0 00 40';
    const body = binaryOf(`00 53 34 c0 0c 02 a0 00 ${inner}`);
    const state = p.decodeState(body, 0, body.length) as p.TransactionalState;
    expect(state).toBeInstanceOf(p.TransactionalState);
    expect(state.outcome).toBeInstanceOf(Described);
  });
});

describe('a malformed performative is refused:', () => {
  test.each([
    ['an unknown descriptor', '00 53 19 45'],
    ['a section of a message', '00 53 70 45'],
    ['an unknown name', '00 a3 0b 61 6d 71 70 3a 6f 70 65 6e 3a 78 78 45'],
    ['a descriptor in another domain', '00 80 00 00 00 01 00 00 00 18 45'],
    ['no described value', '45'],
    ['a map instead of the list', '00 53 18 c1 01 00'],
    ['a mandatory field that is missing', '00 53 10 45'],
    ['a mandatory field that is null', '00 53 10 c0 02 01 40'],
    ['a mandatory field of several values that is null', '00 53 40 c0 02 01 40'],
    ['a field of the wrong type', '00 53 10 c0 04 01 a3 01 78'],
    ['a uint instead of a ushort', '00 53 10 c0 07 04 a1 01 78 40 40 43'],
    ['an array in a field of one value', '00 53 41 c0 07 01 e0 04 01 a3 01 78'],
    ['an array of strings where symbols belong', '00 53 40 c0 07 01 e0 04 01 a1 01 78'],
    ['an array of described symbols', '00 53 40 c0 09 01 e0 06 01 00 44 a3 01 78'],
    ['too many fields', '00 53 18 c0 03 02 40 40'],
    ['an error that is none', '00 53 18 c0 05 01 00 53 24 45'],
    ['a target that is a source', '00 53 12 c0 0e 07 a1 01 78 43 41 40 40 40 00 53 28 45'],
    ['a source that is a coordinator', '00 53 12 c0 0d 06 a1 01 78 43 41 40 40 00 53 30 45'],
    ['bytes behind the performative', '00 53 18 45 00'],
    ['bytes left in its list', '00 53 18 c0 03 01 40 40'],
    ['a transfer with bytes left in its list', '00 53 14 c0 03 01 43 43'],
    ['a list that ends outside the frame', '00 53 18 c0 05 01 40'],
    ['a tag of 33 bytes', `00 53 14 c0 26 03 43 43 a0 21 ${'00'.repeat(33)}`],
  ])('%s', (_, hex) => {
    const body = binaryOf(hex);
    atEveryPlacement(
      body,
      (b, start, end) => decodeFault(() => p.decodePerformative(b, start, end)),
      (fault) => {
        expect(fault).toBe('DecodeError');
      },
    );
  });

  test('an error says where', () => {
    const body = binaryOf('00 53 10 c0 04 01 a3 01 78');
    expect(() => p.decodePerformative(body, 0, body.length)).toThrow('containerId: string expected (at byte 6)');
  });
});

test('what cannot be written is our bug', () => {
  const faults = [
    new p.Open({ containerId: null as unknown as string }),
    new p.Open({ containerId: 'x', channelMax: 65536 }),
    new p.Open({ containerId: 'x', idleTimeOut: -1 }),
    new p.Attach({ name: 'x', handle: 0, role: true, target: new p.Source() as unknown as p.Target }),
  ];
  for (const fault of faults) expect(() => written(fault)).toThrow('our bug');
});

describe('a delivery-state', () => {
  const anyState = fc.oneof(
    ...[0x23, 0x24, 0x25, 0x26, 0x27, 0x33, 0x34].map(composite),
  ) as fc.Arbitrary<p.DeliveryState>;

  test('is the same after encoding and decoding', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const writer = new Writer(0);
        p.encodeState(writer, state);
        atEveryPlacement(writer.written(), p.decodeState, (decoded) => expect(decoded).toStrictEqual(state));
        const survivors = survivorsOfCuts(writer.written(), p.decodeState);
        expect(survivors.filter((cut) => !cut.startsWith('cut to 0 '))).toEqual([]); // nothing at all is no state
      }),
    );
  });

  test('of an unknown kind stays what it is', () => {
    const state = new Described(symbol('x:state'), [uint(1)]);
    const writer = new Writer(0);
    p.encodeState(writer, state);
    expect(p.decodeState(writer.bytes, 0, writer.position)).toStrictEqual(state);
  });

  test('that is absent is null', () => {
    expect(p.decodeState(binaryOf('40'), 0, 1)).toBe(null);
    expect(p.decodeState(binaryOf('40'), 0, 0)).toBe(null);
    expect(decodeFault(() => p.decodeState(binaryOf('40 40'), 0, 2))).toBe('DecodeError');
  });
});

test('every composite type of the standard has a class with its code and its fields in order', () => {
  expect(compositeTypes).toHaveLength(33);
  for (const { type, code, fields } of compositeTypes) {
    const Type = type as new (init: object) => { code: number };
    const object = new Type({});
    expect(object.code).toBe(code);
    expect(Object.keys(object).filter((key) => key !== 'code')).toEqual(fields.map(({ name }) => name));
  }
});
