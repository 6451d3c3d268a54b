// The rule that keeps a silent consumer from taking a whole channel.
import type { Consumer } from '../consumer.ts';
import { pinnedCounters } from '../limits.ts';
import type { Producer } from '../producer.ts';

/**
 * One consumer may pin at most half of a sender's credit while another has credit: so a silent one with a large credit
 * never takes the channel from the others. hot
 */
export function pinsTooMuch(consumer: Consumer, producer: Producer): boolean {
  const { pinned } = producer;
  return pinned !== null && (pinned[consumer.slot % pinnedCounters] as number) * 2 >= producer.capacity;
}
