// What every router of a mesh should know once all is quiet, computed from the links that are up, and how it differs. The paths
// come from routes.ts, which its own test holds against the plain rules.
import { LinkStateGraph, type Peers } from '../link-state-graph.ts';
import { Routes } from '../routes.ts';
import type { Mesh, MeshRouter } from './mesh.ts';

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

/** Everything that the routers of a mesh believe wrongly, as text; empty when it has converged. */
export function divergences(mesh: Mesh, states: ReadonlyMap<string, Peers> = trueLinkStates(mesh)): string[] {
  const graph = new LinkStateGraph();
  for (const [id, peers] of states) graph.set(id, peers);
  const found: string[] = [];
  for (const router of mesh.routers.values()) {
    if (!router.isUp) continue;
    const truth = new Truth(graph, router.id);
    found.push(...wrongRoutes(router, truth), ...wrongAddresses(mesh, router, truth));
  }
  return found;
}

/** The right view of one router. */
class Truth {
  readonly graph: LinkStateGraph;
  readonly routes: Routes;
  readonly reachable: readonly string[];

  constructor(graph: LinkStateGraph, self: string) {
    this.graph = graph;
    this.routes = new Routes(graph, graph.indexOf(self));
    const ids = Array.from({ length: graph.indexEnd }, (_, index) => graph.idOf(index));
    this.reachable = ids.filter((id) => this.nextHop(id) !== undefined);
  }

  nextHop(id: string): string | undefined {
    const hop = this.routes.firstHop(this.graph.indexOf(id));
    return hop < 0 ? undefined : this.graph.idOf(hop);
  }

  validOrigins(id: string): string {
    const to = this.graph.indexOf(id);
    return this.reachable
      .filter((origin) => this.routes.isValidOrigin(this.graph.indexOf(origin), to))
      .sort()
      .join();
  }
}

function wrongRoutes(router: MeshRouter, truth: Truth): string[] {
  const found: string[] = [];
  const { protocol, id } = router;
  const note = (what: string, is: unknown, should: unknown) => {
    if (is !== should) found.push(`${id}: ${what} is ${is}, should be ${should}`);
  };
  note('radius', protocol.radius, truth.routes.radius);
  for (const known of protocol.routers.values()) {
    note(`next hop to ${known.id}`, known.nextHop?.id, truth.nextHop(known.id));
    note(`cost to ${known.id}`, known.cost, truth.routes.cost(truth.graph.indexOf(known.id)));
    if (!known.isReachable) continue;
    note(`valid origins for ${known.id}`, protocol.validOrigins(known).sort().join(), truth.validOrigins(known.id));
  }
  for (const to of truth.reachable) if (protocol.router(to) === null) found.push(`${id} does not know ${to}`);
  return found;
}

function wrongAddresses(mesh: Mesh, router: MeshRouter, truth: Truth): string[] {
  const should = new Set<string>();
  for (const id of truth.reachable) for (const key of mesh.router(id).localAddresses) should.add(`${id} ${key}`);
  const missing = [...should].filter((address) => !router.addresses.has(address));
  const superfluous = [...router.addresses].filter((address) => !should.has(address));
  return [
    ...missing.map((address) => `${router.id} misses ${address}`),
    ...superfluous.map((address) => `${router.id} still has ${address}`),
  ];
}
