// A running mesh goes over to another state of its files, in steps after each of which everybody is connected:
//
//   ports and certificates ─▶ new routers start ─▶ the others learn of them ─▶ those that go drain and stop ─▶ the others forget them
import { WeftError } from '../host/errors.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import { overlapOf } from '../mesh/plan/overlap.ts';
import { limits } from './limits.ts';
import type { RunningMesh } from './running-mesh.ts';

/** @param become called when the mesh is the other one; before, a failure leaves all as it was */
export async function changeMesh(
  running: RunningMesh,
  after: Mesh,
  become: (mesh: Mesh) => void,
): Promise<readonly string[]> {
  const before = running.mesh;
  checkName(before, after);
  const lines: string[] = [];
  const added = [...after.routers.keys()].filter((id) => !before.routers.has(id));
  const kept = [...after.routers.keys()].filter((id) => before.routers.has(id));
  const overlap = overlapOf(before, after);
  const issued = await running.prepare(overlap);
  if (issued.length > 0) lines.push(`certificates made: ${issued.join(', ')}`);
  running.configure(overlap, added);
  await add(running, added, lines);
  const anew = kept.filter((id) => before.routers.get(id)?.mode !== after.routers.get(id)?.mode);
  const live = kept.filter((id) => !anew.includes(id));
  const changed = new Set(running.configure(overlap, live));
  become(after);
  lines.push(...(await running.fleet.reload([...changed])));
  if (added.length + changed.size > 0) await running.whole(limits.joinMs); // new ways first
  await removeAll(running, before, after, lines);
  const again = running.configure(after, [...live, ...added]);
  lines.push(...(await running.fleet.reload(again)));
  for (const id of again) if (live.includes(id)) changed.add(id);
  if (changed.size > 0) lines.push(`changed while they run: ${[...changed].sort().join(', ')}`);
  running.configure(after, anew);
  for (const id of anew) {
    await running.fleet.get(id)?.renew();
    const isBack = await running.whole(limits.rejoinMs);
    lines.push(`drained and started anew: ${id}${isBack ? '' : ', which is not back in the mesh yet'}`);
  }
  return lines;
}

function checkName(before: Mesh, after: Mesh): void {
  if (after.name === before.name) return;
  const what = `the mesh is called ${after.name} now, and the one that runs ${before.name}`;
  throw new WeftError('WEFT_MESH_INVALID', what, 'Its certificates bear the name: end it, and start it anew.');
}

/** All of them, or none. */
async function add(running: RunningMesh, ids: readonly string[], lines: string[]): Promise<void> {
  if (ids.length === 0) return;
  try {
    await running.fleet.start(ids);
  } catch (error) {
    await Promise.all(ids.map((id) => running.fleet.remove(id)));
    await running.prepare(running.mesh);
    throw error;
  }
  lines.push(`started: ${ids.join(', ')}`);
}

async function removeAll(running: RunningMesh, before: Mesh, after: Mesh, lines: string[]): Promise<void> {
  const gone = [...before.routers.keys()].filter((id) => !after.routers.has(id));
  for (const id of gone) {
    const problem = await running.fleet.remove(id);
    lines.push(problem === '' ? `drained and stopped: ${id}` : problem);
  }
  if (gone.length > 0) await running.prepare(after);
}
