// The authorities of a folder: ca/NUMBER/{cert,key}.pem, and ca.pem with all that are trusted. Whatever one of them has signed
// is of our making; that is how a certificate is told from a person's own.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { PkiError } from './errors.ts';
import { limits } from './limits.ts';
import { foreign, isExposed, readIfThere, removeIfThere, replaceFile } from './private-files.ts';
import { type AuthorityEntry, type PkiState, trustedOf } from './state.ts';
import { makeAuthority, makeSigner, type Signer } from './x509.ts';

export interface Authority extends AuthorityEntry {
  readonly certificate: X509Certificate;
  /** PEM. */
  readonly text: string;
}

export const bundleFile = (dir: string): string => join(dir, 'ca.pem');
export const authorityFile = (dir: string, number: number, file: 'cert.pem' | 'key.pem'): string =>
  join(dir, 'ca', String(number), file);

/** All of `state`, the retired ones too. Throws WEFT_PKI_AUTHORITY_DAMAGED. */
export async function readAuthorities(dir: string, state: PkiState): Promise<Authority[]> {
  return Promise.all(
    state.authorities.map(async (entry) => {
      const path = authorityFile(dir, entry.number, 'cert.pem');
      const text = await readIfThere(path);
      const certificate = text === null ? null : parseCertificate(text);
      if (text === null || certificate === null) {
        throw damaged(`${path} ${text === null ? 'is not there' : 'holds no certificate'}`);
      }
      return { ...entry, certificate, text };
    }),
  );
}

/** Makes the authority unless its files, whole and new, are there already: of an attempt that was cut off. */
export async function ensureAuthority(dir: string, state: PkiState, number: number, now: Date): Promise<void> {
  const certPath = authorityFile(dir, number, 'cert.pem');
  const keyPath = authorityFile(dir, number, 'key.pem');
  const [certificate, key] = await Promise.all([readIfThere(certPath), readIfThere(keyPath)]);
  if (certificate !== null && key !== null && fits(certificate, key)) {
    const { subject, validTo } = new X509Certificate(certificate);
    const isNew = Date.parse(validTo) > now.getTime() + (state.authorityDays - 1) * limits.dayMs;
    if (isNew && subject === `O=${state.mesh}\nCN=authority ${number}`) return;
  }
  const made = await makeAuthority(state.mesh, number, state.authorityDays, now);
  await replaceFile(keyPath, made.key);
  await replaceFile(certPath, made.certificate); // the last, so that it is there only when all is
}

/** Throws WEFT_PKI_AUTHORITY_EXPIRED, WEFT_PKI_AUTHORITY_DAMAGED, WEFT_PKI_KEY_EXPOSED. */
export async function openSigner(dir: string, { number, certificate, text }: Authority, now: Date): Promise<Signer> {
  if (Date.parse(certificate.validTo) <= now.getTime()) {
    throw new PkiError(
      'WEFT_PKI_AUTHORITY_EXPIRED',
      `authority ${number} expired on ${certificate.validTo}: nobody accepts what it signs`,
      `Begin with a new one: weft pki rotate --dir ${dir}`,
    );
  }
  const path = authorityFile(dir, number, 'key.pem');
  const key = await readIfThere(path);
  if (key === null) throw damaged(`${path} is not there, without which authority ${number} signs nothing`);
  if (await isExposed(path)) {
    throw new PkiError(
      'WEFT_PKI_KEY_EXPOSED',
      `${path}, with which anybody could make certificates, is open to other users of this machine`,
      `Run: chmod 600 ${path}. If somebody else may have read it, replace the authority: weft pki rotate --dir ${dir}`,
    );
  }
  if (!fits(text, key)) throw damaged(`${path} is not the key of authority ${number}`);
  return makeSigner({ certificate: text, key });
}

/** The certificates that are to be in ca.pem. */
export function bundleOf(authorities: readonly Authority[]): string {
  return trustedOf(authorities)
    .map(({ text }) => text)
    .join('');
}

/**
 * Writes ca.pem if it differs. Throws WEFT_PKI_FOREIGN_FILE when it holds anything but authorities of this folder (`known`, and
 * those of attempts that were cut off): somebody trusts more, and is not to lose that unasked.
 */
export async function writeBundle(dir: string, known: readonly Authority[], bundle: string): Promise<void> {
  const path = bundleFile(dir);
  const current = await readIfThere(path);
  if (current === bundle) return;
  if (current !== null) await checkBundle(dir, known, current);
  await replaceFile(path, bundle);
}

async function checkBundle(dir: string, known: readonly Authority[], text: string): Promise<void> {
  const path = bundleFile(dir);
  const cutOff = await readIfThere(authorityFile(dir, known.length + 1, 'cert.pem'));
  const own = new Set(known.map(({ certificate }) => certificate.fingerprint256));
  const begun = cutOff === null ? null : parseCertificate(cutOff);
  if (begun !== null) own.add(begun.fingerprint256);
  const blocks = text.match(/-----BEGIN [^-]*-----[^-]*-----END [^-]*-----/g) ?? [];
  if (blocks.length === 0) throw foreign({ path, what: 'holds no certificate' });
  const isOwn = blocks.every((block) => own.has(parseCertificate(block)?.fingerprint256 ?? ''));
  if (!isOwn) throw foreign({ path, what: 'holds something else than the authorities of this mesh' });
}

/** A retired authority signs nothing any more, so its key can do nothing but harm. */
export async function destroyRetiredKeys(dir: string, { authorities }: PkiState): Promise<void> {
  for (const { number, role } of authorities) {
    if (role === 'retired') await removeIfThere(authorityFile(dir, number, 'key.pem'));
  }
}

/** The first certificate of a PEM text; null when it has none that can be read. */
export function parseCertificate(text: string): X509Certificate | null {
  try {
    return new X509Certificate(text);
  } catch {
    return null; // whoever asks says what that means for the file
  }
}

/** Whether a key is the one of a certificate; both PEM. */
export function fits(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false; // one of them is none
  }
}

function damaged(message: string): PkiError {
  return new PkiError('WEFT_PKI_AUTHORITY_DAMAGED', message, 'Put it back from a copy of the folder.');
}
