// The rule that keeps a silent consumer from taking a whole channel: one may pin at most half of a sender's credit while
// another one is about. To be about is to have credit, or to have been served a moment ago: a consumer that gives its credit
// in small portions is without any between two of them, and must not lose the channel in one of these moments.
import type { Address } from '../address.ts';
import type { Producer } from '../producer.ts';
import type { Route } from '../route.ts';
import { wouldReturn } from './can-take.ts';

/** Whether a delivery had better wait for another consumer than those that have half of the sender's credit. */
export function waitsForAnother(address: Address, producer: Producer, route: Route): boolean {
  for (const consumer of address.consumers)
    if (!producer.open.pinsHalf(consumer) && consumer.isAlive && !wouldReturn(consumer, producer, route)) return true;
  return false;
}
