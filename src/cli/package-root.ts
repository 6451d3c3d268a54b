// The folder of this package: the built code lies at another depth in it than the source.
import { existsSync } from 'node:fs';

/** Throws when there is none: the code was taken out of its package. */
export function packageRoot(): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) {
    const parent = new URL('..', folder);
    if (parent.href === folder.href) throw new Error('there is no package.json above this code');
    folder = parent;
  }
  return folder;
}
