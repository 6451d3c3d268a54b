import { describe, expect, test } from 'vitest';
import { ProtocolId, readPerformativeCode, writeEmptyFrame, writeProtocolHeader } from './frames.ts';
import { Code, codeOfSymbol } from './generated/codes.ts';
import { binaryOf } from './testing/hex.ts';
import { Writer } from './writer.ts';

function hexOf(write: (writer: Writer) => void): string {
  const writer = new Writer(0);
  write(writer);
  return Buffer.from(writer.written()).toString('hex');
}

test('protocol headers are those of the standard', () => {
  expect(hexOf((writer) => writeProtocolHeader(writer, ProtocolId.Amqp))).toBe('414d515000010000');
  expect(hexOf((writer) => writeProtocolHeader(writer, ProtocolId.Tls))).toBe('414d515002010000');
  expect(hexOf((writer) => writeProtocolHeader(writer, ProtocolId.Sasl))).toBe('414d515003010000');
});

test('an empty frame is a frame header', () => {
  expect(hexOf(writeEmptyFrame)).toBe('0000000802000000');
});

describe('the code at the head of a frame body', () => {
  test('is found in every form of every descriptor, and not in a part of it', () => {
    for (const [symbol, code] of codeOfSymbol) {
      const text = Buffer.from(symbol);
      const forms = [
        Buffer.from([0x00, 0x53, code]),
        Buffer.from([0x00, 0x80, 0, 0, 0, 0, 0, 0, 0, code]),
        Buffer.concat([Buffer.from([0x00, 0xa3, text.length]), text]),
        Buffer.concat([Buffer.from([0x00, 0xb3, 0, 0, 0, text.length]), text]),
      ];
      for (const form of forms) {
        const inside = Buffer.concat([Buffer.from([0x53]), form, Buffer.from([0x45])]);
        expect(readPerformativeCode(inside, 1, inside.length)).toBe(code);
        for (let length = 0; length < form.length; length++) {
          expect(readPerformativeCode(inside, 1, 1 + length)).toBe(-1);
          expect(readPerformativeCode(Uint8Array.from(form.subarray(0, length)), 0, length)).toBe(-1);
        }
      }
    }
    expect(codeOfSymbol.get('amqp:transfer:list')).toBe(Code.Transfer);
  });

  test.each([
    ['an unknown symbol', '00a30161'],
    ['a symbol of another length', '00a3ff616d71703a6f70656e3a6c697374'],
    ['a long symbol with a huge length', `00b3ffffffff${'61'.repeat(20)}`],
    ['a descriptor in another domain', '00800000000100000010'],
    ['no descriptor', '5310'],
    ['a string as descriptor', '00a10161'],
  ])('is -1 for %s', (_, hex) => {
    expect(readPerformativeCode(binaryOf(hex), 0, binaryOf(hex).length)).toBe(-1);
  });
});
