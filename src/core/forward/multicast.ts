// Distribution `multicast`: a copy for every consumer, and one outcome for them all.
//
// Consumers of other routers get theirs over one path each way.
//
// All consumers are served together or not at all, so a delivery waits for the slowest. A pre-settled one waits only a
// little: a consumer that stays without credit is marked as lagging, and from then on what it cannot take is dropped and
// counted at its link, until it has kept up for a while.
import type { Address } from '../address.ts';
import { Rewritten } from '../doors/door.ts';
import type { HeldDelivery } from '../held-delivery.ts';
import { cutThroughBytes, multicastPatienceSeconds } from '../limits.ts';
import type { Way } from '../mesh/way.ts';
import type { Outlet } from '../outlet.ts';
import type { Producer } from '../producer.ts';
import type { Route } from '../route.ts';
import { canTake, wouldReturn } from './can-take.ts';

/** A lagging consumer that took this many deliveries in a row has caught up. */
const caughtUpAfter = 64;
/** Counts the looks at all consumers, each of which speaks for the frames of a session anew. */
let rounds = 0;

const annotated = new Rewritten();
const plain = new Rewritten();

/** Copies a whole delivery to every outlet. False when it must wait, or flow in parts. */
export function multicastWhole(
  address: Address,
  producer: Producer,
  bytes: Uint8Array,
  start: number,
  end: number,
  deliveryId: number,
  settled: boolean,
  route: Route,
  priority: number,
): boolean {
  const outlets = outletsFor(address, producer, route, priority);
  const { door } = producer;
  const wantsBoth = address.annotatedConsumers > 0 || outlets !== address.consumers;
  const forOthers = wantsBoth ? annotated.from(door.section(bytes, start, end, true, route), bytes, start, end) : null;
  const forOwn = door.isTransit ? plain.from(door.section(bytes, start, end, false, route), bytes, start, end) : null;
  const length = Math.max(end - start, forOthers?.length ?? 0);
  if (length > cutThroughBytes && outlets.some(({ wholeBytesMax }) => length > wholeBytesMax)) return false;
  if (!isReady(address, outlets, settled, length)) return false;
  let copies = 0;
  let taken = 0;
  for (let at = 0; at < outlets.length; at++) {
    const outlet = outlets[at] as Outlet;
    if (settled && !takesPart(outlet, length)) continue;
    const copySettled = settled || outlet.link.isPresettled;
    const form = outlet.wantsAnnotations ? forOthers : forOwn;
    if (form === null) outlet.sendWhole(producer, bytes, start, end, copySettled, deliveryId);
    else outlet.sendWhole(producer, form.bytes, 0, form.length, copySettled, deliveryId);
    producer.countOut(outlet, route);
    if (!copySettled) copies++;
    taken++;
  }
  producer.handleMulticast(deliveryId, settled, copies, taken);
  return true;
}

/**
 * Every consumer, and one path over each neighbour behind which there are more: for messages that enter the network here, or that
 * have this router on their path there, so that each router gets one copy. hot: without other routers no array is made
 */
function outletsFor(address: Address, producer: Producer, route: Route, priority: number): readonly Outlet[] {
  const { remotes } = address;
  const { avoids } = producer;
  const { mesh, edge } = address.core;
  const uplink = edge?.outletBeside(address, producer) ?? null;
  const mayReturn = avoids !== null || (route.trace.length > 0 && address.hasEdgeConsumers);
  if (remotes === null && !mayReturn && uplink === null) return address.consumers;
  const outlets: Outlet[] = address.consumers.filter((consumer) => !wouldReturn(consumer, producer, route));
  if (uplink !== null) outlets.push(uplink);
  // Without the paths of the router where it entered nobody can tell who brings it where: as in Dispatch, it goes no further.
  if (remotes === null || mesh === null || !mesh.knowsOrigin(route.ingress)) return outlets;
  const ways = new Set<Way>();
  for (const { router, nextHop, way } of remotes.hops) {
    if (ways.has(way) || route.trace.includes(nextHop) || !mesh.isValidOrigin(route.ingress, router)) continue;
    ways.add(way);
    const path = way.path(priority);
    if (path !== null) outlets.push(path);
  }
  return outlets;
}

/** Whether a held delivery can start towards every outlet now. */
export function canMulticastHeld(address: Address, held: HeldDelivery): boolean {
  return isReady(address, outletsFor(address, held.producer, held.route, held.priority), held.settled, 0);
}

/** Starts a held delivery towards every outlet, which {@link canMulticastHeld} and no address holds any more. */
export function multicastHeld(address: Address, held: HeldDelivery): void {
  const { held: all } = held.producer;
  if (held.isComplete && held.isOnePiece && all.multicastWhole(held, address)) return;
  const outlets = outletsFor(address, held.producer, held.route, held.priority);
  address.clearHoldUp();
  all.multicastParts(
    held,
    outlets.filter((outlet) => !held.settled || takesPart(outlet, 0)),
  );
}

/**
 * Whether every outlet that counts can take `length` bytes now; 0: it goes in parts, each of which waits for a window of its
 * own, so that consumers of one session need not fit into it together. Whoever cannot is noted. hot
 */
function isReady(address: Address, outlets: readonly Outlet[], settled: boolean, length: number): boolean {
  rounds = (rounds + 1) | 0;
  let holdUp: Outlet | null = null;
  for (let at = 0; at < outlets.length; at++) {
    const outlet = outlets[at] as Outlet;
    if (canTake(outlet) && (length === 0 || claimFrames(outlet, length, rounds))) {
      outlet.waitedForSince = -1;
      continue;
    }
    if (settled && isLeftBehind(outlet)) continue;
    holdUp ??= outlet;
  }
  if (holdUp === null) {
    address.clearHoldUp();
    return true;
  }
  address.holdUp(holdUp, holdUp.nowSeconds);
  return false;
}

/** Consumers may share a session: its window must have room for the copies of all of them. hot */
function claimFrames({ link }: Outlet, length: number, round: number): boolean {
  const { session } = link;
  if (session.claimRound !== round) {
    session.claimRound = round;
    session.claimedFrames = 0;
  }
  const frames = session.claimedFrames + link.framesOf(length);
  if (frames > session.remoteIncomingWindow) return false;
  session.claimedFrames = frames;
  return true;
}

/** Whether a consumer that cannot take a pre-settled copy is no longer waited for. */
function isLeftBehind(outlet: Outlet): boolean {
  if (outlet.isLagging) return true;
  if (outlet.waitedForSince < 0) outlet.waitedForSince = outlet.nowSeconds;
  else if (outlet.nowSeconds - outlet.waitedForSince > multicastPatienceSeconds) {
    outlet.isLagging = true;
    return true;
  }
  return false;
}

/** For a pre-settled delivery that goes out now: false when this consumer's copy is dropped, which is counted. */
function takesPart(outlet: Outlet, length: number): boolean {
  if (canTake(outlet) && outlet.fits(length)) {
    if (outlet.isLagging && ++outlet.keptUp >= caughtUpAfter) outlet.isLagging = false;
    return true;
  }
  outlet.keptUp = 0;
  outlet.countDropped();
  return false;
}
