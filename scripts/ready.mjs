// Makes a fresh clone ready for the npm script that follows: installs and builds when needed, else costs a few milliseconds.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const run = (what, args) => {
  process.stderr.write(`${what} …\n`);
  // Standard output belongs to the script that follows (it may be JSON), so everything printed here goes to standard error.
  const { status, error } = spawnSync(npm, args, { stdio: ['ignore', 2, 2] });
  if (error || status !== 0) {
    process.stderr.write(`${what} failed${error ? `: ${error.message}` : ''}\n`);
    process.exit(status || 1);
  }
};
const timeOf = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const newest = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .reduce((latest, entry) => Math.max(latest, timeOf(`${entry.parentPath ?? entry.path}/${entry.name}`)), 0);

const installed = timeOf('node_modules/.package-lock.json');
if (installed === 0 || installed < timeOf('package-lock.json')) {
  // Not `npm ci`: it refuses a lock file that lacks the binaries of other platforms, which npm leaves out where a registry does
  // not carry them. `--no-save` takes the versions of the lock file and changes nothing in the clone.
  run('installing', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
}
const sources = ['src', 'bench', 'fuzz', 'interop', 'scripts'].filter(existsSync);
if (timeOf('dist/.tsbuildinfo') < Math.max(timeOf('tsconfig.json'), ...sources.map(newest))) {
  run('building', ['run', '--silent', 'build']);
}
