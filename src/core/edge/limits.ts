// Limits of what edge and interior routers tell each other, in one place.

/** Credit for updates of address tracking, as Dispatch has it. */
export const trackingCredit = 32;

/** Credit for address lookups of an edge router, and for its heartbeats. */
export const lookupCredit = 32;
export const heartbeatCredit = 2;

/** Replies to lookups join the output of a connection, also while a write is under way, until so much is in it. */
export const lookupOutputBytesMax = 1024 * 1024;

/** So long deliveries wait for the next uplink to say that somebody is there, when one has taken over. */
export const expectationMs = 2_000;

/** The largest message that an edge and an interior router exchange among themselves. */
export const edgeMessageBytesMax = 64 * 1024;
