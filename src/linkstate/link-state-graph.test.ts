import { expect, test } from 'vitest';
import { LinkStateGraph } from './link-state-graph.ts';

const peers = (...entries: [string, number][]) => new Map(entries);

test('indexes are small, stay while a router is known, and the lowest one that is free is given out', () => {
  const graph = new LinkStateGraph();
  expect(['A', 'B', 'C'].map((id) => graph.set(id, peers()))).toEqual([0, 1, 2]);
  graph.delete('B');
  graph.delete('A');
  expect(graph.indexOf('B')).toBe(-1);
  expect([graph.set('D', peers()), graph.set('E', peers()), graph.set('F', peers())]).toEqual([0, 1, 3]);
  expect(graph.indexOf('C')).toBe(2);
  expect(graph.idOf(3)).toBe('F');
});

test('a router that is only named has one link back to the first that names it, until its own link state comes', () => {
  const graph = new LinkStateGraph();
  graph.set('B', peers(['X', 7]));
  graph.set('A', peers(['X', 3]));
  const index = graph.indexOf('X');
  expect(graph.links[index]).toEqual([graph.indexOf('B'), 1]);
  expect(graph.linkCount).toBe(3);
  graph.set('B', peers());
  expect(graph.links[index]).toEqual([graph.indexOf('A'), 1]);
  graph.set('X', peers(['A', 9]));
  expect(graph.links[index]).toEqual([graph.indexOf('A'), 9]);
  graph.delete('X');
  expect(graph.indexOf('X')).toBe(index);
  expect(graph.links[index]).toEqual([graph.indexOf('A'), 1]);
});

test('ranks follow the ids, whatever the order in which routers came and went', () => {
  const graph = new LinkStateGraph();
  for (const id of ['M', '\u{1F600}', 'A', '\u{FF5E}', 'Z']) graph.set(id, peers());
  graph.delete('M');
  graph.set('B', peers());
  const byRank = ['A', 'B', 'Z', '\u{FF5E}', '\u{1F600}'];
  expect(byRank.map((id) => graph.ranks[graph.indexOf(id)])).toEqual([0, 1, 2, 3, 4]);
});
