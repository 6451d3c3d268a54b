// Messages of one sender, one channel and one priority reach a consumer in the order in which they were sent, as long as they
// take the same way. (Long ones flow beside the others; by another way a message may be faster; and one whose way was lost before it had
// begun looks for another one when others have gone on.)
import type { Breaches } from '../breaches.ts';
import type { Arrival, Copy, WitnessedLink } from '../witness/records.ts';
import type { Checker } from '../witness/witness.ts';
import { isMulticast, type Journeys } from './journeys.ts';

/** Longer ones may be overtaken, and overtake. */
const shortBytesMax = 64 * 1024;

export class OrderChecker implements Checker {
  readonly #journeys: Journeys;
  readonly #breaches: Breaches;
  /** The last message of each sending link at each consuming link, by priority and way. */
  readonly #last = new Map<string, Arrival>();
  readonly #numbers = new Map<WitnessedLink, number>();

  /** Whether ways between routers were lost since. */
  readonly #hasLostWays: (since: number) => boolean;

  constructor(journeys: Journeys, breaches: Breaches, hasLostWays: (since: number) => boolean) {
    this.#journeys = journeys;
    this.#breaches = breaches;
    this.#hasLostWays = hasLostWays;
  }

  handleCopy({ message, link }: Copy): void {
    if (link.kind !== 'client' || message === null || message.bytes.length > shortBytesMax) return;
    const journey = this.#journeys.of(message);
    const { ingress, hops } = journey;
    if (ingress === null || isMulticast(journey)) return;
    const way = [ingress.link, ...hops.map((hop) => hop.link), link].map((one) => this.#numberOf(one)).join('>');
    const key = `${message.priority} ${way}`;
    const last = this.#last.get(key);
    this.#last.set(key, ingress);
    if (last === undefined || ((ingress.deliveryId - last.deliveryId) | 0) > 0) return;
    if (this.#hasLostWays(ingress.begunAt)) return;
    this.#breaches.report('order', `${last.describe()} came to ${link.describe()} before ${ingress.describe()}`);
  }

  #numberOf(link: WitnessedLink): number {
    const known = this.#numbers.get(link);
    if (known !== undefined) return known;
    this.#numbers.set(link, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
