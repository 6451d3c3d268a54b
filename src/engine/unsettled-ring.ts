// The unsettled deliveries of one direction of a session, by delivery-id: a ring of parallel columns, no object each.
//
//   id:      base …………………………… next
//            │ u │   │ u │ u │   │        u = unsettled, empty = settled long since
//   slot:    id & mask                   capacity … capacity + n: the sparse table
//
// What would keep the window from moving on (one delivery never settled with millions behind it) moves to the sparse
// table at the end of the columns, found through a small Map. So a straggler costs an entry there and nothing else.
import { assert } from '../kit/assert.ts';
import { unsettledRingMax, unsettledRingMin } from './limits.ts';
import type { Link } from './link.ts';

const noLinks: (Link | null)[] = [];
const noPeers: (object | null)[] = [];
const noNumbers = new Int32Array(0);

/** A slot stays valid until the next `add`. Delivery-ids are int32 serials. */
export class UnsettledRing {
  /** The link of the delivery; null marks a slot that is free. */
  links: (Link | null)[] = noLinks;
  /** The owner's column: whom the delivery is tied to on the other side. */
  peers: (object | null)[] = noPeers;
  /** The owner's column: the delivery-id on the other side. */
  peerIds: Int32Array = noNumbers;
  /** The owner's column: for multicast, copies whose outcome is still open. */
  copies: Int32Array = noNumbers;
  /** When it came: milliseconds of the monotonic clock, of which 32 bits are kept. Ages are differences, by `| 0`. */
  sinceMs: Int32Array = noNumbers;
  /** The owner's column: small state, such as the outcome merged so far. */
  states: Int32Array = noNumbers;

  #base = 0;
  #next = 0;
  #capacity = 0;
  #mask = 0;
  #inRing = 0;
  #sparse: Map<number, number> | null = null;
  #sparseFree: number[] = [];
  #sparseIds: number[] = [];

  /** Unsettled deliveries in all. */
  get size(): number {
    return this.#inRing + (this.#sparse === null ? 0 : this.#sparse.size);
  }

  /** Adds the delivery `id`, which must come after every id added before; gaps are fine. Returns its slot. */
  add(id: number, link: Link, nowMs: number): number {
    if (this.#inRing === 0) {
      this.#base = id;
      if (this.#capacity === 0) this.#allocate(unsettledRingMin);
    } else if ((id - this.#base) >>> 0 >= this.#capacity) {
      this.#makeRoom(id);
    }
    const slot = id & this.#mask;
    this.links[slot] = link;
    this.sinceMs[slot] = nowMs;
    this.#next = (id + 1) | 0;
    this.#inRing++;
    return slot;
  }

  /** The slot of `id`, or -1 when it is not unsettled here. */
  find(id: number): number {
    const offset = (id - this.#base) | 0;
    if (this.#inRing > 0 && offset >= 0 && offset < ((this.#next - this.#base) | 0)) {
      const slot = id & this.#mask;
      return this.links[slot] === null ? -1 : slot;
    }
    return this.#sparse === null ? -1 : (this.#sparse.get(id) ?? -1);
  }

  /** Frees a slot that `find` or `add` gave: the delivery is settled. */
  free(slot: number): void {
    this.links[slot] = null;
    this.peers[slot] = null;
    this.copies[slot] = 0;
    this.states[slot] = 0;
    if (slot < this.#capacity) {
      this.#inRing--;
      return;
    }
    const place = slot - this.#capacity;
    this.#sparse?.delete(this.#sparseIds[place] as number);
    this.#sparseFree.push(place);
    if (this.#sparse?.size === 0) {
      this.#sparse = null;
      this.#sparseFree = [];
      this.#sparseIds = [];
    }
  }

  /** Whether `id` is still unsettled, if only from a former round of the 2³² ids. */
  isTaken(id: number): boolean {
    return this.find(id) >= 0;
  }

  get hasStragglers(): boolean {
    return this.#sparse !== null;
  }

  /**
   * The first id to look at of first…last (serials, `last` not before `first`), for those in the ring; what lies outside it can
   * only be sparse. All by unsigned distances: the ring may be half the number space away.
   */
  clampFirst(first: number, last: number): number {
    return (this.#base - first) >>> 0 <= (last - first) >>> 0 ? this.#base : first;
  }

  /** Likewise the last one. It comes before `clampFirst` when none of them is in the ring. */
  clampLast(first: number, last: number): number {
    const start = this.clampFirst(first, last);
    const offset = (start - this.#base) >>> 0;
    const window = (this.#next - this.#base) >>> 0;
    if (this.#inRing === 0 || offset >= window) return (start - 1) | 0;
    return (last - start) >>> 0 < window - offset ? last : (this.#next - 1) | 0;
  }

  /** Ids of the sparse table within first…last. Looks at as few as there are: of the table, or of the range. */
  stragglersIn(first: number, last: number): number[] {
    const sparse = this.#sparse;
    if (sparse === null) return [];
    const span = (last - first) >>> 0;
    if (span >= sparse.size) return [...sparse.keys()].filter((id) => (id - first) >>> 0 <= span);
    const ids: number[] = [];
    for (let step = 0; step <= span; step++) {
      const id = (first + step) | 0;
      if (sparse.has(id)) ids.push(id);
    }
    return ids;
  }

  /**
   * Call before a walk over a long range: what little is left in a wide window moves to the sparse table, so that no peer can have
   * us walk over the same settled ids again and again.
   */
  thin(): void {
    while (this.#inRing > 0 && this.#inRing * 16 < ((this.#next - this.#base) | 0)) {
      if (this.links[this.#base & this.#mask] === null) this.#base = (this.#base + 1) | 0;
      else this.#spillOldest();
    }
  }

  /**
   * How many are older than `ageMs` at `nowMs`, of one link or of all. Time grows with the ids, so it looks at those, and at gaps between them. Cold.
   */
  countOlder(ageMs: number, nowMs: number, link: object | null = null): number {
    let count = 0;
    const isOlder = (slot: number): boolean => ((nowMs - (this.sinceMs[slot] as number)) | 0) > ageMs;
    const isWanted = (slot: number): boolean => link === null || this.links[slot] === link;
    if (this.#sparse !== null) for (const slot of this.#sparse.values()) if (isWanted(slot) && isOlder(slot)) count++;
    if (this.#inRing === 0) return count;
    for (let id = this.#base; id !== this.#next; id = (id + 1) | 0) {
      const slot = id & this.#mask;
      if (this.links[slot] === null) continue;
      if (!isOlder(slot)) break;
      if (isWanted(slot)) count++;
    }
    return count;
  }

  /** How long the oldest unsettled delivery of `link` has been so, 0 when there is none. Cold. */
  oldestMs(link: object, nowMs: number): number {
    let oldest = 0;
    for (const id of this.ids()) {
      const slot = this.find(id);
      if (this.links[slot] === link) oldest = Math.max(oldest, (nowMs - (this.sinceMs[slot] as number)) | 0);
    }
    return oldest;
  }

  /** All unsettled delivery-ids, oldest first. Cold. */
  ids(): number[] {
    const ids = this.#sparse === null ? [] : [...this.#sparse.keys()];
    if (this.#inRing > 0) {
      for (let id = this.#base; id !== this.#next; id = (id + 1) | 0) {
        if (this.links[id & this.#mask] !== null) ids.push(id);
      }
    }
    return ids;
  }

  /** Gives a grown ring back while nothing is unsettled. */
  shrink(): void {
    if (this.size > 0 || this.#capacity <= unsettledRingMin) return;
    this.#capacity = 0;
    this.#mask = 0;
    this.links = noLinks;
    this.peers = noPeers;
    this.peerIds = this.copies = this.sinceMs = this.states = noNumbers;
  }

  #makeRoom(id: number): void {
    for (;;) {
      while (this.#base !== this.#next && this.links[this.#base & this.#mask] === null)
        this.#base = (this.#base + 1) | 0;
      if (this.#inRing === 0) {
        this.#base = id;
        return;
      }
      // Unsigned: settled deliveries take ids too, so the one at `base` may be any distance behind.
      if ((id - this.#base) >>> 0 < this.#capacity) return;
      const isSparse = this.#inRing * 4 <= this.#capacity && this.#capacity > unsettledRingMin;
      if (isSparse || this.#capacity >= unsettledRingMax) this.#spillOldest();
      else this.#allocate(this.#capacity * 2);
    }
  }

  /** Moves the delivery at `base` to the sparse table. */
  #spillOldest(): void {
    this.#sparse ??= new Map();
    const from = this.#base & this.#mask;
    const place = this.#sparseFree.pop() ?? this.#sparse.size;
    const to = this.#capacity + place;
    if (to >= this.peerIds.length) this.#resize(this.#capacity, Math.max(4, place * 2));
    this.links[to] = this.links[from] as Link;
    this.peers[to] = this.peers[from] as object | null;
    this.peerIds[to] = this.peerIds[from] as number;
    this.copies[to] = this.copies[from] as number;
    this.sinceMs[to] = this.sinceMs[from] as number;
    this.states[to] = this.states[from] as number;
    this.#sparse.set(this.#base, to);
    this.#sparseIds[place] = this.#base;
    this.links[from] = null;
    this.peers[from] = null;
    this.copies[from] = 0;
    this.states[from] = 0;
    this.#inRing--;
    assert(this.#inRing >= 0, 'a spilled delivery was counted');
  }

  #allocate(capacity: number): void {
    const sparsePlaces = this.peerIds.length - this.#capacity;
    this.#resize(capacity, sparsePlaces);
  }

  /** New columns of `capacity` ring slots and `places` sparse ones; every entry is put where its id belongs. */
  #resize(capacity: number, places: number): void {
    const { links, peers, peerIds, copies, sinceMs, states } = this;
    const formerCapacity = this.#capacity;
    const formerMask = this.#mask;
    const total = capacity + places;
    this.links = new Array<Link | null>(total).fill(null);
    this.peers = new Array<object | null>(total).fill(null);
    this.peerIds = new Int32Array(total);
    this.copies = new Int32Array(total);
    this.sinceMs = new Int32Array(total);
    this.states = new Int32Array(total);
    const move = (from: number, to: number): void => {
      this.links[to] = links[from] as Link | null;
      this.peers[to] = peers[from] as object | null;
      this.peerIds[to] = peerIds[from] as number;
      this.copies[to] = copies[from] as number;
      this.sinceMs[to] = sinceMs[from] as number;
      this.states[to] = states[from] as number;
    };
    if (this.#inRing > 0) {
      for (let id = this.#base; id !== this.#next; id = (id + 1) | 0) move(id & formerMask, id & (capacity - 1));
    }
    if (this.#sparse !== null) {
      for (const [id, slot] of this.#sparse) {
        move(slot, slot - formerCapacity + capacity);
        this.#sparse.set(id, slot - formerCapacity + capacity);
      }
    }
    this.#capacity = capacity;
    this.#mask = capacity - 1;
  }
}
