// `weft sim`: runs the production router under a simulated network, seed by seed, and judges the promises from outside.
import { Command } from 'commander';
import type { Verdict } from '../simulator/run.ts';
import { wholeNumber } from './option-values.ts';
import { Progress } from './progress.ts';

interface SimOptions {
  readonly seeds: number;
  readonly from: number;
  readonly trace?: true;
  readonly json?: true;
}

const notes = `
Each seed makes up clients, a network and faults, and runs one router among them; the same seed always gives the same run.
Checkers watch the wire: every unsettled message ends in exactly one outcome, nothing is delivered twice, nothing gets
stuck, memory stays within its limits. Exit code 0: every promise was kept. 1: one was broken; the line that replays the
seed is printed.`;

export function simCommand(): Command {
  return new Command('sim')
    .description('Judge the promises of the router under a simulated network, by seed.')
    .option('-n, --seeds <count>', 'how many seeds', wholeNumber(1, 10_000_000), 100)
    .option('--from <seed>', 'the first of them', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .option('--trace', 'print everything that happens (standard output)')
    .option('--json', 'print one line of JSON a seed')
    .addHelpText('after', notes)
    .action(simulate);
}

async function simulate({ seeds, from, trace, json }: SimOptions): Promise<void> {
  const { runSeed } = await import('../simulator/run.ts');
  const began = performance.now();
  const broken: number[] = [];
  let done = 0;
  let messages = 0;
  let simulatedMs = 0;
  const progress = new Progress(
    process.stderr,
    () => `seed ${from + done}, ${done} of ${seeds} done, ${broken.length} broken`,
  );
  for (let seed = from; seed < from + seeds; seed++) {
    const verdict = runSeed(seed, trace ? { write: (line) => process.stdout.write(`${line}\n`) } : {});
    done++;
    messages += verdict.figures.messages;
    simulatedMs += verdict.figures.simulatedMs;
    if (!verdict.ok) broken.push(seed);
    if (json) process.stdout.write(`${JSON.stringify(verdict)}\n`);
    else if (!verdict.ok) tellBroken(verdict);
    await new Promise(setImmediate); // lets Ctrl-C and the progress line through
  }
  progress.stop();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const all = `${seeds} seeds from ${from} in ${seconds} s: ${messages} messages in ${Math.round(simulatedMs / 1000)} simulated seconds`;
  process.stderr.write(
    `${all}; ${broken.length === 0 ? 'every promise kept' : `${broken.length} seeds broke a promise`}\n`,
  );
  if (broken.length > 0) process.exitCode = 1;
}

function tellBroken({ seed, breaches }: Verdict): void {
  process.stdout.write(`seed ${seed} broke a promise\n`);
  for (const { promised, atMs, text } of breaches)
    process.stdout.write(`  ${promised}, at ${Math.round(atMs)} ms: ${text}\n`);
  process.stdout.write(`  replay: weft sim --seeds 1 --from ${seed} --trace\n`);
}
