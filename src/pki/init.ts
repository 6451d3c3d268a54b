// Makes the certificate authority of a mesh in a folder. The state is written first: it marks the folder as ours, so that an
// attempt which was cut off can be told from a person's own files, and is brought to its end by the next one.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFile, ensureAuthority } from './authorities.ts';
import { changeRoles, lockFile, openPki, type Pki, settle } from './change.ts';
import { PkiError, systemCode } from './errors.ts';
import { checkMeshName } from './identity.ts';
import { limits } from './limits.ts';
import { withLock } from './lock.ts';
import { foreign, orUnwritable, readIfThere } from './private-files.ts';
import { type PkiState, readStateIfThere, stateFile, writeState } from './state.ts';

export interface InitOptions {
  readonly mesh: string;
  /** Whole days; the defaults are those of `limits`. */
  readonly leafDays?: number;
  readonly authorityDays?: number;
  readonly now?: Date;
}

/**
 * Makes `dir` (0700), its first authority and ca.pem. Throws WEFT_PKI_EXISTS when there is one, WEFT_PKI_FOREIGN_FILE when the
 * folder holds what could be a person's own authority, WEFT_PKI_NAME_INVALID, WEFT_PKI_BUSY, WEFT_PKI_UNWRITABLE.
 */
export async function initPki(dir: string, options: InitOptions): Promise<Pki> {
  const { mesh, leafDays = limits.leafDays, authorityDays = limits.authorityDays, now = new Date() } = options;
  checkMeshName(mesh);
  if ((await readStateIfThere(dir)) === null) await checkEmpty(dir);
  await orUnwritable(dir, () => mkdir(join(dir, 'ca'), { recursive: true, mode: 0o700 }));
  return withLock(lockFile(dir), async () => {
    const former = await readStateIfThere(dir);
    if (former !== null && former.authorities.length > 0) throw exists(dir, former);
    const state: PkiState = { mesh, leafDays, authorityDays, authorities: [] };
    await writeState(dir, state);
    await ensureAuthority(dir, state, 1, now);
    const pki = await changeRoles({ dir, state, authorities: [] }, { 1: 'issuing' }, now);
    await settle(pki);
    return pki;
  });
}

/** As {@link initPki}, but an authority that is there already, of the same mesh, is taken as it is. */
export async function ensurePki(dir: string, options: InitOptions): Promise<Pki> {
  const former = await readStateIfThere(dir);
  if (former === null || former.authorities.length === 0) return initPki(dir, options);
  if (former.mesh !== options.mesh) throw exists(dir, former);
  return openPki(dir);
}

/** Neither ca.pem nor anything in ca/ but what a first attempt leaves before its state. */
async function checkEmpty(dir: string): Promise<void> {
  if ((await readIfThere(bundleFile(dir))) !== null) throw foreign({ path: bundleFile(dir), what: 'is there already' });
  const folder = join(dir, 'ca');
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw foreign({ path: folder, what: `cannot be used (${systemCode(error)})` });
  });
  const strange = names.find((name) => !/^(lock(\.judge)?|state\.json\.weft-new)$/.test(name));
  if (strange !== undefined) throw foreign({ path: join(folder, strange), what: 'is there already' });
}

function exists(dir: string, { mesh }: PkiState): PkiError {
  return new PkiError(
    'WEFT_PKI_EXISTS',
    `${stateFile(dir)} is there already: ${dir} holds the certificate authority of ${mesh}`,
    `See it: weft pki status --dir ${dir}. To replace the authority: weft pki rotate --dir ${dir}`,
  );
}
