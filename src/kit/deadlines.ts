// A binary heap of deadlines. Each owner has at most one, and carries its own place in the heap, so that moving or
// dropping it costs no search and no object.

/** What an owner of a deadline carries. Both fields belong to {@link Deadlines}. */
export interface DeadlineOwner {
  /** Monotonic milliseconds. */
  deadlineAt: number;
  /** Place in the heap, -1 when it has no deadline. */
  deadlineIndex: number;
}

export class Deadlines<Owner extends DeadlineOwner> {
  readonly #heap: Owner[] = [];

  /** The earliest deadline, Infinity when there is none. */
  get next(): number {
    return this.#heap.length === 0 ? Number.POSITIVE_INFINITY : (this.#heap[0] as Owner).deadlineAt;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Sets or moves the deadline of `owner`. */
  set(owner: Owner, at: number): void {
    if (owner.deadlineIndex < 0) {
      owner.deadlineAt = at;
      owner.deadlineIndex = this.#heap.length;
      this.#heap.push(owner);
      this.#rise(owner.deadlineIndex);
      return;
    }
    const earlier = at < owner.deadlineAt;
    owner.deadlineAt = at;
    if (earlier) this.#rise(owner.deadlineIndex);
    else this.#sink(owner.deadlineIndex);
  }

  drop(owner: Owner): void {
    const index = owner.deadlineIndex;
    if (index < 0) return;
    owner.deadlineIndex = -1;
    const last = this.#heap.pop() as Owner;
    if (last === owner) return;
    this.#heap[index] = last;
    last.deadlineIndex = index;
    this.#rise(index);
    this.#sink(last.deadlineIndex);
  }

  /** Takes out the owner whose deadline is the earliest, if that is not after `now`. */
  takeDue(now: number): Owner | null {
    const first = this.#heap[0];
    if (first === undefined || first.deadlineAt > now) return null;
    this.drop(first);
    return first;
  }

  #rise(index: number): void {
    const heap = this.#heap;
    const owner = heap[index] as Owner;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above] as Owner;
      if (parent.deadlineAt <= owner.deadlineAt) break;
      heap[index] = parent;
      parent.deadlineIndex = index;
      index = above;
    }
    heap[index] = owner;
    owner.deadlineIndex = index;
  }

  #sink(index: number): void {
    const heap = this.#heap;
    const owner = heap[index] as Owner;
    for (;;) {
      let below = index * 2 + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && (heap[below + 1] as Owner).deadlineAt < (heap[below] as Owner).deadlineAt) below++;
      const child = heap[below] as Owner;
      if (child.deadlineAt >= owner.deadlineAt) break;
      heap[index] = child;
      child.deadlineIndex = index;
      index = below;
    }
    heap[index] = owner;
    owner.deadlineIndex = index;
  }
}
