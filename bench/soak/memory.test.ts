import { expect, test } from 'vitest';
import { judgeMemory } from './memory.ts';

const readings = (bytesAt: (second: number) => number) =>
  Array.from({ length: 600 }, (_, second) => ({ atMs: second * 1000, bytes: bytesAt(second) }));

test('growth while warming up, and the saw of a garbage collector, are flat', () => {
  const saw = (second: number) => Math.min(second, 100) * 1e6 + (second % 20) * 2e6;
  expect(judgeMemory(readings(saw))!.flat).toBe(true);
});

test('a steady leak is not flat', () => {
  const verdict = judgeMemory(readings((second) => 100e6 + second * 0.15e6))!;
  expect(verdict.flat).toBe(false);
  expect(verdict.lastBytes).toBeGreaterThan(verdict.allowedBytes);
});

test('a handful of readings says nothing', () => {
  expect(judgeMemory(readings(() => 1).slice(0, 10))).toBeNull();
});
