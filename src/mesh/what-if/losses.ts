// What is lost, as it is named on the command line: a router, an edge, a connection, a link of the file, an environment.
//
//   aws-1            a router, interior or edge
//   azure-1:aws-1    one connection between interior routers, either end first
//   azure:aws        all connections between two environments
//   aws              an environment with all its routers and edges
import { suggestion } from '../../schema/names.ts';
import type { Mesh } from '../model/mesh.ts';
import type { Lost } from '../topology/journeys.ts';
import { type RouterLink, routersOfEnd } from '../topology/router-links.ts';

/** A name that the mesh does not have. */
export class UnknownLoss extends Error {
  override name = 'UnknownLoss';
}

/** Throws {@link UnknownLoss} with what is near. */
export function lossesOf(mesh: Mesh, links: readonly RouterLink[], names: readonly string[]): Lost {
  const lost = { routers: new Set<string>(), links: new Set<string>() };
  for (const name of names) {
    if (mesh.routers.has(name)) lost.routers.add(name);
    else if (mesh.environments.has(name)) {
      for (const { id, environment } of mesh.routers.values()) if (environment === name) lost.routers.add(id);
    } else {
      const meant = linksMeant(mesh, links, name);
      if (meant.length === 0) throw new UnknownLoss(unknownText(mesh, links, name));
      for (const link of meant) lost.links.add(link.name);
    }
  }
  return lost;
}

function linksMeant(mesh: Mesh, links: readonly RouterLink[], name: string): RouterLink[] {
  const [first = '', second = '', ...more] = name.split(':');
  if (second === '' || more.length > 0) return [];
  const [ends, others] = [new Set(routersOfEnd(mesh, first)), new Set(routersOfEnd(mesh, second))];
  return links.filter(({ from, to }) => (ends.has(from) && others.has(to)) || (ends.has(to) && others.has(from)));
}

function unknownText(mesh: Mesh, links: readonly RouterLink[], name: string): string {
  const known = [...mesh.routers.keys(), ...mesh.environments.keys(), ...links.map((link) => link.name)];
  const near = suggestion(name, known);
  const few = known.slice(0, 8).join(', ');
  const advice = near.startsWith('; did')
    ? near
    : `; there are ${few}${known.length > 8 ? `, and ${known.length - 8} more` : ''}`;
  return `there is no router, link or environment '${name}'${advice}`;
}
