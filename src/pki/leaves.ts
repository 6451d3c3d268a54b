// Which routers and applications have certificates in a folder: what is there is what counts, there is no list beside it.
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pki } from './change.ts';
import { describe, PkiError, systemCode } from './errors.ts';
import { foldersOf, type Identity, type Kind } from './identity.ts';
import { type Leaf, readLeaf } from './leaf.ts';

/** By kind and name: routers first. */
export async function listIdentities(dir: string): Promise<Identity[]> {
  const routers = await foldersIn(join(dir, foldersOf.router));
  const teams = await foldersIn(join(dir, foldersOf.app));
  const applications = await Promise.all(
    teams.map(async (team) => (await foldersIn(join(dir, foldersOf.app, team))).map((name) => `${team}/${name}`)),
  );
  const make =
    (kind: Kind) =>
    (name: string): Identity => ({ kind, name });
  return [...routers.map(make('router')), ...applications.flat().map(make('app'))];
}

/** All that have a certificate or a key. */
export async function readLeaves({ dir, state, authorities }: Pki): Promise<Leaf[]> {
  const leaves: Leaf[] = [];
  for (const identity of await listIdentities(dir)) {
    const leaf = await readLeaf(dir, state.mesh, authorities, identity);
    if (leaf !== null) leaves.push(leaf);
  }
  return leaves;
}

/** Sorted; none when the folder is not there. */
async function foldersIn(path: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    const remedy = 'Give the folder of certificates with --dir, and run the command as the user whose files these are.';
    throw new PkiError('WEFT_PKI_UNREADABLE', `cannot read ${path}: ${describe(error)}`, remedy, error);
  }
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return folders.map(({ name }) => name).sort();
}
