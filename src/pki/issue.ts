// Gives routers and applications their certificates. What is good stays as it is, so the same call may be made as often as one
// likes: by a person, by a timer, by whatever starts a mesh.
import type { X509Certificate } from 'node:crypto';
import { type Authority, openSigner, parseCertificate } from './authorities.ts';
import { changePki, type Pki } from './change.ts';
import { PkiError } from './errors.ts';
import { normaliseHosts } from './hosts.ts';
import { describeIdentity, type Identity, type Kind, makeIdentity } from './identity.ts';
import { filesOf, finishPair, foreignFile, type Leaf, readLeaf, writePair } from './leaf.ts';
import { listIdentities } from './leaves.ts';
import { limits } from './limits.ts';
import { foreign } from './private-files.ts';
import { issuingOf } from './state.ts';
import { makeLeaf, type Signer } from './x509.ts';

/** Somebody who is to have a certificate. */
export interface Wanted {
  readonly kind: Kind;
  /** The id of a router, or TEAM/APP. */
  readonly name: string;
  /** Names and addresses by which others dial a router. Left out: those of the certificate that it has. None for an app. */
  readonly hosts?: readonly string[];
}

export interface IssueOptions {
  /** Days that new ones are good for; left out: `leafDays` of the folder. */
  readonly days?: number;
  /** Make new ones of those that are good, too. */
  readonly renew?: boolean;
  readonly now?: Date;
}

export interface Issued extends Identity {
  /** `left`: it is not of our making, and was not touched; only where nobody asked for it by name. */
  readonly outcome: 'issued' | 'renewed' | 'kept' | 'left';
  /** Why it was renewed or left; '' when it was not. */
  readonly reason: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly hosts: readonly string[];
  /** Null when it was left. */
  readonly notAfter: Date | null;
}

/**
 * Makes a certificate and a key for each that has none, or whose certificate is of another authority than the one that signs
 * now, for other hosts, damaged, or below a third of its time. All names are checked before anything is written; then one
 * pair after the other is, and a second call goes on where the first one ended.
 *
 * Throws WEFT_PKI_NAME_INVALID, WEFT_PKI_HOST_INVALID, WEFT_PKI_FOREIGN_FILE, WEFT_PKI_BUSY and what `openSigner` throws.
 */
export async function issueAll(dir: string, list: readonly Wanted[], options: IssueOptions = {}): Promise<Issued[]> {
  const requests = list.map(checkWanted);
  return changePki(dir, async (pki) => {
    await checkNames(dir, requests);
    return issueEach(pki, await readFormers(pki, requests), options);
  });
}

interface Request extends Identity {
  readonly hosts?: readonly string[];
}

function checkWanted({ kind, name, hosts }: Wanted): Request {
  const identity = makeIdentity(kind, name);
  if (hosts === undefined) return identity;
  if (kind === 'app' && hosts.length > 0) {
    const message = `${describeIdentity(identity)}: applications are dialled by nobody, so their certificates name no hosts`;
    throw new PkiError('WEFT_PKI_HOST_INVALID', message, 'Leave the hosts out.');
  }
  return { ...identity, hosts: normaliseHosts(hosts) };
}

/** Names that differ in case only would share their files on some file systems; one that is given twice is a mistake. */
async function checkNames(dir: string, requests: readonly Identity[]): Promise<void> {
  const keyOf = ({ kind, name }: Identity) => `${kind} ${name}`;
  const names = new Map((await listIdentities(dir)).map((one) => [keyOf(one).toLowerCase(), one.name]));
  const given = new Set<string>();
  for (const request of requests) {
    const other = names.get(keyOf(request).toLowerCase()) ?? request.name;
    names.set(keyOf(request).toLowerCase(), request.name);
    const isDouble = given.has(keyOf(request));
    given.add(keyOf(request));
    if (other === request.name && !isDouble) continue;
    const what = isDouble ? 'is given twice' : `differs from ${other} in upper and lower case only`;
    const remedy = 'Give every router and every application a name of its own.';
    throw new PkiError('WEFT_PKI_NAME_INVALID', `${describeIdentity(request)} ${what}`, remedy);
  }
}

/** What somebody has, and what it should be. */
interface Case extends Request {
  readonly former: Leaf | null;
}

/** Throws what `openSigner` throws, if anything is to be signed. */
export async function issueEach(pki: Pki, cases: readonly Case[], options: IssueOptions): Promise<Issued[]> {
  const { state, authorities, dir } = pki;
  const now = options.now ?? new Date();
  const days = options.days ?? state.leafDays;
  const issuing = authorities.find(({ number }) => number === issuingOf(state).number) as Authority;
  let signer: Signer | null = null;
  const issued: Issued[] = [];
  for (const { former, kind, name, ...wanted } of cases) {
    const hosts = wanted.hosts ?? former?.hosts ?? [];
    const identity: Identity = { kind, name };
    const described = { ...identity, hosts, ...filesOf(dir, identity) };
    const reason = former === null ? '' : reasonToRenew(former, issuing, hosts, options);
    if (former !== null && reason === null) {
      issued.push({ ...described, outcome: 'kept', reason: '', notAfter: endOf(former.certificate) });
      continue;
    }
    signer ??= await openSigner(dir, issuing, now);
    const pair = await makeLeaf(signer, { mesh: state.mesh, identity, hosts, days, now });
    await writePair(dir, identity, pair);
    const notAfter = endOf(parseCertificate(pair.certificate));
    issued.push({ ...described, outcome: former === null ? 'issued' : 'renewed', reason: reason ?? '', notAfter });
  }
  return issued;
}

/** Throws WEFT_PKI_FOREIGN_FILE for all at once that are not of our making; nothing is written then. */
async function readFormers({ dir, state, authorities }: Pki, requests: readonly Request[]): Promise<Case[]> {
  const cases: Case[] = [];
  for (const request of requests) {
    await finishPair(dir, request);
    cases.push({ ...request, former: await readLeaf(dir, state.mesh, authorities, request) });
  }
  const foreigners = cases.flatMap(({ former }) => (former === null ? [] : (foreignFile(former) ?? [])));
  if (foreigners.length > 0) throw foreign(...foreigners);
  return cases;
}

/** Null when it is good as it is. */
function reasonToRenew(leaf: Leaf, issuing: Authority, hosts: readonly string[], options: IssueOptions): string | null {
  if (leaf.fault !== null) return leaf.fault;
  if (leaf.issuer?.number !== issuing.number) return `it was of authority ${leaf.issuer?.number}`;
  if (leaf.hosts.join() !== hosts.join()) return 'its hosts have changed';
  const { validFrom = '', validTo = '' } = leaf.certificate ?? {};
  const [beginMs, endMs] = [Date.parse(validFrom), Date.parse(validTo)];
  const leftMs = endMs - (options.now ?? new Date()).getTime();
  if (leftMs <= 0) return 'it was expired';
  if (leftMs < (endMs - beginMs) * limits.renewBelowPart) return 'it was in the last third of its time';
  return options.renew === true ? 'a new one was asked for' : null;
}

const endOf = (certificate: X509Certificate | null): Date | null =>
  certificate === null ? null : new Date(certificate.validTo);
