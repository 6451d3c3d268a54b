// Each router and each link is taken away in turn, and the rest looked at: is everybody still connected?
import { below, type MeshFaults, type Origin } from '../model/faults.ts';
import type { Environment, Mesh } from '../model/mesh.ts';
import { InteriorGraph } from '../topology/interior-graph.ts';
import type { RouterLink } from '../topology/router-links.ts';

export function checkSingleFailures(mesh: Mesh, links: readonly RouterLink[], faults: MeshFaults): void {
  const graph = new InteriorGraph(mesh, links);
  checkConnected(mesh, graph, faults);
  for (const environment of mesh.environments.values()) checkCount(environment, faults);
  for (const { routers } of mesh.environments.values()) {
    for (const id of routers) checkRouter(mesh, graph, id, faults);
  }
  for (const link of links) checkLink(mesh, graph, link, faults);
  for (const { id, mode, uplinks, origin } of mesh.routers.values()) {
    if (mode === 'edge') checkEdge(mesh, id, uplinks, origin, faults);
  }
}

function checkConnected(mesh: Mesh, graph: InteriorGraph, faults: MeshFaults): void {
  const [, ...others] = graph.partsWithout(null);
  for (const part of others) {
    const names = environmentsOf(mesh, part);
    const origin = mesh.environments.get(names[0] as string)?.origin;
    if (origin === undefined) continue;
    const message = `no link leads from ${names.join(', ')} to the rest of the mesh; all environments are connected; add a link`;
    faults.fault('unreachable', origin, message, 'key');
  }
}

function checkCount({ name, routers, origin }: Environment, faults: MeshFaults): void {
  if (routers.length >= 2) return;
  const what = routers.length === 0 ? 'no interior router' : 'a single interior router';
  const message = `${name} has ${what}; two or more keep it running when one is lost or updated; set routers: 2`;
  faults.warning('few-routers', origin, message, 'key');
}

function checkRouter(mesh: Mesh, graph: InteriorGraph, id: string, faults: MeshFaults): void {
  const [, ...cut] = graph.partsOfRest(id);
  const router = mesh.routers.get(id);
  if (cut.length === 0 || router === undefined) return;
  const names = cut.map((part) => cutText(mesh, part)).join('; ');
  const message = `without ${id}, ${names} cut off; no router may be the only way to others; link them with a further router`;
  faults.fault('single-failure', router.origin, message, 'key');
}

function checkLink(mesh: Mesh, graph: InteriorGraph, link: RouterLink, faults: MeshFaults): void {
  const [, ...cut] = graph.partsOfRest(link);
  const router = mesh.routers.get(link.from);
  if (cut.length === 0 || router === undefined) return;
  const names = cut.map((part) => cutText(mesh, part)).join('; ');
  const remedy =
    link.plan === null
      ? 'add a router to the environment, or a link to another one'
      : 'add a link between other routers of theirs';
  const origin: Origin =
    link.plan?.origin ?? below(mesh.environments.get(router.environment)?.origin ?? router.origin, 'routers');
  const message = `without the connection ${link.name}, ${names} cut off; no connection may be the only way to others; ${remedy}`;
  faults.fault('single-failure', origin, message, 'key');
}

function checkEdge(mesh: Mesh, id: string, uplinks: readonly string[], origin: Origin, faults: MeshFaults): void {
  if (uplinks.length >= 2) return;
  const environment = mesh.routers.get(id)?.environment ?? '';
  const [only] = uplinks;
  if (only === undefined) {
    const message = `edge ${id} has no uplink: there is no interior router in ${environment}; an edge dials two interior routers or more; name some in uplinks`;
    faults.fault('unreachable', origin, message, 'key');
    return;
  }
  const message = `without ${only}, the edge ${id} is cut off; an edge dials two interior routers or more; give ${environment} another one, or name further ones in uplinks`;
  faults.fault('single-failure', origin, message, 'key');
}

/** `azure is`, `azure-1 and azure-2 are`: whole environments by their names. */
function cutText(mesh: Mesh, part: readonly string[]): string {
  const names = environmentsOf(mesh, part);
  const isWhole = names.every((name) => mesh.environments.get(name)?.routers.every((id) => part.includes(id)));
  const shown = isWhole ? names : part;
  const list = shown.length > 6 ? [...shown.slice(0, 5), `${shown.length - 5} more`] : shown;
  return list.length === 1 ? `${list[0]} is` : `${list.slice(0, -1).join(', ')} and ${list.at(-1)} are`;
}

function environmentsOf(mesh: Mesh, part: readonly string[]): string[] {
  return [...new Set(part.map((id) => mesh.routers.get(id)?.environment ?? ''))];
}
