// Shortest paths from one router to all others: Dijkstra's algorithm with the tie rules that every router of the network
// shares. They must be exactly these, for each router also computes the trees of the others (valid-origins.ts).
//
//   candidates are taken by (cost, id), ids by code point          a better path must be strictly cheaper
//
// So of several predecessors at equal cost the one taken first wins: the cheapest, then the one with the lowest id.
import type { LinkStateGraph } from './link-state-graph.ts';

/** The tree of one root. Reuse it: its arrays grow to the size of the graph and stay. All of them go by router index. */
export class ShortestPathTree {
  /** Infinity for what cannot be reached. */
  costs = new Float64Array(0);
  /** Links between the root and the router on its path. */
  hops = new Int32Array(0);
  /** The router before it on its path, -1 for the root and for what cannot be reached. */
  predecessors = new Int32Array(0);
  /** The routers that can be reached, in the order in which they were taken; the root is the first. */
  order = new Int32Array(0);
  /** How many entries of {@link order} are meant. */
  reached = 0;
  /** Computes the tree from the router with index `root`. */
  compute(graph: LinkStateGraph, root: number): void {
    this.#reset(graph.indexEnd);
    const { links, ranks } = graph;
    const { costs, hops, predecessors, order } = this;
    candidates.reset(graph.linkCount + 1, ranks);
    costs[root] = 0;
    hops[root] = 0;
    let reached = 0;
    for (candidates.push(root, 0); candidates.size > 0; ) {
      const cost = candidates.topCost;
      const taken = candidates.pop();
      // A dearer entry of a router that has become cheaper since.
      if (cost !== costs[taken]) continue;
      order[reached++] = taken;
      const outgoing = links[taken] as readonly number[];
      for (let at = 0; at < outgoing.length; at += 2) {
        const peer = outgoing[at] as number;
        const through = cost + (outgoing[at + 1] as number);
        if (through >= (costs[peer] as number)) continue;
        costs[peer] = through;
        hops[peer] = (hops[taken] as number) + 1;
        predecessors[peer] = taken;
        candidates.push(peer, through);
      }
    }
    this.reached = reached;
  }

  /** The most hops that any path of this tree has. */
  get radius(): number {
    let radius = 0;
    for (let at = 0; at < this.reached; at++) {
      radius = Math.max(radius, this.hops[this.order[at] as number] as number);
    }
    return radius;
  }

  /**
   * Writes the first router on each path into `firstHops`, by router index: itself for what is reached directly, -1 for the
   * root and for what cannot be reached.
   */
  writeFirstHops(firstHops: Int32Array): void {
    firstHops.fill(-1);
    const root = this.order[0];
    for (let at = 1; at < this.reached; at++) {
      const index = this.order[at] as number;
      const predecessor = this.predecessors[index] as number;
      firstHops[index] = predecessor === root ? index : (firstHops[predecessor] as number);
    }
  }

  #reset(size: number): void {
    if (this.costs.length < size) {
      const room = size * 2;
      this.costs = new Float64Array(room);
      this.hops = new Int32Array(room);
      this.predecessors = new Int32Array(room);
      this.order = new Int32Array(room);
    }
    this.costs.fill(Number.POSITIVE_INFINITY, 0, size);
    this.hops.fill(0, 0, size);
    this.predecessors.fill(-1, 0, size);
  }
}

/** A binary heap of (cost, router), by cost, then by rank. A router is pushed again when it becomes cheaper. */
class CandidateHeap {
  size = 0;
  #routers = new Int32Array(0);
  #costs = new Float64Array(0);
  #ranks: Int32Array = new Int32Array(0);

  /** @param room the most pushes before the next reset */
  reset(room: number, ranks: Int32Array): void {
    this.size = 0;
    this.#ranks = ranks;
    if (this.#costs.length >= room) return;
    this.#costs = new Float64Array(room * 2);
    this.#routers = new Int32Array(room * 2);
  }

  get topCost(): number {
    return this.#costs[0] as number;
  }

  push(router: number, cost: number): void {
    const costs = this.#costs;
    const routers = this.#routers;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(cost, router, parent)) break;
      costs[at] = costs[parent] as number;
      routers[at] = routers[parent] as number;
      at = parent;
    }
    costs[at] = cost;
    routers[at] = router;
  }

  /** Takes out the router at the top. */
  pop(): number {
    const costs = this.#costs;
    const routers = this.#routers;
    const top = routers[0] as number;
    const last = --this.size;
    const cost = costs[last] as number;
    const router = routers[last] as number;
    let at = 0;
    for (let child = 1; child < last; child = at * 2 + 1) {
      if (child + 1 < last && this.#isBefore(costs[child + 1] as number, routers[child + 1] as number, child)) child++;
      if (this.#isBefore(cost, router, child)) break;
      costs[at] = costs[child] as number;
      routers[at] = routers[child] as number;
      at = child;
    }
    costs[at] = cost;
    routers[at] = router;
    return top;
  }

  /** Whether a candidate comes before the one at place `at`. */
  #isBefore(cost: number, router: number, at: number): boolean {
    const other = this.#costs[at] as number;
    if (cost !== other) return cost < other;
    return (this.#ranks[router] as number) < (this.#ranks[this.#routers[at] as number] as number);
  }
}

/** Empty between computations, so that one is enough for all trees. */
const candidates = new CandidateHeap();
