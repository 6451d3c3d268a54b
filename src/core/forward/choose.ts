// Anycast: where the next delivery goes, to a consumer here or over another router.
import type { Address } from '../address.ts';
import type { Outlet } from '../outlet.ts';
import type { Producer } from '../producer.ts';
import type { Route } from '../route.ts';
import { chooseBalanced } from './balanced.ts';
import { wouldReturn } from './can-take.ts';
import { chooseClosest } from './closest.ts';
import { chooseLeastLoadedHop, chooseNearestHop } from './remote.ts';

/**
 * The outlet for a delivery of `producer`, or null when none can take it now; whether it is worth to wait is asked of the address
 * ({@link Address.hasWay}). `priority` matters on the way to other routers alone. hot
 */
export function chooseOutlet(address: Address, producer: Producer, route: Route, priority: number): Outlet | null {
  const { remotes } = address;
  if (address.distribution === 'closest') {
    if (remotes === null || hasNear(address, producer, route)) return chooseClosest(address, producer, route);
    return chooseNearestHop(remotes, route, priority);
  }
  const local = address.consumers.length === 0 ? null : chooseBalanced(address, producer, route);
  if (remotes === null || local?.load === 0) return local;
  return chooseLeastLoadedHop(address, remotes, route, priority, local);
}

/** Whether there are consumers here for it. hot */
function hasNear(address: Address, producer: Producer, route: Route): boolean {
  for (const consumer of address.consumers) if (!wouldReturn(consumer, producer, route)) return true;
  return false;
}
