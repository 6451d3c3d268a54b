// Renews certificates of a folder as far as they need it, without being told whose: those that are there, and of our making. A
// file that is not must not keep all the others from being renewed, so it is left, and told.
import { changePki, type Pki } from './change.ts';
import { type Issued, type IssueOptions, issueEach } from './issue.ts';
import { finishPair, foreignFile, type Leaf } from './leaf.ts';
import { listIdentities, readLeaves } from './leaves.ts';

/** Renews what is due. Throws WEFT_PKI_ABSENT, WEFT_PKI_BUSY, WEFT_PKI_FOREIGN_FILE (ca.pem) and what `openSigner` throws. */
export async function issueDue(dir: string, options: IssueOptions = {}): Promise<Issued[]> {
  return changePki(dir, (pki) => renewEach(pki, options));
}

/** Within a change. Those that were left come last. */
export async function renewEach(pki: Pki, options: IssueOptions): Promise<Issued[]> {
  for (const identity of await listIdentities(pki.dir)) await finishPair(pki.dir, identity);
  const leaves = await readLeaves(pki);
  const own = leaves.filter((leaf) => foreignFile(leaf) === null);
  const issued = await issueEach(
    pki,
    own.map((former) => ({ ...former.identity, former })),
    options,
  );
  return [...issued, ...leaves.flatMap(leave)];
}

function leave(leaf: Leaf): Issued[] {
  const file = foreignFile(leaf);
  if (file === null) return [];
  const { identity, certFile, keyFile, hosts } = leaf;
  return [
    { ...identity, outcome: 'left', reason: `${file.path} ${file.what}`, certFile, keyFile, hosts, notAfter: null },
  ];
}
