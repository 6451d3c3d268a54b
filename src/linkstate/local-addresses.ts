// The addresses that have consumers at this router, and what the others were told of them.
//
//   add x, remove y, add z, remove z            one update at the end of the turn: add [x], del [y]

/** Classes of addresses that other routers are told of: mobile, link routes, edge routers. */
const advertisedClasses = 'MCDEFH';

/** Whether `key` is of a kind that routers tell each other. */
export function isAdvertised(key: string): boolean {
  return key !== '' && advertisedClasses.includes(key.charAt(0));
}

export interface AddressChanges {
  readonly add: readonly string[];
  readonly hints: readonly number[];
  readonly del: readonly string[];
}

export class LocalAddresses {
  /** What the others were told, with the treatment of each key. */
  readonly #published = new Map<string, number>();
  readonly #added = new Map<string, number>();
  readonly #removed = new Set<string>();
  #sequence = 0;
  #isWithheld = false;

  /** Of the last update; 0 until there was one. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Whether something is to be told. */
  get isChanged(): boolean {
    return this.#added.size > 0 || this.#removed.size > 0;
  }

  get published(): ReadonlyMap<string, number> {
    return this.#published;
  }

  /** `key` has a first consumer. A hint for what is published already is not told: nobody would heed it. */
  add(key: string, hint: number): void {
    if (this.#isWithheld) return;
    if (!this.#removed.delete(key) && !this.#published.has(key)) this.#added.set(key, hint);
  }

  /** `key` has lost its last consumer. */
  remove(key: string): void {
    if (!this.#added.delete(key) && this.#published.has(key)) this.#removed.add(key);
  }

  /** Withdraws everything but what `keeps` names, and adds nothing any more. */
  withhold(keeps: (key: string) => boolean): void {
    this.#isWithheld = true;
    for (const key of [...this.#added.keys(), ...this.#published.keys()]) if (!keeps(key)) this.remove(key);
  }

  /** What is to be told now, which from then on is published under the next sequence; null when there is nothing. */
  takeChanges(): AddressChanges | null {
    if (!this.isChanged) return null;
    const changes = { add: [...this.#added.keys()], hints: [...this.#added.values()], del: [...this.#removed] };
    for (const [key, hint] of this.#added) this.#published.set(key, hint);
    for (const key of this.#removed) this.#published.delete(key);
    this.#added.clear();
    this.#removed.clear();
    this.#sequence++;
    return changes;
  }
}
