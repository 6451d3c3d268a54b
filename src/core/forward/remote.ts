// Which other router the next delivery goes to, by distribution.
//
//   closest    of the routers with consumers those at the least cost, in turn
//   balanced   outstanding deliveries on the way + cost, the least of all; only to routers on whose path from the message's origin
//              this one lies, so that no two routers send it to and fro
//
// While routers see the network differently, right after a change, a message may stand where its origin's path does not lead:
// then it takes the cheapest way on which it has not been.
import type { Address } from '../address.ts';
import type { Consumer } from '../consumer.ts';
import type { Hop, Remotes } from '../mesh/remotes.ts';
import type { Path } from '../mesh/way.ts';
import type { Outlet } from '../outlet.ts';
import type { Route } from '../route.ts';
import { canTake } from './can-take.ts';

/** Null when none can take it now. hot */
export function chooseNearestHop(remotes: Remotes, route: Route, priority: number): Path | null {
  const { hops, nearest } = remotes;
  let isBarred = nearest > 0;
  for (let step = 0, at = remotes.cursor; step < nearest; step++, at++) {
    if (at >= nearest) at = 0;
    const hop = hops[at] as Hop;
    if (hasPassed(route, hop)) continue;
    isBarred = false;
    const path = hop.way.path(priority);
    if (path === null || !canTake(path)) continue;
    remotes.cursor = at + 1;
    return path;
  }
  return isBarred ? chooseAround(remotes, route, priority) : null;
}

/** `local`: the consumer here that it is weighed against, if any can take it. hot */
export function chooseLeastLoadedHop(
  address: Address,
  remotes: Remotes,
  route: Route,
  priority: number,
  local: Consumer | null,
): Outlet | null {
  const { mesh } = address.core;
  const { hops } = remotes;
  let best: Outlet | null = local;
  let bestLoad = local === null ? Number.POSITIVE_INFINITY : local.load;
  let isBarred = hops.length > 0;
  for (let at = 0; at < hops.length; at++) {
    const hop = hops[at] as Hop;
    if (hop.cost >= bestLoad) break; // the others cost as much or more
    if (hasPassed(route, hop) || !(mesh?.isValidOrigin(route.ingress, hop.router) ?? false)) continue;
    isBarred = false;
    const load = hop.way.outstanding + hop.cost;
    if (load >= bestLoad) continue;
    const path = hop.way.path(priority);
    if (path === null || !canTake(path)) continue;
    best = path;
    bestLoad = load;
  }
  if (best !== null || !isBarred || address.consumers.length > 0) return best;
  return chooseAround(remotes, route, priority);
}

function chooseAround(remotes: Remotes, route: Route, priority: number): Path | null {
  const hop = remotes.hops.find((one) => !hasPassed(route, one));
  const path = (hop?.way ?? remotes.detour(route))?.path(priority) ?? null;
  return path !== null && canTake(path) ? path : null;
}

/** hot */
function hasPassed(route: Route, { nextHop }: Hop): boolean {
  return route.trace.length > 0 && route.trace.includes(nextHop);
}
