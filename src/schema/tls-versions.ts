// The versions of TLS that an sslProfile's `protocols` names.

/** From the oldest to the newest. */
export const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof TLS_VERSIONS)[number];

const DEFAULT_VERSIONS: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];

/** The versions in ascending order, and words that are none. Nothing written is TLS 1.2 and 1.3. */
export function tlsVersions(protocols: string): { versions: readonly TlsVersion[]; unknown: readonly string[] } {
  const written = protocols.split(/\s+/).filter(Boolean);
  const unknown = written.filter((word) => !TLS_VERSIONS.some((version) => version === word));
  const versions = TLS_VERSIONS.filter((version) => written.includes(version));
  return { versions: written.length === 0 ? DEFAULT_VERSIONS : versions, unknown };
}
