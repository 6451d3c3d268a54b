// The shortest paths of a network, computed as plainly as can be said, to hold the router's own against.
//
// Costs are relaxed until nothing gets cheaper. Of the predecessors by which a router is reached at its cost, the one that an
// orderly search would have come to first counts: the cheapest, and of these the one with the lowest id, by code point.
import type { LiveLink } from '../sites/live-links.ts';

/** The tree of one root. */
interface Tree {
  readonly costs: ReadonlyMap<string, number>;
  /** Not for the root. */
  readonly predecessors: ReadonlyMap<string, string>;
}

export class PlainPaths {
  readonly #peers = new Map<string, Map<string, number>>();
  readonly #trees = new Map<string, Tree>();

  /** Of several links between two routers the cheapest counts. */
  constructor(routers: Iterable<string>, links: readonly LiveLink[]) {
    for (const id of routers) this.#peers.set(id, new Map());
    for (const { ends, cost } of links) {
      const [one, other] = ends;
      for (const [from, to] of [
        [one, other],
        [other, one],
      ] as const) {
        const peers = this.#peers.get(from);
        peers?.set(to, Math.min(cost, peers.get(to) ?? cost));
      }
    }
  }

  /** All that there is a way to, but `root` itself. */
  reachedFrom(root: string): string[] {
    return [...this.#tree(root).predecessors.keys()];
  }

  /** Infinity without a way. */
  cost(root: string, to: string): number {
    return this.#tree(root).costs.get(to) ?? Number.POSITIVE_INFINITY;
  }

  nextHop(root: string, to: string): string | null {
    return this.#wayTo(root, to)[0] ?? null;
  }

  /** Those other than `self` whose way to `to` leads through `self`, sorted. */
  validOrigins(self: string, to: string): string[] {
    const origins = this.reachedFrom(self).filter((origin) => origin !== to);
    return origins.filter((origin) => this.#wayTo(origin, to).includes(self)).sort();
  }

  /** The routers on the way, without `root` and with `to`. */
  #wayTo(root: string, to: string): string[] {
    const { predecessors } = this.#tree(root);
    const way: string[] = [];
    for (let at: string | undefined = to; at !== undefined && at !== root; at = predecessors.get(at)) way.unshift(at);
    return predecessors.has(to) ? way : [];
  }

  #tree(root: string): Tree {
    const known = this.#trees.get(root);
    if (known !== undefined) return known;
    const tree = this.#grow(root);
    this.#trees.set(root, tree);
    return tree;
  }

  #grow(root: string): Tree {
    const costs = new Map([[root, 0]]);
    for (let isCheaper = true; isCheaper; ) {
      isCheaper = false;
      for (const [id, peers] of this.#peers) {
        const cost = costs.get(id);
        if (cost === undefined) continue;
        for (const [to, more] of peers) {
          if (cost + more >= (costs.get(to) ?? Number.POSITIVE_INFINITY)) continue;
          costs.set(to, cost + more);
          isCheaper = true;
        }
      }
    }
    const predecessors = new Map<string, string>();
    for (const [id, cost] of costs) {
      const peers = this.#peers.get(id) as Map<string, number>;
      const candidates = [...peers.keys()].filter(
        (from) => (costs.get(from) as number) + (peers.get(from) as number) === cost,
      );
      candidates.sort((a, b) => (costs.get(a) as number) - (costs.get(b) as number) || compareByCodePoint(a, b));
      const [first] = candidates;
      if (id !== root && first !== undefined) predecessors.set(id, first);
    }
    return { costs, predecessors };
  }
}

function compareByCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at]?.codePointAt(0) as number) - (right[at]?.codePointAt(0) as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
