import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePerformative, type Transfer } from './performatives.ts';
import { composite, deliveryTag } from './testing/arbitrary.ts';
import { dirty } from './testing/dirty.ts';
import { disguised, disguises } from './testing/disguised-performative.ts';
import { binaryOf } from './testing/hex.ts';
import { atEveryPlacement, decodeFault, survivorsOfCuts } from './testing/placements.ts';
import {
  copyBytes,
  decodeTransfer,
  endFrame,
  TransferFields,
  transferOverhead,
  writeTransfer,
  writeTransferContinuation,
  writeTransferWithState,
  writeTransferWithTag,
} from './transfer.ts';
import { skipValue } from './values.ts';
import { Writer } from './writer.ts';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
/** Fields that clients use, so that the fast way is taken often, and any others. */
const anyTransfer = fc
  .oneof(
    fc.record({ usual: fc.constant(true), transfer: composite(0x14) as fc.Arbitrary<Transfer> }),
    fc.record({ usual: fc.constant(false), transfer: composite(0x14) as fc.Arbitrary<Transfer> }),
  )
  .chain(({ usual, transfer }) =>
    deliveryTag.map((tag) => {
      transfer.deliveryTag = tag;
      if (usual) {
        transfer.deliveryId ??= 7;
        transfer.messageFormat = 0;
        transfer.rcvSettleMode = transfer.state = transfer.resume = transfer.aborted = transfer.batchable = null;
      }
      return transfer;
    }),
  );

function decode(bytes: Uint8Array, start: number, end: number): TransferFields {
  const fields = dirty(new TransferFields());
  decodeTransfer(bytes, start, end, fields);
  return fields;
}

/** What the plain decoder says, in the form of the fast one. Ranges are compared by what they contain. */
function expectSame(fields: TransferFields, bytes: Uint8Array, plain: Transfer): void {
  expect({
    handle: fields.handle >>> 0,
    deliveryId: fields.hasDeliveryId ? fields.deliveryId >>> 0 : null,
    tag: fields.hasTag ? Uint8Array.from(bytes.subarray(fields.tagStart, fields.tagEnd)) : null,
    messageFormat: fields.messageFormat >>> 0,
    settled: fields.hasSettled ? fields.settled : null,
    more: fields.more,
    rcvSettleMode: fields.rcvSettleMode,
    hasState: fields.stateEnd !== fields.stateStart,
    resume: fields.resume,
    aborted: fields.aborted,
    batchable: fields.batchable,
  }).toStrictEqual({
    handle: plain.handle,
    deliveryId: plain.deliveryId,
    tag: plain.deliveryTag,
    messageFormat: plain.messageFormat ?? 0,
    settled: plain.settled,
    more: plain.more ?? false,
    rcvSettleMode: plain.rcvSettleMode ?? -1,
    hasState: plain.state !== null,
    resume: plain.resume ?? false,
    aborted: plain.aborted ?? false,
    batchable: plain.batchable ?? false,
  });
}

/** Bodies that the fast way takes, and their neighbours: every part in the forms that it knows. */
const usualBody = fc
  .record({
    handle: fc.constantFrom('43', '5201', '52ff', '70ffffffff'),
    id: fc.constantFrom('43', '5207', '70fffffffe', '40'),
    tagBytes: fc.nat(33),
    format: fc.constantFrom('43', '43', '40', '5200', '5201', '7080000000'),
    flags: fc.array(fc.constantFrom('40', '40', '40', '41', '42', '42', '43'), { maxLength: 8 }),
    wide: fc.boolean(),
  })
  .map(({ handle, id, tagBytes, format, flags, wide }) => {
    const tag = `a0${tagBytes.toString(16).padStart(2, '0')}${'5a'.repeat(tagBytes)}`;
    const list = binaryOf(handle + id + tag + format + flags.join(''));
    const count = 4 + flags.length;
    const head = wide ? [0xd0, 0, 0, 0, list.length + 4, 0, 0, 0, count] : [0xc0, list.length + 1, count];
    return Uint8Array.of(0x00, 0x53, 0x14, ...head, ...list);
  });

/** Decodes both ways; they must agree, in what they refuse too. Returns whether they took it. */
function decodeBoth(bytes: Uint8Array, start: number, end: number): boolean {
  let plain: Transfer | null = null;
  const fault = decodeFault(() => (plain = decodePerformative(bytes, start, end) as Transfer));
  expect(decodeFault(() => decode(bytes, start, end))).toBe(fault);
  if (plain !== null) expectSame(decode(bytes, start, end), bytes, plain);
  return plain !== null;
}

const payload = fc.uint8Array({ maxLength: 60 });

function withPayload(body: Uint8Array, more: Uint8Array): Uint8Array {
  return Uint8Array.of(...body, ...more);
}

describe('decodeTransfer', () => {
  test('agrees with the plain decoder, whatever the encoding, the payload and the place', () => {
    fc.assert(
      fc.property(anyTransfer, disguises, payload, (transfer, disguise, rest) => {
        const body = disguised(transfer, disguise);
        const input = withPayload(body, rest);
        expect(decodePerformative(input, 0, input.length)).toStrictEqual(transfer);
        atEveryPlacement(
          input,
          (bytes, start, end) => {
            const fields = decode(bytes, start, end);
            expect(fields.payloadStart - start).toBe(body.length);
            expectSame(fields, bytes, transfer);
            if (fields.stateEnd > fields.stateStart) {
              expect(skipValue(bytes, fields.stateStart, end)).toBe(fields.stateEnd);
            }
            return fields;
          },
          () => {},
        );
      }),
      { numRuns: 500 },
    );
  });

  test('agrees with the plain decoder on what is usual, or nearly, wherever it is cut', () => {
    let taken = 0;
    fc.assert(
      fc.property(usualBody, payload, (body, rest) => {
        const input = Uint8Array.of(...body, ...rest);
        if (decodeBoth(input, 0, input.length)) taken++;
        const longer = Uint8Array.of(...input, ...new Uint8Array(40).fill(0x40));
        for (let end = 0; end < body.length; end++) expect(decodeBoth(longer, 0, end)).toBe(false);
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  test('agrees with the plain decoder on what is usual but for one byte', () => {
    fc.assert(
      fc.property(usualBody, fc.nat(), fc.nat(255), (body, at, byte) => {
        const position = 3 + (at % (body.length - 3));
        const input = Uint8Array.of(...body.with(position, byte), ...new Uint8Array(40).fill(0x41));
        decodeBoth(input, 0, input.length);
      }),
      { numRuns: 5000 },
    );
  });

  test('refuses a transfer that is cut anywhere', () => {
    fc.assert(
      fc.property(anyTransfer, disguises, (transfer, disguise) => {
        const body = withPayload(disguised(transfer, disguise), new Uint8Array(40));
        const cuts = body.length - 40;
        expect(survivorsOfCuts(body, decode, cuts)).toEqual([]);
        expect(survivorsOfCuts(body, decodePerformative, cuts)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('refuses damaged transfers exactly as the plain decoder does', () => {
    let refused = 0;
    fc.assert(
      fc.property(anyTransfer, disguises, fc.nat(25), fc.nat(255), payload, (transfer, disguise, at, byte, rest) => {
        transfer.state = null; // its inside is not looked at here
        const body = disguised(transfer, disguise);
        body[Math.min(at, body.length - 1)] = byte;
        const input = withPayload(body, rest);
        const plainFault = decodeFault(() => decodePerformative(input, 0, input.length));
        if (plainFault === null && (decodePerformative(input, 0, input.length) as Transfer).state !== null) return;
        expect(decodeFault(() => decode(input, 0, input.length))).toBe(
          decodedAsTransfer(input) ? plainFault : 'DecodeError',
        );
        if (plainFault === null)
          expectSame(decode(input, 0, input.length), input, decodePerformative(input, 0, input.length) as Transfer);
        else refused++;
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  test.each([
    ['no handle', '00 53 14 45'],
    ['a null handle', '00 53 14 c0 02 01 40'],
    ['twelve fields', `00 53 14 c0 0e 0c 43 ${'40'.repeat(11)}`],
    ['bytes left in its list', '00 53 14 c0 03 01 43 43'],
    ['a tag of 33 bytes', `00 53 14 c0 26 03 43 43 a0 21 ${'00'.repeat(33)}`],
    ['a tag that ends behind the list', `00 53 14 c0 09 05 43 43 a0 08 01 02 43 42 ${'40'.repeat(20)}`],
    ['a handle of type ulong', '00 53 14 c0 02 01 44'],
    ['a negative size', '00 53 14 d0 ff ff ff ff 00 00 00 01 43'],
    ['a negative count', '00 53 14 d0 00 00 00 05 ff ff ff ff 43'],
    ['a flow', '00 53 13 c0 05 04 43 43 43 43'],
  ])('refuses %s', (_, hex) => {
    const short = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    for (const input of [short, withPayload(short, new Uint8Array(64))]) {
      expect(decodeFault(() => decode(input, 0, input.length))).toBe('DecodeError');
    }
  });
});

function decodedAsTransfer(input: Uint8Array): boolean {
  try {
    return decodePerformative(input, 0, input.length).code === 0x14;
  } catch {
    return true;
  }
}

describe('a written transfer', () => {
  const numbers = fc.record({
    channel: fc.nat(0xffff),
    handle: fc.oneof(fc.nat(300), int32),
    deliveryId: int32,
    settled: fc.boolean(),
    more: fc.boolean(),
    format: fc.oneof(fc.constant(0), int32),
    before: fc.nat(30),
    rest: payload,
  });

  /** Appends the payload, closes the frame, and decodes what was written. */
  function finish(writer: Writer, start: number, rest: Uint8Array): { transfer: Transfer; frame: Uint8Array } {
    const headEnd = writer.position;
    copyBytes(rest, 0, rest.length, writer);
    endFrame(writer, start);
    const frame = writer.written().slice(start);
    const view = new DataView(frame.buffer);
    expect(view.getUint32(0)).toBe(frame.length);
    expect(view.getUint16(4)).toBe(0x0200);
    const fields = decode(frame, 8, frame.length);
    expect(fields.payloadStart).toBe(headEnd - start);
    expect(frame.subarray(fields.payloadStart)).toStrictEqual(rest);
    const transfer = decodePerformative(frame, 8, frame.length) as Transfer;
    expectSame(fields, frame, transfer);
    return { transfer, frame };
  }

  function filled(count: number): Writer {
    const writer = new Writer(0);
    for (let i = 0; i < count; i++) writer.u8(0xff);
    return writer;
  }

  test('is what was asked for', () => {
    fc.assert(
      fc.property(numbers, int32, ({ channel, handle, deliveryId, settled, more, format, before, rest }, tag) => {
        const writer = filled(before);
        const start = writeTransfer(writer, channel, handle, deliveryId, tag, settled, more, format);
        expect(start).toBe(before);
        expect(writer.position - start).toBeLessThanOrEqual(transferOverhead);
        const { transfer, frame } = finish(writer, start, rest);
        expect(new DataView(frame.buffer).getUint16(6)).toBe(channel);
        expect(new DataView(transfer.deliveryTag!.buffer).getInt32(0)).toBe(tag);
        expect(transfer).toMatchObject({
          handle: handle >>> 0,
          deliveryId: deliveryId >>> 0,
          settled,
          messageFormat: format >>> 0,
        });
        expect(transfer.more ?? false).toBe(more);
      }),
    );
  });

  test('with a foreign tag carries it', () => {
    fc.assert(
      fc.property(numbers, deliveryTag, ({ channel, handle, deliveryId, settled, more, format, before, rest }, tag) => {
        const writer = filled(before);
        const tags = Uint8Array.of(9, 9, ...tag, 9);
        const start = writeTransferWithTag(
          writer,
          channel,
          handle,
          deliveryId,
          tags,
          2,
          2 + tag.length,
          settled,
          more,
          format,
        );
        expect(writer.position - start).toBeLessThanOrEqual(transferOverhead);
        const { transfer } = finish(writer, start, rest);
        expect(transfer.deliveryTag).toStrictEqual(tag);
        expect(transfer).toMatchObject({
          handle: handle >>> 0,
          deliveryId: deliveryId >>> 0,
          settled,
          messageFormat: format >>> 0,
        });
      }),
    );
  });

  test('with a state relays it, however long', () => {
    const long = fc.nat(5000).map((n) => `b0${n.toString(16).padStart(8, '0')}${'07'.repeat(n)}`);
    const state = fc.oneof(fc.constant('00532445'), long);
    fc.assert(
      fc.property(
        numbers,
        deliveryTag,
        state,
        ({ channel, handle, deliveryId, settled, more, format, before, rest }, tag, hex) => {
          const writer = filled(before);
          const states = Uint8Array.from(Buffer.from(`ff${hex}ff`, 'hex'));
          const start = writeTransferWithState(
            writer,
            channel,
            handle,
            deliveryId,
            tag,
            0,
            tag.length,
            settled,
            more,
            states,
            1,
            states.length - 1,
            format,
          );
          expect(writer.position - start).toBeLessThanOrEqual(transferOverhead + 8 + states.length - 2);
          const { transfer, frame } = finish(writer, start, rest);
          const fields = decode(frame, 8, frame.length);
          expect(frame.subarray(fields.stateStart, fields.stateEnd)).toStrictEqual(states.subarray(1, -1));
          expect(transfer).toMatchObject({
            deliveryTag: tag,
            deliveryId: deliveryId >>> 0,
            settled,
            more,
            messageFormat: format >>> 0,
          });
        },
      ),
    );
  });

  test('that continues a delivery has no id and no tag', () => {
    for (const [more, aborted] of [
      [true, false],
      [false, false],
      [false, true],
      [true, true],
    ]) {
      for (const handle of [0, 200, -1]) {
        const writer = filled(3);
        const start = writeTransferContinuation(writer, 5, handle, more, aborted);
        const { transfer } = finish(writer, start, Uint8Array.of(1, 2, 3));
        expect(transfer).toMatchObject({ handle: handle >>> 0, deliveryId: null, deliveryTag: null, settled: null });
        expect([transfer.more ?? false, transfer.aborted ?? false]).toEqual([more, aborted]);
      }
    }
  });
});

test('copyBytes copies every length, from a Buffer and from a plain array', () => {
  const from = Uint8Array.from({ length: 400 }, (_, i) => i * 7);
  for (const source of [from, Buffer.from(from)]) {
    const writer = new Writer(1);
    for (let count = 0; count < 300; count++) {
      const before = writer.position;
      copyBytes(source, 5, 5 + count, writer);
      expect(writer.written().subarray(before)).toStrictEqual(from.subarray(5, 5 + count));
    }
  }
});
