// Applications: whether they have somewhere to connect, and may do what they do.
import type { MeshFaults } from '../model/faults.ts';
import type { Application, Mesh, Use } from '../model/mesh.ts';
import { grantText, Rights } from '../model/rights.ts';
import { Endpoints } from '../topology/endpoints.ts';

export function checkApplications(mesh: Mesh, faults: MeshFaults): void {
  const endpoints = new Endpoints(mesh);
  const rights = new Rights(mesh);
  for (const application of mesh.applications.values()) {
    checkEndpoints(application, endpoints, faults);
    for (const use of application.uses) {
      if (rights.permission(application, use.channel, use.right) === null) tellDenied(mesh, application, use, faults);
    }
  }
}

function checkEndpoints(application: Application, endpoints: Endpoints, faults: MeshFaults): void {
  const { name, environment, team, origin } = application;
  const [first, second] = endpoints.of(application);
  if (second !== undefined) return;
  const remedy = `give team ${team} ${first ? 'a further' : 'an'} edge there, or set directApplications: true for ${environment}`;
  if (first === undefined) {
    const message = `${name} has nowhere to connect in ${environment}; an application connects to an edge of its team, or to interior routers that take applications; ${remedy}`;
    faults.fault('unreachable', origin, message, 'key');
    return;
  }
  const message = `${name} has a single endpoint, ${first.id}: without it the application is cut off; two are better; ${remedy}`;
  faults.warning('single-endpoint', origin, message, 'key');
}

function tellDenied(
  mesh: Mesh,
  { name }: Application,
  { right, address, channel, origin }: Use,
  faults: MeshFaults,
): void {
  faults.fault(
    'use-without-grant',
    origin,
    `${name} may not ${right} to ${address}: there is no grant; ${whoGrants(mesh, channel.owner)}; add to its grants: ${grantText(channel.name, name, right)}`,
  );
}

/** Whom to ask for a grant to a channel of `owner` ('' for none). */
function whoGrants(mesh: Mesh, owner: string): string {
  if (owner === '') return 'the channel has no owner, so the platform grants it in its own file';
  const contact = mesh.teams.get(owner)?.contact ?? '';
  return `team ${owner} grants it${contact === '' ? '' : ` (${contact})`}`;
}
