import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage } from '../../amqp/message.ts';
import { binaryOf } from '../../amqp/testing/hex.ts';
import { describeValue } from '../../amqp/values.ts';
import type { LinkStateMessage, Opcode } from '../../linkstate/messages.ts';
import type { Destination } from '../../linkstate/port.ts';
import { type MessageBody, readMessage } from '../../linkstate/read-message.ts';
import {
  addressOf,
  type Envelope,
  encodeRoutingMessage,
  readBody,
  readEnvelope,
  withTrace as withTraceOf,
} from './routing-message.ts';

// Payloads of transfers between routers of Dispatch.
const helloOfB =
  '005370d0000000050000000142005372c13004a310782d6f70742d71642e696e6772657373a103302f42a30e782d6f70742d71642e747261' +
  '6365c00601a103302f42005373d00000001f000000064040a114616d71703a2f5f6c6f63616c2f716468656c6c6f404040005374d1000000' +
  '1300000002a1066f70636f6465a10548454c4c4f005377d10000003e0000000aa1026964a10142a10270765401a10461726561a10130a108' +
  '696e7374616e6365716b02bd8ca1047365656ed00000000a00000002a10141a10143';
const linkStateOfB =
  '005370d0000000050000000142005372c13004a310782d6f70742d71642e696e6772657373a103302f42a30e782d6f70742d71642e747261' +
  '6365c00601a103302f42005373d000000023000000064040a118616d71703a2f5f746f706f2f302f412f7164726f75746572404040005374' +
  'd10000001100000002a1066f70636f6465a1034c5355005377d1000000740000000ca1026964a10142a10270765401a10461726561a10130' +
  'a108696e7374616e6365716b02bd8ca1066c735f7365715401a1026c73d10000003800000008a1026964a10142a10461726561a10130a106' +
  '6c735f7365715401a1057065657273d10000000e00000004a101415401a101435401';
const advertisementOfC =
  '005370d0000000050000000142005372c13504a310782d6f70742d71642e696e6772657373a103302f43a30e782d6f70742d71642e747261' +
  '6365c00b02a103302f43a103302f42005373d000000025000000064040a11a616d71703a2f5f746f706f2f302f616c6c2f7164726f757465' +
  '72404040005374d10000001000000002a1066f70636f6465a1025241005377d1000000410000000ca1026964a10143a10270765401a10461' +
  '726561a10130a108696e7374616e6365716b02bd8ca1066c735f7365715401a10a6d6f62696c655f7365715400';
const addressesOfC =
  '005370d0000000050000000142005372c13504a310782d6f70742d71642e696e6772657373a103302f43a30e782d6f70742d71642e747261' +
  '6365c00b02a103302f43a103302f42005373d00000001f000000034040a1175f746f706f2f302f616c6c2f7164726f757465722e6d610053' +
  '74d10000001100000002a3066f70636f6465a1034d4155005377d1000000600000000ea3026964a10143a30270765501a30461726561a101' +
  '30a30a6d6f62696c655f7365715501a30568696e7473d000000006000000015403a303616464d00000000e00000001a1084d307175657565' +
  '31a30364656cd00000000400000000';

const instance = 0x6b02bd8c;
const flood: Destination = { kind: 'flood' };
const toA: Destination = { kind: 'router', id: 'A' };
const golden: [string, string, LinkStateMessage, Destination, string[]][] = [
  [
    'HELLO',
    helloOfB,
    { opcode: 'HELLO', id: 'B', pv: 1, area: '0', instance, seen: ['A', 'C'] },
    { kind: 'connection', key: 1 },
    ['B'],
  ],
  [
    'LSU',
    linkStateOfB,
    {
      ...{ opcode: 'LSU', id: 'B', pv: 1, area: '0', instance, ls_seq: 1 },
      ls: {
        ...{ id: 'B', area: '0', ls_seq: 1 },
        peers: new Map([
          ['A', 1],
          ['C', 1],
        ]),
      },
    },
    toA,
    ['B'],
  ],
  [
    'RA',
    advertisementOfC,
    { opcode: 'RA', id: 'C', pv: 1, area: '0', instance, ls_seq: 1, mobile_seq: 0 },
    flood,
    ['C', 'B'],
  ],
  [
    'MAU',
    addressesOfC,
    { opcode: 'MAU', id: 'C', pv: 1, area: '0', mobile_seq: 1, hints: [3], add: ['M0queue1'], del: [] },
    flood,
    ['C', 'B'],
  ],
];

type RoutingMessage = Pick<Envelope, 'opcode' | 'to' | 'trace' | 'ingress'> & { body: MessageBody };

function readRoutingMessage(bytes: Uint8Array): RoutingMessage | null {
  const envelope = readEnvelope(bytes, 0, bytes.length);
  const body = envelope === null ? null : readBody(bytes, envelope.bodyStart, bytes.length);
  if (envelope === null || body === null) return null;
  const { opcode, to, trace, ingress } = envelope;
  return { opcode, to, trace, ingress, body };
}

function withTrace(bytes: Uint8Array, nodeId: string): Uint8Array {
  return withTraceOf(bytes, 0, bytes.length, readEnvelope(bytes, 0, bytes.length) as Envelope, nodeId).slice();
}

function read(bytes: Uint8Array): RoutingMessage {
  const found = readRoutingMessage(bytes);
  if (found === null) throw new Error('no routing message');
  return found;
}

function recordOf({ opcode, body }: RoutingMessage): LinkStateMessage | string {
  return readMessage(opcode as Opcode, body);
}

/** Annotations, application-properties and body as text, in which types and their order show. */
function shown(bytes: Uint8Array): string[] {
  const { messageAnnotations, applicationProperties, body } = decodeMessage(bytes, 0, bytes.length);
  const values = [messageAnnotations, applicationProperties, body.kind === 'value' ? body.value : null];
  return values.map((value) => describeValue(value, 10_000));
}

describe.each(golden)('a %s of Dispatch', (_, hex, message, destination, trace) => {
  test('is read', () => {
    const found = read(binaryOf(hex));
    expect(recordOf(found)).toEqual(message);
    expect(found).toMatchObject({ to: addressOf(message, destination), trace, ingress: message.id });
  });

  test('has the same fields, types and order when it is ours', () => {
    const [annotations, ...rest] = shown(
      encodeRoutingMessage(message, addressOf(message, destination), `0/${message.id}`),
    );
    const [, ...theirs] = shown(binaryOf(hex));
    expect(rest).toEqual(theirs);
    expect(annotations).toBe(`{sym"x-opt-qd.ingress": "0/${message.id}", sym"x-opt-qd.trace": ["0/${message.id}"]}`);
  });

  test('is handed on with one more router in its trace and everything else as it was', () => {
    const bytes = binaryOf(hex);
    const handedOn = withTrace(bytes, '0/W/1');
    expect(read(handedOn)).toEqual({ ...read(bytes), trace: [...trace, 'W/1'] });
    const annotations = '005372';
    const rest = (text: string) => text.slice(text.indexOf('005373'));
    const digits = Buffer.from(handedOn).toString('hex');
    expect(digits.slice(0, digits.indexOf(annotations))).toBe(hex.slice(0, hex.indexOf(annotations)));
    expect(rest(digits)).toBe(rest(hex));
  });
});

const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const sequence = fc.oneof(fc.nat(), fc.nat({ max: Number.MAX_SAFE_INTEGER }));
const cost = fc.integer({ min: 1, max: 0x7fffffff });
const keys = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), { maxLength: 20 });
const hints = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 20 });
const peers = fc.array(fc.tuple(id, cost), { maxLength: 20 }).map((entries) => new Map(entries));
const common = { id, pv: fc.constant(1), area: fc.constant('0' as const) };
const anyMessage: fc.Arbitrary<LinkStateMessage> = fc.oneof(
  fc.record({ opcode: fc.constant('HELLO' as const), ...common, instance: sequence, seen: fc.array(id) }),
  fc.record({
    ...{ opcode: fc.constant('RA' as const), ...common, instance: sequence },
    ...{ ls_seq: sequence, mobile_seq: sequence },
  }),
  fc.record({ opcode: fc.constant('LSR' as const), ...common }),
  fc.record({ ...common, instance: sequence, ls_seq: sequence, peers }).map(({ peers: of, ...rest }) => ({
    ...{ opcode: 'LSU' as const, ...rest },
    ls: { id: rest.id, area: '0' as const, ls_seq: rest.ls_seq, peers: of },
  })),
  fc.record({ opcode: fc.constant('MAR' as const), ...common, have_seq: sequence }),
  fc.record({ opcode: fc.constant('MAU' as const), ...common, mobile_seq: sequence, hints, add: keys, del: keys }),
  fc.record({ opcode: fc.constant('MAU' as const), ...common, mobile_seq: sequence, exist: keys, hints }),
);

test('a message that is written is read as the same, with our id for its origin', () => {
  fc.assert(
    fc.property(anyMessage, id, id, (message, to, ours) => {
      const found = read(encodeRoutingMessage(message, to, `0/${ours}`));
      expect(recordOf(found)).toEqual(message);
      expect(found).toMatchObject({ opcode: message.opcode, to, trace: [ours], ingress: ours });
    }),
  );
});

test('each hop adds itself to the trace, to nothing else', () => {
  fc.assert(
    fc.property(anyMessage, fc.array(id, { minLength: 1, maxLength: 40 }), (message, [first, ...others]) => {
      const origin = encodeRoutingMessage(message, 'x', `0/${first}`);
      const last = others.reduce((bytes, hop) => withTrace(bytes, `0/${hop}`), origin);
      expect(read(last)).toEqual({ ...read(origin), trace: [first, ...others] });
    }),
  );
});

test('damaged bytes are read as something, or as nothing; never is anything thrown', () => {
  fc.assert(
    fc.property(fc.constantFrom(...golden), fc.nat(), fc.nat(255), fc.boolean(), ([, hex], at, byte, isCut) => {
      const bytes = binaryOf(hex);
      bytes[at % bytes.length] = byte;
      const found = readRoutingMessage(isCut ? bytes.subarray(0, at % bytes.length) : bytes);
      if (found !== null && !isCut) withTrace(bytes, '0/W');
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  [
    'a HELLO',
    { opcode: 'HELLO', id: 'B', pv: 1, area: '0', instance, seen: [] },
    { kind: 'connection', key: 1 },
    'amqp:/_local/qdhello',
  ],
  ['a flooded LSU', golden[1]?.[2], flood, 'amqp:/_topo/0/all/qdrouter'],
  ['an RA', golden[2]?.[2], flood, 'amqp:/_topo/0/all/qdrouter'],
  ['an LSR', { opcode: 'LSR', id: 'B', pv: 1, area: '0' }, toA, 'amqp:/_topo/0/A/qdrouter'],
  ['an LSU for one', golden[1]?.[2], toA, 'amqp:/_topo/0/A/qdrouter'],
  ['changes of addresses', golden[3]?.[2], flood, '_topo/0/all/qdrouter.ma'],
  [
    'all addresses',
    { opcode: 'MAU', id: 'B', pv: 1, area: '0', mobile_seq: 1, exist: [], hints: [] },
    toA,
    'amqp:/_topo/0/A/qdrouter.ma',
  ],
  ['a MAR', { opcode: 'MAR', id: 'B', pv: 1, area: '0', have_seq: 0 }, toA, 'amqp:/_topo/0/A/qdrouter.ma'],
] as [string, LinkStateMessage, Destination, string][])(
  '%s has an address of its own',
  (_, message, destination, to) => {
    expect(addressOf(message, destination)).toBe(to);
  },
);

describe('a message that reads differently', () => {
  // properties to="x" | application-properties {opcode: "RA"} | amqp-value {id: "B"}
  const to = '005373 c0 06 03 40 40 a1 01 78';
  const opcode = '005374 c1 0d 02 a1 06 6f70636f6465 a1 02 5241';
  const body = '005377 c1 08 02 a1 02 6964 a1 01 42';

  test('may lack header and annotations', () => {
    expect(readRoutingMessage(binaryOf(to + opcode + body))).toEqual({
      ...{ opcode: 'RA', to: 'x', trace: [], ingress: null },
      body: new Map([['id', 'B']]),
    });
  });

  test('gets ingress and trace from the first router that hands it on', () => {
    const handedOn = withTrace(binaryOf(`005370 c0 02 01 42${to}${opcode}${body}`), '0/W');
    expect(handedOn.subarray(0, 7)).toEqual(binaryOf('005370 c0 02 01 42'));
    expect(readRoutingMessage(handedOn)).toMatchObject({ trace: ['W'], ingress: 'W', to: 'x' });
  });

  test('goes where its annotation says', () => {
    const annotations = `005372 c1 11 02 a3 0b ${Buffer.from('x-opt-qd.to').toString('hex')} a1 01 79`;
    const bytes = binaryOf(annotations + to + opcode + body);
    expect(readRoutingMessage(bytes)?.to).toBe('y');
    expect(readRoutingMessage(withTrace(bytes, '0/W'))?.to).toBe('y');
  });

  test('keeps foreign annotations and those that are no node ids of ours', () => {
    const ingress = `a3 10 ${Buffer.from('x-opt-qd.ingress').toString('hex')} a1 03 ${Buffer.from('7/B').toString('hex')}`;
    const bytes = binaryOf(`005372 c1 1d 04 a3 01 75 54 05 ${ingress}${to}${opcode}${body}`);
    expect(readRoutingMessage(bytes)).toMatchObject({ ingress: '7/B', trace: [] });
    expect(shown(withTrace(bytes, '0/W'))[0]).toBe(
      '{sym"u": int 5, sym"x-opt-qd.ingress": "7/B", sym"x-opt-qd.trace": ["0/W"]}',
    );
  });

  test.each([
    ['a symbol for id', 'a3 01 42', 'B'],
    ['an unsigned integer', '52 07', 7],
    ['a long', '81 0000000000000007', 7],
  ])('gives the link state %s as it wants it', (_, hex, value) => {
    expect(readRoutingMessage(binaryOf(`${to}${opcode}${withId(hex)}`))?.body).toEqual(new Map([['id', value]]));
  });

  test.each([
    ['binary', 'a0 01 42'],
    ['array', 'e0 04 01 a1 01 42'],
    ['float', '72 3f800000'],
    ['timestamp', '83 0000000000000007'],
    ['boolean', '41'],
    ['described text', '00 53 10 a1 01 42'],
  ])('does not pass a %s for an id', (_, hex) => {
    const found = read(binaryOf(`${to}${opcode}${withId(hex)}`));
    expect(readMessage('RA', found.body)).toMatch(/^id is no text/);
  });

  test.each([
    ['float', '72 3f800000'],
    ['timestamp', '83 0000000000000007'],
    ['boolean', '41'],
  ])('does not pass a %s for a sequence', (_, hex) => {
    const size = binaryOf(hex).length + 18;
    const map = `c1 ${size.toString(16)} 04 a1 02 6964 a1 01 42 a1 08 ${Buffer.from('have_seq').toString('hex')} ${hex}`;
    const found = read(binaryOf(`${to}${opcode}005377${map}`));
    expect(readMessage('MAR', found.body)).toBe('have_seq is no whole number');
  });

  function withId(hex: string): string {
    const size = binaryOf(hex).length + 5;
    return `005377 c1 ${size.toString(16).padStart(2, '0')} 02 a3 02 6964 ${hex}`;
  }

  test.each([
    ['has no address', opcode + body],
    ['has no opcode', to + body],
    ['has a list for a body', `${to}${opcode}005377 45`],
    ['has data for a body', `${to}${opcode}005375 a0 01 42`],
    ['has no body', to + opcode],
    ['is cut', (to + opcode + body).slice(0, -2)],
    [
      'has a number for its ingress',
      `005372 c1 15 02 a3 10 ${Buffer.from('x-opt-qd.ingress').toString('hex')} 54 01${to}${opcode}${body}`,
    ],
    ['is empty', ''],
  ])('is refused when it %s', (_, hex) => {
    expect(readRoutingMessage(binaryOf(hex))).toBe(null);
  });
});
