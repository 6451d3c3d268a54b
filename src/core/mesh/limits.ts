// Limits of the mesh in the core, in one place.

/** Router links of one connection that carry messages by priority (§2.1 of the inter-router protocol). */
export const prioritiesMax = 10;

/** Links of our own to one neighbour that carry a long message each, at the same time. */
export const streamsMax = 1024;

/** So many of them are kept when they have nothing to do. */
export const idleStreamsMax = 32;

/**
 * Bytes of routing messages that wait for credit or window on one control link, or one message that is larger; the oldest are dropped, for
 * the protocol repeats what matters. Of 1,000 routers that start at once tens of thousands come within a round trip, of some 300 bytes.
 */
export const routingQueueBytesMax = 16 * 1024 * 1024;

/** Routing messages join the output of a connection, also one that drains slowly, until so much is in it. */
export const routingOutputBytesMax = 1024 * 1024;

/** The largest routing message that is taken: 100,000 addresses and more in one update. */
export const routingMessageBytesMax = 64 * 1024 * 1024;

/** A router that has withdrawn an address is still sent so long what was on its way there, and can go nowhere else. */
export const formerRemoteMs = 1_000;
