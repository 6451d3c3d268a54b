// What a turn gathers, to be worked off at its end: a list that keeps its memory when it is cleared. An array whose length is set to 0
// gives it back, and takes new memory for the next item: 150 bytes of garbage for each chunk read, on each list.

/** A burst may leave so many places behind. */
const keptMax = 1024;

export class TurnList<T> {
  #items: (T | undefined)[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    this.#items[this.#length++] = item;
  }

  /** `index` below {@link length}. */
  at(index: number): T {
    return this.#items[index] as T;
  }

  /** Forgets the items, so that nothing is held for longer than its turn. */
  clear(): void {
    if (this.#length > keptMax) this.#items = [];
    else for (let at = 0; at < this.#length; at++) this.#items[at] = undefined;
    this.#length = 0;
  }

  /** What is pushed meanwhile is given, too. */
  *[Symbol.iterator](): Iterator<T> {
    for (let at = 0; at < this.#length; at++) yield this.at(at);
  }
}
