// Distribution `multicast`: a copy for every consumer, and one outcome for them all.
//
// All consumers are served together or not at all, so a delivery waits for the slowest. A pre-settled one waits only a
// little: a consumer that stays without credit is marked as lagging, and from then on what it cannot take is dropped and
// counted at its link, until it has kept up for a while.
import type { Address } from '../address.ts';
import type { Consumer } from '../consumer.ts';
import type { HeldDelivery } from '../held-delivery.ts';
import { multicastPatienceSeconds } from '../limits.ts';
import type { Producer } from '../producer.ts';
import { canTake } from './can-take.ts';

/** A lagging consumer that took this many deliveries in a row has caught up. */
const caughtUpAfter = 64;
/** Counts the looks at all consumers, each of which speaks for the frames of a session anew. */
let rounds = 0;

/** Copies a whole delivery to every consumer. False when it must wait, or flow in parts. */
export function multicastWhole(
  address: Address,
  producer: Producer,
  bytes: Uint8Array,
  start: number,
  end: number,
  deliveryId: number,
  settled: boolean,
): boolean {
  const annotated = address.annotatedConsumers > 0 ? producer.annotate(bytes, start, end) : null;
  const length = Math.max(end - start, annotated === null ? 0 : annotated.length);
  if (!isReady(address, settled, length)) return false;
  const { consumers } = address;
  let copies = 0;
  let taken = 0;
  for (let at = 0; at < consumers.length; at++) {
    const consumer = consumers[at] as Consumer;
    if (settled && !takesPart(consumer, length)) continue;
    const copySettled = settled || consumer.link.isPresettled;
    if (annotated !== null && consumer.wantsAnnotations)
      consumer.sendWhole(producer, annotated, 0, annotated.length, copySettled, deliveryId);
    else consumer.sendWhole(producer, bytes, start, end, copySettled, deliveryId);
    if (!copySettled) copies++;
    taken++;
  }
  address.deliveriesEgress += taken;
  producer.handleMulticast(deliveryId, settled, copies, taken);
  return true;
}

/** Whether a held delivery can start towards every consumer now. */
export function canMulticastHeld(address: Address, held: HeldDelivery): boolean {
  return isReady(address, held.settled, 0);
}

/** Starts a held delivery towards every consumer, which {@link canMulticastHeld} and no address holds any more. */
export function multicastHeld(address: Address, held: HeldDelivery): void {
  const { held: all } = held.producer;
  if (held.isComplete && held.isOnePiece && all.multicastWhole(held, address)) return;
  const consumers = address.consumers.filter((consumer) => !held.settled || takesPart(consumer, 0));
  address.clearHoldUp();
  all.multicastParts(held, consumers);
}

/**
 * Whether every consumer that counts can take `length` bytes now; 0: it goes in parts, each of which waits for a window of its
 * own, so that consumers of one session need not fit into it together. Whoever cannot is noted. hot
 */
function isReady(address: Address, settled: boolean, length: number): boolean {
  const { consumers } = address;
  rounds = (rounds + 1) | 0;
  let holdUp: Consumer | null = null;
  for (let at = 0; at < consumers.length; at++) {
    const consumer = consumers[at] as Consumer;
    if (canTake(consumer) && (length === 0 || claimFrames(consumer, length, rounds))) {
      consumer.waitedForSince = -1;
      continue;
    }
    if (settled && isLeftBehind(consumer)) continue;
    holdUp ??= consumer;
  }
  if (holdUp === null) {
    address.clearHoldUp();
    return true;
  }
  address.holdUp(holdUp, holdUp.nowSeconds);
  return false;
}

/** Consumers may share a session: its window must have room for the copies of all of them. hot */
function claimFrames({ link }: Consumer, length: number, round: number): boolean {
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
function isLeftBehind(consumer: Consumer): boolean {
  if (consumer.isLagging) return true;
  if (consumer.waitedForSince < 0) consumer.waitedForSince = consumer.nowSeconds;
  else if (consumer.nowSeconds - consumer.waitedForSince > multicastPatienceSeconds) {
    consumer.isLagging = true;
    return true;
  }
  return false;
}

/** For a pre-settled delivery that goes out now: false when this consumer's copy is dropped, which is counted. */
function takesPart(consumer: Consumer, length: number): boolean {
  if (canTake(consumer) && consumer.fits(length)) {
    if (consumer.isLagging && ++consumer.keptUp >= caughtUpAfter) consumer.isLagging = false;
    return true;
  }
  consumer.keptUp = 0;
  consumer.countDropped();
  return false;
}
