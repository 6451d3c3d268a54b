// Random networks for property tests.
import fc from 'fast-check';
import type { Peers } from '../link-state-graph.ts';

/** Ids that sort differently by code unit and by code point, and ids that begin alike. */
const ids = [
  'A',
  'B',
  'AA',
  'A.B',
  'a',
  'b',
  'Z',
  'é',
  '\u{FF5E}',
  '\u{1F600}',
  '\u{10000}',
  '\u{E000}',
  '10',
  '9',
  'C',
  'D',
];

/** Link states of up to 16 routers, not all of them known, links often in one direction only, many costs equal. */
export const linkStates: fc.Arbitrary<Map<string, Peers>> = fc
  .array(
    fc.tuple(
      fc.constantFrom(...ids),
      fc.array(
        fc.tuple(fc.constantFrom(...ids), fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 50 }))),
        {
          maxLength: 6,
        },
      ),
    ),
    { minLength: 1, maxLength: 16 },
  )
  .map((entries) => new Map(entries.map(([id, peers]) => [id, new Map(peers)])));

/** A network in which every link is known from both ends. */
export const symmetricLinkStates: fc.Arbitrary<Map<string, Peers>> = fc
  .array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids), fc.integer({ min: 1, max: 3 })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((links) => {
    const states = new Map<string, Map<string, number>>(ids.map((id) => [id, new Map()]));
    for (const [from, to, cost] of links) {
      if (from === to) continue;
      states.get(from)?.set(to, cost);
      states.get(to)?.set(from, cost);
    }
    return states;
  });
