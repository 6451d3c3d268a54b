// Every limit of the core, in one place.

/** Messages are held until they are complete or this long, then they flow on while they still arrive. */
export const cutThroughBytes = 128 * 1024;

/** Address records at one router; a new address beyond them is refused with amqp:resource-limit-exceeded. */
export const addressesMax = 1_000_000;

/** The longest address text that is accepted, in characters. */
export const addressLengthMax = 4 * 1024;

/** Consumers of one address whose share of a sender's credit is counted apart; more of them share the counters. */
export const pinnedCounters = 256;

/** How many consumers balanced forwarding weighs against each other for one message. */
export const balancedCandidates = 16;

/** A pre-settled multicast waits this long for a consumer without credit; then its copies are dropped and counted. */
export const multicastPatienceSeconds = 1;

/** A multicast that one consumer has kept waiting this long is reported, with that consumer's name. */
export const multicastReportSeconds = 10;
