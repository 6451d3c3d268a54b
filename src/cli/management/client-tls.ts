// TLS of a management client: the files that its flags name, and a socket made with them.
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { describeSystemError, WeftError } from '../../host/errors.ts';
import { describeTlsError } from '../../host/tls/tls-error.ts';
import type { AmqpTarget } from '../amqp-target.ts';
import { UsageError } from '../usage-error.ts';
import { type ConnectionFlags, readSecret } from './connection-flags.ts';

export async function connectOverTls(target: AmqpTarget, flags: ConnectionFlags): Promise<TLSSocket> {
  const secureContext = await readContext(flags);
  const { host, port } = target;
  return connect({
    host,
    port,
    secureContext,
    // An address is no name that a server could choose a certificate by (RFC 6066, §3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(flags.sslDisablePeerNameVerify ? { checkServerIdentity: () => undefined } : {}),
  });
}

/** What went wrong, in terms of our flags. */
export function describeClientTlsError(error: unknown): string {
  return describeTlsError(error)
    .replace('the sslProfile needs certFile', 'give --ssl-certificate and --ssl-key')
    .replace('caCertFile', '--ssl-trustfile');
}

async function readContext(flags: ConnectionFlags): Promise<SecureContext> {
  const { sslCertificate, sslKey, sslTrustfile } = flags;
  if ((sslCertificate === undefined) !== (sslKey === undefined)) {
    throw new UsageError('give --ssl-certificate and --ssl-key together');
  }
  const ca = sslTrustfile === undefined ? undefined : await readPem('--ssl-trustfile', sslTrustfile);
  const cert = sslCertificate === undefined ? undefined : await readPem('--ssl-certificate', sslCertificate);
  const key = sslKey === undefined ? undefined : await readKey(sslKey, flags);
  try {
    return createSecureContext({ ca, cert, key, minVersion: 'TLSv1.2' });
  } catch (error) {
    throw invalid('the files given hold no certificates that OpenSSL takes', error);
  }
}

async function readKey(path: string, flags: ConnectionFlags): Promise<string> {
  const text = await readPem('--ssl-key', path);
  const passphrase = flags.sslPasswordFile === undefined ? flags.sslPassword : await readSecret(flags.sslPasswordFile);
  try {
    const key = createPrivateKey(passphrase === undefined ? text : { key: text, passphrase });
    return key.export({ type: 'pkcs8', format: 'pem' }) as string;
  } catch (error) {
    const isSecret = /ENCRYPTED/.test(text) && passphrase === undefined;
    throw invalid(
      `${path} ${isSecret ? 'is encrypted: give --ssl-password-file' : 'holds no key that can be read'}`,
      error,
    );
  }
}

async function readPem(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const what = `cannot read ${flag} ${path}: ${describeSystemError(error)}`;
    throw new WeftError('WEFT_TLS_FILE_UNREADABLE', what, 'Give the path of a PEM file.', error);
  }
}

function invalid(what: string, cause: unknown): WeftError {
  return new WeftError('WEFT_TLS_FILE_INVALID', what, '', cause);
}
