import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LinkStateGraph, type Peers } from './link-state-graph.ts';
import { Routes } from './routes.ts';
import { linkStates, symmetricLinkStates } from './testing/arbitraries.ts';
import { plainRoutes } from './testing/plain-paths.ts';

function routesOf(self: string, states: ReadonlyMap<string, Peers>) {
  const graph = new LinkStateGraph();
  for (const [id, peers] of states) graph.set(id, peers);
  const routes = new Routes(graph, graph.indexOf(self));
  return { graph, routes };
}

test('next hops, costs, radius and valid origins are those of the plain rules', () => {
  fc.assert(
    fc.property(fc.oneof(linkStates, symmetricLinkStates), (states) => {
      for (const self of states.keys()) {
        const { graph, routes } = routesOf(self, states);
        const plain = plainRoutes(self, states);
        expect(routes.radius).toBe(plain.radius);
        for (let index = 0; index < graph.indexEnd; index++) {
          const id = graph.idOf(index);
          if (id === self) continue;
          const hop = routes.firstHop(index);
          expect([id, hop < 0 ? undefined : graph.idOf(hop)]).toEqual([id, plain.nextHops.get(id)]);
          expect(routes.cost(index)).toBe(plain.costs.get(id) ?? Number.POSITIVE_INFINITY);
          const origins = [...plain.nextHops.keys()].filter((origin) =>
            routes.isValidOrigin(graph.indexOf(origin), index),
          );
          expect(new Set(hop < 0 ? [] : origins)).toEqual(plain.validOrigins.get(id) ?? new Set());
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('hop by hop towards a destination, every router on the way counts the origin as valid', () => {
  fc.assert(
    fc.property(symmetricLinkStates, (states) => {
      const all = new Map([...states.keys()].map((id) => [id, routesOf(id, states)]));
      for (const [origin, { graph, routes }] of all) {
        for (const destination of all.keys()) {
          if (origin === destination || routes.firstHop(graph.indexOf(destination)) < 0) continue;
          for (let at = origin, hops = 0; at !== destination; hops++) {
            const here = all.get(at) as ReturnType<typeof routesOf>;
            const to = here.graph.indexOf(destination);
            expect(hops).toBeLessThan(states.size);
            expect(here.routes.isValidOrigin(here.graph.indexOf(origin), to)).toBe(true);
            at = here.graph.idOf(here.routes.firstHop(to));
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('the tree of another router is computed when it is first asked for, and again after a change', () => {
  const states = new Map<string, Peers>([
    ['A', new Map([['B', 1]])],
    [
      'B',
      new Map([
        ['A', 1],
        ['C', 1],
      ]),
    ],
    ['C', new Map([['B', 1]])],
  ]);
  const { graph, routes } = routesOf('B', states);
  const ask = () => routes.isValidOrigin(graph.indexOf('A'), graph.indexOf('C'));
  expect(routes.treesOfOthers).toBe(0);
  expect([ask(), ask(), routes.treesOfOthers]).toEqual([true, true, 1]);
  expect(routes.recompute()).toBe(false);
  graph.set(
    'A',
    new Map([
      ['B', 1],
      ['C', 1],
    ]),
  );
  expect(routes.recompute()).toBe(true);
  expect([ask(), routes.treesOfOthers]).toEqual([false, 2]);
});

test('a router that we cannot reach is no valid origin of anything', () => {
  const states = new Map<string, Peers>([
    ['A', new Map([['B', 1]])],
    ['B', new Map([['C', 1]])],
    ['C', new Map([['B', 1]])],
  ]);
  const { graph, routes } = routesOf('B', states);
  expect(routes.isValidOrigin(graph.indexOf('A'), graph.indexOf('C'))).toBe(false);
});
