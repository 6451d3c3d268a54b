import { beforeEach, expect, test } from 'vitest';
import { Neighbours } from './neighbours.ts';

let neighbours: Neighbours;
let instances: Map<string, number>;

beforeEach(() => {
  neighbours = new Neighbours('A', 3_000);
  instances = new Map();
  for (const key of ['c1', 'c2', 'c3']) neighbours.connectionOpened(key, key === 'c3' ? 1 : 2);
  neighbours.takeGreeted();
});

/** HELLO on a connection that was opened. */
const hello = (id: string, key: string, seen: string[], at = 0, instance = 1) =>
  neighbours.handleHello({ opcode: 'HELLO', id, pv: 1, area: '0', instance, seen }, key, at);
const settle = () =>
  neighbours
    .settle((id) => instances.get(id) ?? 0)
    .map(
      ({ routerId, active }) => `${routerId} ${active === null ? 'lost' : `${String(active.key)} at ${active.cost}`}`,
    );
const greeted = () => neighbours.takeGreeted().map(({ key }) => key);

test('a connection is greeted when it opens and when its router is first heard, then on ticks only', () => {
  neighbours.connectionOpened('c4', 1);
  expect(greeted()).toEqual(['c4']);
  hello('B', 'c1', []);
  expect(greeted()).toEqual(['c1']);
  hello('B', 'c1', ['A']);
  hello('B', 'c1', ['A', 'C']);
  expect(greeted()).toEqual([]);
  neighbours.greetAll();
  expect(greeted()).toEqual(['c1', 'c2', 'c3', 'c4']);
});

test('a router is a neighbour when it lists us, and not before', () => {
  hello('B', 'c1', ['C']);
  expect([settle(), neighbours.seen]).toEqual([[], ['B']]);
  hello('B', 'c1', ['C', 'A']);
  expect(settle()).toEqual(['B c1 at 2']);
  hello('B', 'c1', ['A'], 500);
  expect(settle()).toEqual([]);
});

test('a neighbour that does not confirm for longer than the maximum age is lost, though it is still heard', () => {
  hello('B', 'c1', ['A'], 0);
  settle();
  hello('B', 'c1', [], 2_000);
  neighbours.expire(3_000);
  expect(settle()).toEqual([]);
  neighbours.expire(3_001);
  expect([settle(), neighbours.seen]).toEqual([['B lost'], ['B']]);
  neighbours.expire(5_001);
  expect(neighbours.seen).toEqual([]);
  hello('B', 'c1', ['A'], 6_000);
  expect([settle(), neighbours.seen]).toEqual([['B c1 at 2'], ['B']]);
});

test('a router that falls silent and comes back on the same connection is greeted at once', () => {
  hello('B', 'c1', ['A'], 0);
  greeted();
  neighbours.expire(10_000);
  hello('B', 'c1', [], 10_500);
  expect(greeted()).toEqual(['c1']);
});

test('of several connections to one router the cheapest is active, of equals the oldest, and it stays', () => {
  hello('B', 'c2', ['A']);
  expect(settle()).toEqual(['B c2 at 2']);
  hello('B', 'c1', ['A']);
  expect(settle()).toEqual([]);
  hello('B', 'c3', ['A']);
  expect(settle()).toEqual(['B c3 at 1']);
  neighbours.connectionLost('c3');
  expect(settle()).toEqual(['B c1 at 2']);
});

test('when the active connection is lost another takes over in the same turn, and is greeted', () => {
  hello('B', 'c1', ['A']);
  hello('B', 'c2', ['A']);
  settle();
  greeted();
  neighbours.connectionLost('c1');
  expect([settle(), greeted()]).toEqual([['B c2 at 2'], ['c2']]);
  neighbours.connectionLost('c2');
  expect(settle()).toEqual(['B lost']);
  neighbours.connectionLost('c2');
  expect(settle()).toEqual([]);
});

test('a connection that stands by is not taken when it was not confirmed, or not for long', () => {
  hello('B', 'c1', ['A']);
  hello('B', 'c2', []);
  hello('B', 'c3', ['A']);
  settle();
  hello('B', 'c1', ['A'], 2_500);
  neighbours.expire(3_500);
  neighbours.connectionLost('c1');
  expect(settle()).toEqual(['B lost']);
});

test('connections to another instance than the one that is believed do not count', () => {
  instances.set('B', 1);
  hello('B', 'c1', ['A'], 0, 1);
  settle();
  instances.set('B', 2);
  neighbours.reconsider('B');
  hello('B', 'c2', [], 0, 2);
  expect(settle()).toEqual(['B lost']);
  hello('B', 'c2', ['A'], 0, 2);
  expect(settle()).toEqual(['B c2 at 2']);
});

test('another router at the other end of a connection replaces the one before', () => {
  hello('B', 'c1', ['A']);
  settle();
  hello('C', 'c1', ['A']);
  expect(settle()).toEqual(['B lost', 'C c1 at 2']);
});

test('HELLO on a connection that is gone is void', () => {
  neighbours.connectionLost('c1');
  hello('B', 'c1', ['A']);
  expect([settle(), neighbours.seen]).toEqual([[], []]);
});

test('seen is the same array until it changes', () => {
  hello('B', 'c1', []);
  const { seen } = neighbours;
  hello('B', 'c1', [], 100);
  expect(neighbours.seen).toBe(seen);
  hello('C', 'c2', []);
  expect(neighbours.seen).toEqual(['B', 'C']);
});
