// The files of one router or application: read and judged, replaced as a pair. Certificate and key change together by two
// renames; a crash between them leaves the new key beside the old certificate, and the new certificate under its unfinished
// name, where `finishPair` finds it.
import type { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { type Authority, fits, parseCertificate } from './authorities.ts';
import { normaliseHosts } from './hosts.ts';
import { folderOf, type Identity, spiffeId } from './identity.ts';
import { type ForeignFile, finish, isExposed, prepare, readIfThere, unfinished } from './private-files.ts';
import type { KeyPair } from './x509.ts';

/** What is wrong with the files; each is judged on the whole pair, the first that applies. */
export type LeafFault = 'certificate missing' | 'not ours' | 'key missing' | 'key does not fit' | 'key open to others';

export interface Leaf {
  readonly identity: Identity;
  readonly certFile: string;
  readonly keyFile: string;
  /** Null when it is missing or cannot be read. */
  readonly certificate: X509Certificate | null;
  /** Who signed it; null when it is not ours. */
  readonly issuer: Authority | null;
  /** Host names and addresses of the certificate; none when it is not ours. */
  readonly hosts: readonly string[];
  readonly fault: LeafFault | null;
}

export function filesOf(dir: string, identity: Identity): Pick<Leaf, 'certFile' | 'keyFile'> {
  const folder = folderOf(dir, identity);
  return { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
}

/** Null when there is neither a certificate nor a key. */
export async function readLeaf(
  dir: string,
  mesh: string,
  authorities: readonly Authority[],
  identity: Identity,
): Promise<Leaf | null> {
  const { certFile, keyFile } = filesOf(dir, identity);
  const [text, key] = await Promise.all([readIfThere(certFile), readIfThere(keyFile)]);
  if (text === null && key === null) return null;
  const certificate = text === null ? null : parseCertificate(text);
  const issuer = certificate === null ? null : issuerOf(certificate, mesh, authorities, identity);
  const leaf = { identity, certFile, keyFile, certificate, issuer, hosts: issuer === null ? [] : hostsOf(certificate) };
  return { ...leaf, fault: await faultOf(leaf, text, key) };
}

/** The one of `authorities` that signed a certificate for this identity. */
function issuerOf(
  certificate: X509Certificate,
  mesh: string,
  authorities: readonly Authority[],
  identity: Identity,
): Authority | null {
  if (!alternativesOf(certificate).includes(`URI:${spiffeId(mesh, identity)}`)) return null;
  const signed = ({ certificate: authority }: Authority) =>
    certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  return authorities.find(signed) ?? null;
}

async function faultOf(
  { certificate, issuer, keyFile }: Pick<Leaf, 'certificate' | 'issuer' | 'keyFile'>,
  text: string | null,
  key: string | null,
): Promise<LeafFault | null> {
  if (text === null) return 'certificate missing';
  if (certificate === null || issuer === null) return 'not ours';
  if (key === null) return 'key missing';
  if (!fits(text, key)) return 'key does not fit';
  return (await isExposed(keyFile)) ? 'key open to others' : null;
}

/** Names of our making hold no comma, so nothing in them is quoted. */
function alternativesOf({ subjectAltName }: X509Certificate): string[] {
  return subjectAltName === undefined ? [] : subjectAltName.split(', ');
}

function hostsOf(certificate: X509Certificate | null): string[] {
  if (certificate === null) return [];
  const hosts = alternativesOf(certificate).map((text) => /^(?:DNS|IP Address):(.+)$/.exec(text)?.[1]);
  return normaliseHosts(hosts.filter((host) => host !== undefined));
}

/** The file that must not be replaced, since it is not of our making; null when there is none. */
export function foreignFile({ certFile, keyFile, fault }: Leaf): ForeignFile | null {
  if (fault === 'not ours') return { path: certFile, what: 'is no certificate of this mesh for this name' };
  if (fault === 'certificate missing') return { path: keyFile, what: 'has no certificate beside it' };
  if (fault === 'key does not fit') return { path: keyFile, what: 'is not the key of the certificate beside it' };
  return null;
}

/** Puts a new pair in the place of what is there. */
export async function writePair(dir: string, identity: Identity, { certificate, key }: KeyPair): Promise<void> {
  const { certFile, keyFile } = filesOf(dir, identity);
  await prepare(certFile, certificate);
  await prepare(keyFile, key);
  await finish(keyFile);
  await finish(certFile);
}

/** Brings a replacement that was cut off between its two renames to its end. */
export async function finishPair(dir: string, identity: Identity): Promise<void> {
  const { certFile, keyFile } = filesOf(dir, identity);
  const begun = await readIfThere(unfinished(certFile));
  if (begun === null) return;
  const [text, key] = await Promise.all([readIfThere(certFile), readIfThere(keyFile)]);
  if (key === null || !fits(begun, key) || (text !== null && fits(text, key))) return;
  await finish(certFile);
}
