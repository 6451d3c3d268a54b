import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RandomTraffic } from './testing/random-traffic.ts';

test('whatever clients do, every message ends in one outcome that is true, and nothing is left behind', () => {
  const number = fc.nat(10_000);
  const step = fc.record({ what: number, a: number, b: number });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 250, size: 'max' }), (steps) => {
      const traffic = new RandomTraffic();
      for (let count = 0; count < 3; count++) traffic.do({ what: 0, a: count, b: count });
      for (const one of steps) traffic.do(one);
      if (steps.length % 5 === 0) {
        expect([...traffic.drain(), ...traffic.leave()]).toEqual([]);
        return;
      }
      traffic.finish();
      expect([...traffic.faults(), ...traffic.leave()]).toEqual([]);
    }),
    {
      numRuns: Number(process.env['RUNS'] ?? 40),
      ...(process.env['SEED'] ? { seed: Number(process.env['SEED']) } : {}),
    },
  );
});
