import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binaryOf } from '../../amqp/testing/hex.ts';
import type { FloodedOpcode } from '../../linkstate/flood-filter.ts';
import type { LinkStateMessage } from '../../linkstate/messages.ts';
import { readFloodNews } from './flood-news.ts';
import { encodeRoutingMessage, readEnvelope } from './routing-message.ts';

const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 });
const sequence = fc.oneof(fc.nat({ max: 200 }), fc.nat(), fc.nat({ max: Number.MAX_SAFE_INTEGER }));
const peers = fc.array(fc.tuple(id, fc.nat()), { maxLength: 40 }).map((entries) => new Map(entries));
const common = { id, pv: fc.constant(1), area: fc.constant('0' as const) };
const ra = fc.record({
  ...{ opcode: fc.constant('RA' as const), ...common, instance: sequence },
  ...{ ls_seq: sequence, mobile_seq: sequence },
});
const lsu = fc.record({ ...common, instance: sequence, ls_seq: sequence, peers }).map(({ peers: of, ...rest }) => ({
  ...{ opcode: 'LSU' as const, ...rest },
  ls: { id: rest.id, area: '0' as const, ls_seq: rest.ls_seq, peers: of },
}));
const mau = fc.record({
  ...{ opcode: fc.constant('MAU' as const), ...common, mobile_seq: sequence },
  ...{ hints: fc.constant([]), add: fc.array(id), del: fc.array(id) },
});

function newsIn(bytes: Uint8Array, opcode: FloodedOpcode) {
  const envelope = readEnvelope(bytes, 0, bytes.length);
  return envelope === null ? null : readFloodNews(opcode, bytes, envelope.bodyStart, bytes.length);
}

const encode = (message: LinkStateMessage) => encodeRoutingMessage(message, '_topo/0/all/qdrouter', '0/A').slice();

test('tell maker, instance and sequences, whatever else is in the message', () => {
  fc.assert(
    fc.property(fc.oneof(ra, lsu, mau), (message) => {
      const { opcode } = message;
      const [instance, first, second] =
        opcode === 'RA'
          ? [message.instance, message.ls_seq, message.mobile_seq]
          : opcode === 'LSU'
            ? [message.instance, message.ls.ls_seq, 0]
            : [0, message.mobile_seq, 0];
      expect(newsIn(encode(message), opcode)).toEqual({
        ...{ opcode, id: message.id, instance, sequence: first, mobileSequence: second },
      });
    }),
  );
});

test('are read of what Dispatch writes: addresses that came, under keys that are symbols', () => {
  const map =
    'd1000000600000000ea3026964a10143a30270765501a30461726561a10130a30a6d6f62696c655f7365715501a30568696e7473d0000000' +
    '06000000015403a303616464d00000000e00000001a1084d30717565756531a30364656cd00000000400000000';
  const bytes = binaryOf(map);
  expect(readFloodNews('MAU', bytes, 0, bytes.length)).toMatchObject({ id: 'C', sequence: 1 });
  expect(readFloodNews('RA', bytes, 0, bytes.length)).toBeNull();
});

test('damaged bytes tell something, or nothing; never is anything thrown', () => {
  fc.assert(
    fc.property(fc.oneof(ra, lsu, mau), fc.nat(), fc.nat(255), (message, at, byte) => {
      const bytes = encode(message);
      bytes[at % bytes.length] = byte;
      newsIn(bytes, message.opcode);
    }),
    { numRuns: 1_000 },
  );
});
