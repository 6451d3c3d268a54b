import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeRouterAnnotations,
  findUserAnnotations,
  type RouterAnnotations,
  writeMessageAnnotations,
} from './annotations.ts';
import { decodeMessage } from './message.ts';
import { fieldsMap } from './testing/arbitrary.ts';
import { binaryOf } from './testing/hex.ts';
import { Choices, encodeLoosely } from './testing/loose-encoder.ts';
import { atEveryPlacement, decodeFault, survivorsOfCuts } from './testing/placements.ts';
import { type AmqpMap, type AmqpValue, Described, int, symbol, symbolMap, uint, ulong } from './values.ts';
import { Writer } from './writer.ts';

const none: RouterAnnotations = { to: null, ingress: null, trace: null, phase: 0, stream: false };
const nodeId = fc.string({ maxLength: 300 });
const routerAnnotations: fc.Arbitrary<RouterAnnotations> = fc.record({
  to: fc.option(nodeId),
  ingress: fc.option(nodeId),
  trace: fc.option(fc.array(nodeId, { maxLength: 5 })),
  phase: fc.nat(9),
  stream: fc.boolean(),
});
const userAnnotations = fieldsMap.filter((map) => ![...map.keys()].some((key) => keyText(key).startsWith('x-opt-qd.')));
const numbers = fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 });

function keyText(key: AmqpValue): string {
  return key !== null && typeof key === 'object' && 'type' in key ? String(key.value) : '';
}

/** A message-annotations section with these entries, in any encoding. */
function section(map: AmqpMap, choices: number[] = [0]): Uint8Array {
  return encodeLoosely(new Described(ulong(0x72), map), new Choices(choices));
}

function written(bytes: Uint8Array, router: RouterAnnotations | null): AmqpMap | null {
  const writer = new Writer(0);
  const user = bytes.length === 0 ? null : findUserAnnotations(bytes, 0, bytes.length);
  writeMessageAnnotations(writer, bytes, user, router);
  return decodeMessage(writer.bytes, 0, writer.position).messageAnnotations;
}

function keys(map: AmqpMap | null): string[] {
  return [...(map ?? new Map()).keys()].map(keyText);
}

describe('annotations', () => {
  test('of routers come back behind those of the user, which are untouched', () => {
    fc.assert(
      fc.property(userAnnotations, routerAnnotations, numbers, (user, router, choices) => {
        const all = written(section(user, choices), router);
        expect([...(all ?? [])].slice(0, user.size)).toStrictEqual([...user]);
        if (all === null) return;
        const again = section(all, choices);
        atEveryPlacement(again, decodeRouterAnnotations, (decoded) => expect(decoded).toEqual(router));
        atEveryPlacement(
          again,
          (bytes, start, end) => ({ found: findUserAnnotations(bytes, start, end), start }),
          ({ found }) => expect(found).toMatchObject({ count: user.size * 2, routed: all.size > user.size }),
        );
        expect(written(again, null) ?? new Map()).toStrictEqual(user);
      }),
    );
  });

  test('that are cut are refused', () => {
    fc.assert(
      fc.property(userAnnotations, routerAnnotations, numbers, (user, router, choices) => {
        const input = section(written(section(user), router) ?? new Map(), choices);
        expect(survivorsOfCuts(input, decodeRouterAnnotations)).toEqual([]);
        expect(survivorsOfCuts(input, findUserAnnotations)).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('that were damaged are read or refused', () => {
    fc.assert(
      fc.property(userAnnotations, routerAnnotations, fc.nat(), fc.nat(255), (user, router, at, byte) => {
        const input = section(written(section(user), router) ?? new Map());
        input[at % input.length] = byte;
        for (const read of [decodeRouterAnnotations, findUserAnnotations]) {
          expect([null, 'DecodeError']).toContain(decodeFault(() => read(input, 0, input.length)));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('of routers stand in the order that routers expect', () => {
    const router = { to: 'q', ingress: '0/A', trace: ['0/A', '0/B'], phase: 1, stream: true };
    const map = written(section(symbolMap({ mine: uint(1) })), router);
    const names = ['phase', 'stream', 'to', 'ingress', 'trace'].map((name) => `x-opt-qd.${name}`);
    expect(keys(map)).toEqual(['mine', ...names]);
    expect([...(map?.values() ?? [])]).toStrictEqual([uint(1), int(1), int(1), 'q', '0/A', ['0/A', '0/B']]);
  });

  test('of nobody make no section', () => {
    expect(written(section(new Map()), null)).toBe(null);
    expect(written(new Uint8Array(0), none)).toBe(null);
    expect(keys(written(new Uint8Array(0), { ...none, ingress: '0/A' }))).toEqual(['x-opt-qd.ingress']);
  });

  test('of the user behind one of a router are not the user’s any more', () => {
    const input = section(symbolMap({ 'x-opt-a': 'x', 'x-opt-qd.unknown': [uint(1)], b: 'y', 'x-opt-qd.to': 'q' }));
    expect(keys(written(input, null))).toEqual(['x-opt-a']);
    expect(findUserAnnotations(input, 0, input.length)).toMatchObject({ count: 2, routed: true });
    expect(decodeRouterAnnotations(input, 0, input.length)).toEqual({ ...none, to: 'q' });
  });

  test('are a router’s by their text, be it a symbol or a string', () => {
    const input = section(
      new Map<AmqpValue, AmqpValue>([
        [uint(1), 'x'],
        ['x-opt-qd.to', 'q'],
      ]),
    );
    expect(findUserAnnotations(input, 0, input.length)).toMatchObject({ count: 2, routed: true });
  });
});

describe('a router annotation of the wrong type is refused:', () => {
  test.each<[string, AmqpValue]>([
    ['to', symbol('q')],
    ['ingress', uint(1)],
    ['trace', '0/A'],
    ['trace', [symbol('0/A')]],
    ['phase', '1'],
    ['phase', int(10)],
    ['phase', int(-1)],
  ])('%s', (name, value) => {
    const input = section(symbolMap({ [`x-opt-qd.${name}`]: value }));
    expect(decodeFault(() => decodeRouterAnnotations(input, 0, input.length))).toBe('DecodeError');
  });

  test.each([
    ['a list instead of the map', '00 53 72 c0 01 00'],
    ['a key without value', '00 53 72 c1 02 01 40'],
    ['a map shorter than its section', '00 53 72 c1 01 00 40'],
    ['bytes behind the last entry', '00 53 72 c1 04 02 40 40 40'],
    ['more entries than bytes', '00 53 72 d1 00 00 00 05 ff ff ff fe 40'],
  ])('also %s', (_, hex) => {
    const input = binaryOf(hex);
    for (const read of [decodeRouterAnnotations, findUserAnnotations]) {
      expect(decodeFault(() => read(input, 0, input.length))).toBe('DecodeError');
    }
  });
});
