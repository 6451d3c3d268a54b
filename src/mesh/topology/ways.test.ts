import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainRoutes } from '../../linkstate/testing/plain-paths.ts';
import { Ways } from './ways.ts';

const ids = ['a', 'b-2', 'b-10', 'c', 'd', 'z1', 'z-1'];
const links = fc.array(
  fc.record({ from: fc.constantFrom(...ids), to: fc.constantFrom(...ids), cost: fc.integer({ min: 1, max: 3 }) }),
  { maxLength: 20 },
);

/** The way of a message: every router sends it on to its own next hop. */
function walk(linkStates: ReadonlyMap<string, Map<string, number>>, from: string, to: string): string[] | null {
  const hops = [from];
  for (let at = from; at !== to; hops.push(at)) {
    const next = plainRoutes(at, linkStates).nextHops.get(to);
    if (next === undefined) return null;
    at = next;
  }
  return hops;
}

test('ways are those that routers take, also where several cost the same', () => {
  fc.assert(
    fc.property(links, (drawn) => {
      const linkStates = new Map(ids.map((id) => [id, new Map<string, number>()]));
      const used = drawn.filter(({ from, to }) => from !== to).map((link) => ({ ...link, name: '', plan: null }));
      for (const { from, to, cost } of used) {
        const best = Math.min(cost, linkStates.get(from)?.get(to) ?? cost);
        linkStates.get(from)?.set(to, best);
        linkStates.get(to)?.set(from, best);
      }
      const ways = new Ways(ids, used);
      for (const from of ids) {
        for (const to of ids) {
          const way = ways.find(from, to);
          expect(way?.hops ?? null).toEqual(walk(linkStates, from, to));
          if (from !== to) expect(way?.cost).toBe(plainRoutes(from, linkStates).costs.get(to));
        }
      }
    }),
    { numRuns: 60 },
  );
});
