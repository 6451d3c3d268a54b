import { describe, expect, test } from 'vitest';
import { Random } from '../../kit/random.ts';
import { drawTopology, largeTopologies, smallRoutersMax, topologyNames } from './shapes.ts';
import type { Topology } from './topology.ts';

/** How many routers can be reached from the first one. */
function reached({ routers, links, uplinks }: Topology): number {
  const found = new Set(routers.slice(0, 1));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { from, to } of [...links, ...uplinks]) {
      if (found.has(from)) found.add(to);
      if (found.has(to)) found.add(from);
    }
  }
  return found.size;
}

describe.each(topologyNames)('the topology %s', (name) => {
  const isLarge = largeTopologies.includes(name);
  const drawn = Array.from({ length: isLarge ? 2 : 50 }, (_, seed) => drawTopology(name, new Random(seed)));

  test('is connected, of the size that it may have, and without links of a router to itself', () => {
    for (const topology of drawn) {
      const { routers, links } = topology;
      expect(new Set(routers).size).toBe(routers.length);
      expect(reached(topology)).toBe(routers.length);
      expect(routers.length <= smallRoutersMax).toBe(!isLarge);
      expect(links.filter(({ from, to, cost }) => from === to || cost < 1)).toEqual([]);
    }
  });

  test('is the same for the same seed', () => {
    for (const [seed, topology] of drawn.entries()) expect(drawTopology(name, new Random(seed))).toEqual(topology);
  });
});

test('the large topologies have the routers that they are named for, and twice as many links', () => {
  for (const name of largeTopologies) {
    const { routers, links } = drawTopology(name, new Random(1));
    expect([routers.length, links.length]).toEqual([Number(name), Number(name) * 2]);
  }
});
