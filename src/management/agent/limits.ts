// Every limit of the management agent, in one place.

/** Requests that have come and are not answered yet, on each of the two addresses; senders wait for credit beyond. */
export const requestsMax = 32;

/** The largest request; a larger one is rejected. */
export const requestBytesMax = 1024 * 1024;

/** Replies that are on their way at one time, each on a session of its own: one that is not read holds up no other. */
export const replyChannels = 6;

/** A reply that makes no progress for so long is given up, with its link: whoever asked does not read. */
export const replyPatienceMs = 10_000;

/** What the agent does of a long reply in one turn, whichever comes first: rows, bytes. */
export const sliceRows = 250;
export const sliceBytes = 64 * 1024;

/** Bytes of all replies that are being made or wait to be sent; what would go beyond is refused, to be asked for in pages. */
export const replyBytesMax = 256 * 1024 * 1024;

/** Lists that are kept for those who ask page by page: how many, and how long after the last page. */
export const pagedListsMax = 16;
export const pagedListMs = 30_000;

/** The largest frame on the connection in memory. */
export const frameBytesMax = 64 * 1024;

/** How often both ends of the connection in memory are served in one turn. */
export const roundsPerTurn = 8;
