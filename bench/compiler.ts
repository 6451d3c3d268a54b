// Compiles the load generator with the machine's C compiler. It is the one part of Weft that is not TypeScript: at a
// million messages a second two clients in Node would take the two cores that the router is to be measured on.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildFolder, root } from './root.ts';

/** The machine lacks something that the bench cannot do without; the message says what to install. */
export class MissingToolError extends Error {
  override readonly name = 'MissingToolError';
  readonly code = 'WEFT_BENCH_MISSING_TOOL';
}

const timeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Compiles when the sources are newer than the program. Returns the program's path. Throws MissingToolError. */
export function compileLoadGenerator(): string {
  if (process.platform !== 'linux') {
    throw new MissingToolError(`the bench runs on Linux (epoll, /proc); this is ${process.platform}`);
  }
  const folder = join(root, 'bench', 'load');
  const program = join(buildFolder, 'amqpload');
  const sources = readdirSync(folder).map((name) => join(folder, name));
  if (timeOf(program) > Math.max(...sources.map(timeOf))) return program;
  mkdirSync(buildFolder, { recursive: true });
  const compiler = process.env['CC'] ?? 'cc';
  const files = sources.filter((path) => path.endsWith('.c'));
  const args = ['-O2', '-std=gnu11', '-Wall', '-Wextra', '-o', program, ...files];
  const { error, status, stderr } = spawnSync(compiler, args, { encoding: 'utf8' });
  if (error) {
    throw new MissingToolError(
      `no C compiler: “${compiler}” cannot be run (${error.message}).\n` +
        '  The load generator (bench/load) is written in C and compiled when the bench starts.\n' +
        '  Debian, Ubuntu: apt-get install gcc libc6-dev     Fedora: dnf install gcc     Alpine: apk add gcc musl-dev linux-headers',
    );
  }
  if (status !== 0) throw new MissingToolError(`“${compiler}” could not compile bench/load:\n${stderr}`);
  return program;
}
