// The machine and the code that the figures belong to.
import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Environment } from './figures.ts';
import { root } from './root.ts';

function git(...args: string[]): string | null {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** The commit's short name, with what differs from it said; the results file itself does not count. */
export function describeCommit(): string {
  const commit = git('rev-parse', '--short', 'HEAD');
  if (commit === null) return 'unknown (not a git repository)';
  return git('status', '--porcelain', '--', '.', ':!bench/results.md') === '' ? commit : `${commit} with local changes`;
}

/** Processor, memory and system of this machine. */
export function describeMachine(): Pick<
  Environment,
  'cpu' | 'cores' | 'memoryGiB' | 'system' | 'node' | 'loadAverage'
> {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    memoryGiB: totalmem() / 2 ** 30,
    system: `${type()} ${release()}`,
    node: process.version,
    loadAverage: loadavg()[0]!,
  };
}
