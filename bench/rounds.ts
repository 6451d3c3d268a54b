// The order of the runs: A B C A B C … for each scenario of each round, so that whatever else the machine does meanwhile
// falls on all targets alike.
import { stop } from './children.ts';
import type { Sample, Scenario } from './figures.ts';
import { type MeasureOptions, measureIdle, measureTraffic } from './measure.ts';
import { isAlive } from './process-figures.ts';
import { routerLog, startRelayProcess, startRouter, type Target } from './targets.ts';

export interface RoundsOptions extends MeasureOptions {
  readonly rounds: number;
  readonly routerCommand: string;
  readonly peer: Target | null;
  /** Told of every sample as it is taken, with how far the bench is (0 … 1). */
  readonly onSample: (sample: Sample, done: number) => void;
}

async function run(scenario: Scenario, target: Target, round: number, options: RoundsOptions): Promise<Sample> {
  try {
    const measure = scenario.kind === 'idle' ? measureIdle : measureTraffic;
    return { ...(await measure(scenario, target, options)), round };
  } catch (error) {
    const ended = isAlive(target.pid) ? '' : `; its process has ended, its output: ${routerLog}`;
    const reason = `${(error as Error).message}${ended}`;
    return { kind: 'fault', scenario: scenario.name, target: target.name, round, reason };
  }
}

/** Memory is read of a router that did nothing else: what traffic left in its heap would hide the growth. */
async function runIdle(scenario: Scenario, round: number, options: RoundsOptions): Promise<Sample> {
  const router = await startRouter(options.program, options.routerCommand);
  const sample = await run(scenario, router, round, options);
  await stop(router.child);
  return sample;
}

/** Compilers in the router and in the relay have seen the hot code before anything is measured. */
async function warmUp(
  scenarios: readonly Scenario[],
  targets: readonly Target[],
  options: RoundsOptions,
): Promise<void> {
  for (const scenario of scenarios.filter((one) => one.kind === 'traffic').slice(0, 4)) {
    for (const target of targets) await run(scenario, target, 0, options);
  }
}

function* plan(scenarios: readonly Scenario[], rounds: number): Generator<{ round: number; scenario: Scenario }> {
  for (let round = 1; round <= rounds; round++) for (const scenario of scenarios) yield { round, scenario };
}

/**
 * Runs every scenario against every target, `rounds` times. Ends early, with a fault as its last sample, when one of the
 * processes has ended. Throws RouterStartError.
 */
export async function runRounds(scenarios: readonly Scenario[], options: RoundsOptions): Promise<Sample[]> {
  const samples: Sample[] = [];
  const router = await startRouter(options.program, options.routerCommand);
  const relay = await startRelayProcess(options.program, router);
  const peers = options.peer ? [options.peer] : [];
  const targets = [router, relay, ...peers];
  let started = 0;
  const record = (sample: Sample) => {
    samples.push(sample);
    options.onSample(sample, started / (options.rounds * scenarios.length));
  };
  await warmUp(scenarios, targets, options);
  for (const { round, scenario } of plan(scenarios, options.rounds)) {
    started++;
    const idle = scenario.kind === 'idle';
    if (idle) record(await runIdle(scenario, round, options));
    for (const target of idle ? peers : targets) record(await run(scenario, target, round, options));
    if (!targets.every((target) => isAlive(target.pid))) break;
  }
  await stop(relay.child);
  await stop(router.child);
  return samples;
}
