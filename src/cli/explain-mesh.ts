// `weft explain … --mesh FILE`: explains a channel by the files of a mesh, without a router.
import { WeftError } from '../host/errors.ts';
import { explainChannel } from '../mesh/explain/explain.ts';
import { type Explanation, isDelivered } from '../mesh/explain/explanation.ts';
import { explanationText } from '../mesh/explain/explanation-text.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import { readMesh } from '../mesh/model/read-mesh.ts';
import { UnknownName } from '../mesh/model/unknown-name.ts';
import { faultLines } from './mesh-check.ts';
import { readMeshFiles } from './mesh-files.ts';
import { UsageError } from './usage-error.ts';

export interface ExplainMeshOptions {
  /** The platform's file. */
  readonly mesh: string;
  /** An application or a router. */
  readonly from?: string;
  readonly json?: true;
}

/** Prints the explanation; the exit code is 0 when somebody receives something, else 1. */
export function explainByFiles(address: string, { mesh: file, from, json }: ExplainMeshOptions): number {
  const explanation = explained(readMeshOrThrow(file), address, from);
  process.stdout.write(json ? `${JSON.stringify(explanation, null, 2)}\n` : explanationText(explanation));
  return isDelivered(explanation) ? 0 : 1;
}

/** Throws WeftError with all faults of form, names and references; whether the mesh is a good one does not matter here. */
export function readMeshOrThrow(file: string): Mesh {
  const { mesh, faults } = readMesh(readMeshFiles(file));
  if (mesh === null) throw new WeftError('WEFT_MESH_INVALID', faultLines(faults).join('\n'));
  return mesh;
}

function explained(mesh: Mesh, address: string, from: string | undefined): Explanation {
  try {
    return explainChannel(mesh, address, from);
  } catch (error) {
    if (error instanceof UnknownName) throw new UsageError(error.message);
    throw error;
  }
}
