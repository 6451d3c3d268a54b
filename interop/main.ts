// `npm run interop`: real clients against real router processes. The last line is always `N passed, N failed, N skipped`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { optionalNeeds } from './case.ts';
import { cases } from './cases.ts';
import { guardChildren } from './child.ts';
import { type InteropOptions, readOptions, UsageError, usage } from './options.ts';
import { exploreMachine } from './programs.ts';
import { runCases, type Tally } from './run-cases.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Loud, since an omission must never look like success. */
function sayLeftOut({ leftOut }: Tally, missing: ReadonlyMap<string, string>): void {
  for (const [need, names] of leftOut) {
    say('');
    say(`!!! LEFT OUT: ${names.length} of the cases, for want of ${need} (${missing.get(need)})`);
  }
}

async function interop(options: InteropOptions): Promise<number> {
  const { only } = options;
  const chosen = cases.filter(({ name, isUnitTest }) => (only === '' ? !isUnitTest : name.includes(only)));
  if (chosen.length === 0) throw new UsageError(`no case has “${only}” in its name`);
  if (options.list) {
    for (const { name } of chosen) say(name);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'weft-interop-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const machine = await exploreMachine(folder, new Set(chosen.flatMap(({ needs = [] }) => needs)));
  const tally = await runCases(chosen, { ...machine, folder, verbose: options.verbose, say });
  sayLeftOut(tally, machine.missing);
  say('');
  say(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  const lacks = [...tally.leftOut.keys()].some((need) => !optionalNeeds.includes(need));
  return tally.failed > 0 || (options.require && lacks) ? 1 : 0;
}

async function main(): Promise<number> {
  guardChildren();
  try {
    const options = readOptions(process.argv.slice(2));
    if (options !== null) return await interop(options);
    say(usage);
    return 0;
  } catch (error) {
    process.stderr.write(`interop: ${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof UsageError) process.stderr.write(`\n${usage}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

const exitCode = await main();
// Output through a pipe may still be on its way: the process ends when it has left.
process.stdout.write('', () => process.exit(exitCode));
