// What every router of a mesh should know once all is quiet, computed from the links that are up, and how it differs.
import type { Peers } from '../link-state-graph.ts';
import type { Mesh, MeshRouter } from './mesh.ts';
import { type PlainRoutes, plainRoutes } from './plain-paths.ts';

/** The link states that follow from the links that are up: of several links to one router the cheapest. */
export function trueLinkStates(mesh: Mesh): Map<string, Peers> {
  const states = new Map<string, Map<string, number>>();
  for (const router of mesh.routers.values()) if (router.isUp) states.set(router.id, new Map());
  for (const link of mesh.links) {
    if (!link.isUp || link.isSilent) continue;
    const [a, b] = link.ends;
    const cost = Math.min(link.cost, states.get(a.id)?.get(b.id) ?? link.cost);
    states.get(a.id)?.set(b.id, cost);
    states.get(b.id)?.set(a.id, cost);
  }
  return states;
}

/** Everything that a router believes wrongly, as text; empty when the mesh has converged. */
export function divergences(mesh: Mesh, states: ReadonlyMap<string, Peers> = trueLinkStates(mesh)): string[] {
  const found: string[] = [];
  for (const router of mesh.routers.values()) {
    if (!router.isUp) continue;
    const truth = plainRoutes(router.id, states);
    found.push(...wrongRoutes(router, truth), ...wrongAddresses(mesh, router, truth));
  }
  return found;
}

function wrongRoutes(router: MeshRouter, truth: PlainRoutes): string[] {
  const found: string[] = [];
  const { protocol, id } = router;
  const note = (what: string, is: unknown, should: unknown) => {
    if (is !== should) found.push(`${id}: ${what} is ${is}, should be ${should}`);
  };
  note('radius', protocol.radius, truth.radius);
  for (const known of protocol.routers.values()) {
    note(`next hop to ${known.id}`, known.nextHop?.id, truth.nextHops.get(known.id));
    note(`cost to ${known.id}`, known.cost, truth.costs.get(known.id) ?? Number.POSITIVE_INFINITY);
    const origins = protocol.validOrigins(known).sort().join();
    note(`valid origins for ${known.id}`, origins, [...(truth.validOrigins.get(known.id) ?? [])].sort().join());
  }
  for (const to of truth.nextHops.keys()) if (protocol.router(to) === null) found.push(`${id} does not know ${to}`);
  return found;
}

function wrongAddresses(mesh: Mesh, router: MeshRouter, truth: PlainRoutes): string[] {
  const should = new Set<string>();
  for (const id of truth.nextHops.keys()) for (const key of mesh.router(id).localAddresses) should.add(`${id} ${key}`);
  const missing = [...should].filter((address) => !router.addresses.has(address));
  const superfluous = [...router.addresses].filter((address) => !should.has(address));
  return [
    ...missing.map((address) => `${router.id} misses ${address}`),
    ...superfluous.map((address) => `${router.id} still has ${address}`),
  ];
}
