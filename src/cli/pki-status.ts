// `weft pki status`: what is there, how long it is good for, and where a rotation stands. Exit code 1 when something has to be
// done: for timers and checks.
import { Command } from 'commander';
import { limits } from '../pki/limits.ts';
import { readStatus } from '../pki/status.ts';
import { addOptionalConnectionFlags, givenFlags, type OptionalConnectionFlags } from './management/connection-flags.ts';
import { busPurpose, remainingOf } from './old-connections.ts';
import { wholeNumber } from './option-values.ts';
import { type DirOption, withDir } from './pki-options.ts';
import { statusText } from './pki-status-text.ts';

interface StatusCommandOptions extends DirOption, OptionalConnectionFlags {
  readonly warn: number;
  readonly json?: boolean;
}

export function pkiStatusCommand(): Command {
  return addOptionalConnectionFlags(withDir(new Command('status')), busPurpose)
    .description('show authorities, certificates and the rotation; exit code 1 when something has to be done')
    .option(
      '--warn <days>',
      'count as ill what expires within so many days',
      wholeNumber(0, limits.warnDaysMax),
      limits.warnDays,
    )
    .option('--json', 'print it as JSON')
    .action(async (options: StatusCommandOptions) => {
      const { dir, warn, json } = options;
      const status = await readStatus(dir, { warnDays: warn });
      const remaining = await remainingOf(status, givenFlags(options));
      const asJson = (): string => JSON.stringify({ ...status, oldConnections: remaining?.old ?? null }, null, 2);
      process.stdout.write(json ? `${asJson()}\n` : statusText(status, remaining));
      if (!status.isWell) process.exitCode = 1;
    });
}
