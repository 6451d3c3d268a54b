// Listeners that nobody could reach, and link plans that cannot come about.

import { placeText } from '../model/declarations.ts';
import { below, type MeshFaults } from '../model/faults.ts';
import type { Environment, Mesh, MeshRouter } from '../model/mesh.ts';
import type { RouterLink } from '../topology/router-links.ts';

const loopback = /^(?:localhost|127\.[\d.]+|0\.0\.0\.0|::1?)$/i;

export function checkReachability(mesh: Mesh, links: readonly RouterLink[], faults: MeshFaults): void {
  for (const environment of mesh.environments.values()) checkPorts(environment, faults);
  checkPlaces(mesh, faults);
  checkDialled(mesh, links, faults);
  checkPairs(links, faults);
  for (const router of mesh.routers.values()) if (router.mode === 'edge') checkUplinks(mesh, router, faults);
}

function checkPorts({ ports, origin }: Environment, faults: MeshFaults): void {
  const first = new Map<number, string>();
  for (const [name, port] of Object.entries(ports)) {
    const before = first.get(port);
    if (before === undefined) first.set(port, name);
    else {
      const message = `${port} is the port of ${before}, too: only one of them could listen; the ports of a router differ; choose another one`;
      faults.fault('unreachable', below(origin, 'ports', name), message);
    }
  }
}

/** No two routers at one place. */
function checkPlaces(mesh: Mesh, faults: MeshFaults): void {
  const first = new Map<string, MeshRouter>();
  for (const router of mesh.routers.values()) {
    const { id, host, origin } = router;
    const ports = Object.values(mesh.environments.get(router.environment)?.ports ?? {});
    for (const port of new Set(ports)) {
      const place = `${host}:${port}`;
      const before = first.get(place);
      if (before === undefined) first.set(place, router);
      else {
        const message = `${id} and ${before.id} (${placeText(before.origin)}) are both at ${place}: only one of them could listen; each router has a host or ports of its own; change one`;
        faults.fault('unreachable', origin, message, 'key');
        break;
      }
    }
  }
}

/** Who is dialled from another environment has to accept that, and to have an address there. */
function checkDialled(mesh: Mesh, links: readonly RouterLink[], faults: MeshFaults): void {
  for (const { from, to, plan } of links) {
    if (plan === null) continue;
    const end = below(plan.origin, 'to');
    const dialler = mesh.routers.get(from);
    const dialled = mesh.routers.get(to);
    if (dialler === undefined || dialled === undefined) continue;
    if (mesh.environments.get(dialled.environment)?.acceptsInbound === false) {
      const remedy = mesh.environments.get(dialler.environment)?.acceptsInbound
        ? `let it dial: from: ${plan.to}, to: ${plan.from}`
        : `${dialler.environment} accepts none either: link both with a third one`;
      const message = `${dialled.environment} accepts no inbound connections (acceptsInbound: false); it can only dial out; ${remedy}`;
      faults.fault('unreachable', end, message);
    } else checkAddress(dialled, dialler.environment, end, faults);
  }
}

function checkUplinks(mesh: Mesh, edge: MeshRouter, faults: MeshFaults): void {
  const origin = below(edge.origin, 'uplinks');
  for (const id of edge.uplinks) {
    const uplink = mesh.routers.get(id);
    if (uplink === undefined || uplink.environment === edge.environment) continue;
    if (mesh.environments.get(uplink.environment)?.acceptsInbound === false) {
      const message = `${uplink.environment} accepts no inbound connections (acceptsInbound: false); an edge dials routers of its own environment, or of one that accepts them; name others`;
      faults.fault('unreachable', origin, message);
    } else checkAddress(uplink, edge.environment, origin, faults);
  }
}

function checkAddress(
  { id, environment, host, isAddressed }: MeshRouter,
  dialler: string,
  origin: MeshRouter['origin'],
  faults: MeshFaults,
): void {
  const remedy = `set environments.${environment}.domain, or the host of the router`;
  if (!isAddressed) {
    const message = `${dialler} cannot reach ${id}, which has no address; routers that are dialled from another environment have one; ${remedy}`;
    faults.fault('unreachable', origin, message);
  } else if (loopback.test(host)) {
    const message = `${dialler} cannot reach ${id} at ${host}, which is its own machine; an address that others can dial is needed; ${remedy}`;
    faults.fault('unreachable', origin, message);
  }
}

/** At most one connection between two routers: a second one would have no traffic, and two costs contradict each other. */
function checkPairs(links: readonly RouterLink[], faults: MeshFaults): void {
  const first = new Map<string, RouterLink>();
  for (const link of links) {
    const { from, to, cost, plan } = link;
    const key = from < to ? `${from}:${to}` : `${to}:${from}`;
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, link);
      continue;
    }
    if (plan === null || before.plan === null) continue;
    const isReversed = before.from !== from;
    const what = isReversed ? 'in the other direction' : 'already';
    const costs = before.cost === cost ? '' : ', at another cost';
    const message = `${from} and ${to} are linked ${what} (${placeText(before.plan.origin)})${costs}; a link serves both directions, and two routers have one; remove one of them`;
    faults.fault('unreachable', plan.origin, message, 'key');
  }
}
