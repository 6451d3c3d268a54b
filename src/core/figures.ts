// Figures of a router that are not kept but reckoned when somebody asks. Management and metrics show the same ones.
import type { Link } from '../engine/link.ts';
import type { UnsettledRing } from '../engine/unsettled-ring.ts';
import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { blockedAfterSeconds, stuckAfterMs } from './limits.ts';
import type { Producer } from './producer.ts';

/** What the router has carried, without what it says to itself. */
export interface Traffic {
  readonly ingress: number;
  readonly egress: number;
  readonly transit: number;
  readonly presettled: number;
  readonly droppedPresettled: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly released: number;
  readonly modified: number;
  readonly delayed1Sec: number;
  readonly delayed10Sec: number;
}

export function trafficOf({ counters, internal }: Core): Traffic {
  const { transit, accepted, rejected, released, modified, delayed1Sec, delayed10Sec } = counters;
  const own = internal.traffic;
  return {
    ingress: counters.ingress - own.ingress,
    egress: counters.egress - own.egress,
    presettled: counters.presettled - own.presettled,
    droppedPresettled: counters.droppedPresettled - own.droppedPresettled,
    ...{ transit, accepted, rejected, released, modified, delayed1Sec, delayed10Sec },
  };
}

/** Deliveries that came from brokers (role route-container), and that went to them. */
export function routeContainerTraffic({ counters, producers, consumers }: Core): { ingress: number; egress: number } {
  return {
    ingress: counters.ingressRouteContainer + ofRouteContainers(producers),
    egress: counters.egressRouteContainer + ofRouteContainers(consumers),
  };
}

/** Deliveries of those links that are a broker's. */
export function ofRouteContainers(ends: Iterable<Producer | Consumer>): number {
  let sum = 0;
  for (const { context, link } of ends) if (context.options.role === 'route-container') sum += link.deliveries;
  return sum;
}

/** It has been without credit for long. */
export function isBlocked({ zeroCreditSeconds }: Link): boolean {
  return zeroCreditSeconds >= blockedAfterSeconds;
}

/**
 * Deliveries that have been unsettled for too long, of one link or of all: by the time mark that each has. Ids grow with time, so the old ones
 * stand first and the search ends at the first young one.
 */
export function stuckIn(ring: UnsettledRing, nowMs: number, link: object | null = null): number {
  return ring.size === 0 ? 0 : ring.countOlder(stuckAfterMs, nowMs, link);
}
