// Versions of TLS in OpenSSL's terms: a range, and flags for what is left out within it.
import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { TLS_VERSIONS, type TlsVersion } from '../../schema/tls-versions.ts';

const leavingOut: Record<TlsVersion, number> = {
  TLSv1: constants.SSL_OP_NO_TLSv1,
  'TLSv1.1': constants.SSL_OP_NO_TLSv1_1,
  'TLSv1.2': constants.SSL_OP_NO_TLSv1_2,
  'TLSv1.3': constants.SSL_OP_NO_TLSv1_3,
};

/** `versions`: one at least, from the oldest to the newest. */
export function versionOptions(versions: readonly TlsVersion[]): SecureContextOptions {
  const absent = TLS_VERSIONS.filter((version) => !versions.includes(version));
  return {
    minVersion: versions[0] as TlsVersion,
    maxVersion: versions.at(-1) as TlsVersion,
    secureOptions: absent.reduce((flags, version) => flags | leavingOut[version], 0),
  };
}
