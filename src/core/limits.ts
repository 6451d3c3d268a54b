// Every limit of the core, in one place.

/** Messages are held until they are complete or this long, then they flow on while they still arrive. */
export const cutThroughBytes = 128 * 1024;

/** Bytes that a delivery which waits costs besides its own, roughly. */
export const heldOverheadBytes = 256;

/** The sections before the application's own may be this long; a longer head is refused. */
export const headBytesMax = 1024 * 1024;

/** Settled deliveries that wait though their sender is gone, all together; what is more is dropped, and counted. */
export const orphanBytesMax = 32 * 1024 * 1024;

/** Address records at one router; a new address beyond them is refused with amqp:resource-limit-exceeded. */
export const addressesMax = 1_000_000;

/** What all their keys together may take, in characters. */
export const addressKeysLengthMax = 64 * 1024 * 1024;

/** The longest address text that is accepted, in characters. */
export const addressLengthMax = 4 * 1024;

/** Consumers of one address whose share of a sender's credit is counted apart; more of them share the counters. */
export const pinnedCounters = 256;

/** A consumer that was served so lately counts as one that will have credit again. */
export const pinPatienceSeconds = 10;

/** How many consumers balanced forwarding weighs against each other for one message. */
export const balancedCandidates = 16;

/** A pre-settled multicast waits this long for a consumer without credit; then its copies are dropped and counted. */
export const multicastPatienceSeconds = 1;

/** A multicast that one consumer has kept waiting this long is reported, with that consumer's name. */
export const multicastReportSeconds = 10;

/** So long a flowing delivery may wait for its session, which others keep shut, before the newest of those are released. */
export const starvedDeliverySeconds = 2;

/**
 * Bytes of long messages from another router that may be granted or held on one session: our streams have one each, those of Dispatch one
 * together. At 80 ms there and back it is 200 MB/s.
 */
export const streamWindowBytes = 16 * 1024 * 1024;

/**
 * Credit for another router on each link, at least. It comes back at once, so it bounds nothing but what is on the way: at 80 ms there and back
 * 50,000 messages a second.
 */
export const routerCapacityMin = 4000;

/** Bytes of deliveries from one router that wait here for their consumers; what comes beyond is released, or dropped. */
export const backlogBytesMax = 32 * 1024 * 1024;

/** Consumers that have gone and can still be told of, and characters of their names. */
export const departuresMax = 256;
export const departureNameMax = 256;

/** A delivery that is unsettled for so long counts as stuck, as in Dispatch. */
export const stuckAfterMs = 10_000;

/** A link without credit for so long counts as blocked, as in Dispatch. */
export const blockedAfterSeconds = 10;
