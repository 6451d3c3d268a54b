// Whether a mesh that is well-formed will also work: for everybody, and still when any one router or link is lost.
//
// Faults: an interior router or link whose loss cuts an environment or edge off; a use without grant; listeners and links that cannot be
// reached; overlapping channels. Warnings: what works, but is rarely meant.
import { type MeshFault, MeshFaults } from '../model/faults.ts';
import type { Mesh } from '../model/mesh.ts';
import { type MeshFiles, readMesh } from '../model/read-mesh.ts';
import { routerLinksOf } from '../topology/router-links.ts';
import { checkApplications } from './applications.ts';
import { checkChannels } from './channels.ts';
import { checkGrants } from './grants.ts';
import { checkReachability } from './reachability.ts';
import { checkSingleFailures } from './single-failures.ts';

export interface CheckedMesh {
  /** Null when the form, a name or a reference is at fault; the other checks have not been made then. */
  readonly mesh: Mesh | null;
  /** All of them, the platform's file first. */
  readonly faults: readonly MeshFault[];
}

/** Reads and checks a mesh. */
export function checkFiles(files: MeshFiles): CheckedMesh {
  const { mesh, faults } = readMesh(files);
  return mesh === null ? { mesh, faults } : { mesh, faults: checkMesh(mesh, files.platform.name) };
}

/** @param mainFile its faults come first */
export function checkMesh(mesh: Mesh, mainFile: string): readonly MeshFault[] {
  const faults = new MeshFaults(mainFile);
  const links = routerLinksOf(mesh);
  checkReachability(mesh, links, faults);
  checkSingleFailures(mesh, links, faults);
  checkApplications(mesh, faults);
  checkChannels(mesh, faults);
  checkGrants(mesh, faults);
  return faults.inOrder();
}
