// `weft pki rotate`: replaces the authority in three steps. Each may be run again; none goes on to the next by itself.
import { Command } from 'commander';
import { PkiError } from '../pki/errors.ts';
import { issueByNext, retireFormer, trustNext } from '../pki/rotate.ts';
import { type PkiStatus, readStatus } from '../pki/status.ts';
import {
  addOptionalConnectionFlags,
  type ConnectionFlags,
  givenFlags,
  type OptionalConnectionFlags,
} from './management/connection-flags.ts';
import { busPurpose, remainingOf } from './old-connections.ts';
import { type DirOption, issuedLines, withDir } from './pki-options.ts';
import { nextStep, oldConnectionLines } from './pki-status-text.ts';
import { UsageError } from './usage-error.ts';

interface RotateOptions extends DirOption, OptionalConnectionFlags {
  readonly issue?: boolean;
  readonly retire?: boolean;
}

const notes = `
The steps:
  weft pki rotate            makes a new authority and puts it into ca.pem; it signs nothing yet
  weft pki rotate --issue    say so when everybody has that ca.pem: makes all certificates anew, by the new authority
  weft pki rotate --retire   say so when every connection from before was drained and made anew, one router at a time:
                             takes the old authority out of ca.pem, and destroys its key
Each step may be run again, and goes on where it was cut off. \`weft pki status\` tells where it stands.`;

export function pkiRotateCommand(): Command {
  return addOptionalConnectionFlags(withDir(new Command('rotate')), busPurpose)
    .description('replace the authority of a running mesh, step by step')
    .option('--issue', 'step 2: everybody trusts the new authority')
    .option('--retire', 'step 3: no connection is left from before step 2')
    .addHelpText('after', notes)
    .action(rotate);
}

async function rotate(options: RotateOptions): Promise<void> {
  const { dir, issue, retire } = options;
  const flags = givenFlags(options);
  if (issue && retire) throw new UsageError('--issue and --retire are two steps: give one of them');
  if (issue) await issueStep(dir);
  else if (retire) await retireStep(dir, flags);
  else await trustStep(dir);
  const status = await readStatus(dir);
  for (const line of nextStep(status, await remainingOf(status, flags))) process.stderr.write(`${line}\n`);
}

/** Throws WEFT_PKI_STILL_IN_USE when whoever can be asked knows of a connection that the former authority has vouched for. */
async function checkNoneIsOld(status: PkiStatus, flags: ConnectionFlags | null): Promise<void> {
  const remaining = await remainingOf(status, flags);
  if (remaining === null || remaining.old?.count === 0) return;
  const { source, old } = remaining;
  const what = `authority ${status.rotation?.from} cannot be retired: ${source}`;
  if (old === null) {
    throw new PkiError(
      'WEFT_PKI_STILL_IN_USE',
      `${what} has not made its connections anew yet`,
      'Try again when it says that it has.',
    );
  }
  throw new PkiError(
    'WEFT_PKI_STILL_IN_USE',
    [`${what} has connections from before:`, ...oldConnectionLines(old)].join('\n'),
    'Drain their routers and start them anew, one after the other; `weft up` does that by itself.',
  );
}

async function trustStep(dir: string): Promise<void> {
  const { isChange, from, to } = await trustNext(dir);
  const told = isChange
    ? `authority ${to} was made, and is trusted beside ${from} in ${dir}/ca.pem`
    : `the rotation from authority ${from} to ${to} is under way already`;
  process.stderr.write(`${told}\n`);
}

async function issueStep(dir: string): Promise<void> {
  const { isChange, to, issued } = await issueByNext(dir);
  process.stderr.write(issuedLines(issued.filter(({ outcome }) => outcome !== 'kept')).join(''));
  if (issued.some(({ outcome }) => outcome === 'left')) process.exitCode = 1;
  process.stderr.write(
    `authority ${to} ${isChange ? 'signs from now on' : 'signs already, and nothing was left to renew'}\n`,
  );
}

async function retireStep(dir: string, flags: ConnectionFlags | null): Promise<void> {
  await checkNoneIsOld(await readStatus(dir), flags);
  const { isChange, from, to } = await retireFormer(dir);
  const told = isChange ? 'is retired: it is no longer in ca.pem, and its key is destroyed' : 'was retired before';
  process.stderr.write(`authority ${from} ${told}; ${to} is the only one\n`);
}
