// Deliberate faults are found within a bounded number of executions.
import { describe, expect, test } from 'vitest';
import type { Check } from './codec/checks.ts';
import { Coverage } from './coverage.ts';
import { examine } from './find.ts';
import { Fuzzer } from './fuzzer.ts';
import { minimise } from './minimise.ts';
import type { Target } from './target.ts';

type Fault = 'withBelievedLength' | 'withBelievedDigits';

/** The codec with a fault in one of its checks; call it when coverage is counted already. */
async function faulty(fault: Fault, where: string): Promise<Target> {
  const { codecTarget } = await import('./codec/codec-target.ts');
  const faults = await import('./testing/planted-faults.ts');
  return codecTarget((check: Check, name) => (name === where ? faults[fault](check) : check));
}

function fuzz(target: Target, coverage: Coverage | null, executionsMax: number): Fuzzer {
  const fuzzer = new Fuzzer(target, { seed: 1, coverage, corpus: [], batchSize: 256, singles: 4 });
  fuzzer.start();
  while (fuzzer.executions < executionsMax && fuzzer.finds.length === 0) fuzzer.round();
  return fuzzer;
}

describe('the fuzzer', () => {
  test('finds a planted decoder fault, and makes its input small', async () => {
    const coverage = new Coverage((url) => /\/(src\/amqp|fuzz\/testing)\//.test(url));
    const target = await faulty('withBelievedLength', 'performative');
    const [find] = fuzz(target, coverage, 150_000).finds;
    coverage.stop();
    expect(find?.signature).toContain('PlantedFault');
    const isSame = (input: Uint8Array): boolean => examine(target, input)?.signature === find?.signature;
    const small = minimise(find?.input as Uint8Array, target.split, isSame);
    expect(isSame(small)).toBe(true);
    // The check, the descriptor, and just enough bytes.
    expect(small.length).toBe(1 + 21);
  });

  test('is led by coverage to a fault that it does not come by blindly', async () => {
    const coverage = new Coverage((url) => url.includes('/fuzz/testing/'));
    const deep = await faulty('withBelievedDigits', 'value');
    // From a decimal of zeros on.
    const target = { ...deep, seeds: () => [Uint8Array.of(0, 0x94, ...new Uint8Array(16))] };
    const { finds } = fuzz(target, coverage, 40_000);
    coverage.stop();
    expect(finds.map(({ signature }) => signature)).toEqual([expect.stringContaining('PlantedFault')]);
    expect(fuzz(target, null, 40_000).finds).toEqual([]);
  });
});
