// How long check, plan and render take for a mesh of 100 environments, 1,000 teams and 10,000 channels, files and all.
//
//   node dist/bench/mesh-files.js          a fresh process each, as people call it
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { largeMesh, largeSize } from '../src/mesh/testing/large-mesh.ts';

const command = fileURLToPath(new URL('../../bin/weft.js', import.meta.url));
const goalSeconds = 5;
const folder = mkdtempSync(join(tmpdir(), 'weft-mesh-files-'));
const out = join(folder, 'out');

function time(what: string, ...words: string[]): boolean {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [command, 'mesh', ...words], { encoding: 'utf8' });
  const seconds = (performance.now() - began) / 1000;
  const isGood = status === 0 && seconds < goalSeconds;
  const verdict = isGood ? 'ok' : status === 0 ? `slower than ${goalSeconds} s` : stderr.slice(0, 500);
  process.stdout.write(`${what.padEnd(22)} ${seconds.toFixed(2).padStart(6)} s  ${verdict}\n`);
  return isGood;
}

try {
  const { platform, teams } = largeMesh(largeSize);
  mkdirSync(join(folder, 'teams'));
  for (const { name, text } of [platform, ...teams]) writeFileSync(join(folder, name), text);
  const runs = [
    time('check', 'check', folder),
    ...(['systemd', 'local', 'compose', 'kubernetes'] as const).map((target) =>
      time(`render for ${target}`, 'render', folder, '--target', target, '--out', join(out, target)),
    ),
    time('plan', 'plan', folder, '--against', join(out, 'systemd')),
    time('what-if', 'what-if', folder, '--lose', 'env3-1'),
  ];
  process.exitCode = runs.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
