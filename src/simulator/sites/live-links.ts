// The network as it really is by now: which routers are up, and which links between them both ends have opened.

import type { Router } from '../../router/router.ts';
import type { RouterConnection } from '../../router/router-connection.ts';
import type { SimulatedSocket } from '../machine/socket.ts';
import type { Wire } from '../network/wire.ts';
import type { Topology, TopologyLink } from '../topology/topology.ts';

/** A connection to another router. */
export interface Trunk {
  readonly connection: RouterConnection;
  readonly socket: () => SimulatedSocket;
}

/** A router, by what its links are. */
export interface Linked {
  readonly id: string;
  /** null while it is down. */
  readonly router: Router | null;
  /** Those that are opened, as far as this router knows; none while it is down. */
  readonly trunks: readonly Trunk[];
}

export interface LiveLink {
  readonly ends: readonly [string, string];
  /** The higher one of what both ends want. */
  readonly cost: number;
  /** One end is an edge router. */
  readonly isUplink: boolean;
}

/** A link of which both ends say that it is up, over a wire that carries something. */
export function liveLinks(routers: readonly Linked[]): LiveLink[] {
  const half = new Map<Wire, End>();
  const found: LiveLink[] = [];
  for (const { id, trunks } of routers) {
    for (const trunk of trunks) {
      const { wire } = trunk.socket().end;
      if (wire.isSilent) continue;
      const other = half.get(wire);
      if (other === undefined) half.set(wire, { id, trunk });
      else found.push(linkBetween(other, { id, trunk }));
    }
  }
  return found;
}

interface End {
  readonly id: string;
  readonly trunk: Trunk;
}

function linkBetween(one: End, other: End): LiveLink {
  const [entity, otherEntity] = [one.trunk.connection.entity, other.trunk.connection.entity];
  return {
    ends: [one.id, other.id],
    cost: Math.max(entity.cost, otherEntity.cost),
    isUplink: entity.role === 'edge',
  };
}

/** Links that are meant to be there, between routers that are up, and are not. */
export function missingLinks({ links, uplinks }: Topology, routers: readonly Linked[]): TopologyLink[] {
  const live = liveLinks(routers).map(({ ends }) => [...ends].sort().join());
  const up = new Set(routers.filter(({ router }) => router !== null).map(({ id }) => id));
  return [...links, ...uplinks].filter(({ from, to }) => {
    const at = live.indexOf([from, to].sort().join());
    if (at >= 0) live.splice(at, 1);
    return at < 0 && up.has(from) && up.has(to);
  });
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

/** Keeps the connections of a router to others. */
export class Trunks {
  readonly #all = new Set<Trunk>();

  /** Called for every connection of the router. */
  add(trunk: Trunk): void {
    const { role } = trunk.connection.entity;
    if (role === 'inter-router' || role === 'edge') this.#all.add(trunk);
  }

  get opened(): Trunk[] {
    for (const trunk of this.#all) if (trunk.connection.isGone) this.#all.delete(trunk);
    return [...this.#all].filter(({ connection: { connection } }) => connection.isOpened && !connection.isFinished);
  }
}
