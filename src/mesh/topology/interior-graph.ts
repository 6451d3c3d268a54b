// The interior routers and their connections, to ask what hangs together when something is taken away.
import type { Mesh } from '../model/mesh.ts';
import type { RouterLink } from './router-links.ts';

export class InteriorGraph {
  readonly #ids: readonly string[];
  readonly #indexes: ReadonlyMap<string, number>;
  /** By index of a router: pairs of its neighbour and the index of the link. */
  readonly #neighbours: number[][];
  readonly #linkIndexes: ReadonlyMap<RouterLink, number>;
  readonly #seen: Int32Array;
  #round = 0;

  constructor(mesh: Mesh, links: readonly RouterLink[]) {
    this.#ids = [...mesh.environments.values()].flatMap(({ routers }) => routers);
    this.#indexes = new Map(this.#ids.map((id, at) => [id, at]));
    this.#linkIndexes = new Map(links.map((link, at) => [link, at]));
    this.#neighbours = this.#ids.map(() => []);
    this.#seen = new Int32Array(this.#ids.length);
    links.forEach(({ from, to }, at) => {
      const [a, b] = [this.#indexes.get(from), this.#indexes.get(to)];
      if (a === undefined || b === undefined) return;
      this.#neighbours[a]?.push(b, at);
      this.#neighbours[b]?.push(a, at);
    });
  }

  /** The parts that the routers fall into without the lost router (an id) or link, the largest first; a single part is left empty. */
  partsWithout(lost: string | RouterLink | null): string[][] {
    this.#begin(lost);
    const parts: number[][] = [];
    for (let at = 0; at < this.#ids.length; at++)
      if (this.#seen[at] !== this.#round) parts.push(this.#partOf(at, lost));
    return this.#named(parts);
  }

  /** The same only for what hung together with the lost one. */
  partsOfRest(lost: string | RouterLink): string[][] {
    this.#begin(lost);
    const starts =
      typeof lost === 'string'
        ? (this.#neighbours[this.#indexes.get(lost) ?? -1] ?? []).filter((_, at) => at % 2 === 0)
        : [this.#indexes.get(lost.from), this.#indexes.get(lost.to)];
    const parts: number[][] = [];
    for (const start of starts) {
      if (start !== undefined && this.#seen[start] !== this.#round) parts.push(this.#partOf(start, lost));
    }
    return this.#named(parts);
  }

  #begin(lost: string | RouterLink | null): void {
    this.#round += 1;
    const index = typeof lost === 'string' ? this.#indexes.get(lost) : undefined;
    if (index !== undefined) this.#seen[index] = this.#round;
  }

  #partOf(start: number, lost: string | RouterLink | null): number[] {
    const lostLink = lost === null || typeof lost === 'string' ? -1 : (this.#linkIndexes.get(lost) ?? -1);
    const part = [start];
    this.#seen[start] = this.#round;
    for (let at = 0; at < part.length; at++) {
      const neighbours = this.#neighbours[part[at] as number] as number[];
      for (let each = 0; each < neighbours.length; each += 2) {
        const next = neighbours[each] as number;
        if (neighbours[each + 1] === lostLink || this.#seen[next] === this.#round) continue;
        this.#seen[next] = this.#round;
        part.push(next);
      }
    }
    return part;
  }

  /** The largest first; of equals the one that comes first in the files. */
  #named(parts: number[][]): string[][] {
    if (parts.length === 1) return [[]]; // nothing is cut off, and nobody asks for the names
    for (const part of parts) part.sort((a, b) => a - b);
    parts.sort((a, b) => b.length - a.length || (a[0] as number) - (b[0] as number));
    return parts.map((part) => part.map((index) => this.#ids[index] as string));
  }
}
