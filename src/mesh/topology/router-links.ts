// The connections between interior routers that a mesh comes to: who dials whom, at which cost.
//
//   within an environment   each router dials those before it, cost 1            aws-2 ─▶ aws-1
//   between environments    the first dials the first, the second the second …   azure-1 ─▶ aws-1, azure-2 ─▶ aws-2
//                           where one side has fewer they are taken again        b-1 ─▶ a-1, b-2 ─▶ a-2, b-1 ─▶ a-3
//
// So a link between environments is always two connections or more, unless one side has a single router.
import type { LinkPlan, Mesh } from '../model/mesh.ts';

export interface RouterLink {
  /** `azure-1:aws-1`: who dials, who is dialled. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly cost: number;
  /** Null within an environment. */
  readonly plan: LinkPlan | null;
}

const costWithinEnvironment = 1;

/** In the order of the file, those within environments first. Two plans may come to one pair of routers. */
export function routerLinksOf(mesh: Mesh): RouterLink[] {
  const links: RouterLink[] = [];
  for (const { routers } of mesh.environments.values()) {
    routers.forEach((from, at) => {
      for (const to of routers.slice(0, at)) links.push(linkOf(from, to, costWithinEnvironment, null));
    });
  }
  for (const plan of mesh.links) links.push(...linksOf(mesh, plan));
  return links;
}

/** Interior routers that the end of a link means. */
export function routersOfEnd(mesh: Mesh, end: string): readonly string[] {
  return mesh.environments.get(end)?.routers ?? [end];
}

function linksOf(mesh: Mesh, plan: LinkPlan): RouterLink[] {
  const from = routersOfEnd(mesh, plan.from);
  const to = routersOfEnd(mesh, plan.to);
  if (from.length === 0 || to.length === 0) return [];
  return Array.from({ length: Math.max(from.length, to.length) }, (_, at) =>
    linkOf(from[at % from.length] as string, to[at % to.length] as string, plan.cost, plan),
  );
}

function linkOf(from: string, to: string, cost: number, plan: LinkPlan | null): RouterLink {
  return { name: `${from}:${to}`, from, to, cost, plan };
}
