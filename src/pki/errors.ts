// Faults that a person can mend: a stable code to match on, one sentence that says what is wrong, one that says what to do.
// Never holds a key or a part of one.

export type PkiErrorCode =
  | 'WEFT_PKI_ABSENT'
  | 'WEFT_PKI_AUTHORITY_DAMAGED'
  | 'WEFT_PKI_AUTHORITY_EXPIRED'
  | 'WEFT_PKI_BUSY'
  | 'WEFT_PKI_EXISTS'
  | 'WEFT_PKI_FOREIGN_FILE'
  | 'WEFT_PKI_HOST_INVALID'
  | 'WEFT_PKI_KEY_EXPOSED'
  | 'WEFT_PKI_NAME_INVALID'
  | 'WEFT_PKI_NO_ROTATION'
  | 'WEFT_PKI_STATE_INVALID'
  | 'WEFT_PKI_STILL_IN_USE'
  | 'WEFT_PKI_UNREADABLE'
  | 'WEFT_PKI_UNWRITABLE';

export class PkiError extends Error {
  override name = 'PkiError';
  readonly code: PkiErrorCode;
  /** What to do about it: whole sentences or a command. */
  readonly remedy: string;

  constructor(code: PkiErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = remedy;
  }
}

/** The `code` of a Node system error (`ENOENT`, `EACCES`, …), or ''. */
export function systemCode(error: unknown): string {
  if (error === null || typeof error !== 'object' || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
