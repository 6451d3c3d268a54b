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
  if (!isReady(address, settled, end - start)) return false;
  const { consumers } = address;
  let copies = 0;
  let taken = 0;
  for (let at = 0; at < consumers.length; at++) {
    const consumer = consumers[at] as Consumer;
    if (settled && !takesPart(consumer)) continue;
    const copySettled = settled || consumer.link.isPresettled;
    consumer.sendWhole(producer, bytes, start, end, copySettled, deliveryId);
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
  const consumers = address.consumers.filter((consumer) => !held.settled || takesPart(consumer));
  address.deliveriesEgress += consumers.length;
  held.producer.flow(held, consumers);
}

/** Whether every consumer that counts can take a delivery now. Whoever cannot is noted. hot */
function isReady(address: Address, settled: boolean, length: number): boolean {
  const { consumers } = address;
  let holdUp: Consumer | null = null;
  for (let at = 0; at < consumers.length; at++) {
    const consumer = consumers[at] as Consumer;
    if (canTake(consumer) && (length === 0 || consumer.fits(length))) {
      consumer.waitedForSince = -1;
      continue;
    }
    if (settled && isLeftBehind(consumer)) continue;
    holdUp ??= consumer;
  }
  if (holdUp === null) {
    if (address.heldUpBy !== null) address.clearHoldUp();
    return true;
  }
  address.holdUp(holdUp, holdUp.nowSeconds);
  return false;
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
function takesPart(consumer: Consumer): boolean {
  if (canTake(consumer)) {
    if (consumer.isLagging && ++consumer.keptUp >= caughtUpAfter) consumer.isLagging = false;
    return true;
  }
  consumer.keptUp = 0;
  consumer.countDropped();
  return false;
}

/** Outcomes merge by rank (rejected over accepted over modified over released): the number is kept in the ring. */
export function rankOf(outcome: number): number {
  switch (outcome) {
    case 0x25:
      return 4;
    case 0x24:
      return 3;
    case 0x26:
      return 1;
    case 0x33: // declared: a transaction coordinator's outcome means nothing among copies
      return 4;
    default:
      return 2;
  }
}

/** The outcome of a rank; no copy at all is released. */
export function outcomeOfRank(rank: number): number {
  return rank === 4 ? 0x25 : rank === 3 ? 0x24 : rank === 2 ? 0x27 : 0x26;
}
