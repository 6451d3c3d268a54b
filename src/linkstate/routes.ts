// What this router's paths come to: for each other router the first hop, the cost, and the valid origins.
//
// A router is a *valid origin* for a destination when its own path to that destination leads through us. Only then may
// we send its balanced and multicast messages on: every router of the network comes to the same trees, so exactly the routers
// on the path do. To know it, the origin's tree is needed; it is computed when a message of that origin first asks.
import type { LinkStateGraph } from './link-state-graph.ts';
import { ShortestPathTree } from './shortest-path.ts';

/** That of another router, until the next one is computed. */
const otherTree = new ShortestPathTree();

export class Routes {
  readonly #graph: LinkStateGraph;
  readonly #self: number;
  readonly #own = new ShortestPathTree();
  #firstHops = new Int32Array(0);
  #radius = 0;
  #version = -1;
  /** By index of the origin: one bit for each router behind us on its tree. Emptied by every recomputation. */
  readonly #behindUs: (Uint32Array | undefined)[] = [];
  /** By index of the router: the costs of its own paths. Emptied likewise. */
  readonly #costsFrom: (Float64Array | undefined)[] = [];
  /** Trees of other routers that were computed, over the whole life. */
  treesOfOthers = 0;

  /** @param self index of the router whose routes these are */
  constructor(graph: LinkStateGraph, self: number) {
    this.#graph = graph;
    this.#self = self;
    this.recompute();
  }

  /** Whether the graph has changed since the last computation. */
  get isStale(): boolean {
    return this.#version !== this.#graph.version;
  }

  /** Computes the own tree anew if the graph has changed since. Gives whether it did. */
  recompute(): boolean {
    const graph = this.#graph;
    if (!this.isStale) return false;
    this.#version = graph.version;
    this.#own.compute(graph, this.#self);
    if (this.#firstHops.length < graph.indexEnd) this.#firstHops = new Int32Array(graph.indexEnd * 2);
    this.#own.writeFirstHops(this.#firstHops);
    this.#radius = this.#own.radius;
    this.#behindUs.length = 0;
    this.#costsFrom.length = 0;
    return true;
  }

  /** The most hops to any router; 0 when alone. */
  get radius(): number {
    return this.#radius;
  }

  /** Index of the first router on the path to `destination` (itself when that is a neighbour), -1 without a path and for us. */
  firstHop(destination: number): number {
    return this.#firstHops[destination] ?? -1;
  }

  /** Cost of the path, Infinity without one. */
  cost(destination: number): number {
    return this.#own.costs[destination] ?? Number.POSITIVE_INFINITY;
  }

  /** Cost of the path of another router to `destination`, Infinity without one. */
  costFrom(router: number, destination: number): number {
    this.#costsFrom[router] ??= this.#computeOther(router).costs.slice();
    return this.#costsFrom[router]?.[destination] ?? Number.POSITIVE_INFINITY;
  }

  /** Links on the path, 0 without one. */
  hops(destination: number): number {
    return this.#own.hops[destination] ?? 0;
  }

  /** Whether a message of `origin` for `destination` may come over us. What starts here always may. hot */
  isValidOrigin(origin: number, destination: number): boolean {
    if (origin === this.#self) return true;
    const behindUs = this.#behindUs[origin] ?? this.#findBehindUs(origin);
    return (((behindUs[destination >>> 5] as number) >>> (destination & 31)) & 1) === 1;
  }

  /** Dispatch asks only routers that we can reach for their trees; nothing of the others comes over us. */
  #findBehindUs(origin: number): Uint32Array {
    const behindUs = new Uint32Array((this.#graph.indexEnd >>> 5) + 1);
    this.#behindUs[origin] = behindUs;
    if (this.firstHop(origin) < 0) return behindUs;
    const { order, predecessors, reached } = this.#computeOther(origin);
    for (let at = 1; at < reached; at++) {
      const index = order[at] as number;
      const predecessor = predecessors[index] as number;
      if (predecessor === this.#self || (((behindUs[predecessor >>> 5] as number) >>> (predecessor & 31)) & 1) === 1) {
        behindUs[index >>> 5] = (behindUs[index >>> 5] as number) | (1 << (index & 31));
      }
    }
    return behindUs;
  }

  #computeOther(root: number): ShortestPathTree {
    this.treesOfOthers++;
    otherTree.compute(this.#graph, root);
    return otherTree;
  }
}
