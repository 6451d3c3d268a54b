// The version of this package, from its package.json.
import { readFileSync } from 'node:fs';
import { packageRoot } from './package-root.ts';

export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot()), 'utf8')) as { version: string };
  return version;
}
