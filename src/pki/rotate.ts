// Replaces the authority of a running mesh, by overlap. Three steps, each of which may be run again, and goes on where it was
// cut off:
//
//   trust    a new authority is made, and stands in ca.pem beside the old one. It signs nothing yet.
//   issue    from now on the new one signs; every certificate of the old one is made anew.
//   retire   the old one leaves ca.pem, and its key is destroyed.
//
// Between them lies what this folder cannot see, so a person (or `weft up`) must say it: before `issue`, that everybody has the
// new ca.pem; before `retire`, that every connection made under the old authority has been made anew.
import { bundleOf, ensureAuthority, readAuthorities, writeBundle } from './authorities.ts';
import { changePki, changeRoles, type Pki, settle } from './change.ts';
import { PkiError } from './errors.ts';
import { describeIdentity } from './identity.ts';
import type { Issued } from './issue.ts';
import { finishPair } from './leaf.ts';
import { listIdentities, readLeaves } from './leaves.ts';
import { renewEach } from './renew.ts';
import { inRole, issuingOf, type PkiState } from './state.ts';

export interface RotationStep {
  /** False when the step had been done before. */
  readonly isChange: boolean;
  /** The authorities that it is about; `from` is the one that goes. */
  readonly from: number;
  readonly to: number;
}

/** Step 1; with a rotation under way nothing is begun anew. Throws what `changePki` throws. */
export async function trustNext(dir: string, now = new Date()): Promise<RotationStep> {
  return changePki(dir, async (pki) => {
    const { state } = pki;
    const begun = rotationOf(state);
    if (begun !== null) return { isChange: false, ...begun };
    const from = issuingOf(state).number;
    const to = state.authorities.length + 1;
    await ensureAuthority(dir, state, to, now);
    const entry = { number: to, role: 'next', since: now.toISOString() } as const;
    const authorities = await readAuthorities(dir, { ...state, authorities: [...state.authorities, entry] });
    // Before the state says `next`: what `issue` begins with is trusted already.
    await writeBundle(dir, authorities, bundleOf(authorities));
    await changeRoles(pki, { [to]: 'next' }, now);
    return { isChange: true, from, to };
  });
}

/** Step 2. Throws WEFT_PKI_NO_ROTATION before step 1, and what `issueAll` throws. */
export async function issueByNext(dir: string, now = new Date()): Promise<RotationStep & { issued: Issued[] }> {
  return changePki(dir, async (pki) => {
    const begun = rotationOf(pki.state);
    if (begun === null) throw noRotation(dir, 'no new authority is trusted yet, so none may sign');
    const isNext = inRole(pki.state, 'next') !== null;
    const changed = isNext ? await changeRoles(pki, { [begun.from]: 'retiring', [begun.to]: 'issuing' }, now) : pki;
    const issued = await renewEach(changed, { now });
    return { isChange: isNext || issued.some(({ outcome }) => outcome === 'renewed'), ...begun, issued };
  });
}

/**
 * Step 3, once the caller knows that no connection is left that was made under the old authority. Throws WEFT_PKI_STILL_IN_USE
 * while certificates of it are in the folder, WEFT_PKI_NO_ROTATION before step 2, and what `changePki` throws.
 */
export async function retireFormer(dir: string, now = new Date()): Promise<RotationStep> {
  return changePki(dir, async (pki) => {
    const former = inRole(pki.state, 'retiring');
    if (former === null) return alreadyRetired(dir, pki.state);
    for (const identity of await listIdentities(dir)) await finishPair(dir, identity);
    await checkUnused(pki, former.number);
    const changed = await changeRoles(pki, { [former.number]: 'retired' }, now);
    await settle(changed);
    return { isChange: true, from: former.number, to: issuingOf(pki.state).number };
  });
}

/** The rotation under way, null when there is none. */
export function rotationOf(state: PkiState): { from: number; to: number } | null {
  const issuing = issuingOf(state).number;
  const [next, retiring] = [inRole(state, 'next'), inRole(state, 'retiring')];
  if (next !== null) return { from: issuing, to: next.number };
  return retiring === null ? null : { from: retiring.number, to: issuing };
}

/** A step that was cut off behind its state was brought to its end by `changePki`; then there is nothing left to do. */
function alreadyRetired(dir: string, state: PkiState): RotationStep {
  const to = issuingOf(state).number;
  const last = state.authorities.findLast(({ role }) => role === 'retired');
  if (last === undefined || inRole(state, 'next') !== null)
    throw noRotation(dir, 'the new authority has signed nothing yet');
  return { isChange: false, from: last.number, to };
}

async function checkUnused(pki: Pki, former: number): Promise<void> {
  const users = (await readLeaves(pki)).filter(({ issuer }) => issuer?.number === former);
  if (users.length === 0) return;
  const names = users.map(({ identity }) => describeIdentity(identity));
  throw new PkiError(
    'WEFT_PKI_STILL_IN_USE',
    `authority ${former} cannot be retired: certificates of it are in use by ${names.join(', ')}`,
    `Make them anew: weft pki rotate --issue --dir ${pki.dir}. What nobody uses any more: remove its folder.`,
  );
}

function noRotation(dir: string, message: string): PkiError {
  const remedy = `The steps: weft pki rotate, then --issue, then --retire. See where it stands: weft pki status --dir ${dir}`;
  return new PkiError('WEFT_PKI_NO_ROTATION', message, remedy);
}
