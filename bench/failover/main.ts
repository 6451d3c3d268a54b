// `npm run bench -- failover`: routers of a ring are killed, stopped and restarted under traffic.
import { parseArgs } from 'node:util';
import { guardChildren } from '../children.ts';
import { compileLoadGenerator } from '../compiler.ts';
import { describeCommit, describeMachine } from '../environment.ts';
import { UsageError } from '../options.ts';
import { writeSection } from '../results-file.ts';
import { composeFailoverReport, type FailoverResults } from './report.ts';
import { type LossKind, runLosses, runRollingRestart } from './runs.ts';

export const failoverUsage = `npm run bench -- failover [options]

  --rounds N     losses of each kind (default 5); rolling restarts of the ring (a third of it)
  --delay MS     also with this delay each way on every link (default 40; 0: not)
  --only TEXT    killed, stopped or rolling
  --out FILE     whose section “failover” is written (default: bench/results.md; with --only: none)
`;

const say = (line: string) => process.stderr.write(`${line}\n`);

function readFailoverOptions(args: readonly string[]) {
  try {
    const options = {
      rounds: { type: 'string' },
      delay: { type: 'string' },
      only: { type: 'string' },
      out: { type: 'string' },
    } as const;
    const { rounds = '5', delay = '40', only, out } = parseArgs({ args: [...args], options, strict: true }).values;
    const read = {
      rounds: Number(rounds),
      delayMs: Number(delay),
      only,
      out: out ?? (only === undefined ? 'bench/results.md' : null),
    };
    if (!Number.isInteger(read.rounds) || read.rounds < 1 || !(read.delayMs >= 0))
      throw new Error('--rounds and --delay are numbers');
    return read;
  } catch (error) {
    throw new UsageError((error as Error).message, failoverUsage);
  }
}

/** Runs it all and writes the section. Exit code 0: measured, whether goals are met or not. */
export async function benchFailover(args: readonly string[]): Promise<number> {
  guardChildren();
  const { rounds, delayMs, only, out } = readFailoverOptions(args);
  const guard = compileLoadGenerator();
  const environment = {
    ...{ ...describeMachine(), date: new Date().toISOString().slice(0, 10), commit: describeCommit() },
    ...{ router: 'node bin/weft.js router --config …', peer: null, rounds, secondsPerRun: null, quick: false },
  };
  const results = {
    losses: [] as FailoverResults['losses'][number][],
    rolling: [] as FailoverResults['rolling'][number][],
  };
  const isWanted = (what: string) => only === undefined || only === what;
  for (const delay of delayMs > 0 ? [0, delayMs] : [0]) {
    for (const kind of ['killed', 'stopped'] satisfies LossKind[]) {
      if (!isWanted(kind)) continue;
      const losses = await runLosses(kind, { guard, rounds, delayMs: delay, onRound: say });
      for (const one of losses) say(`  ${kind}, delay ${delay} ms: ${JSON.stringify(one)}`);
      results.losses.push({ kind, delayMs: delay, rounds: losses });
    }
    if (!isWanted('rolling')) continue;
    const result = await runRollingRestart({ guard, rounds: Math.ceil(rounds / 3), delayMs: delay, onRound: say });
    say(`  rolling restart, delay ${delay} ms: ${JSON.stringify(result)}`);
    results.rolling.push({ delayMs: delay, result });
  }
  const report = composeFailoverReport(environment, results);
  if (out !== null) writeSection(out, 'failover', report);
  process.stdout.write(`\n${report}`);
  return 0;
}
