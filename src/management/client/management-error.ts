// Why a request came to nothing. The reader matches on `code`; `message` is a sentence for people.

export type ManagementErrorCode =
  /** The router has no way to the agent asked: the request came back. */
  | 'WEFT_NO_AGENT'
  /** No reply came in time. */
  | 'WEFT_AGENT_SILENT'
  /** The connection ended before the reply came. */
  | 'WEFT_MANAGEMENT_LOST'
  /** The router does not let us ask: its policy, most likely. */
  | 'WEFT_MANAGEMENT_FORBIDDEN'
  /** The agent answered with a status other than 2xx. */
  | 'WEFT_REQUEST_REFUSED'
  /** The reply is none, or too long to be kept. */
  | 'WEFT_REPLY_UNREADABLE';

export class ManagementError extends Error {
  override name = 'ManagementError';
  readonly code: ManagementErrorCode;
  /** Of the reply, 0 when none came. */
  readonly statusCode: number;

  constructor(code: ManagementErrorCode, message: string, statusCode = 0) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
  }
}
