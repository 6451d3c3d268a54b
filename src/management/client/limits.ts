// What a management client lets grow, and how far.

/** Rows that one QUERY asks for: replies stay short, so that they do not stand in the way of messages. */
export const rowsOfPage = 500;
/** Rows of one query over all its pages. */
export const rowsMax = 2_000_000;
/** A reply that is longer is not kept. */
export const replyBytesMax = 64 * 1024 * 1024;
/** Requests that are waited for at once. */
export const pendingRequestsMax = 1_000;
/** Replies that may be on their way to us. */
export const replyCredit = 100;
