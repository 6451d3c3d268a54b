// Bytes that mean something to a decoder: what chance would take long to come by.
import { codeOfSymbol } from '../src/amqp/generated/codes.ts';
import { encodings } from '../src/amqp/generated/encodings.ts';

/** Numbers at which something changes its form, or overflows. */
export const remarkableNumbers: readonly number[] = [
  0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 254, 255, 256, 511, 512, 1023, 1024, 2047, 2048,
  4095, 4096, 16_383, 16_384, 32_767, 32_768, 65_535, 65_536, 0xffffff, 0x1000000, 0x7ffffffe, 0x7fffffff, 0x80000000,
  0x80000001, 0xfffffffe, 0xffffffff,
];

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export const words: readonly Uint8Array[] = [
  ...encodings.map(({ code }) => Uint8Array.of(code)),
  ...[...codeOfSymbol.values()].map((code) => Uint8Array.of(0x00, 0x53, code)),
  ...[...codeOfSymbol.values()].map((code) => Uint8Array.of(0x00, 0x80, 0, 0, 0, 0, 0, 0, 0, code)),
  ...[...codeOfSymbol.keys()].map((name) => Uint8Array.of(0x00, 0xa3, name.length, ...text(name))),
  ...['AMQP', 'AMQP\x00\x01\x00\x00', 'AMQP\x03\x01\x00\x00', 'ANONYMOUS', 'PLAIN', '\x00user\x00password'].map(text),
  ...['x-opt-qd.to', 'x-opt-qd.phase', 'x-opt-qd.trace', 'x-opt-qd.ingress', 'x-opt-qd.stream'].map((name) =>
    Uint8Array.of(0xa3, name.length, ...text(name)),
  ),
  Uint8Array.of(0xc0, 0x01, 0x00),
  Uint8Array.of(0xd0, 0, 0, 0, 4, 0, 0, 0, 0),
  Uint8Array.of(0xe0, 0x02, 0x01, 0x40),
  Uint8Array.of(0xf0, 0xff, 0xff, 0xff, 0xff),
];
