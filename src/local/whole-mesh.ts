// Whether a running mesh is as its files plan it. Only then may a router be taken out of it on purpose: who dials it must have found it again,
// or the loss of the next one finds nobody to stand in for it.
import type { Mesh } from '../mesh/model/mesh.ts';
import type { Fleet } from './fleet.ts';
import { linkFiguresOf } from './mesh-meter.ts';

export function isWhole(mesh: Mesh, fleet: Fleet): boolean {
  const routers = [...mesh.routers.keys()].map((id) => fleet.get(id));
  const lastUpMs = Math.max(...routers.map((router) => router?.upSinceMs ?? Number.POSITIVE_INFINITY));
  // What was told before the last one came up may be of its former life.
  const areReady = routers.every((router) => router?.isReady === true && router.reportedAtMs >= lastUpMs);
  return areReady && linkFiguresOf(mesh, (id) => fleet.get(id)?.report ?? null).every(({ state }) => state !== 'down');
}
