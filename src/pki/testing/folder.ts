// A folder of certificates for one test file, and what tests look at in it.
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** The moment at which tests begin. */
export const start = new Date('2026-03-01T12:00:00Z');
export const daysLater = (days: number): Date => new Date(start.getTime() + days * 86_400_000);

export interface TestFolder {
  /** Not there until a test makes it. */
  readonly dir: string;
  path(name: string): string;
  read(name: string): Promise<string>;
  /** Every file with its mode, every folder (with a slash), sorted: `0600 ca.pem`. */
  list(): Promise<string[]>;
}

/** A new one for each test. */
export function testFolder(): TestFolder {
  let parent = '';
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'weft-pki-'));
  });
  afterEach(() => rm(parent, { recursive: true }));
  const path = (name: string) => join(parent, 'pki', name);
  return {
    get dir() {
      return join(parent, 'pki');
    },
    path,
    read: (name) => readFile(path(name), 'utf8'),
    async list() {
      const entries = await readdir(path('.'), { recursive: true, withFileTypes: true });
      const lines = entries.map(async (entry) => {
        const full = join(entry.parentPath, entry.name);
        const mode = ((await stat(full)).mode & 0o777).toString(8).padStart(4, '0');
        return `${mode} ${relative(path('.'), full)}${entry.isDirectory() ? '/' : ''}`;
      });
      return (await Promise.all(lines)).sort((a, b) => (a.slice(5) < b.slice(5) ? -1 : 1));
    },
  };
}
