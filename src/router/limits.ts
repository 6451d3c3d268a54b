// Every limit of the router, in one place.

/** Wait before a connector dials again: after a failed attempt, after a connection that had opened, and with failover hosts. */
export const redialAfterFailureMs = 5_000;
export const redialAfterLossMs = 2_000;
export const redialFailoverMs = 1_000;

/** Connections at one router, of all listeners together; one more is closed unheard. */
export const connectionsMax = 65_535;

/** While the router drains it looks this often whether everything is quiet. */
export const drainCheckMs = 50;
