// Promise 4: a router never delivers an anycast message twice; multicast reaches each consumer at most once. Pre-settled
// messages are lost only with their consumer, or in a drop that is counted and shown where it happened.
import type { Breaches } from '../breaches.ts';
import type { Copy, Story, WitnessedLink } from '../witness/records.ts';
import type { Checker, Witness } from '../witness/witness.ts';
import { isEcho, isMulticast, isSameWay } from './promise-3.ts';

export class Promise4 implements Checker {
  readonly #witness: Witness;
  readonly #breaches: Breaches;
  /** What the router counts as dropped, by now. */
  readonly #droppedCount: () => number;
  /** Pre-settled messages that reached nobody, found by the last look. */
  lostCount = 0;

  constructor(witness: Witness, breaches: Breaches, droppedCount: () => number) {
    this.#witness = witness;
    this.#breaches = breaches;
    this.#droppedCount = droppedCount;
  }

  handleCopy(copy: Copy): void {
    if (copy.message === null) return;
    const story = this.#witness.storyOf(copy.message);
    const others = story.copies.filter((other) => other !== copy);
    const again = isMulticast(story) ? others.filter((other) => isSameWay(other.link, copy.link)) : others;
    // Between routers copies may come over several ways while link states differ; what consumers get is judged elsewhere.
    if (again.length === 0 || (isMulticast(story) && story.arrivals.length > 1)) return;
    const links = story.copies.map(({ link }) => link.describe()).join(' and ');
    this.#breaches.report('promise 4', `m${copy.message.id} was delivered ${story.copies.length} times: to ${links}`);
  }

  /** When everything is quiet: what is missing must have been counted, and nothing else. */
  handleQuiet(): void {
    const lost: Story[] = [];
    let lostCopies = 0;
    let partial = this.#witness.namelessSettled;
    let isExact = true;
    for (const story of this.#witness.stories.values()) {
      const { arrivals, copies } = story;
      const [arrival] = arrivals;
      if (arrival === undefined) continue;
      if (!(arrival.settled || arrival.isSettledBySender)) {
        if (this.#witness.hasLostSettledConsumer(story.message.channel, arrival.begunAt)) partial++;
        continue;
      }
      if (copies.some((copy) => copy.isComplete) && !isMulticast(story) && arrivals.length === 1) continue;
      if (isMulticast(story)) isExact = false;
      const isWhole = arrival.settled && arrival.completeAt >= 0 && !arrival.isAborted && !arrival.mayBeVoid;
      const missing = isWhole ? this.#missingCopies(story) : 0;
      if (missing === 0) partial++;
      else lost.push(story);
      lostCopies += missing;
    }
    this.lostCount = lostCopies;
    const counted = this.#droppedCount();
    if (lostCopies <= counted && (!isExact || counted <= lostCopies + partial)) return;
    const examples = lost.slice(0, 5).map(({ message }) => `m${message.id}`);
    this.#breaches.report(
      'promise 4',
      `${lostCopies} pre-settled deliveries reached nobody (${examples.join(' ')}), the router counts ${counted} as dropped`,
    );
  }

  /** Of an anycast message: 1 when nobody got a byte of it; one that is here again ends here. Of a multicast one: consumers that were there before it and still are, without a copy. */
  #missingCopies(story: Story): number {
    const { message, arrivals, copies } = story;
    const [arrival] = arrivals;
    if (!isMulticast(story) || arrival?.isTooLarge) return Math.max(0, arrivals.length - copies.length);
    const wasThere = ({ isLive, answeredAt }: WitnessedLink) => isLive && answeredAt < (arrival?.begunAt ?? 0);
    const consumers = this.#witness.consumersOf(message.channel).filter(wasThere);
    const isMissing = (link: WitnessedLink) => !copies.some((copy) => isSameWay(copy.link, link));
    return consumers.filter((link) => isMissing(link) && !(arrival !== undefined && isEcho(link, arrival))).length;
  }
}
