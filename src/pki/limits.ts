// Every limit of the room: how long certificates live, and how much of a folder is read.

const dayMs = 86_400_000;

export const limits = {
  /** Days that a certificate of a router or application is good for. Short: who leaves the mesh is out of it by itself. */
  leafDays: 30,
  leafDaysMax: 825,
  /** Days that an authority is good for. */
  authorityDays: 730,
  authorityDaysMax: 7_300,
  /** `issue` keeps a certificate with more than this part of its time left, and renews any other. */
  renewBelowPart: 1 / 3,
  /** `status` warns of what expires within so many days. */
  warnDays: 7,
  warnDaysMax: 3_650,
  /** A certificate begins so long before it is made: the clocks of a mesh differ. */
  backdateMs: 5 * 60_000,
  /** Characters of a common name (`ub-common-name`, RFC 5280 appendix A.1), and so of a router or of TEAM/APP. */
  nameCharactersMax: 64,
  /** Characters of the name of a mesh, which is the trust domain of its SPIFFE ids and the organisation in every subject. */
  meshCharactersMax: 63,
  /** Host names and addresses of one router. */
  hostsMax: 100,
  /** Characters of a host name (RFC 1035 §2.3.4, without the last dot). */
  hostCharactersMax: 253,
  /** Bytes of any file that is read: certificates are below 2 kB, and `ca.pem` holds two of them at most. */
  fileBytesMax: 1024 * 1024,
  dayMs,
} as const;
