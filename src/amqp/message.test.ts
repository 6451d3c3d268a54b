import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage, Message } from './message.ts';
import { Header, Properties } from './performatives.ts';
import { message } from './testing/arbitrary.ts';
import { binaryOf } from './testing/hex.ts';
import { atEveryPlacement, decodeFault } from './testing/placements.ts';
import { int, symbolMap } from './values.ts';
import { Writer } from './writer.ts';

function encode(value: Message): Uint8Array {
  const writer = new Writer(0);
  encodeMessage(writer, value);
  return writer.written();
}

describe('a message', () => {
  test('is the same after encoding and decoding', () => {
    fc.assert(
      fc.property(message, (value) => {
        atEveryPlacement(encode(value), decodeMessage, (decoded) => expect(decoded).toStrictEqual(value));
      }),
      { numRuns: 200 },
    );
  });

  test('that is cut is refused, or shorter by whole sections', () => {
    fc.assert(
      fc.property(message, fc.nat(), (value, at) => {
        const encoded = encode(value);
        const length = at % encoded.length;
        let decoded: Message | null = null;
        const fault = decodeFault(() => (decoded = decodeMessage(encoded, 0, length)));
        if (decoded === null) expect(fault).toBe('DecodeError');
        else
          expect(Buffer.from(encode(decoded)).subarray(0, length)).toStrictEqual(
            Buffer.from(encoded.subarray(0, length)),
          );
      }),
    );
  });

  test('that was damaged is decoded or refused', () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.nat(255), (value, at, byte) => {
        const encoded = encode(value);
        encoded[at % encoded.length] = byte;
        expect([null, 'DecodeError']).toContain(decodeFault(() => decodeMessage(encoded, 0, encoded.length)));
      }),
      { numRuns: 500 },
    );
  });

  test('is written in the order of the standard', () => {
    const value = new Message({
      footer: symbolMap({ f: int(1) }),
      applicationProperties: new Map([['k', 'v']]),
      properties: new Properties({ to: 'a' }),
      header: new Header({ durable: true }),
      body: { kind: 'data', data: [binaryOf('01'), binaryOf('02')] },
    });
    const hex =
      '005370c0020141 005373c0060340 40a10161 005374c1070 2a1016ba10176 005375a00101 005375a00102 005378c1060 2a301665401';
    expect(Buffer.from(encode(value)).toString('hex')).toBe(hex.replaceAll(' ', ''));
  });

  test('without a body has the value null', () => {
    expect(decodeMessage(binaryOf('00 53 70 45'), 0, 4).body).toEqual({ kind: 'value', value: null });
  });

  test('with a stray value behind its amqp-value is taken without it', () => {
    const input = binaryOf('00 53 77 40 d1 00 00 00 04 00 00 00 00');
    expect(decodeMessage(input, 0, input.length).body).toEqual({ kind: 'value', value: null });
  });
});

describe('bytes that are no message are refused:', () => {
  test.each([
    ['text', '68 65 6c 6c 6f'],
    ['a performative', '00 53 10 c0 04 01 a1 01 78'],
    ['sections out of order', '00 53 73 45 00 53 70 45'],
    ['a header twice', '00 53 70 45 00 53 70 45'],
    ['two values', '00 53 77 40 00 53 77 40'],
    ['data behind a value', '00 53 77 40 00 53 75 a0 00'],
    ['a value behind data', '00 53 75 a0 00 00 53 77 40'],
    ['a sequence behind data', '00 53 75 a0 00 00 53 76 45'],
    ['data that is no binary', '00 53 75 a1 00'],
    ['a sequence that is no list', '00 53 76 40'],
    ['annotations that are a list', '00 53 72 45'],
    ['a header that is a map', '00 53 70 c1 01 00'],
    ['a footer that is a list', '00 53 77 40 00 53 78 45'],
  ])('%s', (_, hex) => {
    expect(decodeFault(() => decodeMessage(binaryOf(hex), 0, binaryOf(hex).length))).toBe('DecodeError');
  });
});
