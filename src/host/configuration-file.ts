// Reads a configuration file from disk.
import { readFile, stat } from 'node:fs/promises';
import type { Configuration } from '../schema/configuration.ts';
import { formatFault } from '../schema/faults.ts';
import { readConfiguration } from '../schema/read-configuration.ts';
import { describeSystemError, WeftError } from './errors.ts';
import { limits } from './limits.ts';

export interface ReadConfiguration {
  readonly configuration: Configuration;
  /** `file:line:column: warning: …` */
  readonly warnings: readonly string[];
}

/**
 * Reads `path`, as `.json`, `.yaml`/`.yml` or (any other name) `.conf`. Throws WEFT_CONFIGURATION_UNREADABLE, or
 * WEFT_CONFIGURATION_INVALID whose message has a line `file:line:column: error: …` for every fault, warnings among them.
 */
export async function readConfigurationFile(path: string): Promise<ReadConfiguration> {
  const { configuration, faults } = readConfiguration(await readText(path), path);
  if (configuration === null) {
    throw new WeftError('WEFT_CONFIGURATION_INVALID', faults.map(formatFault).join('\n'));
  }
  return { configuration, warnings: faults.map(formatFault) };
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > limits.configurationBytesMax) throw new Error(`larger than ${limits.configurationBytesMax} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new WeftError(
      'WEFT_CONFIGURATION_UNREADABLE',
      `cannot read configuration ${path}: ${describeSystemError(error)}`,
      'Give the path of a .conf, .json or .yaml file that this user may read.',
      error,
    );
  }
}
