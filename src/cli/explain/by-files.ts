// A channel explained by the files of a mesh, without a router.
import { explainChannel } from '../../mesh/explain/explain.ts';
import type { Explanation } from '../../mesh/explain/explanation.ts';
import type { Mesh } from '../../mesh/model/mesh.ts';
import { UnknownName } from '../../mesh/model/unknown-name.ts';
import { UsageError } from '../usage-error.ts';

/** Throws UsageError when the mesh has nobody of the name `from`. */
export function explainByFiles(
  address: string,
  mesh: Mesh,
  from: string | undefined,
): { explanation: Explanation; json: string } {
  try {
    const explanation = explainChannel(mesh, address, from);
    return { explanation, json: `${JSON.stringify(explanation)}\n` };
  } catch (error) {
    if (error instanceof UnknownName) throw new UsageError(error.message);
    throw error;
  }
}
