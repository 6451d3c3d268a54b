// Every limit of the simulator, in simulated milliseconds.

/** The longest time in which faults happen and clients misbehave. */
export const chaosMsMax = 8_000;

/**
 * When faults have stopped and no message has got on for so long, what is outstanding is stuck: more than a stalled write
 * (30 s), the longest idle timeout (16 s) and a few reconnections together.
 */
export const stuckMs = 70_000;

/** And after so long even the slowest wires have carried everything. */
export const settlingMsMax = 1_200_000;

/** How often it is looked whether all is resolved, and how long it then stays so before it is judged. */
export const lookEveryMs = 250;
export const restMs = 500;

/**
 * After the last change of a link or an address every router has to know of it within this time. News go out at once; what went
 * into a connection that was about to die is repeated every four seconds.
 */
export const convergenceMsMax = 8_000;

/** Beyond `drainSeconds` a router that stops may take so long for its closing handshakes. */
export const closingMs = 4_000;

/** A router that stops looks this often whether it may (drainCheckMs of the router, and a little). */
export const drainLookMs = 100;

/** After all clients have left so much time passes before nothing may be left of them. */
export const endingMs = 20_000;

/** Routers give each other at least this much credit on each link (routerCapacityMin of the core). */
export const trunkCapacityMin = 4_000;

/** What came over one link between routers and waits at its end, together (backlogBytesMax of the core). */
export const trunkBacklogBytesMax = 32 * 1024 * 1024;
