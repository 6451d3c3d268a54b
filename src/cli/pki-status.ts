// `weft pki status`: what is there, how long it is good for, and where a rotation stands. Exit code 1 when something has to be
// done: for timers and checks.
import { Command } from 'commander';
import { limits } from '../pki/limits.ts';
import { readStatus } from '../pki/status.ts';
import { wholeNumber } from './option-values.ts';
import { type DirOption, withDir } from './pki-options.ts';
import { statusText } from './pki-status-text.ts';

interface StatusCommandOptions extends DirOption {
  readonly warn: number;
  readonly json?: boolean;
}

export function pkiStatusCommand(): Command {
  return withDir(new Command('status'))
    .description('show authorities, certificates and the rotation; exit code 1 when something has to be done')
    .option(
      '--warn <days>',
      'count as ill what expires within so many days',
      wholeNumber(0, limits.warnDaysMax),
      limits.warnDays,
    )
    .option('--json', 'print it as JSON')
    .action(async ({ dir, warn, json }: StatusCommandOptions) => {
      const status = await readStatus(dir, { warnDays: warn });
      process.stdout.write(json ? `${JSON.stringify(status, null, 2)}\n` : statusText(status));
      if (!status.isWell) process.exitCode = 1;
    });
}
