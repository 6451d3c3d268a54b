// Bounds on configuration files. They are written by the people who run the router, so the bounds only have to keep a
// slip (a binary file, an alias bomb, a generated file gone wrong) from taking the process down with it.

/** Characters of a file; 100,000 entities fit easily. */
export const MAX_FILE_LENGTH = 16 * 1024 * 1024;

/** Values within values, in `openProperties` and `groups`. */
export const MAX_NESTING_DEPTH = 32;

/** Values in one YAML file, whose aliases can make many of few lines. */
export const MAX_VALUES = 250_000;

/** Faults told of one file; what is behind them is only counted. */
export const MAX_FAULTS = 100;

/** Characters of a router id, as in Dispatch. */
export const MAX_ROUTER_ID_LENGTH = 127;

/** Words of an address pattern. Matching recurses once a word. */
export const MAX_PATTERN_TOKENS = 128;

/** The longest time in seconds: beyond it Node's timers, which count milliseconds in 31 bits, fire at once. */
export const MAX_SECONDS = 2_147_483;

/**
 * The shortest silence after which a connection between routers may be lost, in milliseconds: half of it is advertised, and no router
 * of ours takes less than 100 ms.
 */
export const MIN_ROUTER_IDLE_TIMEOUT_MS = 200;
