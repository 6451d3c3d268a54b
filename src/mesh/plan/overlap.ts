// A mesh that is `after`, and still has the routers, links and uplinks of `before` that go: so that new ways are there before old ones are
// taken away, and routers that drain still have their neighbours. Routers run by it in between.
import type { Environment, LinkPlan, Mesh, MeshRouter } from '../model/mesh.ts';
import { type RouterLink, routerLinksOf } from '../topology/router-links.ts';

export function overlapOf(before: Mesh, after: Mesh): Mesh {
  const mesh = {
    ...after,
    environments: new Map(environmentsOf(before, after).map((one) => [one.name, one])),
    routers: new Map(routersOf(before, after).map((one) => [one.id, one])),
    // Pair by pair: which router of an environment dials which of another depends on how many there are.
    links: routerLinksOf(after).flatMap((link) => (link.plan === null ? [] : [planOf(link, after)])),
  };
  const linked = new Set(routerLinksOf(mesh).map(pairOf));
  const going = routerLinksOf(before).filter((link) => !linked.has(pairOf(link)));
  return { ...mesh, links: [...mesh.links, ...going.map((link) => planOf(link, before))] };
}

function planOf({ from, to, cost, plan }: RouterLink, { routers }: Mesh): LinkPlan {
  const origin = plan?.origin ?? (routers.get(from) as MeshRouter).origin;
  return { from, to, cost, isStandby: plan?.isStandby ?? false, origin };
}

/** The same for both directions: two routers have one connection. */
const pairOf = ({ from, to }: RouterLink): string => [from, to].sort().join(' ');

/** The interior routers, then the edges. */
function routersOf(before: Mesh, after: Mesh): MeshRouter[] {
  const leaving = [...before.routers.values()].filter(({ id }) => !after.routers.has(id));
  const all = [...after.routers.values(), ...leaving];
  const ordered = (['interior', 'edge'] as const).flatMap((mode) => all.filter((router) => router.mode === mode));
  return ordered.map((router) => {
    if (router.mode === 'interior') return router;
    return { ...router, uplinks: [...new Set([...router.uplinks, ...(before.routers.get(router.id)?.uplinks ?? [])])] };
  });
}

/** Routers of an environment dial those that stand before them, so who goes keeps his place. */
function environmentsOf(before: Mesh, after: Mesh): Environment[] {
  const isLeaving = (id: string): boolean => !after.routers.has(id);
  const changed = [...after.environments.values()].map((environment) => {
    const former = before.environments.get(environment.name)?.routers ?? [];
    const routers = [...environment.routers];
    former.forEach((id, at) => {
      if (isLeaving(id)) routers.splice(routers.indexOf(former[at - 1] ?? '') + 1, 0, id);
    });
    return { ...environment, routers };
  });
  const gone = [...before.environments.values()].filter(({ name }) => !after.environments.has(name));
  return [...changed, ...gone.map((one) => ({ ...one, routers: one.routers.filter(isLeaving) }))];
}
