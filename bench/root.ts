// Where the repository is: this code runs from bench/ (tests) and from dist/bench/ (npm run bench).
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const findRoot = (folder: string): string =>
  existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));

/** Absolute path of the repository. */
export const root = findRoot(dirname(fileURLToPath(import.meta.url)));

/** Where the generator is compiled to, and where logs of measured routers go. Ignored by git. */
export const buildFolder = join(root, 'bench', 'build');
