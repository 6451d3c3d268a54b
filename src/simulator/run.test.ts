import { describe, expect, test } from 'vitest';
import { runSeed } from './run.ts';
import { smallTopologies } from './topology/shapes.ts';

describe('a run', () => {
  test('is the same, event for event, for the same seed', () => {
    for (const seed of [1, 2, 3]) {
      const first = runSeed(seed);
      runSeed(seed + 100);
      const second = runSeed(seed);
      expect(second.digest).toBe(first.digest);
      expect(second).toEqual(first);
    }
  });

  test.each(smallTopologies)('in the topology %s is the same again, and finds nothing wrong', (topology) => {
    for (let seed = 1; seed <= 6; seed++) {
      const verdict = runSeed(seed, { topology });
      expect(verdict.breaches).toEqual([]);
      if (seed === 1) expect(runSeed(seed, { topology })).toEqual(verdict);
    }
  });

  test('that chooses its topology is the run of that topology', () => {
    const { topology, digest } = runSeed(7);
    expect(runSeed(7, { topology }).digest).toBe(digest);
  });

  test('is the same whether somebody reads what happens or not', () => {
    const lines: string[] = [];
    expect(runSeed(4, { write: (line) => lines.push(line) }).digest).toBe(runSeed(4).digest);
    expect(lines.length).toBeGreaterThan(100);
  });

  test('is another for another seed', () => {
    const digests = new Set([1, 2, 3, 2 ** 40 + 1].map((seed) => runSeed(seed).digest));
    expect(digests.size).toBe(4);
  });

  test('finds nothing wrong with the router', () => {
    const verdicts = Array.from({ length: 40 }, (_, at) => runSeed(1_000 + at));
    expect(verdicts.filter(({ ok }) => !ok)).toEqual([]);
    const sum = (of: 'messages' | 'deliveries' | 'outcomes' | 'faults') =>
      verdicts.reduce((total, { figures }) => total + figures[of], 0);
    // A simulator in which nothing happens finds nothing, too.
    expect(sum('messages')).toBeGreaterThan(5_000);
    expect(sum('deliveries')).toBeGreaterThan(5_000);
    expect(sum('outcomes')).toBeGreaterThan(3_000);
    expect(sum('faults')).toBeGreaterThan(100);
  });

  test('reports an error of the router as a breach, with the way there', () => {
    const { ok, breaches } = runSeed(5, {
      tamper: ({ core }) => {
        core.consumerCame = () => {
          throw new Error('on purpose');
        };
      },
    });
    expect(ok).toBe(false);
    expect(breaches[0]?.promised).toBe('crash');
    expect(breaches[0]?.text).toMatch(/on purpose[\s\S]*attach/);
  });
});
