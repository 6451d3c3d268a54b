// Every limit and every fixed time of the link state, in one place. What Dispatch lets users set is in settings.ts.

/** Routers that are remembered beside this one; messages of and about further ones are dropped with a warning. */
export const routersMax = 10_000;

/** Peers in one link state, and ids in one HELLO. A message with more is malformed. */
export const peersMax = 10_000;

/** Keys in one mobile address update. A message with more is malformed. */
export const addressesMax = 1_000_000;

/** The longest router id that is accepted, in UTF-16 units. */
export const idLengthMax = 1_024;

/** The longest address key that is accepted, in UTF-16 units. */
export const keyLengthMax = 8 * 1_024;

/** The highest cost of one link: an AMQP int. Sums stay exact in a double. */
export const costMax = 0x7fff_ffff;

/** The one tick that drives HELLO, RA and every expiry. */
export const tickMs = 1_000;

/**
 * After something was published, news wait this long and go out together; a loss never waits. A flood costs the network one
 * message on every link, so a router whose neighbours or clients come one after the other must not cause one for each.
 */
export const publishPaceMs = 100;

/** Addresses may change a few times in a row, so far apart, before they wait for that: an edge that goes over brings all of its own in a few turns. */
export const addressesAtOnce = 4;
export const addressesGapMs = 10;

/** After paths were computed, links that came up wait this long to be used; a loss never waits. Computing takes time itself. */
export const recomputePaceMs = 10;

/** So long after its first neighbour a router that starts waits at most until it knows all, before others may go through it. */
export const joiningMs = 1_000;

/** A router that no path leads to keeps its addresses this long, so that a short outage does not send senders away. */
export const unreachableHoldoffMs = 1_000;

/**
 * Who is first named in the flooded link state of another router has a new neighbour, and floods its own: so long it is waited for before it
 * is asked.
 */
export const expectedMs = 250;

/** Link states that are asked for at the same time. */
export const requestsMax = 32;

/** What was heard of a router so recently that, when a path to it appears, it need not be asked again. */
export const freshMs = 1_000;

/** Ticks after which a router that says nothing and that nobody lists is forgotten (counted like Dispatch: more than this). */
export const keepAliveTicks = 2;

/** Copies of a flooded message that arrive this long after the first one are known for copies. Periodic RAs come later. */
export const floodWindowMs = 2_000;

/** Sequences may seem to go back while late copies arrive; after this long without news they really did. */
export const lateCopiesMs = 2_000;

/** Two instances of one id count as two routers when the wrong one is heard twice, at least this far apart. */
export const conflictMs = 5_000;

/** How long a router that is no neighbour of ours may go on listing us before that is reported. */
export const wronglyListedMs = 10_000;

/** Instances of one id that are remembered as gone. */
export const formerInstancesMax = 8;

/** Different faults of messages that are reported; after that the list starts anew. */
export const reportedFaultsMax = 1_000;

/** Forgotten routers that can still be told of, and address keys of each. */
export const lostRoutersMax = 64;
export const lostAddressesMax = 1_000;
