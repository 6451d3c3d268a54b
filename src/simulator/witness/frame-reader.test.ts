import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeEmptyFrame, writeProtocolHeader } from '../../amqp/frames.ts';
import { Close, ErrorInfo, SaslMechanisms, writeFrame, writeSaslFrame } from '../../amqp/performatives.ts';
import { Writer } from '../../amqp/writer.ts';
import { FrameReader } from './frame-reader.ts';

function stream(): Uint8Array {
  const writer = new Writer(256);
  writeProtocolHeader(writer, 3);
  writeSaslFrame(writer, new SaslMechanisms({ saslServerMechanisms: ['PLAIN'] }));
  writeProtocolHeader(writer, 0);
  writeFrame(writer, 0, new Close());
  writeEmptyFrame(writer);
  writeFrame(writer, 259, new Close({ error: new ErrorInfo({ condition: 'c', description: 'd'.repeat(500) }) }));
  writeFrame(writer, 2, new Close());
  return writer.written();
}

function framesOf(pieces: readonly Uint8Array[]): string[] {
  const frames: string[] = [];
  const reader = new FrameReader({
    handleFrame: (bytes, start, end, channel) => frames.push(`${channel}: ${bytes.slice(start, end).join(' ')}`),
  });
  for (const piece of pieces) {
    const lent = piece.slice();
    reader.read(lent);
    lent.fill(0xdb);
  }
  return frames;
}

test('AMQP frames are told apart from headers and SASL, however the stream is cut', () => {
  const bytes = stream();
  const whole = framesOf([bytes]);
  expect(whole.map((frame) => frame.slice(0, 4))).toEqual(['0: 0', '0: ', '259:', '2: 0']);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
      expect(framesOf(pieces.filter(({ length }) => length > 0))).toEqual(whole);
    }),
  );
  expect(framesOf(Array.from(bytes, (_, at) => bytes.slice(at, at + 1)))).toEqual(whole);
});
