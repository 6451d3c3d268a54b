import { expect, test } from 'vitest';
import { measureConvergence } from './convergence-run.ts';

test('128 routers converge after a cold start and after the loss of one, and messages get through', () => {
  const { ok, breaches, routers, coldStart, loss } = measureConvergence(1, '128');
  expect(breaches).toEqual([]);
  expect([ok, routers]).toEqual([true, 128]);
  // In simulated time: these are no measurements of this machine.
  expect(coldStart.ms).toBeLessThan(500);
  expect(coldStart.messages).toBeLessThan(150_000);
  expect(loss.ms).toBeLessThan(100);
  expect(loss.messages).toBeLessThan(10_000);
}, 120_000);
