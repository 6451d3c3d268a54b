// Every limit of the management agent, in one place.

/** Requests that have come and are not answered yet, on each of the two addresses; senders wait for credit beyond. */
export const requestsMax = 32;

/** The largest request; a larger one is rejected. */
export const requestBytesMax = 1024 * 1024;

/** Replies that are on their way at one time, each on a session of its own: one that is not read holds up no other. */
export const replyChannels = 6;

/** Of a reply the router takes so much for a reader that is slow; the rest waits here, and is given up if it makes no progress. */
export const replyWindowBytes = 8 * 1024 * 1024;

/** A reply that makes no progress for so long is given up, with its link: whoever asked does not read. */
export const replyPatienceMs = 10_000;

/** What is made of a long reply in one slice, whichever comes first: rows, bytes; and how many items are gathered for pages. */
export const sliceRows = 200;
export const sliceBytes = 64 * 1024;
export const sliceItems = 4_000;

/** Slices are so far apart, at least: what other work there is has its turn in between. */
export const sliceApartMs = 1;

/** Bytes of replies that leave in that time. */
export const biteBytes = 128 * 1024;

/** Bytes of all replies that are being made or wait to be sent; what would go beyond is refused, to be asked for in pages. */
export const replyBytesMax = 256 * 1024 * 1024;

/** Lists that are kept for those who ask page by page: how many, and how long after the last page. */
export const pagedListsMax = 16;
export const pagedListMs = 30_000;

/** The largest frame on the connection in memory. */
export const frameBytesMax = 64 * 1024;

/** How often both ends of the connection in memory are served in one turn. */
export const roundsPerTurn = 8;
