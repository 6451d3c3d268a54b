// A mesh that is `after`, and still has the routers of `before` that go: with their connections, so that what they carry finds its way while
// they drain. Routers run by it in between.
import type { Environment, LinkPlan, Mesh, MeshRouter } from '../model/mesh.ts';
import { routerLinksOf } from '../topology/router-links.ts';

export function overlapOf(before: Mesh, after: Mesh): Mesh {
  const leaving = [...before.routers.values()].filter(({ id }) => !after.routers.has(id));
  if (leaving.length === 0) return after;
  const isLeaving = (id: string): boolean => before.routers.has(id) && !after.routers.has(id);
  const edges = (mode: MeshRouter['mode']): MeshRouter[] => leaving.filter((router) => router.mode === mode);
  const of = (mode: MeshRouter['mode']): MeshRouter[] =>
    [...after.routers.values()].filter((router) => router.mode === mode);
  const routers = [...of('interior'), ...edges('interior'), ...of('edge'), ...edges('edge')].map((router) => {
    const former = before.routers.get(router.id)?.uplinks.filter(isLeaving) ?? [];
    return { ...router, uplinks: [...new Set([...router.uplinks, ...former])] };
  });
  return {
    ...after,
    environments: new Map(environmentsOf(before, after).map((one) => [one.name, one])),
    routers: new Map(routers.map((router) => [router.id, router])),
    // Pair by pair: which router of an environment dials which of another depends on how many there are.
    links: [...pairsOf(after), ...pairsOf(before).filter(({ from, to }) => isLeaving(from) || isLeaving(to))],
  };
}

function pairsOf(mesh: Mesh): LinkPlan[] {
  return routerLinksOf(mesh).flatMap(({ plan, from, to }) => (plan === null ? [] : [{ ...plan, from, to }]));
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
