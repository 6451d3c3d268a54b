import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LatencyWindow, percentilesOf } from './latency-window.ts';
import { RateWindow } from './rate-window.ts';

describe('a rate window', () => {
  test('knows no rate before it has seen two moments', () => {
    const window = new RateWindow();
    expect(window.perSecond).toBe(0);
    window.add(1000, 50);
    window.add(2000, 50);
    expect(window.perSecond).toBe(0);
  });

  test('gives back a steady rate whatever the rhythm of the samples', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 2, maxLength: 100 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 100_000 }), (gaps, rate) => {
        const window = new RateWindow();
        let nowMs = 0;
        for (const gap of gaps) {
          nowMs += gap;
          window.add((nowMs * rate) / 1000, nowMs);
        }
        expect(window.perSecond).toBeCloseTo(rate, 5);
      }),
    );
  });

  test('forgets what happened before its window', () => {
    const window = new RateWindow(5000);
    for (let nowMs = 0; nowMs <= 10_000; nowMs += 250) window.add(nowMs, nowMs); // 1000 a second
    for (let nowMs = 10_250; nowMs <= 15_250; nowMs += 250) window.add(10_000, nowMs); // and then silence
    expect(window.perSecond).toBe(0);
  });
});

describe('a latency window', () => {
  test('forgets samples by and by, and keeps a bounded number', () => {
    const window = new LatencyWindow(10_000, 3);
    for (let second = 0; second < 30; second++) window.add([second, second, second, second], second * 1000);
    expect(Math.min(...window.samplesMs(29_000))).toBe(20);
    expect(window.samplesMs(29_000)).toHaveLength(10 * 3);
    expect(window.samplesMs(50_000)).toEqual([]);
  });
});

describe('percentiles', () => {
  test('are samples that so many others do not exceed', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (samples) => {
        const percentiles = percentilesOf(samples);
        for (const [share, value] of [
          [0.5, percentiles?.p50],
          [0.99, percentiles?.p99],
        ] as const) {
          expect(samples).toContain(value);
          expect(samples.filter((one) => one <= (value as number)).length).toBeGreaterThanOrEqual(
            share * samples.length,
          );
        }
      }),
    );
  });

  test('of no samples are none', () => expect(percentilesOf([])).toBeNull());
});
