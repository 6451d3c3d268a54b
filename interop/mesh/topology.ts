// Networks as data: which routers there are, and what connects them.
//
//   three in line   A ── B ── C            ring of four   A ── B      two clouds   W1 ─── W2   west
//                                                         │    │                   ┆10    ┆10
//   triangle        A ── B                                D ── C                   E1 ─── E2   east
//                    ╲  ╱
//                     C              with edges: east ⇢ E1, E2 and west ⇢ W1, W2, each over one of the two at a time

/** A connection between two routers: the later one in the topology's list dials. */
export interface Trunk {
  readonly between: readonly [string, string];
  readonly role: 'inter-router' | 'edge';
  readonly cost: number;
  /** It goes over a relay that can cut it: see relay.ts. */
  readonly isRelayed?: boolean;
}

export interface Topology {
  readonly name: string;
  /** Ids, in the order in which they are started: interior routers, then edges. */
  readonly routers: readonly string[];
  readonly trunks: readonly Trunk[];
  /** Two routers that are as far from each other as can be: where the clients of most cases are. */
  readonly ends: readonly [string, string];
}

const trunk = (one: string, other: string, cost = 1): Trunk => ({ between: [one, other], role: 'inter-router', cost });
/** What an edge may dial. It uses one of them at a time, whichever was open first. */
const uplinks = (edge: string, ...interiors: readonly string[]): Trunk[] =>
  interiors.map((one) => ({ between: [one, edge], role: 'edge', cost: 1 }));

export const oneRouter: Topology = { name: 'one router', routers: ['A'], trunks: [], ends: ['A', 'A'] };
export const twoRouters: Topology = {
  name: 'two routers',
  routers: ['A', 'B'],
  trunks: [trunk('A', 'B')],
  ends: ['A', 'B'],
};
export const threeInLine: Topology = {
  name: 'three in line',
  routers: ['A', 'B', 'C'],
  trunks: [trunk('A', 'B'), trunk('B', 'C')],
  ends: ['A', 'C'],
};
export const ringOfFour: Topology = {
  name: 'ring of four',
  routers: ['A', 'B', 'C', 'D'],
  trunks: [trunk('A', 'B'), trunk('B', 'C'), trunk('C', 'D'), trunk('D', 'A')],
  ends: ['A', 'C'],
};
export const triangle: Topology = {
  name: 'triangle',
  routers: ['A', 'B', 'C'],
  trunks: [trunk('A', 'B'), trunk('B', 'C'), trunk('C', 'A')],
  ends: ['A', 'C'],
};
export const twoClouds: Topology = {
  name: 'two clouds',
  routers: ['E1', 'E2', 'W1', 'W2'],
  // From E2 to W2 it is cheaper over E1 and W1 than over the one link that is between them.
  trunks: [trunk('E1', 'E2'), trunk('W1', 'W2'), trunk('E1', 'W1', 10), trunk('E2', 'W2', 30)],
  ends: ['E1', 'W2'],
};

export const edgesOfOne: Topology = {
  name: 'two edges of one interior',
  routers: ['A', 'one', 'other'],
  trunks: [...uplinks('one', 'A'), ...uplinks('other', 'A')],
  ends: ['one', 'other'],
};
export const twoCloudsWithEdges: Topology = {
  name: 'two clouds with edges',
  routers: [...twoClouds.routers, 'east', 'west'],
  trunks: [...twoClouds.trunks, ...uplinks('east', 'E1', 'E2'), ...uplinks('west', 'W1', 'W2')],
  ends: ['east', 'west'],
};

/** Two connections between the same two routers, each over a relay. */
export const twiceConnected: Topology = {
  name: 'two routers with two connections',
  routers: ['A', 'B'],
  trunks: [
    { ...trunk('A', 'B'), isRelayed: true },
    { ...trunk('A', 'B'), isRelayed: true },
  ],
  ends: ['A', 'B'],
};

export const topologies: readonly Topology[] = [
  ...[oneRouter, twoRouters, threeInLine, ringOfFour, triangle, twoClouds],
  ...[twiceConnected, edgesOfOne, twoCloudsWithEdges],
];

/** Whether it takes part in the network only over an interior router. */
export function isEdge({ trunks }: Topology, id: string): boolean {
  return trunks.some(({ between, role }) => role === 'edge' && between[1] === id);
}

export const hasEdges = (topology: Topology): boolean => topology.routers.some((id) => isEdge(topology, id));

/** What it costs to go from router to router as `path` says; infinite where nothing connects them. */
export function costOf({ trunks }: Topology, path: readonly string[]): number {
  let cost = 0;
  for (const [index, to] of path.slice(1).entries()) {
    const costs = trunks.filter(({ between }) => between.includes(to) && between.includes(path[index] as string));
    cost += Math.min(...costs.map((one) => one.cost));
  }
  return cost;
}

/** The least that any way between two routers costs. */
export function cheapestCost(topology: Topology, from: string, to: string): number {
  const walk = (path: readonly string[]): number => {
    if (path.at(-1) === to) return costOf(topology, path);
    const ahead = topology.routers.filter(
      (id) => !path.includes(id) && costOf(topology, [...path.slice(-1), id]) < Infinity,
    );
    return Math.min(...ahead.map((id) => walk([...path, id])));
  };
  return walk([from]);
}
