import { expect, test } from 'vitest';
import { LogLevel } from './log.ts';
import { LogMemory } from './log-memory.ts';

test('the last thousand lines are remembered, the oldest first', () => {
  const memory = new LogMemory();
  for (let n = 0; n < 2500; n++) memory.keep('SERVER', LogLevel.Info, `line ${n}`, n);
  const all = memory.recent();
  expect(all).toHaveLength(1000);
  expect(all[0]).toEqual({ wallTimeMs: 1500, module: 'SERVER', level: LogLevel.Info, text: 'line 1500' });
  expect(all.at(-1)?.text).toBe('line 2499');
  expect(memory.recent(2).map(({ text }) => text)).toEqual(['line 2498', 'line 2499']);
  expect(memory.recent(0)).toEqual([]);
});

test('a very long line is remembered in part', () => {
  const memory = new LogMemory();
  memory.keep('HTTP', LogLevel.Debug, 'x'.repeat(1_000_000), 0);
  expect(memory.recent()[0]?.text).toHaveLength(2049);
});

test('lines are counted by module and level', () => {
  const memory = new LogMemory();
  memory.count('SERVER', LogLevel.Info);
  memory.count('SERVER', LogLevel.Info);
  memory.count('SERVER', LogLevel.Critical);
  expect(memory.counts('SERVER')).toEqual([0, 0, 2, 0, 0, 0, 1]);
  expect(memory.counts('POLICY')).toEqual([0, 0, 0, 0, 0, 0, 0]);
});
