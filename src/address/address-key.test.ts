import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FALLBACK_PHASE, hashKey, parseAddress, type Self, stripAddress } from './address-key.ts';

const interior: Self = { routerId: 'ME', area: '0', isEdge: false };
const edge: Self = { ...interior, isEdge: true };

function key(text: string, self = interior, phase = 0): string {
  const parsed = parseAddress(text, self);
  return hashKey(parsed.class, phase, parsed.name);
}

test.each([
  'queue.a',
  '/queue.a',
  'amqp:/queue.a',
  'amqp://host/queue.a',
  'amqp://host:5672/queue.a',
  'amqps://user@host:5671/queue.a',
  '//host/queue.a',
  'queue.a.',
  'queue.a/',
  'amqp://[::1]:5672/queue.a/',
])('%s names the mobile address queue.a', (text) => {
  expect(key(text)).toBe('M0queue.a');
});

test.each([
  ['amqps://localhost/queue/x', 'M0queue/x'],
  ['a..', 'M0a.'], // one separator, not all of them
  ['a/.', 'M0a/'],
  ['a:b', 'M0a:b'],
  ['a:b/c', 'M0a:b/c'],
  ['a.b:/c', 'M0c'],
  [':/c', 'M0:/c'], // nothing before the colon
  ['a::/b', 'M0a::/b'],
  ['a:::/b', 'M0b'],
  ['amqp:/', 'M0amqp:'], // it ends before the node begins
  ['//host', 'M0//host'],
  ['///x', 'M0x'],
  ['/', 'M0'],
  ['', 'M0'],
  ['$management', 'M0$management'],
])('%j has the key %j', (text, expected) => {
  expect(key(text)).toBe(expected);
});

describe('addresses that begin with an underscore', () => {
  test.each([
    ['_local/$management', 'L$management', 'L$management'],
    ['_topo/0/all/qdrouter', 'Tqdrouter', 'Tqdrouter'],
    ['_topo/all/all/qdrouter.ma', 'Tqdrouter.ma', 'Tqdrouter.ma'],
    ['_topo/0/ME/temp.x', 'Ltemp.x', 'Ltemp.x'],
    ['_topo/all/ME/temp.x', 'Ltemp.x', 'Ltemp.x'],
    ['amqp:/_topo/0/QDR.B/temp.x', 'RQDR.B', 'L_edge'],
    ['_topo/all/QDR.B/temp.x', 'RQDR.B', 'L_edge'],
    ['_topo/0/MEMORY/x', 'RMEMORY', 'L_edge'],
    ['_topo/0/ME', 'RME', 'L_edge'], // the slash behind the id is part of the word
    ['_topo/0/all', 'Rall', 'L_edge'],
    ['_topo/7/QDR.B/x', 'A7', 'L_edge'],
    ['_topo/00/QDR.B/x', 'A00', 'L_edge'],
    ['_edge/ME/temp.x', 'Ltemp.x', 'Ltemp.x'],
    ['_edge/EDGE1/temp.x', 'HEDGE1', 'L_edge'],
    ['_$temp.x', 'M0_$temp.x', 'M0_$temp.x'],
    ['_$qd.addr_lookup', 'M0_$qd.addr_lookup', 'M0_$qd.addr_lookup'],
    ['_local', 'M0_local', 'M0_local'],
    ['_topology/0/x', 'M0_topology/0/x', 'M0_topology/0/x'],
  ])('%s is %s to a router and %s to an edge router', (text, toInterior, toEdge) => {
    expect(key(text, interior)).toBe(toInterior);
    expect(key(text, edge)).toBe(toEdge);
  });
});

test('only mobile keys have a phase, and the phase of a fallback is F', () => {
  expect(hashKey('M', 1, 'q')).toBe('M1q');
  expect(hashKey('M', 9, 'q')).toBe('M9q');
  expect(hashKey('M', FALLBACK_PHASE, 'q')).toBe('MFq');
  expect(hashKey('L', 1, 'q')).toBe('Lq');
});

/** Dispatch finds the node with an automaton over octets; here it is, letter by letter. */
function strippedByAutomaton(text: string): string {
  let state = 'start';
  let saved = 0;
  let at = 0;
  while (at < text.length && state !== 'node') {
    const letter = text[at++];
    if (state === 'start') state = letter === '/' ? 'slash' : 'scanning';
    else if (state === 'slash') {
      state = letter === '/' ? 'host' : 'node';
      if (state === 'node') at -= 1;
    } else if (state === 'host') state = letter === '/' ? 'node' : 'host';
    else if (state === 'scanning') state = letter === ':' ? 'colon' : 'scanning';
    else if (state === 'colon') {
      state = letter === '/' ? 'colon-slash' : 'scanning';
      saved = at;
    } else {
      state = letter === '/' ? 'host' : 'node';
      if (state === 'node') at = saved;
    }
  }
  const node = text.slice(state === 'node' ? at : 0);
  return node.replace(/[./]$/, '');
}

test('an address is stripped as an automaton over its octets strips it', () => {
  const text = fc.string({ unit: fc.constantFrom(':', '/', '.', 'a', '_'), maxLength: 12 });
  fc.assert(
    fc.property(text, (address) => {
      expect(stripAddress(address)).toBe(strippedByAutomaton(address));
    }),
    { numRuns: 3000 },
  );
});
