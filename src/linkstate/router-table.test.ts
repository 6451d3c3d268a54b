import { beforeEach, expect, test } from 'vitest';
import { routersMax } from './limits.ts';
import type { RouterNode } from './router-node.ts';
import { RouterTable } from './router-table.ts';

let table: RouterTable;

beforeEach(() => {
  table = new RouterTable('A');
});

const learn = (id: string) => table.learn(id, 0) as RouterNode;
const peers = (...ids: string[]) => new Map(ids.map((id) => [id, 1]));
const ids = (nodes: readonly RouterNode[] | null) => nodes?.map(({ id }) => id) ?? null;

test('a router that is named becomes known, and reachable over the one that names it', () => {
  const b = learn('B');
  b.connectionKey = 'c1';
  table.setOwnPeers(peers('B'));
  expect(ids(table.recompute(0))).toEqual(['B']);
  expect(ids(table.setPeers(b, peers('A', 'C'), 0))).toEqual(['C']);
  expect(ids(table.recompute(0))).toEqual(['C']);
  const c = learn('C');
  expect([c.nextHop, c.cost, c.hops, b.nextHop]).toEqual([b, 2, 2, b]);
  expect(table.recompute(0)).toBe(null);
  expect(ids(table.setPeers(c, peers('B'), 0))).toEqual([]);
});

test('a link state that says the same again computes nothing, one that is worse is urgent', () => {
  const b = learn('B');
  table.setPeers(b, peers('A', 'C'), 0);
  table.recompute(0);
  table.setPeers(b, peers('C', 'A'), 7);
  expect([table.isChanged, b.linkStateAt]).toEqual([false, 7]);
  table.setPeers(b, peers('A', 'C', 'D'), 0);
  expect([table.isChanged, table.isUrgent]).toEqual([true, false]);
  table.setPeers(
    b,
    new Map([
      ['A', 2],
      ['C', 1],
      ['D', 1],
    ]),
    0,
  );
  expect(table.isUrgent).toBe(true);
  table.recompute(0);
  expect([table.isChanged, table.isUrgent]).toEqual([false, false]);
});

test('without a path a router keeps nothing of the old one, and the time is noted', () => {
  const b = learn('B');
  table.setOwnPeers(peers('B'));
  table.recompute(10);
  table.setOwnPeers(peers());
  expect(ids(table.recompute(20))).toEqual([]);
  expect([b.isReachable, b.cost, b.hops, b.unreachableAt]).toEqual([false, Number.POSITIVE_INFINITY, 0, 20]);
});

test('a link state that was not renewed is emptied, and who is named by nobody then is forgotten after three ticks', () => {
  const b = learn('B');
  table.setPeers(b, peers('A', 'C'), 0);
  b.linkState.noteHeld(4);
  b.lastSeenAt = 1_000;
  expect([table.expire(61_000, 60_000), b.peers.size]).toEqual([[], 2]);
  expect([ids(table.expire(61_001, 60_000)), b.peers.size, b.linkState.held]).toEqual([[], 0, 0]);
  expect(ids(table.expire(62_000, 60_000))).toEqual([]);
  expect(ids(table.expire(63_000, 60_000))).toEqual(['B', 'C']);
  expect([table.nodes.size, table.get('B')]).toEqual([0, null]);
});

test('a router is kept as long as another names it or it is a neighbour', () => {
  const b = learn('B');
  const c = learn('C');
  table.setPeers(b, peers('C'), 0);
  c.connectionKey = null;
  for (let tick = 0; tick < 5; tick++) expect(table.expire(0, 60_000)).toEqual([]);
  table.setPeers(b, peers(), 0);
  b.connectionKey = 'c1';
  expect(Array.from({ length: 3 }, () => ids(table.expire(0, 60_000)))).toEqual([[], [], ['C']]);
  table.setPeers(b, peers('B'), 0);
  b.connectionKey = null;
  b.peers = new Map();
  expect(Array.from({ length: 3 }, () => ids(table.expire(0, 60_000)))).toEqual([[], [], ['B']]);
});

test('indexes are given out again', () => {
  learn('B');
  const c = learn('C');
  for (let tick = 0; tick < 3; tick++) {
    c.silentTicks = 0;
    table.expire(0, 60_000);
  }
  expect([c.index, learn('D').index]).toEqual([2, 1]);
});

test('our own id and more routers than the limit are not learned', () => {
  expect(table.learn('A', 0)).toBe(null);
  for (let at = 0; at < routersMax; at++) learn(`R${at}`);
  expect([table.learn('X', 0), table.learn('R5', 0)?.id]).toEqual([null, 'R5']);
});
