// Every limit of the router, in one place.

/** Wait before a connector dials again: after a failed attempt, after a connection that had opened, and with failover hosts. */
export const redialAfterFailureMs = 5_000;
export const redialAfterLossMs = 2_000;
export const redialFailoverMs = 1_000;

/**
 * Wait before the next attempt to reach another router; it doubles with each failure, up to the longest. One that is back is to be linked with
 * all its neighbours before the next one may be lost.
 */
export const redialRouterMs = 250;
export const redialRouterLongestMs = 1_000;

/** A router that was called so much later than it asked has stood still. */
export const absenceMs = 500;

/** Connections at one router, of all listeners together; one more is closed unheard. */
export const connectionsMax = 65_535;

/** Sessions that one connection may be offered, whatever policy says. */
export const channelsMax = 32_768;

/** Other routers have so long to find ways around one that drains before it takes their credit. */
export const detourMs = 200;

/** Edge routers have so long to go over to another uplink before an interior that drains withdraws their addresses. */
export const handoverMs = 500;

/** A sender that leaves the request for its credit unanswered, and has sent nothing for so long while the router drains, is held to send nothing more. */
export const creditSilenceMs = 500;

/** Consumers whose connection a router closes as it ends have so long to come back elsewhere; until then its addresses stay, and messages wait for them. */
export const consumerReturnMs = 1_000;

/** While the router drains it looks this often whether everything is quiet. */
export const drainCheckMs = 50;

/** Addresses, and containers in each direction, that have lines of their own in /metrics: the busiest; the others are counted together. */
export const addressLinesMax = 200;
export const containerLinesMax = 200;

/** Routers that have lines of their own in /metrics. */
export const routerLinesMax = 500;
