// What lies between the routers that run and what the files of a mesh would render for them: what would be created, changed and removed,
// and what each of it does to traffic, in the words of a plan against files.
import type { Mesh, MeshRouter } from '../model/mesh.ts';
import { type Placement, remotePlacement } from '../render/placement.ts';
import { RouterSections } from '../render/router-sections.ts';
import { Journeys, nothingLost } from '../topology/journeys.ts';
import { type RouterLink, routerLinksOf } from '../topology/router-links.ts';
import { changedWays } from './changed-ways.ts';
import { linkDifferences, type Plan, type PlannedChange, routerCreated, routerRemoved } from './plan.ts';
import { routerDifferences } from './router-differences.ts';
import { RunningRights } from './running-rights.ts';
import { type ComparedRouter, comparedRouter, type RunningRouter, textOf } from './running-router.ts';

/**
 * @param silent ids of routers that are there and did not answer: nothing is said of them
 * @param placement how the routers are run; null when hosts, ports and paths are not to be compared
 */
export function planAgainstRunning(
  mesh: Mesh,
  running: readonly RunningRouter[],
  silent: ReadonlySet<string>,
  placement: Placement | null,
): Plan {
  const sections = new RouterSections(mesh, placement ?? remotePlacement(mesh));
  const compared = running.flatMap((one) => {
    const router = mesh.routers.get(one.id);
    return router === undefined ? [] : [comparedRouter(router, one, sections)];
  });
  const links = linksThatRun(running);
  // Links that a silent router dials are there as far as anybody knows.
  const unknown = routerLinksOf(mesh).filter(({ from }) => silent.has(from));
  const changes = [
    ...routerChanges(mesh, compared, running, silent, placement !== null),
    ...linkDifferences([...links, ...unknown], routerLinksOf(mesh)),
    ...new RunningRights(mesh, compared, running).changes(),
  ];
  const before = runningMesh(mesh, compared, silent);
  const journeys = new Journeys(before, nothingLost, [...links, ...unknown]);
  return { changes, ways: changedWays({ mesh: before, journeys }, { mesh, journeys: new Journeys(mesh) }) };
}

function routerChanges(
  mesh: Mesh,
  compared: readonly ComparedRouter[],
  running: readonly RunningRouter[],
  silent: ReadonlySet<string>,
  withPlaces: boolean,
): PlannedChange[] {
  const ids = new Set(running.map(({ id }) => id));
  const absent = [...mesh.routers.values()].filter(({ id }) => !ids.has(id) && !silent.has(id));
  const changes = absent.map(({ id, mode }) => routerCreated(id, mode));
  changes.push(...running.filter(({ id }) => !mesh.routers.has(id)).map(({ id, mode }) => routerRemoved(id, mode)));
  for (const one of compared) {
    const { router, running: was } = one;
    const isOther = router.mode !== was.mode;
    const told = isOther ? [`${router.mode} instead of ${was.mode}`] : routerDifferences(one, withPlaces);
    if (told.length === 0) continue;
    const what = isOther
      ? 'it starts anew; drained first, others go around it'
      : 'applied while it runs; the connections that are meant are made anew';
    const effect = `${told.join('; ')}: ${what}`;
    changes.push({ kind: 'change', what: 'router', name: router.id, effect, isRemovalInUse: false });
  }
  return changes;
}

/** Connectors between interior routers go by whom they dial. */
function linksThatRun(running: readonly RunningRouter[]): RouterLink[] {
  return running.flatMap(({ id, tables }) =>
    (tables.connector ?? [])
      .filter(({ role }) => role === 'inter-router')
      .map(({ name, cost }) => {
        const to = textOf(name);
        return { name: `${id}:${to}`, from: id, to, cost: Number(cost ?? 1), plan: null };
      }),
  );
}

/** The applications of the files on the routers that are there, each with the uplinks that it has. */
function runningMesh(mesh: Mesh, compared: readonly ComparedRouter[], silent: ReadonlySet<string>): Mesh {
  const routers = new Map<string, MeshRouter>();
  for (const [id, router] of mesh.routers) if (silent.has(id)) routers.set(id, router);
  for (const { router, running } of compared) {
    const uplinks = (running.tables.connector ?? [])
      .filter(({ role }) => role === 'edge')
      .map(({ name }) => textOf(name));
    routers.set(router.id, router.mode === 'edge' ? { ...router, uplinks } : router);
  }
  const environments = new Map(
    [...mesh.environments].map(([name, environment]) => [
      name,
      { ...environment, routers: environment.routers.filter((id) => routers.has(id)) },
    ]),
  );
  return { ...mesh, routers, environments };
}
