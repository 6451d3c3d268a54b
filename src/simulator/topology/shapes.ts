// The shapes of networks that the simulator knows by name.
//
//   single  line  ring  triangle  full-mesh  two-clouds  edges  random      drawn by the seed when nobody names one
//   128  1000                                                               only on demand: to measure convergence
import type { Random } from '../../kit/random.ts';
import { drawIds, linkOf, type Topology, type TopologyLink } from './topology.ts';

/** Draws a network of this shape. */
type Shape = (random: Random) => Topology;

/** No network is drawn larger than this, unless its name is its size. */
export const smallRoutersMax = 12;

const noUplinks: readonly TopologyLink[] = [];

const shapes = {
  single: () => ({ routers: ['router'], links: [], uplinks: noUplinks }),
  line: (random) => {
    const routers = drawIds(random, random.between(2, 6));
    const links = routers.slice(1).map((_, at) => linkOf(random, routers, at, at + 1, drawCost(random)));
    return { routers, links, uplinks: noUplinks };
  },
  ring: (random) => {
    const routers = drawIds(random, random.between(4, 7));
    const cost = drawCost(random);
    const links = routers.map((_, at) => linkOf(random, routers, at, (at + 1) % routers.length, cost));
    return { routers, links, uplinks: noUplinks };
  },
  triangle: (random) => {
    const routers = drawIds(random, 3);
    return { routers, links: allPairs(random, routers, () => 1), uplinks: noUplinks };
  },
  'full-mesh': (random) => {
    const routers = drawIds(random, random.between(4, 5));
    return { routers, links: allPairs(random, routers, () => drawCost(random)), uplinks: noUplinks };
  },
  'two-clouds': drawTwoClouds,
  edges: drawEdges,
  random: (random) => drawConnected(random, random.between(3, smallRoutersMax)),
  '128': (random) => drawConnected(random, 128, 256),
  '1000': (random) => drawConnected(random, 1_000, 2_000),
} satisfies Record<string, Shape>;

export type TopologyName = keyof typeof shapes;

/** Those that are measured instead of disturbed. */
export const largeTopologies: readonly TopologyName[] = ['128', '1000'];

/** Those of which each seed draws one. */
export const smallTopologies = (Object.keys(shapes) as TopologyName[]).filter(
  (name) => !largeTopologies.includes(name),
);

export const topologyNames: readonly TopologyName[] = [...smallTopologies, ...largeTopologies];

export function drawTopology(name: TopologyName, random: Random): Topology {
  return shapes[name](random);
}

/** Two interiors in each cloud; what crosses between the clouds costs more than what stays. */
function drawTwoClouds(random: Random): Topology {
  const routers = drawIds(random, 4);
  const across = random.pick([10, 50]);
  const link = (one: number, other: number, cost: number) => linkOf(random, routers, one, other, cost);
  const links = [link(0, 1, 1), link(2, 3, 1), link(0, 2, across), link(1, 3, across)];
  if (random.chance(0.5)) links.push(link(0, 3, across), link(1, 2, across));
  return { routers, links, uplinks: noUplinks };
}

/** A star: edges around a few interiors, some of them with an uplink that stands by. */
function drawEdges(random: Random): Topology {
  const count = random.between(1, 3);
  const routers = drawIds(random, count + random.between(2, 5));
  const interiors = routers.slice(0, count);
  const links = allPairs(random, interiors, () => drawCost(random));
  const uplinks = routers.slice(count).flatMap((from) => {
    const first = random.below(count);
    const places = random.chance(0.5) ? [first] : [first, random.below(count)];
    return places.map((to) => ({ from, to: interiors[to] as string, cost: 1 }));
  });
  return { routers, links, uplinks };
}

/** A tree, and links between any two beside it; among small networks also a second link where there is one. */
function drawConnected(random: Random, count: number, linkCount = count - 1 + random.below(count)): Topology {
  const routers = drawIds(random, count);
  const isSmall = count <= smallRoutersMax;
  const links: TopologyLink[] = [];
  const pairs = new Set<number>();
  const add = (one: number, other: number) => {
    pairs.add(Math.min(one, other) * count + Math.max(one, other));
    links.push(linkOf(random, routers, one, other, drawCost(random)));
  };
  for (let at = 1; at < count; at++) add(random.below(at), at);
  for (let tries = linkCount * 10; links.length < linkCount && tries > 0; tries--) {
    const one = random.below(count);
    const other = random.below(count);
    const isThere = pairs.has(Math.min(one, other) * count + Math.max(one, other));
    if (one !== other && (!isThere || (isSmall && random.chance(0.1)))) add(one, other);
  }
  return { routers, links, uplinks: noUplinks };
}

function allPairs(random: Random, routers: readonly string[], cost: () => number): TopologyLink[] {
  const links: TopologyLink[] = [];
  for (let one = 0; one < routers.length; one++)
    for (let other = one + 1; other < routers.length; other++) links.push(linkOf(random, routers, one, other, cost()));
  return links;
}

/** Mostly the same for all, so that paths tie. */
function drawCost(random: Random): number {
  return random.chance(0.7) ? 1 : random.between(2, 5);
}
