// Promise 3: every unsettled message ends in exactly one outcome at its sender. `accepted` means that a consumer accepted it,
// or took it on a link that it attached pre-settled; for multicast, that at least one did and none rejected. `released`:
// nobody got it. `modified` (delivery-failed): in doubt.

import type { Breaches } from '../breaches.ts';
import type { Message } from '../messages.ts';
import { type Arrival, type Copy, State, type Story, type Told, type WitnessedLink } from '../witness/records.ts';
import type { Checker, Witness } from '../witness/witness.ts';
import { compareDetails, mergedOutcome, nameOf } from './outcome-rules.ts';

export class Promise3 implements Checker {
  readonly #witness: Witness;
  readonly #breaches: Breaches;

  constructor(witness: Witness, breaches: Breaches) {
    this.#witness = witness;
    this.#breaches = breaches;
  }

  handleOutcome(arrival: Arrival, told: Told, settled: boolean): void {
    if (arrival.settled) this.#report(arrival, 'was settled by its sender, who got an outcome all the same');
    if (arrival.settlements > 1) this.#report(arrival, 'got a second outcome');
    if (told.code < State.Accepted || told.code > State.Modified) this.#report(arrival, `ended with no outcome at all`);
    if (arrival.message === null || (arrival.isTooLarge && told.code === State.Rejected)) return;
    const story = this.#witness.storyOf(arrival.message);
    const [copy] = story.copies;
    if (story.arrivals.length > 1) this.#judgeRepeated(arrival, story, told);
    else if (copy === undefined) this.#judgeWithoutCopy(arrival, arrival.message, told);
    else if (isMulticast(story)) this.#judgeMulticast(arrival, story, told);
    else if (settled) this.#judgeAnycast(arrival, copy, told);
    else this.#judgeState(arrival, copy, told);
  }

  /**
   * It came to this router more than once. An anycast message that is here again has its own router in its trace, which ends it.
   * Copies of a multicast came over different ways: which of them made which copy cannot be seen here.
   */
  #judgeRepeated(arrival: Arrival, story: Story, told: Told): void {
    const [first] = story.arrivals;
    const [copy] = story.copies;
    if (isMulticast(story)) return;
    if (arrival !== first) {
      if (told.code !== State.Released) this.#report(arrival, `came here again, and got ${nameOf(told.code)}`);
    } else if (copy === undefined) this.#judgeWithoutCopy(arrival, story.message, told);
    else this.#judgeAnycast(arrival, copy, told);
  }

  /** Nobody got a byte of it: released, or refused by the router itself. */
  #judgeWithoutCopy(arrival: Arrival, message: Message, told: Told): void {
    const { channel } = message;
    if (told.code === State.Released) return;
    if (told.code === State.Accepted && this.#witness.hasLostSettledConsumer(channel, arrival.begunAt)) return;
    if (told.code === State.Rejected && (channel === null || channel.distribution === 'unavailable')) return;
    this.#report(arrival, `got ${nameOf(told.code)}, but no consumer has got a byte of it`);
  }

  #judgeAnycast(arrival: Arrival, copy: Copy, told: Told): void {
    const expected = mergedOutcome([copy]);
    if (told.code === State.Accepted && this.#wasTaken(arrival, copy)) return;
    if (told.code !== expected) {
      this.#report(arrival, `got ${nameOf(told.code)}; by its consumer it is ${nameOf(expected)}`);
      return;
    }
    const difference = compareDetails(copy.isSettled ? copy.said : null, told);
    if (difference !== null) this.#report(arrival, difference);
  }

  /** The rest of it stood in the output of a consumer that takes it settled, when that was lost in the same turn. */
  #wasTaken({ completeAt, begunAt }: Arrival, { settled, link, message }: Copy): boolean {
    const isLost = link.endedAt >= 0 && this.#witness.hasLostSettledConsumer(message?.channel ?? null, begunAt);
    return settled && isLost && completeAt >= 0;
  }

  /** A state that leaves the settlement to the sender. */
  #judgeState(arrival: Arrival, copy: Copy, told: Told): void {
    if (!copy.saidCodes.includes(told.code))
      this.#report(
        arrival,
        `was told to be ${nameOf(told.code)}; its consumer said ${nameOf(copy.said?.code ?? null)}`,
      );
  }

  #judgeMulticast(arrival: Arrival, story: Story, told: Told): void {
    const expected = mergedOutcome(story.copies);
    const wasTaken =
      told.code === State.Accepted && this.#witness.hasLostSettledConsumer(story.message.channel, arrival.begunAt);
    if (told.code !== expected && !(wasTaken && expected !== State.Rejected)) {
      const all = story.copies.map((copy) => nameOf(mergedOutcome([copy]))).join(', ');
      this.#report(
        arrival,
        `got ${nameOf(told.code)}; its ${story.copies.length} copies make ${nameOf(expected)} (${all})`,
      );
    }
    for (const link of this.#consumersThroughout(arrival, story)) {
      if (!story.copies.some((copy) => isSameWay(copy.link, link)))
        this.#report(arrival, `has its outcome, but ${link.describe()} has got no copy`);
    }
  }

  /** Consumers that were there before the message and still are. */
  #consumersThroughout(arrival: Arrival, { message }: Story): WitnessedLink[] {
    return this.#witness
      .consumersOf(message.channel)
      .filter((link) => link.isLive && !link.connection.isDeaf && link.answeredAt < arrival.begunAt)
      .filter((link) => !isEcho(link, arrival));
  }

  /** When everything is quiet: nobody waits for an outcome any more, and what was given up went to nobody as a whole. */
  handleQuiet(): void {
    for (const { arrivals, copies } of this.#witness.stories.values()) {
      for (const arrival of arrivals)
        if (arrival.isOpen && arrival.completeAt >= 0) this.#report(arrival, 'never got an outcome');
      const [arrival] = arrivals;
      if (arrivals.length === 1 && arrival?.isAborted && copies.some((copy) => copy.isComplete))
        this.#report(arrival, 'was aborted by its sender, but passed on as a whole');
    }
  }

  #report(arrival: Arrival, text: string): void {
    this.#breaches.report('promise 3', `${arrival.describe()} ${text}`);
  }
}

/** Between routers priorities and long messages have links of their own. */
export function isSameWay(one: WitnessedLink, other: WitnessedLink): boolean {
  return one === other || (one.kind === 'data' && other.kind === 'data' && one.connection === other.connection);
}

/** What an edge router sent does not go back there. */
export function isEcho({ connection }: WitnessedLink, { link }: Arrival): boolean {
  return connection.isOfEdge && connection === link.connection;
}

export function isMulticast({ message }: Story): boolean {
  return message.channel?.distribution === 'multicast';
}
