// The ways of messages between interior routers: computed by the code that routers themselves use (src/linkstate), so with the same
// answer where several ways cost the same.
//
// A way is walked hop by hop, each router going by its own tree: that is how messages go, too. Costs fall with every hop, so it ends.
import { LinkStateGraph, type Peers } from '../../linkstate/link-state-graph.ts';
import { ShortestPathTree } from '../../linkstate/shortest-path.ts';
import type { RouterLink } from './router-links.ts';

export interface Way {
  /** Ids of the routers, both ends included. */
  readonly hops: readonly string[];
  /** The sum of the costs of its links. */
  readonly cost: number;
}

interface Tree {
  readonly firstHops: Int32Array;
  readonly costs: Float64Array;
}

export class Ways {
  readonly #graph = new LinkStateGraph();
  readonly #trees = new Map<string, Tree>();
  readonly #tree = new ShortestPathTree();

  /** @param routers ids of the interior routers that are there; links to others are none */
  constructor(routers: Iterable<string>, links: readonly RouterLink[]) {
    const peers = new Map<string, Map<string, number>>();
    for (const id of routers) peers.set(id, new Map());
    for (const { from, to, cost } of links) {
      const [a, b] = [peers.get(from), peers.get(to)];
      if (a === undefined || b === undefined) continue;
      // Of two connections between the same routers the cheaper one counts; a mesh that is checked has no such.
      a.set(to, Math.min(cost, a.get(to) ?? cost));
      b.set(from, Math.min(cost, b.get(from) ?? cost));
    }
    for (const [id, ofRouter] of peers) this.#graph.set(id, ofRouter as Peers);
  }

  /** Null when there is none. */
  find(from: string, to: string): Way | null {
    const target = this.#graph.indexOf(to);
    let at = this.#graph.indexOf(from);
    if (target < 0 || at < 0) return null;
    const cost = this.#treeOf(at).costs[target] as number;
    if (cost === Number.POSITIVE_INFINITY) return null;
    const hops = [from];
    while (at !== target) {
      at = this.#treeOf(at).firstHops[target] as number;
      hops.push(this.#graph.idOf(at));
    }
    return { hops, cost };
  }

  /** Infinity when there is no way. */
  cost(from: string, to: string): number {
    const start = this.#graph.indexOf(from);
    const target = this.#graph.indexOf(to);
    return start < 0 || target < 0 ? Number.POSITIVE_INFINITY : (this.#treeOf(start).costs[target] as number);
  }

  #treeOf(root: number): Tree {
    const id = this.#graph.idOf(root);
    let tree = this.#trees.get(id);
    if (tree === undefined) {
      this.#tree.compute(this.#graph, root);
      const firstHops = new Int32Array(this.#graph.indexEnd);
      this.#tree.writeFirstHops(firstHops);
      tree = { firstHops, costs: this.#tree.costs.slice(0, this.#graph.indexEnd) };
      this.#trees.set(id, tree);
    }
    return tree;
  }
}
