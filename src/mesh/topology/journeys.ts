// The ways between applications: from the router that one is connected to, over uplinks and interior routers, to that of the other;
// with everything there, or with some of it lost.
//
//   shop/web ─ shop-aws ─ aws-1 ── azure-1 ─ warehouse-azure ─ warehouse/packing
//              (edge)     (uplink)            (edge)
//
// An application uses the first of its endpoints that is left, an edge the first of its uplinks. A running mesh may have settled
// on others after a loss: both stay with what works.
import type { Application, Mesh, MeshRouter } from '../model/mesh.ts';
import { Endpoints } from './endpoints.ts';
import { type RouterLink, routerLinksOf } from './router-links.ts';
import { type Way, Ways } from './ways.ts';

export interface Lost {
  /** Ids, of edges too. */
  readonly routers: ReadonlySet<string>;
  /** Names of connections between interior routers: {@link RouterLink.name}. */
  readonly links: ReadonlySet<string>;
}

export const nothingLost: Lost = { routers: new Set(), links: new Set() };

export class Journeys {
  readonly #lost: Lost;
  readonly #endpoints: Endpoints;
  readonly #ways: Ways;

  constructor(mesh: Mesh, lost: Lost = nothingLost, links: readonly RouterLink[] = routerLinksOf(mesh)) {
    this.#lost = lost;
    this.#endpoints = new Endpoints(mesh);
    const interior = [...mesh.environments.values()].flatMap(({ routers }) => routers);
    this.#ways = new Ways(
      interior.filter((id) => !lost.routers.has(id)),
      links.filter(({ name }) => !lost.links.has(name)),
    );
  }

  /** The router that the application is connected to; null when all of its endpoints are lost, or it has none. */
  endpointOf(application: Application): MeshRouter | null {
    return this.#endpoints.of(application).find(({ id }) => !this.#lost.routers.has(id)) ?? null;
  }

  /** The interior router by which a router is in the mesh: itself, or its uplink. Null when it has none left. */
  interiorOf({ id, mode, uplinks }: MeshRouter): string | null {
    if (mode === 'interior') return this.#lost.routers.has(id) ? null : id;
    return uplinks.find((uplink) => !this.#lost.routers.has(uplink)) ?? null;
  }

  /** The way of a message between two routers, both of them named. Null when there is none. */
  between(from: MeshRouter, to: MeshRouter): Way | null {
    if (from.id === to.id) return { hops: [from.id], cost: 0 };
    const [start, end] = [this.interiorOf(from), this.interiorOf(to)];
    const way = start === null || end === null ? null : this.#ways.find(start, end);
    if (way === null) return null;
    const hops = [...(from.mode === 'edge' ? [from.id] : []), ...way.hops, ...(to.mode === 'edge' ? [to.id] : [])];
    return { hops, cost: way.cost };
  }

  /** The way of a message between two applications, as they are connected. */
  wayBetween(from: Application, to: Application): Way | null {
    const [start, end] = [this.endpointOf(from), this.endpointOf(to)];
    return start === null || end === null ? null : this.between(start, end);
  }
}
