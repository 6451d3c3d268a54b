// What went wrong with TLS, in words for people. OpenSSL's own text names files and lines of its source.
import { describeSystemError, systemCode } from '../errors.ts';

const wordsOf: Record<string, string> = {
  CERT_HAS_EXPIRED: 'the certificate of the peer has expired',
  CERT_NOT_YET_VALID: 'the certificate of the peer is not valid yet',
  CERT_REVOKED: 'the certificate of the peer is revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate of the peer is signed by itself, not by an authority of caCertFile',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'the peer showed no certificate, which EXTERNAL demands',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'the peer refuses our certificate',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'the peer says that our certificate has expired',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'the peer refuses our certificate',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the peer demands a certificate of us: the sslProfile needs certFile',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'no version of TLS in common',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'no version of TLS in common',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'the peer does not trust the authority of our certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the peer does not speak TLS',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority of the certificate of the peer is not in caCertFile',
  UNABLE_TO_GET_ISSUER_CERT: 'the authority of the certificate of the peer is not in caCertFile',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of the certificate of the peer is not in caCertFile',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the authority of the certificate of the peer is not in caCertFile',
};

/** As {@link describeSystemError}; `authorizationError` is what Node noted on the socket while it checked a certificate. */
export function describeTlsError(error: unknown, authorizationError: unknown = null): string {
  const code = typeof authorizationError === 'string' ? authorizationError : systemCode(error);
  if (wordsOf[code] !== undefined) return `${wordsOf[code]} (${code})`;
  if (typeof authorizationError === 'string') return `the certificate of the peer is refused (${code})`;
  const reason = error instanceof Error && 'reason' in error ? error.reason : undefined;
  // A name that does not match comes with a reason of its own, and a message that says more.
  if (typeof reason === 'string' && code.startsWith('ERR_SSL_')) return `TLS failed: ${reason} (${code})`;
  return describeSystemError(error);
}
