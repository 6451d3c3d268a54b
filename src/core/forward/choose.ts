// Anycast: which consumer gets the next delivery.
import type { Address } from '../address.ts';
import type { Consumer } from '../consumer.ts';
import { pinnedCounters } from '../limits.ts';
import type { Producer } from '../producer.ts';
import { chooseBalanced } from './balanced.ts';
import { chooseClosest } from './closest.ts';

/** The consumer for a delivery of `producer`, or null when none can take it now. hot */
export function chooseConsumer(address: Address, producer: Producer): Consumer | null {
  return address.distribution === 'balanced' ? chooseBalanced(address, producer) : chooseClosest(address, producer);
}

/**
 * One consumer may pin at most half of a sender's credit while another has credit: so a silent one with a large credit
 * never takes the channel from the others. hot
 */
export function pinsTooMuch(consumer: Consumer, producer: Producer): boolean {
  const { pinned } = producer;
  return pinned !== null && (pinned[consumer.slot % pinnedCounters] as number) * 2 >= producer.capacity;
}
