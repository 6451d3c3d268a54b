// The network as it really is by now: which routers are up, and which links between them both ends have opened.
import type { Wire } from '../network/wire.ts';
import type { Trunk } from './life.ts';
import type { Site } from './site.ts';

export interface LiveLink {
  readonly ends: readonly [string, string];
  /** The higher one of what both ends want. */
  readonly cost: number;
}

/** A link of which both ends say that it is up, over a wire that carries something. */
export function liveLinks(sites: readonly Site[]): LiveLink[] {
  const half = new Map<Wire, { readonly id: string; readonly trunk: Trunk }>();
  const found: LiveLink[] = [];
  for (const { id, life } of sites) {
    for (const trunk of life?.trunks ?? []) {
      const { wire } = trunk.socket().end;
      if (wire.isSilent) continue;
      const other = half.get(wire);
      if (other === undefined) half.set(wire, { id, trunk });
      else found.push({ ends: [other.id, id], cost: costOf(other.trunk, trunk) });
    }
  }
  return found;
}

function costOf(one: Trunk, other: Trunk): number {
  return Math.max(one.connection.entity.cost, other.connection.entity.cost);
}

/** The ids of all routers that can be reached from `id`, itself among them. */
export function reachedFrom(id: string, links: readonly LiveLink[]): Set<string> {
  const found = new Set([id]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { ends } of links) if (ends.some((end) => found.has(end))) for (const end of ends) found.add(end);
  }
  return found;
}
