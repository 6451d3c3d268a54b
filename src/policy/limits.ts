// Every limit of the policy room, in one place.

/** Refusals that are remembered: of so many kinds (who, where, what, by which rule) the latest. */
export const refusalsMax = 256;

/** Characters of a name that a peer chose, as far as refusals remember and logs tell it. */
export const toldNameLengthMax = 512;

/** Addresses that one anonymous link may send to, and such that it may not, as far as they are remembered. */
export const rememberedTargetsMax = 64;
