import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from './root.ts';

const compiler = process.env['CC'] ?? 'cc';
const hasCompiler = spawnSync(compiler, ['--version']).status === 0;
if (!hasCompiler) process.stderr.write('LEFT OUT: the load generator’s own checks need a C compiler\n');

test.skipIf(!hasCompiler)('histogram and number sets of the load generator count right', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weft-load-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'measure');
  const source = join(root, 'bench', 'load', 'test', 'measure.c');
  const built = spawnSync(compiler, ['-O2', '-std=gnu11', '-Wall', '-Wextra', '-o', program, source], {
    encoding: 'utf8',
  });
  expect(built.stderr).toBe('');
  const run = spawnSync(program, { encoding: 'utf8' });
  expect(run.stdout).toBe('');
  expect(run.status).toBe(0);
});
