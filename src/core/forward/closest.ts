// Distribution `closest`: consumers in turn; those behind the uplink of an edge router when it has none itself.
import type { Address } from '../address.ts';
import type { Consumer } from '../consumer.ts';
import type { Producer } from '../producer.ts';
import type { Route } from '../route.ts';
import { canTake, wouldReturn } from './can-take.ts';
import { waitsForAnother } from './pins.ts';

/** The next consumer in turn that can take a delivery. hot */
export function chooseClosest(address: Address, producer: Producer, route: Route): Consumer | null {
  return address.uplinks === address.consumers.length
    ? chooseAmong(address, producer, route, true)
    : chooseAmong(address, producer, route, false);
}

function chooseAmong(address: Address, producer: Producer, route: Route, wantsUplink: boolean): Consumer | null {
  const { consumers } = address;
  const count = consumers.length;
  let lastResort = -1;
  for (let step = 0, at = address.cursor; step < count; step++, at++) {
    if (at >= count) at = 0;
    const consumer = consumers[at] as Consumer;
    if (!canTake(consumer) || wouldReturn(consumer, producer, route) || consumer.isUplink !== wantsUplink) continue;
    if (!producer.open.pinsHalf(consumer)) {
      address.cursor = at + 1;
      return consumer;
    }
    if (lastResort < 0) lastResort = at;
  }
  if (lastResort < 0 || waitsForAnother(address, producer, route)) return null;
  address.cursor = lastResort + 1;
  return consumers[lastResort] as Consumer;
}
