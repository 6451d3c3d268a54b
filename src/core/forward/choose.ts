// Anycast: which consumer gets the next delivery.
import type { Address } from '../address.ts';
import type { Consumer } from '../consumer.ts';
import type { Producer } from '../producer.ts';
import { chooseBalanced } from './balanced.ts';
import { chooseClosest } from './closest.ts';

/** The consumer for a delivery of `producer`, or null when none can take it now. hot */
export function chooseConsumer(address: Address, producer: Producer): Consumer | null {
  return address.distribution === 'balanced' ? chooseBalanced(address, producer) : chooseClosest(address, producer);
}
