// The link states of all known routers as a graph, in the form that paths are computed on: every router has a small index,
// its links are pairs of numbers, and its id is looked at only to rank it among the others.
//
//   link state of B: A 1, C 5        index 0 = A, 1 = B, 2 = C        links[1] = [0, 1, 2, 5]
//
// A link is directed and has the cost that the link state listing it gives. A router that is only named by others has no
// link state; it gets one link back, at cost 1, to the first router that names it, so that it can be reached and asked.
import { compareIds } from './id-order.ts';

/** The neighbours in one router's link state, with the cost of the link to each. */
export type Peers = ReadonlyMap<string, number>;

export function isSamePeers(a: Peers, b: Peers): boolean {
  if (a.size !== b.size) return false;
  for (const [id, cost] of a) if (b.get(id) !== cost) return false;
  return true;
}

/** Whether `after` lacks a link that is in `before`, or has one at a higher cost. */
export function isWorse(before: Peers, after: Peers): boolean {
  for (const [id, cost] of before) if ((after.get(id) ?? Number.POSITIVE_INFINITY) > cost) return true;
  return false;
}

const noLinks: readonly number[] = [];

export class LinkStateGraph {
  /** In the order in which the routers came in; it decides who is the first to name somebody. */
  readonly #linkStates = new Map<string, Peers>();
  readonly #indexes = new Map<string, number>();
  readonly #ids: (string | null)[] = [];
  readonly #links: (readonly number[])[] = [];
  /** Indexes by ascending id. */
  readonly #byId: number[] = [];
  #ranks = new Int32Array(0);
  #ranksAreStale = true;
  #standInsAreStale = false;
  #linkCount = 0;
  #version = 0;

  /** Changes whenever a path may have changed. */
  get version(): number {
    return this.#version;
  }

  /** One more than the highest index in use. */
  get indexEnd(): number {
    return this.#ids.length;
  }

  /** How many directed links there are; the stand-ins' may not be counted yet. */
  get linkCount(): number {
    return this.#linkCount;
  }

  /** -1 for an id that nobody has named. */
  indexOf(id: string): number {
    return this.#indexes.get(id) ?? -1;
  }

  idOf(index: number): string {
    return this.#ids[index] as string;
  }

  /** Sets the link state of router `id`. `peers` is kept, not copied: it must not be changed afterwards. Gives its index. */
  set(id: string, peers: Peers): number {
    const index = this.#indexOrNew(id);
    this.#linkStates.set(id, peers);
    this.#replaceLinks(index, peers.size === 0 ? noLinks : this.#linksTo(peers));
    this.#standInsAreStale = true;
    this.#version++;
    return index;
  }

  /** Of the right length from the start: there is one such list for every router that is known, and growing lists keep room to grow. */
  #linksTo(peers: Peers): readonly number[] {
    const links = new Array<number>(peers.size * 2);
    let at = 0;
    for (const [peer, cost] of peers) {
      links[at++] = this.#indexOrNew(peer);
      links[at++] = cost;
    }
    return links;
  }

  /** Forgets the link state of router `id`. Its index is given to another router, unless somebody still names it. */
  delete(id: string): void {
    const index = this.indexOf(id);
    if (index < 0 || !this.#linkStates.delete(id)) return;
    this.#replaceLinks(index, noLinks);
    this.#standInsAreStale = true;
    this.#version++;
    for (const peers of this.#linkStates.values()) if (peers.has(id)) return;
    this.#indexes.delete(id);
    this.#ids[index] = null;
    this.#byId.splice(this.#byId.indexOf(index), 1);
    this.#ranksAreStale = true;
  }

  /** Flat pairs of neighbour index and cost, by router index. Valid until the next change. */
  get links(): readonly (readonly number[])[] {
    if (this.#standInsAreStale) this.#placeStandIns();
    return this.#links;
  }

  /** Place of each router among all, by ascending id, by router index. Valid until the next change. */
  get ranks(): Int32Array {
    if (this.#ranksAreStale) {
      if (this.#ranks.length < this.#ids.length) this.#ranks = new Int32Array(this.#ids.length * 2);
      for (let rank = 0; rank < this.#byId.length; rank++) this.#ranks[this.#byId[rank] as number] = rank;
      this.#ranksAreStale = false;
    }
    return this.#ranks;
  }

  #replaceLinks(index: number, links: readonly number[]): void {
    this.#linkCount += (links.length - (this.#links[index] as readonly number[]).length) / 2;
    this.#links[index] = links;
  }

  /** Routers are few and come rarely: the lowest free index is searched for. */
  #indexOrNew(id: string): number {
    const known = this.#indexes.get(id);
    if (known !== undefined) return known;
    const free = this.#indexes.size === this.#ids.length ? -1 : this.#ids.indexOf(null);
    const index = free < 0 ? this.#ids.length : free;
    this.#indexes.set(id, index);
    this.#ids[index] = id;
    this.#links[index] = noLinks;
    this.#byId.splice(this.#rankOf(id), 0, index);
    this.#ranksAreStale = true;
    return index;
  }

  /** Where `id` belongs among the known ids. */
  #rankOf(id: string): number {
    let low = 0;
    let high = this.#byId.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareIds(this.idOf(this.#byId[middle] as number), id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #placeStandIns(): void {
    this.#standInsAreStale = false;
    if (this.#indexes.size === this.#linkStates.size) return;
    for (const [id, index] of this.#indexes) if (!this.#linkStates.has(id)) this.#replaceLinks(index, noLinks);
    for (const [id, peers] of this.#linkStates) {
      for (const peer of peers.keys()) {
        const index = this.indexOf(peer);
        if (this.#linkStates.has(peer) || (this.#links[index] as readonly number[]).length > 0) continue;
        this.#replaceLinks(index, [this.indexOf(id), 1]);
      }
    }
  }
}
