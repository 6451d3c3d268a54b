// Promise 5 while things happen, too: as long as no link between routers comes or goes, a message for which somebody has been there
// for a while is not released. (It may wait; and a consumer that has got it may release it.)
import type { Breaches } from '../breaches.ts';
import type { Channel } from '../channel.ts';
import { type Arrival, State, type Told, type WitnessedLink } from '../witness/records.ts';
import type { Checker } from '../witness/witness.ts';
import { isMulticast, type Journeys } from './journeys.ts';

/** So long a consumer must have been there for every router to know it. */
const knownAfterMs = 1_500;

export interface NeedlessReleaseNeeds {
  readonly journeys: Journeys;
  readonly breaches: Breaches;
  hasRestedSince(time: number): boolean;
  /** Consumers that there is a way to, for what came in over this link, at routers that do not stop. */
  consumersFor(channel: Channel, from: WitnessedLink): readonly WitnessedLink[];
  /** Whether a consumer of this channel has left since `time`: a message on its way there may find no way to another one. */
  hasLostConsumer(channel: Channel, time: number): boolean;
}

export class NeedlessRelease implements Checker {
  readonly #needs: NeedlessReleaseNeeds;

  constructor(needs: NeedlessReleaseNeeds) {
    this.#needs = needs;
  }

  handleOutcome(arrival: Arrival, { code }: Told, settled: boolean): void {
    const { link, message, begunAt } = arrival;
    if (!settled || code !== State.Released || link.kind !== 'client' || message === null) return;
    const { journeys, breaches, hasRestedSince, consumersFor, hasLostConsumer } = this.#needs;
    const journey = journeys.of(message);
    if (message.channel === null || isMulticast(journey) || journey.ends.length > 0) return;
    if (!hasRestedSince(begunAt - knownAfterMs)) return;
    // On its way to a consumer that has left; or still in the output for one that is lost now.
    const since = journey.hops.length > 0 ? begunAt - knownAfterMs : link.connection.witness.now;
    if (hasLostConsumer(message.channel, since)) return;
    const consumers = consumersFor(message.channel, link).filter((one) => one.answeredAt < begunAt - knownAfterMs);
    const [consumer] = consumers;
    if (consumer === undefined) return;
    breaches.report('promise 5', `${arrival.describe()} was released, though ${consumer.describe()} has been there`);
  }
}
