import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFlow, FlowFields, writeLinkFlow, writeSessionFlow } from './flow.ts';
import { decodePerformative, type Flow } from './performatives.ts';
import { composite } from './testing/arbitrary.ts';
import { dirty } from './testing/dirty.ts';
import { disguised, disguises } from './testing/disguised-performative.ts';
import { atEveryPlacement, decodeFault, survivorsOfCuts } from './testing/placements.ts';
import { Writer } from './writer.ts';

const anyFlow = composite(0x13) as fc.Arbitrary<Flow>;
const int32 = fc.oneof(fc.nat(300), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));

function decode(bytes: Uint8Array, start: number, end: number): FlowFields {
  const fields = dirty(new FlowFields());
  decodeFlow(bytes, start, end, fields);
  return fields;
}

function expectSame(fields: FlowFields, plain: Flow): void {
  const clamp = (value: number | null) => Math.min(value ?? 0, 0x7fffffff);
  expect(fields).toStrictEqual(
    Object.assign(new FlowFields(), {
      hasNextIncomingId: plain.nextIncomingId !== null,
      nextIncomingId: (plain.nextIncomingId ?? 0) | 0,
      incomingWindow: clamp(plain.incomingWindow),
      nextOutgoingId: plain.nextOutgoingId | 0,
      outgoingWindow: clamp(plain.outgoingWindow),
      hasHandle: plain.handle !== null,
      handle: (plain.handle ?? 0) | 0,
      hasDeliveryCount: plain.deliveryCount !== null,
      deliveryCount: (plain.deliveryCount ?? 0) | 0,
      hasLinkCredit: plain.linkCredit !== null,
      linkCredit: clamp(plain.linkCredit),
      available: clamp(plain.available),
      drain: plain.drain ?? false,
      echo: plain.echo ?? false,
    }),
  );
}

describe('decodeFlow', () => {
  test('agrees with the plain decoder, whatever the encoding and the place', () => {
    fc.assert(
      fc.property(anyFlow, disguises, (flow, disguise) => {
        const input = disguised(flow, disguise);
        expect(decodePerformative(input, 0, input.length)).toStrictEqual(flow);
        atEveryPlacement(input, decode, (fields) => expectSame(fields, flow));
      }),
      { numRuns: 300 },
    );
  });

  test('refuses a flow that is cut anywhere', () => {
    fc.assert(
      fc.property(anyFlow, disguises, (flow, disguise) => {
        expect(survivorsOfCuts(disguised(flow, disguise), decode)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('refuses damaged flows exactly as the plain decoder does', () => {
    let refused = 0;
    fc.assert(
      fc.property(anyFlow, disguises, fc.nat(30), fc.nat(255), (flow, disguise, at, byte) => {
        flow.properties = null; // its inside is not looked at here
        const input = disguised(flow, disguise);
        input[at % input.length] = byte;
        let plain: Flow | null = null;
        const plainFault = decodeFault(() => (plain = decodePerformative(input, 0, input.length) as Flow));
        if (plainFault === null && plain!.code === 0x13) expectSame(decode(input, 0, input.length), plain!);
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
    ['a missing outgoing-window', '00 53 13 c0 04 03 43 43 43'],
    ['a null incoming-window', '00 53 13 c0 05 04 43 40 43 43'],
    ['properties that are no map', '00 53 13 c0 0c 0b 43 43 43 43 40 40 40 40 40 40 43'],
    ['a drain that is neither', '00 53 13 c0 0b 09 43 43 43 43 40 40 40 40 56 02'],
    ['bytes behind the performative', '00 53 13 c0 05 04 43 43 43 43 00'],
  ])('refuses %s', (_, hex) => {
    const input = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    expect(decodeFault(() => decode(input, 0, input.length))).toBe('DecodeError');
  });
});

describe('a written flow', () => {
  const session = fc.record({
    channel: fc.nat(0xffff),
    nextIn: int32,
    windowIn: int32,
    nextOut: int32,
    windowOut: int32,
  });

  function finished(writer: Writer): { channel: number; flow: Flow } {
    const frame = writer.written();
    const view = new DataView(frame.buffer, frame.byteOffset);
    expect(view.getUint32(0)).toBe(frame.length);
    expect(view.getUint16(4)).toBe(0x0200);
    return { channel: view.getUint16(6), flow: decodePerformative(frame, 8, frame.length) as Flow };
  }

  test('about a session says nothing about a link', () => {
    fc.assert(
      fc.property(session, fc.boolean(), ({ channel, nextIn, windowIn, nextOut, windowOut }, echo) => {
        const writer = new Writer(0);
        writeSessionFlow(writer, channel, nextIn, windowIn, nextOut, windowOut, echo);
        const written = finished(writer);
        expect(written.channel).toBe(channel);
        expect(written.flow).toMatchObject({
          nextIncomingId: nextIn >>> 0,
          incomingWindow: windowIn >>> 0,
          nextOutgoingId: nextOut >>> 0,
          outgoingWindow: windowOut >>> 0,
          handle: null,
          deliveryCount: null,
          linkCredit: null,
        });
        expect([written.flow.drain ?? false, written.flow.echo ?? false]).toEqual([false, echo]);
      }),
    );
  });

  test('about a link says everything', () => {
    const link = fc.record({
      handle: int32,
      count: int32,
      credit: int32,
      available: int32,
      drain: fc.boolean(),
      echo: fc.boolean(),
    });
    fc.assert(
      fc.property(session, link, (s, { handle, count, credit, available, drain, echo }) => {
        const writer = new Writer(0);
        writeLinkFlow(
          writer,
          s.channel,
          s.nextIn,
          s.windowIn,
          s.nextOut,
          s.windowOut,
          handle,
          count,
          credit,
          available,
          drain,
          echo,
        );
        const written = finished(writer);
        expect(written.channel).toBe(s.channel);
        expect(written.flow).toMatchObject({
          nextIncomingId: s.nextIn >>> 0,
          incomingWindow: s.windowIn >>> 0,
          nextOutgoingId: s.nextOut >>> 0,
          outgoingWindow: s.windowOut >>> 0,
          handle: handle >>> 0,
          deliveryCount: count >>> 0,
          linkCredit: credit >>> 0,
          available: available >>> 0,
        });
        expect([written.flow.drain ?? false, written.flow.echo ?? false]).toEqual([drain, echo]);
      }),
    );
  });
});
