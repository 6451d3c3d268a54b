// `npm run bench`: measures the router beside a bare relay (and a peer), writes bench/results.md.
import { guardChildren } from './children.ts';
import { compileLoadGenerator, MissingToolError } from './compiler.ts';
import { describeCommit, describeMachine } from './environment.ts';
import { benchFailover } from './failover/main.ts';
import type { Environment, Sample, Scenario } from './figures.ts';
import { benchLarge } from './large.ts';
import { benchManagement } from './management/main.ts';
import { benchMesh } from './mesh/main.ts';
import { type BenchOptions, readOptions, UsageError, usage } from './options.ts';
import { benchPolicy } from './policy/main.ts';
import { openFilesMax } from './process-figures.ts';
import { composeReport, formatNumber } from './report.ts';
import { writeSection } from './results-file.ts';
import { runRounds } from './rounds.ts';
import { scenarios } from './scenarios.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

function chooseScenarios(options: BenchOptions): Scenario[] {
  const wanted = options.quick ? 100 : 5_000;
  // A router may need a few files beside its sockets.
  const possible = Math.min(wanted, openFilesMax() - 100);
  if (possible < wanted)
    say(`only ${possible} idle connections: the limit of open files is ${openFilesMax()} (ulimit -n)`);
  const all = scenarios(options.quick ? 50 : 1_000, possible);
  const chosen = all.filter((one) => one.name.includes(options.only ?? ''));
  if (chosen.length === 0) throw new UsageError(`no scenario has “${options.only}” in its name`);
  return chosen;
}

const describeRun = (options: BenchOptions): Environment => ({
  ...describeMachine(),
  date: new Date().toISOString().slice(0, 10),
  commit: describeCommit(),
  router: options.router,
  peer: options.peer?.name ?? null,
  rounds: options.rounds,
  secondsPerRun: options.seconds,
  quick: options.quick,
});

function sampleLine(sample: Sample, done: number): string {
  const head = `${Math.floor(done * 100)
    .toString()
    .padStart(3)} %  round ${sample.round}  ${sample.scenario.padEnd(26)} ${sample.target.padEnd(5)}`;
  if (sample.kind === 'fault') return `${head}  FAILED: ${sample.reason}`;
  if (sample.kind === 'idle')
    return `${head} ${formatNumber(sample.bytesPerConnection / 1000).padStart(10)} kB a connection`;
  return (
    `${head} ${formatNumber(sample.rate).padStart(10)} messages/s ${formatNumber(sample.cpuPerMillion).padStart(7)} CPU s/million` +
    `  p50 ${formatNumber(sample.p50)} µs  p99 ${formatNumber(sample.p99)} µs`
  );
}

async function bench(options: BenchOptions): Promise<number> {
  guardChildren();
  const chosen = chooseScenarios(options);
  const program = compileLoadGenerator();
  const environment = describeRun(options);
  const samples = await runRounds(chosen, {
    ...{ program, sasl: options.sasl, rounds: options.rounds, secondsPerRun: options.seconds },
    idleSettleMs: options.quick ? 300 : 3_000,
    routerCommand: options.router,
    peer: options.peer === null ? null : { ...options.peer, name: 'peer' },
    onSample: (sample, done) => say(sampleLine(sample, done)),
  });
  const report = composeReport(environment, samples);
  if (options.out !== null) {
    writeSection(options.out, 'router', report);
  }
  process.stdout.write(options.json ? `${JSON.stringify({ environment, samples })}\n` : `\n${report}`);
  return samples.some((sample) => sample.kind === 'fault') ? 1 : 0;
}

async function main(): Promise<number> {
  try {
    const [first, ...rest] = process.argv.slice(2);
    if (first === 'failover') return await benchFailover(rest);
    if (first === 'large') return benchLarge(rest);
    if (first === 'management') return await benchManagement(rest);
    if (first === 'mesh') return await benchMesh(rest);
    if (first === 'policy') return await benchPolicy(rest);
    const options = readOptions(process.argv.slice(2));
    if (options !== null) return await bench(options);
    process.stdout.write(usage);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) say(`bench: ${error.message}\n\n${error.usage}`);
    else if (error instanceof MissingToolError) say(`\nbench: ${error.message}\n`);
    else say(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof UsageError || error instanceof MissingToolError ? 2 : 1;
  }
}

const exitCode = await main();
// JSON through a pipe may still be on its way: the process ends when it has left.
process.stdout.write('', () => process.exit(exitCode));
