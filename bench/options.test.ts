import { expect, test } from 'vitest';
import { readOptions, UsageError } from './options.ts';

test('a whole bench takes five rounds and writes the results', () => {
  expect(readOptions([])).toMatchObject({ rounds: 5, out: 'bench/results.md', peer: null, sasl: 'anonymous' });
});

test('a part of the bench, or a quick one, does not overwrite the results unasked', () => {
  expect(readOptions(['--only', 'idle'])!.out).toBeNull();
  expect(readOptions(['--quick'])).toMatchObject({ rounds: 1, out: null });
  expect(readOptions(['--quick', '--out', 'x.md'])!.out).toBe('x.md');
});

test('a peer is a host, a port and a process', () => {
  const options = readOptions(['--peer', '[::1]:5672', '--peer-pid', '4711'])!;
  expect(options.peer).toEqual({ host: '::1', port: 5672, pid: 4711, name: '[::1]:5672' });
  const named = readOptions(['--peer', 'h:1', '--peer-pid', '2', '--peer-name', 'qdrouterd 1.19'])!;
  expect(named.peer?.name).toBe('qdrouterd 1.19');
});

test.each([
  [['--rounds', '0']],
  [['--rounds', '1.5']],
  [['--seconds', 'x']],
  [['--peer', 'localhost:5672']],
  [['--peer', 'localhost', '--peer-pid', '1']],
  [['--sasl', 'PLAIN']],
  [['--unknown']],
])('%j is refused', (args) => {
  expect(() => readOptions(args)).toThrow(UsageError);
});

test('--help is no fault', () => {
  expect(readOptions(['--help'])).toBeNull();
});
