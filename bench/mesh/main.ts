// `npm run bench -- mesh`: three routers in line beside three bare relays, in clear and under TLS.
import { parseArgs } from 'node:util';
import { guardChildren, stop } from '../children.ts';
import { compileLoadGenerator } from '../compiler.ts';
import { describeCommit, describeMachine } from '../environment.ts';
import type { Environment, Sample, Scenario } from '../figures.ts';
import { measureTraffic } from '../measure.ts';
import { UsageError } from '../options.ts';
import { writeSection } from '../results-file.ts';
import { saturationScenario, scenarios, steadyScenario } from '../scenarios.ts';
import { defaultRouterCommand, startRouter, type Target } from '../targets.ts';
import { composeMeshReport, crowdScenario } from './report.ts';
import { makeCertificates, startFar, startLine, startRelays } from './targets.ts';

const meshUsage = `npm run bench -- mesh [options]

  --rounds N     interleaved rounds (default 5)
  --seconds S    length of each run (default 2.5)
  --without-tls  only the lines in clear
  --out FILE     whose part “mesh” is written (default: bench/results.md)
`;

const say = (line: string) => process.stderr.write(`${line}\n`);

function readMeshOptions(args: readonly string[]) {
  const options = {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2.5' },
    'without-tls': { type: 'boolean', default: false },
    out: { type: 'string', default: 'bench/results.md' },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    const read = { rounds: Number(values.rounds), seconds: Number(values.seconds), withTls: !values['without-tls'] };
    if (!Number.isInteger(read.rounds) || read.rounds < 1 || !(read.seconds > 0))
      throw new Error('--rounds and --seconds are numbers above 0');
    return { ...read, out: values.out };
  } catch (error) {
    throw new UsageError((error as Error).message, meshUsage);
  }
}

/** Runs it all and writes the part. Exit code: 1 when a run failed. */
export async function benchMesh(args: readonly string[]): Promise<number> {
  guardChildren();
  const { rounds, seconds, withTls, out } = readMeshOptions(args);
  const program = compileLoadGenerator();
  const environment: Environment = {
    ...{ ...describeMachine(), date: new Date().toISOString().slice(0, 10), commit: describeCommit() },
    ...{ router: 'node bin/weft.js router --config …', peer: null, rounds, secondsPerRun: seconds, quick: false },
  };
  const all = scenarios(100, 100);
  const chosen = all.filter(({ name }) => name === saturationScenario || name === steadyScenario);
  const crowd = all.filter(({ name }) => name === crowdScenario);
  const options = { program, sasl: 'anonymous', secondsPerRun: seconds, idleSettleMs: 0 } as const;
  const run = async (scenario: Scenario, target: Target, round: number): Promise<Sample> => {
    try {
      return { ...(await measureTraffic(scenario, target, options)), round };
    } catch (error) {
      return {
        ...{ kind: 'fault', scenario: scenario.name, target: target.name },
        round,
        reason: (error as Error).message,
      };
    }
  };
  if (withTls) makeCertificates();
  const last = await startRouter(program, defaultRouterCommand);
  const lines = [];
  const targets: Target[] = [];
  for (const isTls of withTls ? [false, true] : [false]) {
    const line = await startLine(program, isTls);
    lines.push(line);
    targets.push(line.target, ...(await startRelays(program, last.port, isTls)));
  }
  const samples: Sample[] = [];
  // Round 0 warms the compilers up.
  const runAll = async (scenarios: readonly Scenario[], targets: readonly Target[]): Promise<void> => {
    for (let round = 0; round <= rounds; round++) {
      for (const [scenario, target] of scenarios.flatMap((one) => targets.map((target) => [one, target] as const))) {
        const sample = await run(scenario, target, round);
        if (round > 0 || sample.kind === 'fault') samples.push(sample);
        say(`round ${round}  ${JSON.stringify(sample)}`);
      }
    }
  };
  await runAll(chosen, targets);
  for (const line of lines) await line.stop();
  const far = await startFar(program);
  await runAll(crowd, [far.target]);
  await far.stop();
  await stop(last.child);
  const report = composeMeshReport(environment, samples);
  writeSection(out, 'mesh', report);
  process.stdout.write(`\n${report}`);
  return samples.some((sample) => sample.kind === 'fault') ? 1 : 0;
}
