// `weft sim`: runs production routers under a simulated network, seed by seed, and judges the promises from outside.
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { Breach } from '../simulator/breaches.ts';
import { type TopologyName, topologyNames } from '../simulator/topology/shapes.ts';
import { positiveNumber, wholeNumber } from './option-values.ts';
import { formatCount, formatShort, Progress } from './progress.ts';
import { runTasks } from './simulation-pool.ts';
import { isMeasured, isMeasurement, type Measurement, type SimulationResult, simulate } from './simulation-task.ts';

interface SimOptions {
  readonly seeds?: number;
  readonly for?: number;
  readonly from: number;
  readonly topology?: TopologyName;
  readonly jobs: number;
  readonly trace?: true;
  readonly json?: true;
}

const jobsMax = 64;
const notes = `
Each seed makes up routers, a network, clients and faults; the same seed always gives the same run. Without --topology it
also chooses one of the small networks. Checkers watch every wire: each unsettled message ends in exactly one outcome,
nothing is delivered twice, nothing gets stuck, memory stays within its limits, and when it is quiet every router knows the
shortest paths. 128 and 1000 are not disturbed but measured: how a network of so many routers converges.
Exit code 0: every promise was kept. 1: one was broken; the command that replays the seed is printed.`;

export function simCommand(): Command {
  return new Command('sim')
    .description('Judge the promises of routers under a simulated network, by seed.')
    .option('-n, --seeds <count>', 'how many seeds (default: 100; 1 for a network of 128 or 1000)', wholeNumber(1, 1e7))
    .option('--for <seconds>', 'go on with further seeds for so long', positiveNumber)
    .option('--from <seed>', 'the first of them', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
    .addOption(new Option('-t, --topology <name>', 'the shape of the network').choices(topologyNames))
    .option('-j, --jobs <count>', 'threads to use', wholeNumber(1, jobsMax), Math.min(availableParallelism(), jobsMax))
    .option('--trace', 'print everything that happens (standard output)')
    .option('--json', 'print one line of JSON a seed')
    .addHelpText('after', notes)
    .action(simulateAll);
}

class Tally {
  done = 0;
  messages = 0;
  simulatedMs = 0;
  readonly broken: number[] = [];

  add(result: SimulationResult): void {
    this.done++;
    this.simulatedMs += isMeasurement(result) ? result.simulatedMs : result.figures.simulatedMs;
    if (!isMeasurement(result)) this.messages += result.figures.messages;
    if (!result.ok) this.broken.push(result.seed);
  }
}

async function simulateAll(options: SimOptions): Promise<void> {
  const { from, json } = options;
  const topology = options.topology ?? null;
  const seeds = options.seeds ?? (isMeasured(topology) ? 1 : 100);
  const began = performance.now();
  const tally = new Tally();
  const progress = new Progress(
    process.stderr,
    () =>
      `seed ${from + tally.done}, ${tally.done} of ${options.for ? `${seeds} or more` : seeds} done, ${tally.broken.length} broken`,
  );
  for await (const result of results(options, topology, seeds)) {
    tally.add(result);
    if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else tell(result);
  }
  progress.stop();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { done, broken, messages, simulatedMs } = tally;
  const what = `${formatCount(messages)} messages in ${formatCount(simulatedMs / 1000)} simulated seconds`;
  process.stderr.write(
    `${done} seeds from ${from} in ${seconds} s: ${what}; ${broken.length === 0 ? 'every promise kept' : `${broken.length} seeds broke a promise`}\n`,
  );
  if (broken.length > 0) process.exitCode = 1;
}

async function* results(
  { from, jobs, trace, for: seconds = 0 }: SimOptions,
  topology: TopologyName | null,
  seeds: number,
) {
  const tasks = seedsFrom(from, topology, seeds, performance.now() + seconds * 1000);
  if (!trace) return yield* runTasks(tasks, seconds > 0 ? jobs : Math.min(jobs, seeds));
  for (const task of tasks) yield simulate(task, (line) => process.stdout.write(`${line}\n`));
}

/** At least `count` of them, and more until the time `until`. */
function* seedsFrom(from: number, topology: TopologyName | null, count: number, until: number) {
  for (let seed = from; seed < from + count || performance.now() < until; seed++) yield { seed, topology };
}

function tell(result: SimulationResult): void {
  if (isMeasurement(result)) tellMeasurement(result);
  if (!result.ok) tellBroken(result);
}

function tellMeasurement({ seed, routers, links, coldStart, loss, seconds, megabytes }: Measurement): void {
  const reactions = [
    ['cold start', coldStart],
    ['loss of a router', loss],
  ] as const;
  process.stdout.write(
    `seed ${seed}: ${formatCount(routers)} routers, ${formatCount(links)} links (${formatShort(seconds)} s, ${formatCount(megabytes)} MiB to compute)\n`,
  );
  for (const [name, { ms, messages, bytes }] of reactions)
    process.stdout.write(
      `  ${name}: ${formatShort(ms)} ms, ${formatCount(messages)} messages, ${formatShort(bytes / 1e6)} MB between routers\n`,
    );
}

function tellBroken({
  seed,
  topology,
  breaches,
}: {
  seed: number;
  topology: string;
  breaches: readonly Breach[];
}): void {
  process.stdout.write(`seed ${seed} (${topology}) broke a promise\n`);
  for (const { promised, atMs, text } of breaches)
    process.stdout.write(`  ${promised}, at ${Math.round(atMs)} ms: ${text}\n`);
  process.stdout.write(`  replay: weft sim --seeds 1 --from ${seed} --topology ${topology} --trace\n`);
}
