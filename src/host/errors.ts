// Faults of the world around the router (files, ports, environment), as a person meets them: a stable code to match on,
// one sentence that says what is wrong, and one that says what to do. Never holds a password or any other secret.

export type WeftErrorCode =
  | 'WEFT_AGENT_SILENT'
  | 'WEFT_BUNDLE_UNREADABLE'
  | 'WEFT_CANNOT_CONNECT'
  | 'WEFT_CANNOT_LISTEN'
  | 'WEFT_CONFIGURATION_INVALID'
  | 'WEFT_CONFIGURATION_UNREADABLE'
  | 'WEFT_CONFIGURATION_UNWRITABLE'
  | 'WEFT_LOG_UNWRITABLE'
  | 'WEFT_MANAGEMENT_FORBIDDEN'
  | 'WEFT_MANAGEMENT_LOST'
  | 'WEFT_MESH_EXISTS'
  | 'WEFT_MESH_INVALID'
  | 'WEFT_MESH_REMOVAL'
  | 'WEFT_MESH_RUNNING'
  | 'WEFT_MESH_TOO_LARGE'
  | 'WEFT_MESH_UNREADABLE'
  | 'WEFT_MESH_UNWRITABLE'
  | 'WEFT_NO_AGENT'
  | 'WEFT_PASSWORD_UNAVAILABLE'
  | 'WEFT_PASSWORD_UNUSABLE'
  | 'WEFT_REPLY_UNREADABLE'
  | 'WEFT_REQUEST_REFUSED'
  | 'WEFT_ROUTER_FAILED'
  | 'WEFT_TLS_FILE_INVALID'
  | 'WEFT_TLS_FILE_UNREADABLE'
  | 'WEFT_TLS_SETTINGS_INVALID'
  | 'WEFT_USERS_FILE_EXPOSED'
  | 'WEFT_USERS_FILE_INVALID'
  | 'WEFT_USERS_FILE_UNREADABLE'
  | 'WEFT_USERS_FILE_UNWRITABLE'
  | 'WEFT_USER_EXISTS'
  | 'WEFT_USER_NAME_UNUSABLE'
  | 'WEFT_USER_UNKNOWN';

/** An error that a person can mend: match on `code`, print `message` and then `remedy`. */
export class WeftError extends Error {
  override name = 'WeftError';
  readonly code: WeftErrorCode;
  /** What to do about it: a whole sentence or command, or '' when `message` says it all. */
  readonly remedy: string;

  constructor(code: WeftErrorCode, message: string, remedy = '', cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}

/** The `code` of a Node system error (`ENOENT`, `EADDRINUSE`, …), or '' when it has none. */
export function systemCode(error: unknown): string {
  if (error === null || typeof error !== 'object' || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

const wordsOf: Record<string, string> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'the address is in use',
  EADDRNOTAVAIL: 'no such address on this machine',
  EAI_AGAIN: 'name lookup failed for now',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'host unreachable',
  EISDIR: 'it is a directory',
  EMFILE: 'too many open files in this process',
  ENETUNREACH: 'network unreachable',
  ENFILE: 'too many open files on this machine',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTFOUND: 'unknown host name',
  EPIPE: 'the peer no longer reads',
  EROFS: 'read-only file system',
  ETIMEDOUT: 'timed out',
};

/** A system error in words for people: `connection refused (ECONNREFUSED)`. */
export function describeSystemError(error: unknown): string {
  // Node dials all addresses of a name and answers with one error each; the first tells enough.
  if (error instanceof AggregateError && error.errors.length > 0) return describeSystemError(error.errors[0]);
  const code = systemCode(error);
  if (wordsOf[code] !== undefined) return `${wordsOf[code]} (${code})`;
  return error instanceof Error ? error.message : String(error);
}
