import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LinkStateGraph, type Peers } from './link-state-graph.ts';
import { ShortestPathTree } from './shortest-path.ts';
import { linkStates } from './testing/arbitraries.ts';
import { plainTree } from './testing/plain-paths.ts';

function graphOf(states: ReadonlyMap<string, Peers>): LinkStateGraph {
  const graph = new LinkStateGraph();
  for (const [id, peers] of states) graph.set(id, peers);
  return graph;
}

/** The tree by ids, in the twin's form. */
function namedTree(graph: LinkStateGraph, tree: ShortestPathTree) {
  const reached = [...tree.order.subarray(1, tree.reached)];
  const by = <T>(value: (index: number) => T) => new Map(reached.map((index) => [graph.idOf(index), value(index)]));
  return {
    costs: by((index) => tree.costs[index]),
    hops: by((index) => tree.hops[index]),
    predecessors: by((index) => graph.idOf(tree.predecessors[index] as number)),
  };
}

test('every tree is the one of the plain rules, ties, unknown routers and one-way links included', () => {
  const tree = new ShortestPathTree();
  fc.assert(
    fc.property(linkStates, (states) => {
      const graph = graphOf(states);
      for (const root of states.keys()) {
        tree.compute(graph, graph.indexOf(root));
        expect(namedTree(graph, tree)).toEqual(plainTree(root, states));
      }
    }),
    { numRuns: 500 },
  );
});

test('a graph that was changed step by step has the trees of one that was made at once', () => {
  const tree = new ShortestPathTree();
  const step = fc.oneof({ weight: 3, arbitrary: linkStates }, { weight: 1, arbitrary: fc.constant(null) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
      const graph = new LinkStateGraph();
      const states = new Map<string, Peers>();
      for (const changes of steps) {
        const [first] = states.keys();
        if (changes === null && first !== undefined) {
          graph.delete(first);
          states.delete(first);
        }
        for (const [id, peers] of changes ?? []) {
          graph.set(id, peers);
          states.set(id, peers);
        }
        for (const root of states.keys()) {
          tree.compute(graph, graph.indexOf(root));
          expect(namedTree(graph, tree)).toEqual(plainTree(root, states));
        }
      }
    }),
  );
});

test('of two predecessors at equal cost the one nearer to the root wins, then the one with the lower id', () => {
  // R ─1─ B ─1─┐        R ─1─ A ─2─┐
  // R ─1─ C ─1─┴─ X     R ─2─ B ─1─┴─ Y
  const graph = graphOf(
    new Map<string, Peers>([
      [
        'R',
        new Map([
          ['C', 1],
          ['B', 1],
          ['A', 1],
          ['D', 2],
        ]),
      ],
      ['C', new Map([['X', 1]])],
      ['B', new Map([['X', 1]])],
      ['A', new Map([['Y', 2]])],
      ['D', new Map([['Y', 1]])],
    ]),
  );
  const tree = new ShortestPathTree();
  tree.compute(graph, graph.indexOf('R'));
  const before = (id: string) => graph.idOf(tree.predecessors[graph.indexOf(id)] as number);
  expect([before('X'), before('Y')]).toEqual(['B', 'A']);
});

test('costs add up exactly beyond 32 bits', () => {
  const cost = 0x7fffffff;
  const states = new Map<string, Peers>();
  for (let at = 0; at < 9; at++) states.set(`R${at}`, new Map([[`R${at + 1}`, cost]]));
  const graph = graphOf(states);
  const tree = new ShortestPathTree();
  tree.compute(graph, graph.indexOf('R0'));
  expect(tree.costs[graph.indexOf('R9')]).toBe(9 * cost);
  expect(tree.radius).toBe(9);
});
