// Networks of real router processes in `npm test`: the cases of the interop suite that need no client but rhea.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { guardChildren } from '../child.ts';
import { exploreMachine } from '../programs.ts';
import { describeFault, runCase } from '../run-cases.ts';
import { Watch } from '../watch.ts';
import { World } from '../world.ts';
import { meshCases } from './mesh-cases.ts';

/** More than the runner of cases allows: that one tells more. */
const patienceMs = 120_000;

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

for (const one of meshCases.filter(({ needs = [] }) => needs.length === 0)) {
  test(one.name, { timeout: patienceMs }, async () => {
    const fault = await runCase(one, world, watch);
    if (fault === null) return;
    const report = describeFault(fault, watch, world).join('\n');
    world.abandonCase();
    throw new Error(report, { cause: fault });
  });
}
