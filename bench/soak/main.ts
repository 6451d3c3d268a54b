// `npm run soak`: mixed traffic for a long time, promises 3, 4 and 6 checked from outside, a verdict.
import { guardChildren } from '../children.ts';
import { compileLoadGenerator, MissingToolError } from '../compiler.ts';
import { UsageError } from '../options.ts';
import { readOptions, usage } from './options.ts';
import { soak } from './run.ts';
import { composeVerdict, isPassed } from './verdict.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  guardChildren();
  try {
    const options = readOptions(process.argv.slice(2));
    if (options === null) {
      process.stdout.write(usage);
      return 0;
    }
    say(`soak of ${options.seconds} s, seed ${options.seed} (--seed ${options.seed} repeats its comings and goings)`);
    const result = await soak(options, compileLoadGenerator(), say);
    for (const line of composeVerdict(result)) say(line);
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    return isPassed(result) ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) say(`soak: ${error.message}\n\n${usage}`);
    else say(`soak: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof UsageError || error instanceof MissingToolError ? 2 : 1;
  }
}

const exitCode = await main();
process.stdout.write('', () => process.exit(exitCode));
