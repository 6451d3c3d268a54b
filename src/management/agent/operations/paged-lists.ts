// Pages of one list are cut from the list as it was when the first of them was asked for: entities that come and go meanwhile neither
// move others across the edge of a page nor make a page look like the last one.
import type { Core } from '../../../core/core.ts';
import { pagedListMs, pagedListsMax } from '../limits.ts';

interface PagedList {
  readonly items: readonly unknown[];
  usedAtMs: number;
}

export class PagedLists {
  readonly #core: Core;
  /** By who asks and for what; the one used last stands last. */
  readonly #lists = new Map<string, PagedList>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** The list of which somebody has got the first pages; null when it is not kept any more. */
  take(key: string): readonly unknown[] | null {
    const list = this.#lists.get(key);
    this.#lists.delete(key);
    return list === undefined || this.#core.nowMs - list.usedAtMs > pagedListMs ? null : list.items;
  }

  /** Keeps a list for the pages to come. */
  keep(key: string, items: readonly unknown[]): void {
    const { nowMs } = this.#core;
    for (const [other, list] of this.#lists) if (nowMs - list.usedAtMs > pagedListMs) this.#lists.delete(other);
    for (const other of this.#lists.keys()) {
      if (this.#lists.size < pagedListsMax) break;
      this.#lists.delete(other);
    }
    this.#lists.set(key, { items, usedAtMs: nowMs });
  }
}
