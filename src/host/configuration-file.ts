// Reads a configuration file from disk, and the vhosts of the folder that it names.
import type { Configuration } from '../schema/configuration.ts';
import { formatFault } from '../schema/faults.ts';
import { readConfiguration } from '../schema/read-configuration.ts';
import { nameConflicts } from '../schema/vhost.ts';
import { WeftError } from './errors.ts';
import { readPolicyFolder } from './policy-folder.ts';
import { SavedConfiguration } from './saved-configuration.ts';
import { readTextFile } from './text-file.ts';

export interface ReadConfiguration {
  readonly configuration: Configuration;
  /** `file:line:column: warning: …` */
  readonly warnings: readonly string[];
  /** The file, as it was read; null when there is none. */
  readonly file: SavedConfiguration | null;
}

/**
 * Reads `path`, as `.json`, `.yaml`/`.yml` or (any other name) `.conf`. Throws WEFT_CONFIGURATION_UNREADABLE, or
 * WEFT_CONFIGURATION_INVALID whose message has a line `file:line:column: error: …` for every fault, warnings among them.
 */
export async function readConfigurationFile(path: string): Promise<ReadConfiguration> {
  const text = await readTextFile(path);
  const file = new SavedConfiguration(path, text);
  const { configuration, faults } = readConfiguration(text, path);
  if (configuration === null) {
    throw new WeftError('WEFT_CONFIGURATION_INVALID', faults.map(formatFault).join('\n'));
  }
  const warnings = faults.map(formatFault);
  const { policy } = configuration;
  if (policy.policyDir === '') return { configuration, warnings, file };
  const folder = await readPolicyFolder(policy.policyDir);
  const vhosts = [...configuration.vhosts, ...folder.vhosts];
  const conflicts = nameConflicts(vhosts, policy.enableVhostNamePatterns);
  if (conflicts.length > 0) {
    const lines = conflicts.map(([hostname, conflict]) => `error: vhost '${hostname}': ${conflict}`);
    throw new WeftError(
      'WEFT_CONFIGURATION_INVALID',
      lines.join('\n'),
      `The vhosts of ${path} and of the folder ${policy.policyDir} count together.`,
    );
  }
  return { configuration: { ...configuration, vhosts }, warnings: [...warnings, ...folder.warnings], file };
}
