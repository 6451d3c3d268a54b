// Changed files of a running mesh: judged, planned, and applied if they may be. The lines tell what was done, or why nothing was.
import { WeftError } from '../host/errors.ts';
import { checkFiles } from '../mesh/check/check-mesh.ts';
import { formatMeshFault, shownFaults } from '../mesh/model/faults.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import type { MeshFiles } from '../mesh/model/read-mesh.ts';
import { type Plan, planChanges } from '../mesh/plan/plan.ts';
import { changeLine, changeLines } from '../mesh/plan/plan-text.ts';
import { PkiError } from '../pki/errors.ts';
import type { RunningMesh } from './running-mesh.ts';

export interface ChangeRules {
  /** Also what takes away a channel or right that an application uses. */
  readonly allowsRemoval: boolean;
  /** Warnings count as faults. */
  readonly isStrict: boolean;
}

export async function applyFiles(
  running: RunningMesh,
  files: MeshFiles | WeftError,
  { allowsRemoval, isStrict }: ChangeRules,
): Promise<readonly string[]> {
  if (files instanceof WeftError) return [files.message, goesOn];
  const { mesh, faults } = checkFiles(files);
  const serious = faults.filter(({ severity }) => isStrict || severity === 'fault');
  if (mesh === null || serious.length > 0) return [...shownFaults(serious).map(formatMeshFault), goesOn];
  const plan = planChanges(running.mesh, mesh);
  const removals = plan.changes.filter(({ isRemovalInUse }) => isRemovalInUse);
  if (removals.length > 0 && !allowsRemoval) return [...changeLines(removals), refused, goesOn];
  return change(running, mesh, plan);
}

/** Changes told one by one; the rest is counted. */
const changesShownMax = 30;
const goesOn = 'The mesh was not changed.';
const refused =
  'This takes away what applications use. Put it back; or, if it is meant, start `weft up` again with --allow-removal.';

async function change(running: RunningMesh, mesh: Mesh, plan: Plan): Promise<readonly string[]> {
  try {
    const done = await running.apply(mesh);
    if (plan.changes.length === 0 && done.length === 0) return ['The files have changed; nothing in the mesh has.'];
    const changes = plan.changes.slice(0, changesShownMax).map(changeLine);
    const more = plan.changes.length - changes.length;
    return [...changes, ...(more > 0 ? [`… and ${more} more`] : []), ...done];
  } catch (error) {
    if (!(error instanceof WeftError || error instanceof PkiError)) throw error;
    return [`${error.message}${error.remedy === '' ? '' : `\n${error.remedy}`}`, goesOn];
  }
}
