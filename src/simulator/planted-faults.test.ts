// Each checker is proved: faults planted into the routers are found. A fault that no run provokes would show that the
// simulated clients have stopped doing what they were made for.
import { describe, expect, test } from 'vitest';
import { runSeed } from './run.ts';
import { plantedFaults } from './testing/planted-faults.ts';
import { plantedMeshFaults } from './testing/planted-mesh-faults.ts';

const seedsMax = 1_000;
const faults = [...plantedFaults.map((fault) => ({ ...fault, topology: 'single' as const })), ...plantedMeshFaults];

describe('a planted fault is found', () => {
  test.each(faults)('$name', { timeout: 300_000 }, ({ topology, plant, breaks }) => {
    for (let seed = 1; seed <= seedsMax; seed++) {
      const { ok, breaches } = runSeed(seed, { topology, tamper: plant });
      if (ok) continue;
      expect(breaks).toContain(breaches[0]?.promised);
      return;
    }
    expect.fail(`not found in ${seedsMax} seeds`);
  });
});
