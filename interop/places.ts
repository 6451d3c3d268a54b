// Where things are: this code runs from dist/interop/, or from interop/ in the tests of `npm test`; what it starts is built. The
// programs of other languages stay in interop/clients/.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const findRoot = (folder: string): string =>
  existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));

/** Absolute path of the repository. */
export const root = findRoot(here);

/** The command `weft`. */
export const weftProgram = join(root, 'bin', 'weft.js');

/** Sources of the clients that are not TypeScript. */
export const clientSources = join(root, 'interop', 'clients');

/** The client on rhea, compiled. */
export const rheaProgram = join(root, 'dist', 'interop', 'clients', 'rhea.js');
