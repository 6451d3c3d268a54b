// Deliveries that have been unsettled for too long: found by the time mark that each has, when somebody asks. Ids grow with time, so the
// old ones stand first and the search ends at the first young one.
import type { UnsettledRing } from '../../engine/unsettled-ring.ts';

/** As in Dispatch. */
const stuckAfterMs = 10_000;

/** A link without credit for so long counts as blocked, as in Dispatch. */
export const blockedAfterSeconds = 10;

export function stuckIn(ring: UnsettledRing, nowMs: number, link: object | null = null): number {
  return ring.size === 0 ? 0 : ring.countOlder(stuckAfterMs, nowMs, link);
}
