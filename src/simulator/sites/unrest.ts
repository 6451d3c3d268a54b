// Since when all routers hold the same link states: while they do not, copies of a multicast may come over several ways.
import { type MeshView, meshViewOf } from './mesh-view.ts';
import type { Site } from './site.ts';

/** A router that holds a new link state may wait a moment before it goes by it (recomputePaceMs of the link state). */
const recomputeMs = 25;

interface Look {
  readonly view: MeshView;
  readonly changedAt: number;
  readonly sequence: number;
}

export class Unrest {
  readonly #sites: readonly Site[];
  /** What each router was like when its view was last looked at. */
  readonly #looks = new Map<Site, Look>();
  #agreedSince = Number.POSITIVE_INFINITY;

  constructor(sites: readonly Site[]) {
    this.#sites = sites;
  }

  /** A router has come to the end of a turn, or has come or gone. */
  look(site: Site, now: number): void {
    const view = site.router === null ? null : meshViewOf(site.router);
    const before = this.#looks.get(site);
    if (view === null) {
      if (!this.#looks.delete(site)) return;
    } else {
      const { lastTopologyChangeAt: changedAt, linkStateSequence: sequence } = view;
      if (before?.view === view && before.changedAt === changedAt && before.sequence === sequence) return;
      this.#looks.set(site, { view, changedAt, sequence });
    }
    // Each change of paths is a moment in which they differed.
    this.#agreedSince = this.#agree() ? now : Number.POSITIVE_INFINITY;
  }

  /** Whether all routers have gone by the same link states since `time`. */
  hasRestedSince(time: number): boolean {
    return this.#agreedSince + recomputeMs <= time;
  }

  /** Every router holds, of every other one that it can reach, what that one says of itself by now. */
  #agree(): boolean {
    const views = new Map<string, MeshView>();
    for (const [{ id }, { view }] of this.#looks) views.set(id, view);
    for (const { life, id, isEdge } of this.#sites) if (life !== null && !isEdge && !views.has(id)) return false;
    for (const view of views.values()) {
      for (const { id, isReachable, instance, linkStateSequence } of view.routers.values()) {
        if (!isReachable) continue;
        const own = views.get(id);
        if (own === undefined || own.instance !== instance || own.linkStateSequence !== linkStateSequence) return false;
      }
    }
    return true;
  }
}
