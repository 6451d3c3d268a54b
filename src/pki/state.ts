// What a folder of certificates remembers, in ca/state.json: the mesh, how long certificates live, and the part that each
// authority plays. The parts are the state of a rotation:
//
//            trust                      issue                        retire
//   issuing  ─────▶  issuing + next     ─────▶  retiring + issuing   ─────▶  retired, issuing
//
//   next      trusted, signs nothing yet          retiring  trusted, signs nothing any more
//   issuing   trusted, signs                      retired   no longer trusted; its key is destroyed
import { join } from 'node:path';
import { PkiError } from './errors.ts';
import { readIfThere, replaceFile } from './private-files.ts';

export type Role = 'next' | 'issuing' | 'retiring' | 'retired';
const roles: readonly unknown[] = ['next', 'issuing', 'retiring', 'retired'] satisfies Role[];

export interface AuthorityEntry {
  /** From 1, in the order in which they were made. */
  readonly number: number;
  readonly role: Role;
  /** When it took this role: ISO 8601. */
  readonly since: string;
}

export interface PkiState {
  readonly mesh: string;
  readonly leafDays: number;
  readonly authorityDays: number;
  /** Empty only while `init` makes the first one. */
  readonly authorities: readonly AuthorityEntry[];
}

const format = 1;
export const stateFile = (dir: string): string => join(dir, 'ca', 'state.json');

/** Null when the folder holds none. Throws WEFT_PKI_STATE_INVALID. */
export async function readStateIfThere(dir: string): Promise<PkiState | null> {
  const path = stateFile(dir);
  const text = await readIfThere(path);
  if (text === null) return null;
  const state = parse(text);
  if (typeof state !== 'string') return state;
  const remedy = 'Put back the file as it was, from a copy of the folder.';
  throw new PkiError('WEFT_PKI_STATE_INVALID', `${path}: ${state}`, remedy);
}

/** Throws WEFT_PKI_ABSENT, WEFT_PKI_STATE_INVALID. */
export async function readState(dir: string): Promise<PkiState> {
  const state = await readStateIfThere(dir);
  if (state !== null && state.authorities.length > 0) return state;
  const why = state === null ? 'there is no certificate authority' : 'the certificate authority was never finished';
  const name = state?.mesh ?? 'MESH';
  throw new PkiError('WEFT_PKI_ABSENT', `${why} in ${dir}`, `Make one: weft pki init ${name} --dir ${dir}`);
}

export async function writeState(dir: string, state: PkiState): Promise<void> {
  await replaceFile(stateFile(dir), `${JSON.stringify({ format, ...state }, null, 2)}\n`);
}

/** The one authority in a role, null when there is none. */
export function inRole({ authorities }: PkiState, role: Exclude<Role, 'retired'>): AuthorityEntry | null {
  return authorities.find((entry) => entry.role === role) ?? null;
}

/** The authority that signs. */
export function issuingOf(state: PkiState): AuthorityEntry {
  return inRole(state, 'issuing') as AuthorityEntry; // `parse` sees to it
}

/** Those in ca.pem. */
export function trustedOf<Entry extends AuthorityEntry>(authorities: readonly Entry[]): Entry[] {
  return authorities.filter(({ role }) => role !== 'retired');
}

/** The state, or what is wrong with the text. */
function parse(text: string): PkiState | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'this is no JSON';
  }
  if (!isRecord(value)) return 'this is no JSON object';
  if (value['format'] !== format) return `format ${String(value['format'])} is not of this version of Weft (${format})`;
  const { mesh, leafDays, authorityDays, authorities } = value;
  if (typeof mesh !== 'string' || mesh === '') return 'mesh is not a name';
  if (!isCount(leafDays) || !isCount(authorityDays)) return 'leafDays or authorityDays is not a number of days';
  if (!Array.isArray(authorities) || !authorities.every(isEntry)) return 'authorities is not a list of authorities';
  const fault = faultOfRoles(authorities);
  if (fault !== null) return fault;
  return { mesh, leafDays, authorityDays, authorities };
}

function faultOfRoles(authorities: readonly AuthorityEntry[]): string | null {
  if (authorities.length === 0) return null;
  const count = (role: Role) => authorities.filter((entry) => entry.role === role).length;
  if (authorities.some(({ number }, index) => number !== index + 1)) return 'authorities are not numbered from 1';
  if (count('issuing') !== 1) return 'not exactly one authority is issuing';
  if (count('next') + count('retiring') > 1) return 'more than one rotation is under way';
  return null;
}

function isEntry(value: unknown): value is AuthorityEntry {
  if (!isRecord(value)) return false;
  const { number, role, since } = value;
  return isCount(number) && roles.includes(role) && typeof since === 'string' && !Number.isNaN(Date.parse(since));
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
