// The path rules said once more, word for word and without a thought for speed: the twin that shortest-path.ts and routes.ts
// are held against.
import { compareIds } from '../id-order.ts';
import type { Peers } from '../link-state-graph.ts';

export interface PlainTree {
  readonly costs: Map<string, number>;
  readonly hops: Map<string, number>;
  readonly predecessors: Map<string, string>;
}

export interface PlainRoutes {
  readonly nextHops: Map<string, string>;
  readonly costs: Map<string, number>;
  readonly radius: number;
  readonly validOrigins: Map<string, Set<string>>;
}

/** The tree of `root` over the link states, in their order. Only reachable routers other than `root` are in it. */
export function plainTree(root: string, linkStates: ReadonlyMap<string, Peers>): PlainTree {
  const links = new Map<string, Peers>();
  for (const [id, peers] of linkStates) {
    links.set(id, peers);
    for (const peer of peers.keys()) if (!links.has(peer)) links.set(peer, new Map([[id, 1]]));
  }
  const costs = new Map([[root, 0]]);
  const hops = new Map([[root, 0]]);
  const predecessors = new Map<string, string>();
  const candidates = new Set(links.keys()).add(root);
  for (;;) {
    const sorted = [...candidates].filter((id) => costs.has(id));
    sorted.sort((a, b) => (costs.get(a) as number) - (costs.get(b) as number) || compareIds(a, b));
    const taken = sorted[0];
    if (taken === undefined) break;
    candidates.delete(taken);
    for (const [peer, cost] of links.get(taken) ?? []) {
      if (!candidates.has(peer)) continue;
      const through = (costs.get(taken) as number) + cost;
      if (costs.has(peer) && through >= (costs.get(peer) as number)) continue;
      costs.set(peer, through);
      hops.set(peer, (hops.get(taken) as number) + 1);
      predecessors.set(peer, taken);
    }
  }
  costs.delete(root);
  hops.delete(root);
  return { costs, hops, predecessors };
}

/** Everything that `self` derives from the link states. */
export function plainRoutes(self: string, linkStates: ReadonlyMap<string, Peers>): PlainRoutes {
  const own = plainTree(self, linkStates);
  const reachable = [...own.predecessors.keys()];
  const nextHops = new Map(reachable.map((id) => [id, pathTo(id, self, own).at(-1) as string]));
  const validOrigins = new Map(reachable.map((id) => [id, new Set<string>()]));
  for (const origin of reachable) {
    const tree = plainTree(origin, linkStates);
    for (const destination of tree.predecessors.keys()) {
      const before = pathTo(destination, origin, tree).slice(1);
      if (destination !== origin && before.includes(self)) validOrigins.get(destination)?.add(origin);
    }
  }
  return { nextHops, costs: own.costs, radius: Math.max(0, ...own.hops.values()), validOrigins };
}

/** From `id` back to the router behind the root. */
function pathTo(id: string, root: string, tree: PlainTree): string[] {
  const path: string[] = [];
  for (let at = id; at !== root; at = tree.predecessors.get(at) as string) path.push(at);
  return path;
}
