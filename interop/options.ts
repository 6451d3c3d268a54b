// What `npm run interop -- …` understands.
import { parseArgs } from 'node:util';

export interface InteropOptions {
  /** Only the cases with this text in their name; '' for all but those that are in `npm test`. */
  readonly only: string;
  /** What cannot be run for want of a client is a failure. */
  readonly require: boolean;
  readonly list: boolean;
  /** Show everything that happens. */
  readonly verbose: boolean;
}

/** Wrong options: the message is shown with the usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'WEFT_INTEROP_USAGE';
}

export const usage = `npm run interop -- [options]

  --only TEXT   only the cases with TEXT in their name, those that npm test runs included
  --require     a client or toolchain that is not on this machine is a failure, not an omission (but for a .NET SDK)
  --list        print the names of the cases
  --verbose     print everything that clients and routers tell
  --help

Exit codes: 0 all that ran passed, 1 a case failed (or was left out, with --require), 2 usage.
`;

const definition = {
  only: { type: 'string', default: '' },
  require: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Options from the words of the command line; null: help was asked for. Throws UsageError. */
export function readOptions(args: readonly string[]): InteropOptions | null {
  try {
    const { help, ...options } = parseArgs({ args: [...args], options: definition, strict: true }).values;
    return help ? null : options;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
