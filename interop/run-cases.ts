// Runs cases one after the other, and says what became of each.
import type { Case, Need } from './case.ts';
import { Watch } from './watch.ts';
import type { Programs } from './world.ts';
import { World } from './world.ts';

/** The longest a case may take, whatever it waits for. */
const caseMs = 90_000;
const reported = 30;
const reportedOfLog = 40;

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** Names of cases that were left out, by what they need. */
  readonly leftOut: Map<Need, string[]>;
}

export interface Surroundings {
  readonly programs: Programs;
  readonly missing: ReadonlyMap<Need, string>;
  readonly folder: string;
  readonly verbose: boolean;
  say(line: string): void;
}

export async function runCases(cases: readonly Case[], around: Surroundings): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0, leftOut: new Map() };
  const watch = new Watch();
  if (around.verbose) watch.onNote = (line) => around.say(`       ${line}`);
  const world = new World(around.programs, around.folder, watch);
  for (const one of cases) {
    const lacking = one.needs?.find((need) => around.missing.has(need));
    if (lacking !== undefined) {
      tally.skipped++;
      tally.leftOut.set(lacking, [...(tally.leftOut.get(lacking) ?? []), one.name]);
      around.say(`left out  ${one.name}: ${around.missing.get(lacking)}`);
      continue;
    }
    const began = performance.now();
    const fault = await runCase(one, world, watch);
    const ms = Math.round(performance.now() - began);
    around.say(`${fault === null ? 'ok  ' : 'FAIL'}  ${one.name} (${ms} ms)`);
    if (fault === null) tally.passed++;
    else {
      tally.failed++;
      for (const line of describeFault(fault, watch, world)) around.say(`      ${line}`);
      world.abandonCase();
    }
  }
  world.abandonCase();
  return tally;
}

/** Runs one to its end, the closing of what it opened included. @returns what was wrong, or null */
export async function runCase(one: Case, world: World, watch: Watch): Promise<Error | null> {
  watch.clear();
  try {
    await within(caseMs, async () => {
      await one.run(world);
      await world.endCase();
    });
    return watch.disaster;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function within(ms: number, act: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${ms} ms`)), ms);
  });
  await Promise.race([act(), late]).finally(() => clearTimeout(timer));
}

/** What to print of a case that failed: the fault, the last happenings, and the logs of its routers if it had several. */
export function describeFault(fault: Error, watch: Watch, world: World): string[] {
  const [place] = /interop[/\\](?:themes|mesh)[/\\][^\s)]+/.exec(fault.stack ?? '') ?? [''];
  return [
    ...fault.message.split('\n'),
    ...(place === '' ? [] : [`at ${place}`]),
    'seen last:',
    ...watch.seen.slice(-reported).map((line) => `  ${line}`),
    ...world.networkLogs.flatMap(({ id, log }) => [
      `log of router ${id}:`,
      ...log.slice(-reportedOfLog).map((line) => `  ${line}`),
    ]),
  ];
}
