import { expect, test } from 'vitest';
import { parseAddress, type Self } from './address-key.ts';
import {
  DISCRIMINATOR_LENGTH,
  discriminator,
  dynamicSourceAddress,
  dynamicTargetAddress,
  ownLinkName,
} from './discriminator.ts';
import { nodeIdOf, routerIdOf } from './node-id.ts';

const self: Self = { routerId: 'QDR.A', area: '0', isEdge: false };

test('a node id holds the whole router id, slashes included', () => {
  expect(nodeIdOf('QDR.A')).toBe('0/QDR.A');
  expect(routerIdOf('0/QDR.A')).toBe('QDR.A');
  expect(routerIdOf('0/a/b')).toBe('a/b');
});

test('a node of another area, or no node id, has no router id here', () => {
  expect(['1/QDR.A', '0/', '0', '', 'QDR.A', '00/QDR.A'].map(routerIdOf)).toEqual(Array(6).fill(null));
});

test('a discriminator has 15 characters, each of them from the low six bits of a byte', () => {
  const bytes = Uint8Array.from([0, 25, 26, 51, 52, 61, 62, 63, 64, 255, 128, 1, 2, 3, 4, 99]);
  expect(discriminator(bytes)).toBe('AZaz09+_A_ABCDE');
  const all = new Set<string>();
  for (let i = 0; i < 256; i++) all.add(discriminator(new Uint8Array(DISCRIMINATOR_LENGTH).fill(i)));
  expect(all.size).toBe(64);
});

test('too few random bytes are our bug', () => {
  expect(() => discriminator(new Uint8Array(14))).toThrow('our bug');
});

test('dynamic addresses have the forms that other routers find their way back by', () => {
  expect(dynamicSourceAddress(self, 'X')).toBe('amqp:/_topo/0/QDR.A/temp.X');
  expect(dynamicSourceAddress({ ...self, isEdge: true }, 'X')).toBe('amqp:/_edge/QDR.A/temp.X');
  expect(dynamicTargetAddress('X')).toBe('amqp:/_$temp.X');
  expect(ownLinkName('X')).toBe('qdlink.X');
});

test('the router that made a dynamic source address up reads it as its own', () => {
  for (const isEdge of [false, true]) {
    const me = { ...self, isEdge };
    expect(parseAddress(dynamicSourceAddress(me, 'X'), me)).toEqual({ class: 'L', name: 'temp.X' });
  }
});
