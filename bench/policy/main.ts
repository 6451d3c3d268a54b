// `npm run bench -- policy`: what policy costs a message. The same traffic through a router without policy and one with it, by turns.
import { parseArgs } from 'node:util';
import { guardChildren, stop } from '../children.ts';
import { compileLoadGenerator } from '../compiler.ts';
import { describeCommit, describeMachine } from '../environment.ts';
import type { Environment, Sample, Scenario } from '../figures.ts';
import { measureTraffic } from '../measure.ts';
import { UsageError } from '../options.ts';
import { writeSection } from '../results-file.ts';
import { saturationScenario, scenarios, steadyScenario } from '../scenarios.ts';
import type { Target } from '../targets.ts';
import { composePolicyReport, policyScenarios, propertiesScenario } from './report.ts';
import { startPoliced, startUnpoliced } from './targets.ts';

const policyUsage = `npm run bench -- policy [options]

  --rounds N     rounds, each with processes of its own (default 15)
  --seconds S    length of each run (default 2)
  --out FILE     whose part “policy” is written (default: bench/results.md)
`;

const say = (line: string) => process.stderr.write(`${line}\n`);

function readPolicyOptions(args: readonly string[]) {
  const options = {
    rounds: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '2' },
    out: { type: 'string', default: 'bench/results.md' },
  } as const;
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    const read = { rounds: Number(values.rounds), seconds: Number(values.seconds), out: values.out };
    if (!Number.isInteger(read.rounds) || read.rounds < 1 || !(read.seconds > 0))
      throw new Error('--rounds and --seconds are numbers above 0');
    return read;
  } catch (error) {
    throw new UsageError((error as Error).message, policyUsage);
  }
}

/** Runs it all and writes the part. Exit code: 1 when a run failed. */
export async function benchPolicy(args: readonly string[]): Promise<number> {
  guardChildren();
  const { rounds, seconds, out } = readPolicyOptions(args);
  const program = compileLoadGenerator();
  const environment: Environment = {
    ...{ ...describeMachine(), date: new Date().toISOString().slice(0, 10), commit: describeCommit() },
    ...{ router: 'node bin/weft.js router -c …', peer: null, rounds, secondsPerRun: seconds, quick: false },
  };
  const options = { program, sasl: 'anonymous', secondsPerRun: seconds, idleSettleMs: 0 } as const;
  const run = async (scenario: Scenario, target: Target, round: number): Promise<Sample> => {
    try {
      return { ...(await measureTraffic(scenario, target, options)), round };
    } catch (error) {
      const reason = (error as Error).message;
      return { kind: 'fault', scenario: scenario.name, target: target.name, round, reason };
    }
  };
  const all = scenarios(100, 100);
  const plain = all.find(({ name }) => name === saturationScenario) as Scenario;
  const chosen = [
    ...all.filter(({ name }) => policyScenarios.includes(name) || name === steadyScenario),
    { ...plain, name: propertiesScenario, properties: true },
  ];
  const samples: Sample[] = [];
  // Each round has processes of its own, for what a process's compiler makes of the hot code differs by more than policy
  // costs. Who goes first changes from round to round.
  for (let round = 1; round <= rounds; round++) {
    const pair = [await startUnpoliced(program), await startPoliced(program)];
    const targets = round % 2 === 0 ? pair : [...pair].reverse();
    for (const target of targets) await run(plain, target, 0); // warms it up
    for (const scenario of chosen) {
      for (const target of targets) {
        const sample = await run(scenario, target, round);
        samples.push(sample);
        say(`round ${round}  ${JSON.stringify(sample)}`);
      }
    }
    for (const { child } of pair) await stop(child);
  }
  const report = composePolicyReport(environment, samples);
  writeSection(out, 'policy', report);
  process.stdout.write(`\n${report}`);
  return samples.some((sample) => sample.kind === 'fault') ? 1 : 0;
}
