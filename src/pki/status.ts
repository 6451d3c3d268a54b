// What a folder of certificates holds, as data: each authority and certificate, how long it is still good for, and where a
// rotation stands. Reads only; takes no lock, and no private key but to see that it fits.
import { type Authority, authorityFile, bundleFile, bundleOf } from './authorities.ts';
import { openPki, type Pki } from './change.ts';
import { type Kind, spiffeId } from './identity.ts';
import type { Leaf, LeafFault } from './leaf.ts';
import { readLeaves } from './leaves.ts';
import { limits } from './limits.ts';
import { isExposed, readIfThere } from './private-files.ts';
import { rotationOf } from './rotate.ts';
import { inRole, type Role } from './state.ts';

/** Whether a certificate is still good, by its dates. */
export type Term = 'good' | 'expires soon' | 'expired';

interface Dates {
  /** ISO 8601. */
  readonly notAfter: string;
  /** Whole days; negative when it expired. */
  readonly daysLeft: number;
  readonly term: Term;
}

export interface AuthorityStatus extends Dates {
  readonly number: number;
  readonly role: Role;
  /** ISO 8601: when it took the role. */
  readonly since: string;
  /** As `CN=…,O=…`. */
  readonly subject: string;
  /** Certificates in the folder that it signed. */
  readonly certificates: number;
  /** '' when all is well. */
  readonly fault: string;
}

export interface CertificateStatus extends Partial<Dates> {
  readonly kind: Kind;
  readonly name: string;
  /** As `CN=…,OU=…,O=…`: the user that a router derives of it without `uidFormat`. */
  readonly subject: string;
  readonly spiffeId: string;
  readonly hosts: readonly string[];
  /** The number of the authority that signed it; null when it is none of ours. */
  readonly issuer: number | null;
  /** Why nobody should use it; null when it may be used. */
  readonly fault: LeafFault | 'its authority is retired' | null;
  /** It must be made anew before a rotation can end. */
  readonly hangsOnFormer: boolean;
}

export interface RotationStatus {
  readonly step: 'trusted' | 'issuing' | 'issued';
  readonly from: number;
  readonly to: number;
  /** How many certificates are still of the former authority. */
  readonly remaining: number;
  /** ISO 8601: connections opened before this moment may be of the former authority. Null until step `issued`. */
  readonly renewedAt: string | null;
}

export interface PkiStatus {
  readonly mesh: string;
  readonly dir: string;
  readonly rotation: RotationStatus | null;
  readonly authorities: readonly AuthorityStatus[];
  readonly certificates: readonly CertificateStatus[];
  /** The authority that signs has less left than two certificates of it should. */
  readonly isRotationDue: boolean;
  /** What is wrong with ca.pem; '' when all is well. */
  readonly bundleFault: string;
  /** Nothing is expired, expires soon, or cannot be used. */
  readonly isWell: boolean;
}

export interface StatusOptions {
  /** What expires within so many days is told as `expires soon`. */
  readonly warnDays?: number;
  readonly now?: Date;
}

/** Throws WEFT_PKI_ABSENT, WEFT_PKI_STATE_INVALID, WEFT_PKI_AUTHORITY_DAMAGED, WEFT_PKI_UNREADABLE. */
export async function readStatus(dir: string, options: StatusOptions = {}): Promise<PkiStatus> {
  const { warnDays = limits.warnDays, now = new Date() } = options;
  const pki = await openPki(dir);
  const leaves = await readLeaves(pki);
  const dates = (validTo: string): Dates => datesOf(validTo, warnDays, now);
  const authorities = await Promise.all(pki.authorities.map((one) => describeAuthority(dir, one, leaves, dates)));
  const certificates = leaves.map((leaf) => describeLeaf(pki, leaf, dates));
  const bundleFault = (await readIfThere(bundleFile(dir))) === bundleOf(pki.authorities) ? '' : bundleDiffers;
  const isWell =
    bundleFault === '' &&
    authorities.every(({ role, term, fault }) => role === 'retired' || (term === 'good' && fault === '')) &&
    certificates.every(({ term, fault }) => term === 'good' && fault === null);
  const rotation = describeRotation(pki, leaves);
  const { mesh, leafDays } = pki.state;
  const isRotationDue = authorities.some(({ role, daysLeft }) => role === 'issuing' && daysLeft < 2 * leafDays);
  return { mesh, dir, rotation, isRotationDue, authorities, certificates, bundleFault, isWell };
}

const bundleDiffers = 'it is not the list of the authorities that are trusted';

function datesOf(validTo: string, warnDays: number, now: Date): Dates {
  const leftMs = Date.parse(validTo) - now.getTime();
  const term = leftMs <= 0 ? 'expired' : leftMs < warnDays * limits.dayMs ? 'expires soon' : 'good';
  return { notAfter: new Date(validTo).toISOString(), daysLeft: Math.floor(leftMs / limits.dayMs), term };
}

async function describeAuthority(
  dir: string,
  { number, role, since, certificate }: Authority,
  leaves: readonly Leaf[],
  dates: (validTo: string) => Dates,
): Promise<AuthorityStatus> {
  return {
    number,
    role,
    since,
    subject: subjectText(certificate.subject),
    ...dates(certificate.validTo),
    certificates: leaves.filter(({ issuer }) => issuer?.number === number).length,
    fault: (await isExposed(authorityFile(dir, number, 'key.pem'))) ? 'key open to others' : '',
  };
}

function describeLeaf({ state }: Pki, leaf: Leaf, dates: (validTo: string) => Dates): CertificateStatus {
  const { identity, certificate, issuer, hosts, fault } = leaf;
  return {
    ...identity,
    subject: certificate === null ? '' : subjectText(certificate.subject),
    spiffeId: spiffeId(state.mesh, identity),
    hosts,
    issuer: issuer?.number ?? null,
    ...(certificate === null ? {} : dates(certificate.validTo)),
    fault: issuer?.role === 'retired' ? 'its authority is retired' : fault,
    hangsOnFormer: issuer?.role === 'retiring',
  };
}

function describeRotation({ state }: Pki, leaves: readonly Leaf[]): RotationStatus | null {
  const rotation = rotationOf(state);
  if (rotation === null) return null;
  const remaining = leaves.filter(({ issuer }) => issuer?.number === rotation.from).length;
  if (inRole(state, 'next') !== null) return { step: 'trusted', ...rotation, remaining, renewedAt: null };
  if (remaining > 0) return { step: 'issuing', ...rotation, remaining, renewedAt: null };
  const made = leaves.map(({ certificate }) => Date.parse(certificate?.validFrom ?? '') + limits.backdateMs);
  const since = Date.parse(inRole(state, 'retiring')?.since ?? '');
  const renewedAt = new Date(Math.max(since, ...made.filter((time) => !Number.isNaN(time)))).toISOString();
  return { step: 'issued', ...rotation, remaining, renewedAt };
}

/** The last field of the certificate first (RFC 2253). Names of our making need no escapes; those of others are only shown. */
function subjectText(subject: string | undefined): string {
  return (subject ?? '').split('\n').reverse().join(',');
}
