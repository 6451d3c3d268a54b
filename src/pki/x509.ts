// Makes keys and certificates: ECDSA on P-256 with SHA-256, X.509 v3 as RFC 5280 has it. The library is loaded when the first
// one is made, so that looking at certificates costs nothing of it.
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import type * as Library from '@peculiar/x509';
import { isAddress } from './hosts.ts';
import { type Identity, spiffeId, subjectOf } from './identity.ts';
import { limits } from './limits.ts';

/** A certificate and its private key, PEM. The key is never to be printed. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** An authority, ready to sign. */
export interface Signer {
  readonly certificate: Library.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
let library: Promise<typeof Library> | null = null;

function load(): Promise<typeof Library> {
  library ??= (async () => {
    await import('reflect-metadata'); // the other one throws without it, and does not name it
    return import('@peculiar/x509');
  })();
  return library;
}

/** A self-signed authority, which signs leaves only: `O=MESH, CN=authority NUMBER`. */
export async function makeAuthority(mesh: string, number: number, days: number, now: Date): Promise<KeyPair> {
  const x509 = await load();
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: nameOf([
      ['O', mesh],
      ['CN', `authority ${number}`],
    ]),
    keys,
    signingAlgorithm: algorithm,
    serialNumber: makeSerialNumber(),
    notBefore: beginning(now),
    notAfter: after(now, days),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: await exportKey(keys.privateKey) };
}

export interface LeafRequest {
  readonly mesh: string;
  readonly identity: Identity;
  /** Normalised host names and addresses. */
  readonly hosts: readonly string[];
  /** Cut where the authority itself ends. */
  readonly days: number;
  readonly now: Date;
}

/** A certificate with a key of its own: for both sides of a connection when it is a router's, else for the client's. */
export async function makeLeaf(signer: Signer, { mesh, identity, hosts, days, now }: LeafRequest): Promise<KeyPair> {
  const x509 = await load();
  const keys = await makeKeys();
  const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
  const alternatives: Library.JsonGeneralNames = [
    { type: 'url', value: spiffeId(mesh, identity) },
    ...hosts.map((value): Library.JsonGeneralName => ({ type: isAddress(value) ? 'ip' : 'dns', value })),
  ];
  const endMs = Math.min(after(now, days).getTime(), signer.certificate.notAfter.getTime());
  const certificate = await x509.X509CertificateGenerator.create({
    subject: nameOf(subjectOf(mesh, identity)),
    issuer: signer.certificate.subjectName,
    publicKey: keys.publicKey,
    signingKey: signer.key,
    signingAlgorithm: algorithm,
    serialNumber: makeSerialNumber(),
    notBefore: beginning(now),
    notAfter: new Date(endMs),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(identity.kind === 'router' ? [serverAuth, clientAuth] : [clientAuth]),
      new x509.SubjectAlternativeNameExtension(alternatives),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(signer.certificate.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: await exportKey(keys.privateKey) };
}

/** Of the PEM of an authority and its key. */
export async function makeSigner({ certificate, key }: KeyPair): Promise<Signer> {
  const x509 = await load();
  const der = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });
  return {
    certificate: new x509.X509Certificate(certificate),
    key: await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']),
  };
}

async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
    type: 'pkcs8',
    format: 'pem',
  }) as string;
}

function nameOf(fields: readonly (readonly [string, string])[]): Library.JsonName {
  return fields.map(([type, value]) => ({ [type]: [value] }));
}

/** Positive, 127 bits of chance (RFC 5280 §4.1.2.2 wants 20 bytes at most). */
function makeSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40; // neither negative nor shorter
  return bytes.toString('hex');
}

/** Certificates count whole seconds. */
const wholeSeconds = (timeMs: number): Date => new Date(Math.floor(timeMs / 1000) * 1000);
const beginning = (now: Date): Date => wholeSeconds(now.getTime() - limits.backdateMs);
const after = (now: Date, days: number): Date => wholeSeconds(now.getTime() + days * limits.dayMs);
const pem = (certificate: Library.X509Certificate): string => `${certificate.toString('pem').trim()}\n`;
