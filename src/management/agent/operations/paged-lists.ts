// Pages of one list are cut from the list as it was when the first of them was asked for: entities that come and go meanwhile neither
// move others across the edge of a page nor make a page look like the last one.
import type { Core } from '../../../core/core.ts';
import type { EntityType } from '../entity-type.ts';
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

  /** `count` items from `offset` on; a negative count is all. `requester`: where the reply goes. */
  page(requester: string, type: EntityType, offset: number, count: number): readonly unknown[] {
    const key = `${type.spec.name} ${requester}`;
    const kept = offset === 0 ? null : this.#find(key);
    this.#lists.delete(key);
    const items = kept?.items ?? type.rows();
    const end = count < 0 ? items.length : offset + count;
    if (end < items.length) this.#keep(key, items);
    return offset === 0 && end >= items.length ? items : items.slice(offset, end);
  }

  #find(key: string): PagedList | null {
    const list = this.#lists.get(key);
    return list === undefined || this.#core.nowMs - list.usedAtMs > pagedListMs ? null : list;
  }

  #keep(key: string, items: readonly unknown[]): void {
    const { nowMs } = this.#core;
    for (const [other, list] of this.#lists) if (nowMs - list.usedAtMs > pagedListMs) this.#lists.delete(other);
    for (const other of this.#lists.keys()) {
      if (this.#lists.size < pagedListsMax) break;
      this.#lists.delete(other);
    }
    this.#lists.set(key, { items, usedAtMs: nowMs });
  }
}
