// `npm run check`: everything a commit has to pass, in the order in which faults are cheapest to find.
import { spawnSync } from 'node:child_process';

const steps = [
  ['format and lint', 'biome', ['check', '--error-on-warnings', '.']],
  ['types', 'tsc', ['-p', 'tsconfig.json', '--noEmit', '--incremental', 'false']],
  ['dead code', 'knip', []],
  // Without the networks of processes and without a world of its own for each file: `npm test` does both, and takes its time.
  ['rooms and unit tests', 'vitest', ['run', '--reporter=dot', '--exclude', 'interop/**', '--no-isolate']],
];
if (process.argv.includes('--without-tests')) steps.pop();
for (const [what, command, args] of steps) {
  const began = Date.now();
  const { status } = spawnSync(`node_modules/.bin/${command}`, args, { stdio: 'inherit' });
  process.stdout.write(`${status === 0 ? 'ok  ' : 'FAIL'} ${what} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
  if (status !== 0) process.exit(1);
}
