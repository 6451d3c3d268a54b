// Cases of the interop suite as tests of vitest.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import type { Case } from '../case.ts';
import { guardChildren } from '../child.ts';
import { exploreMachine } from '../programs.ts';
import { describeFault, runCase } from '../run-cases.ts';
import { Watch } from '../watch.ts';
import { World } from '../world.ts';

/** More than the runner of cases allows, which tells more. */
const patienceMs = 120_000;

/** For cases that need no client but rhea. A failure shows what the suite would show. */
export function asTests(cases: readonly Case[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'weft-networks-'));
  const watch = new Watch();
  let world: World;
  beforeAll(async () => {
    guardChildren();
    const { programs } = await exploreMachine(folder, new Set());
    world = new World(programs, folder, watch);
  });
  afterAll(() => {
    world.abandonCase();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const one of cases) {
    test(one.name, { timeout: patienceMs }, async () => {
      const fault = await runCase(one, world, watch);
      if (fault === null) return;
      const report = describeFault(fault, watch, world).join('\n');
      world.abandonCase();
      throw new Error(report, { cause: fault });
    });
  }
}
