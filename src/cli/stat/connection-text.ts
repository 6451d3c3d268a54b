// How a connection is secured, and who is at its other end, in one word each.
import type { EntityRow } from '../../management/client/management-node.ts';

/** `no-auth`, `anonymous-user`, `alice(PLAIN)`, `CN=app(x.509)`. */
export function authenticationOf({ isAuthenticated, sasl, user }: EntityRow): string {
  if (!isAuthenticated) return 'no-auth';
  if (sasl === 'ANONYMOUS') return 'anonymous-user';
  const mechanism = sasl === 'GSSAPI' ? 'Kerberos' : sasl === 'EXTERNAL' ? 'x.509' : String(sasl ?? '');
  return user ? `${user}(${mechanism})` : mechanism;
}

/** `no-security`, `TLSv1.3(TLS_AES_256_GCM_SHA384)`. */
export function securityOf({ isEncrypted, sasl, sslProto, sslCipher }: EntityRow): string {
  if (!isEncrypted) return 'no-security';
  return sasl === 'GSSAPI' ? 'Kerberos' : `${sslProto}(${sslCipher})`;
}

/** Tenants are kept with a `/` behind them. */
export function tenantOf({ tenant }: EntityRow): string {
  return typeof tenant === 'string' ? tenant.replace(/\/$/, '') : '';
}
