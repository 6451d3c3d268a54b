// What the files of an sslProfile hold, read and checked: all that TLS connections begun from now on use.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import type { SslProfileEntity } from '../../schema/configuration.ts';
import { tlsVersions } from '../../schema/tls-versions.ts';
import { describeSystemError, systemCode, WeftError } from '../errors.ts';
import { limits } from '../limits.ts';
import { resolvePassword } from '../password-source.ts';
import { versionOptions } from './version-options.ts';

/** Immutable: connections keep what they began with. Never to be logged. */
export interface TlsMaterial {
  readonly options: SecureContextOptions;
  /** Made of `options`, for dialling. */
  readonly secureContext: SecureContext;
  /** Our own; null when there is none. */
  readonly certificate: X509Certificate | null;
  /** By user id. */
  readonly displayNames: ReadonlyMap<string, string>;
}

/** Suites of TLS 1.3, which a list of ciphers written for TLS 1.2 does not mean to take away. */
const newSuites = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';

/** Throws WEFT_TLS_FILE_UNREADABLE, WEFT_TLS_FILE_INVALID, WEFT_TLS_SETTINGS_INVALID or WEFT_PASSWORD_UNAVAILABLE. */
export async function readTlsMaterial(profile: SslProfileEntity): Promise<TlsMaterial> {
  const authorities = await readOptional(profile, 'caCertFile');
  const chain = await readOptional(profile, 'certFile');
  const keyText = await readOptional(profile, 'privateKeyFile');
  const displayNames = await readDisplayNames(profile);
  if (authorities !== null) parseCertificates(profile, 'caCertFile', authorities);
  const certificate = chain === null ? null : (parseCertificates(profile, 'certFile', chain)[0] as X509Certificate);
  const key = keyText === null ? null : parseKey(profile, keyText);
  if (certificate !== null && key !== null && !certificate.checkPrivateKey(key)) {
    throw invalid(profile, 'privateKeyFile', `is not the key of the certificate in ${profile.certFile}`);
  }
  const options: SecureContextOptions = {
    ...versionOptions(tlsVersions(profile.protocols).versions),
    ...(profile.ciphers === '' ? {} : { ciphers: withNewSuites(profile.ciphers) }),
    ...(authorities === null ? {} : { ca: authorities }),
    ...(chain === null ? {} : { cert: chain }),
    ...(key === null ? {} : { key: key.export({ type: 'pkcs8', format: 'pem' }) as string }),
  };
  return { options, secureContext: makeContext(profile, options), certificate, displayNames };
}

/** The files of a profile; a change of any of them is a reason to read all again. */
export function filesOf(profile: SslProfileEntity): string[] {
  const { caCertFile, certFile, privateKeyFile, passwordFile, password, uidNameMappingFile } = profile;
  const named = password.startsWith('file:') ? password.slice('file:'.length) : '';
  return [caCertFile, certFile, privateKeyFile, passwordFile, named, uidNameMappingFile].filter((path) => path !== '');
}

type FileAttribute = 'caCertFile' | 'certFile' | 'privateKeyFile' | 'uidNameMappingFile';

async function readOptional(profile: SslProfileEntity, attribute: FileAttribute): Promise<string | null> {
  const path = profile[attribute];
  if (path === '') return null;
  try {
    const { size } = await stat(path);
    if (size > limits.tlsFileBytesMax) throw new Error(`larger than ${limits.tlsFileBytesMax} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new WeftError(
      'WEFT_TLS_FILE_UNREADABLE',
      `sslProfile ${profile.name}: cannot read ${attribute} ${path}: ${describeSystemError(error)}`,
      'Give the path of a PEM file that the user that the router runs as may read.',
      error,
    );
  }
}

/** One certificate at least. Each is looked at: OpenSSL would pass over whatever follows one that is damaged. */
function parseCertificates(profile: SslProfileEntity, attribute: FileAttribute, text: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*(?:-----END [A-Z0-9 ]+-----)?/g) ?? [];
  if (blocks.length === 0) throw invalid(profile, attribute, 'holds no certificate in PEM form');
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (error) {
      throw invalid(profile, attribute, `is damaged: certificate ${index + 1} cannot be read`, error);
    }
  });
}

function parseKey(profile: SslProfileEntity, key: string): KeyObject {
  const { name, password, passwordFile } = profile;
  const form = password !== '' ? password : passwordFile === '' ? '' : `file:${passwordFile}`;
  const passphrase = form === '' ? null : resolvePassword(form, { owner: `sslProfile ${name}`, attribute: 'password' });
  try {
    return createPrivateKey(passphrase === null ? key : { key, passphrase });
  } catch (error) {
    const isSecret = /ENCRYPTED/.test(key);
    const why = !isSecret
      ? 'holds no private key in PEM form'
      : passphrase === null
        ? 'is encrypted, and the sslProfile has no password'
        : 'cannot be decrypted with the password of the sslProfile';
    throw invalid(profile, 'privateKeyFile', why, error);
  }
}

function makeContext(profile: SslProfileEntity, options: SecureContextOptions): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    const what = systemCode(error) === 'ERR_SSL_NO_CIPHER_MATCH' ? `ciphers ${profile.ciphers}` : 'its files';
    const reason = error instanceof Error && 'reason' in error ? String(error.reason) : describeSystemError(error);
    throw new WeftError(
      'WEFT_TLS_SETTINGS_INVALID',
      `sslProfile ${profile.name}: OpenSSL does not take ${what}: ${reason}`,
      'Change ciphers and protocols, or certificates that are too weak.',
      error,
    );
  }
}

async function readDisplayNames(profile: SslProfileEntity): Promise<ReadonlyMap<string, string>> {
  const text = await readOptional(profile, 'uidNameMappingFile');
  if (text === null) return new Map();
  let names: unknown;
  try {
    names = JSON.parse(text);
  } catch (error) {
    throw invalid(profile, 'uidNameMappingFile', 'is no JSON', error);
  }
  const isMap = typeof names === 'object' && names !== null && !Array.isArray(names);
  if (!isMap || !Object.values(names as object).every((name) => typeof name === 'string' && name !== '')) {
    throw invalid(profile, 'uidNameMappingFile', 'is no JSON object from user ids to display names');
  }
  return new Map(Object.entries(names as Record<string, string>));
}

function withNewSuites(ciphers: string): string {
  return /\bTLS_/.test(ciphers) ? ciphers : `${newSuites}:${ciphers}`;
}

function invalid(profile: SslProfileEntity, attribute: FileAttribute, what: string, cause?: unknown): WeftError {
  return new WeftError(
    'WEFT_TLS_FILE_INVALID',
    `sslProfile ${profile.name}: ${attribute} ${profile[attribute]} ${what}`,
    'Put the right file there, or change the sslProfile.',
    cause,
  );
}
