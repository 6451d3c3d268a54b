// When all is quiet every router knows the way to every other one, the cheapest, by the ties that all share; whose messages
// may pass there; which addresses have consumers where; and it knows no way to what is not there.
//
// What is right follows from the wires and from what was seen at the doors, by a computation of its own (plain-paths.ts).
import { type Linked, liveLinks } from '../sites/live-links.ts';
import { type MeshView, meshViewOf } from '../sites/mesh-view.ts';
import { PlainPaths } from './plain-paths.ts';

/** A place where a router runs, or does not by now. */
export interface Place extends Linked {
  /** Keys of the addresses that others are to know of there. */
  readonly consumedKeys: readonly string[];
}

export class Convergence {
  readonly #places: readonly Place[];
  /** Everything that the routers believed wrongly at the last look, for people; empty: they have converged. */
  wrong: readonly string[] = [];
  /** Since when there is nothing new to believe: links and addresses are the same at each look. */
  sameSince = 0;
  /** The longest time that it took them, as far as looks tell. */
  slowestMs = 0;
  #seen = '';
  readonly #originsMax: number;

  /** Valid origins are looked at for `originsMax` routers at so many others: they cost a tree for every router. */
  constructor(places: readonly Place[], originsMax = Number.POSITIVE_INFINITY) {
    this.#places = places;
    this.#originsMax = originsMax;
  }

  look(now: number): void {
    const up = this.#places.filter(({ router }) => router !== null && meshViewOf(router) !== null);
    const links = liveLinks(up);
    const ids = up.map(({ id }) => id);
    const addresses = new Map(up.map(({ id, consumedKeys }) => [id, new Set(consumedKeys)]));
    const seen = JSON.stringify([ids, links, [...addresses.values()].map((keys) => [...keys].sort())]);
    if (seen !== this.#seen) this.sameSince = now;
    const wasRight = seen === this.#seen && this.wrong.length === 0;
    this.#seen = seen;
    const paths = new PlainPaths(ids, links);
    this.wrong = up.flatMap(({ id, router }, index) => {
      const view = router === null ? null : meshViewOf(router);
      if (view === null) return [];
      const origins = index < this.#originsMax ? wrongOrigins(id, view, paths, this.#originsMax) : [];
      return [...wrongPaths(id, view, paths), ...origins, ...wrongAddresses(id, view, paths, addresses)];
    });
    if (!wasRight) this.slowestMs = Math.max(this.slowestMs, now - this.sameSince);
  }
}

function wrongPaths(self: string, view: MeshView, paths: PlainPaths): string[] {
  const found: string[] = [];
  const note = (what: string, is: unknown, should: unknown): void => {
    if (is !== should) found.push(`${self} thinks that ${what} is ${is}, it is ${should}`);
  };
  for (const id of paths.reachedFrom(self)) {
    const remote = view.router(id);
    if (remote === null) {
      found.push(`${self} does not know ${id}`);
      continue;
    }
    note(`the next hop to ${id}`, remote.nextHop?.id, paths.nextHop(self, id));
    note(`the cost to ${id}`, remote.cost, paths.cost(self, id));
  }
  for (const { id, isReachable } of view.routers.values())
    if (isReachable && paths.nextHop(self, id) === null) found.push(`${self} knows a way to ${id}, which is not there`);
  return found;
}

function wrongOrigins(self: string, view: MeshView, paths: PlainPaths, originsMax: number): string[] {
  const found: string[] = [];
  for (const id of paths.reachedFrom(self).slice(0, originsMax)) {
    const remote = view.router(id);
    if (remote?.isReachable !== true) continue;
    const is = view.validOrigins(remote).sort().join();
    const should = paths.validOrigins(self, id).join();
    if (is !== should) found.push(`${self} thinks that messages for ${id} may come from ${is}, it is ${should}`);
  }
  return found;
}

function wrongAddresses(
  self: string,
  view: MeshView,
  paths: PlainPaths,
  addresses: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const found: string[] = [];
  for (const id of paths.reachedFrom(self)) {
    const should = addresses.get(id) ?? new Set();
    const is = view.router(id)?.addresses ?? new Map();
    for (const key of should) if (!is.has(key)) found.push(`${self} has not heard that ${id} has consumers for ${key}`);
    for (const key of is.keys()) if (!should.has(key)) found.push(`${self} thinks that ${id} has consumers for ${key}`);
  }
  return found;
}
