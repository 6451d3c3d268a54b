// The folder that `policyDir` names: every file in it that ends in .json holds vhosts, as `[["vhost", {…}], …]`.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { VhostEntity } from '../schema/configuration.ts';
import { type Fault, formatFault } from '../schema/faults.ts';
import { readVhostFile } from '../schema/read-configuration.ts';
import { describeSystemError, WeftError } from './errors.ts';
import { limits } from './limits.ts';
import { readTextFile } from './text-file.ts';

export interface PolicyFolder {
  /** In the order of the files' names. */
  readonly vhosts: readonly VhostEntity[];
  readonly warnings: readonly string[];
}

/**
 * Reads them all; subfolders are not looked into. Throws WEFT_CONFIGURATION_UNREADABLE, or WEFT_CONFIGURATION_INVALID with a line for every fault of
 * every file.
 */
export async function readPolicyFolder(folder: string): Promise<PolicyFolder> {
  const vhosts: VhostEntity[] = [];
  const faults: Fault[] = [];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const read = readVhostFile(await readTextFile(path), path);
    vhosts.push(...(read.vhosts ?? []));
    faults.push(...read.faults);
  }
  const lines = faults.map(formatFault);
  if (faults.some(({ severity }) => severity === 'error'))
    throw new WeftError('WEFT_CONFIGURATION_INVALID', lines.join('\n'));
  return { vhosts, warnings: lines };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
    if (names.length > limits.policyFilesMax) throw new Error(`more than ${limits.policyFilesMax} .json files`);
    return names;
  } catch (error) {
    throw new WeftError(
      'WEFT_CONFIGURATION_UNREADABLE',
      `cannot read the folder ${folder} (policyDir): ${describeSystemError(error)}`,
      'Give the path of a folder that this user may read; a relative path starts where the router was started.',
      error,
    );
  }
}
