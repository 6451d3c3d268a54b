// Reads a file of configuration whole, within its limit.
import { readFile, stat } from 'node:fs/promises';
import { describeSystemError, WeftError } from './errors.ts';
import { limits } from './limits.ts';

/** Throws WEFT_CONFIGURATION_UNREADABLE. */
export async function readTextFile(path: string): Promise<string> {
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
