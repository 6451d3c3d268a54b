import { expect, test } from 'vitest';
import { composeVerdict, isPassed, type SoakResult } from './verdict.ts';

const sound: SoakResult = {
  ...{
    seconds: 30,
    seed: 7,
    breaches: [],
    troubles: [],
    messages: 10,
    volume: 1_000_000,
    longestWaitMs: 12,
    outstanding: 0,
  },
  ...{ outcomes: { accepted: 1, rejected: 2, released: 3, modified: 4 }, killedSenders: 5, routerFault: null },
  held: [{ passed: 10_000_000, reached: true }],
  memory: { firstBytes: 90e6, lastBytes: 95e6, allowedBytes: 127e6, flat: true },
};

test('a sound soak passes and says the seed and what passed behind the held delivery', () => {
  expect(isPassed(sound)).toBe(true);
  const text = composeVerdict(sound).join('\n');
  expect(text).toContain('seed 7: PASSED');
  expect(text).toContain('10,000,000 settled backwards behind it; its late outcome reached its sender');
  expect(text).not.toContain('✗');
});

test.each<[string, Partial<SoakResult>]>([
  ['a breach', { breaches: [{ promise: 4, what: 'twice' }] }],
  ['a trouble', { troubles: ['a link was refused'] }],
  ['an outstanding message', { outstanding: 1 }],
  ['a held delivery that was lost', { held: [{ passed: 10, reached: false }] }],
  ['no held delivery at all', { held: [] }],
  ['growing memory', { memory: { ...sound.memory!, flat: false } }],
  ['a router that ended', { routerFault: 'ended by itself' }],
])('%s fails the soak, and the verdict shows it', (_, change) => {
  const result = { ...sound, ...change };
  expect(isPassed(result)).toBe(false);
  expect(composeVerdict(result).join('\n')).toMatch(/✗|troubles/);
});

test('only the first breaches are listed, and the rest counted', () => {
  const breaches = Array.from({ length: 25 }, (_, at) => ({ promise: 3 as const, what: `fault ${at}` }));
  const text = composeVerdict({ ...sound, breaches }).join('\n');
  expect(text).toContain('fault 19');
  expect(text).not.toContain('fault 20');
  expect(text).toContain('… and 5 more');
});
