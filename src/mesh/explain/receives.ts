// Which of several consumers gets a message, by the distribution of the channel.
import type { ChannelExplanation, DeliveryExplanation } from './explanation.ts';

type Candidate = Omit<DeliveryExplanation, 'receives'>;

/** The deliveries of one publisher with what each consumer receives, the nearest first. */
export function withReceives(
  deliveries: readonly Candidate[],
  distribution: ChannelExplanation['distribution'],
): DeliveryExplanation[] {
  const possible = deliveries.filter(({ because }) => because === '');
  const nearest = Math.min(...possible.map(distance));
  const atNearest = possible.filter((one) => distance(one) === nearest).length;
  const receives = (delivery: Candidate): DeliveryExplanation['receives'] => {
    if (delivery.because !== '' || distribution === 'unavailable') return 'none';
    if (distribution === 'multicast' || possible.length === 1) return 'every';
    if (distribution === 'balanced') return 'share';
    if (distance(delivery) > nearest) return 'reserve';
    return atNearest === 1 ? 'every' : 'share';
  };
  return deliveries
    .map((delivery) => ({ ...delivery, receives: receives(delivery) }))
    .sort((a, b) => distance(a) - distance(b));
}

/** By which routers choose the closest: on the same router, then by cost. */
function distance({ hops, cost }: Candidate): number {
  return cost === null ? Number.POSITIVE_INFINITY : hops.length === 1 ? -1 : cost;
}
