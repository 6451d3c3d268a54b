// Distribution `balanced`: the consumer with the fewest deliveries unsettled, so a slow one gets less.
import type { Address } from '../address.ts';
import type { Consumer } from '../consumer.ts';
import { balancedCandidates } from '../limits.ts';
import type { Producer } from '../producer.ts';
import type { Route } from '../route.ts';
import { canTake, wouldReturn } from './can-take.ts';
import { waitsForAnother } from './pins.ts';

/**
 * The least loaded consumer that can take a delivery; of equals the next in turn. With very many consumers the next
 * {@link balancedCandidates} that can take one are weighed: the cursor moves on, so each gets its turn. hot
 */
export function chooseBalanced(address: Address, producer: Producer, route: Route): Consumer | null {
  const { consumers } = address;
  const count = consumers.length;
  let best = -1;
  let bestLoad = Number.MAX_SAFE_INTEGER;
  let lastResort = -1;
  let weighed = 0;
  for (let step = 0, at = address.cursor; step < count; step++, at++) {
    if (at >= count) at = 0;
    const consumer = consumers[at] as Consumer;
    if (!canTake(consumer) || wouldReturn(consumer, producer, route)) continue;
    if (producer.open.pinsHalf(consumer)) {
      if (lastResort < 0) lastResort = at;
      continue;
    }
    const load = consumer.load + (consumer.isUplink ? 1 : 0);
    if (load < bestLoad) {
      best = at;
      bestLoad = load;
      if (load === 0) break;
    }
    if (++weighed === balancedCandidates) break;
  }
  if (best < 0) {
    if (lastResort < 0 || waitsForAnother(address, producer, route)) return null;
    best = lastResort;
  }
  address.cursor = best + 1;
  return consumers[best] as Consumer;
}
