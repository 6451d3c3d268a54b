// A change of a folder: under its lock, and with whatever an earlier one left undone brought to its end first. Every step
// writes what it makes before the state says so (a new authority is in ca.pem before it is `next`), or the state before what
// follows from it (a retired authority leaves ca.pem); so the state alone tells what is still to be done.
import { join } from 'node:path';
import { type Authority, bundleOf, destroyRetiredKeys, readAuthorities, writeBundle } from './authorities.ts';
import { withLock } from './lock.ts';
import { type AuthorityEntry, type PkiState, type Role, readState, writeState } from './state.ts';

export interface Pki {
  readonly dir: string;
  readonly state: PkiState;
  readonly authorities: readonly Authority[];
}

export const lockFile = (dir: string): string => join(dir, 'ca', 'lock');

/** As it is, without a lock. Throws WEFT_PKI_ABSENT and what reading throws. */
export async function openPki(dir: string): Promise<Pki> {
  const state = await readState(dir);
  return { dir, state, authorities: await readAuthorities(dir, state) };
}

/** Throws WEFT_PKI_BUSY, what {@link openPki} and {@link settle} throw, and what `change` throws. */
export async function changePki<T>(dir: string, change: (pki: Pki) => Promise<T>): Promise<T> {
  await readState(dir); // a folder that holds none gets no lock
  return withLock(lockFile(dir), async () => {
    const pki = await openPki(dir);
    await settle(pki);
    return change(pki);
  });
}

/** Brings the files to what the state says. Throws WEFT_PKI_FOREIGN_FILE, WEFT_PKI_UNWRITABLE. */
export async function settle({ dir, state, authorities }: Pki): Promise<void> {
  await writeBundle(dir, authorities, bundleOf(authorities));
  await destroyRetiredKeys(dir, state);
}

/** Writes the state with the roles given by number of authority, and reads it back. */
export async function changeRoles(pki: Pki, roles: Readonly<Record<number, Role>>, now: Date): Promise<Pki> {
  const since = now.toISOString();
  const known = new Map<number, AuthorityEntry>(pki.state.authorities.map((entry) => [entry.number, entry]));
  for (const [number, role] of Object.entries(roles))
    known.set(Number(number), { number: Number(number), role, since });
  const authorities = [...known.values()].sort((a, b) => a.number - b.number);
  await writeState(pki.dir, { ...pki.state, authorities });
  return openPki(pki.dir);
}
