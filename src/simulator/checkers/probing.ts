// Promise 5: applications that have a way to each other are connected. When all is quiet and every consumer accepts what it gets,
// what is sent is accepted: nothing is released or in doubt. And a multicast reaches each consumer, once.
import type { Breaches } from '../breaches.ts';
import type { Channel } from '../channel.ts';
import { type Arrival, State, type WitnessedLink } from '../witness/records.ts';
import { isMulticast, type Journey, type Journeys } from './journeys.ts';
import { nameOf } from './outcome-rules.ts';

export interface ProbingNeeds {
  readonly journeys: Journeys;
  readonly breaches: Breaches;
  /** Consumers that there is a way to, for what came in over this link. */
  consumersFor(channel: Channel, from: WitnessedLink): readonly WitnessedLink[];
  /** Pre-settled deliveries that routers have dropped, by their own count. */
  droppedCount(): number;
}

export class Probing {
  readonly #needs: ProbingNeeds;
  #firstId = 0;
  #droppedBefore = 0;

  constructor(needs: ProbingNeeds) {
    this.#needs = needs;
  }

  /** Messages from number `firstId` on are judged. */
  begin(firstId: number): void {
    this.#firstId = firstId;
    this.#droppedBefore = this.#needs.droppedCount();
  }

  /** Everything is through. */
  handleThrough(): void {
    const { journeys, consumersFor } = this.#needs;
    for (const journey of journeys.from(this.#firstId)) {
      const { ingress, message } = journey;
      if (ingress === null || message.channel === null || ingress.isTooLarge) continue;
      const consumers = consumersFor(message.channel, ingress.link).filter(
        ({ answeredAt }) => answeredAt < ingress.begunAt,
      );
      if (consumers.length > 0) this.#judge(journey, ingress, consumers);
    }
  }

  #judge(journey: Journey, ingress: Arrival, consumers: readonly WitnessedLink[]): void {
    const { message, ends } = journey;
    const isDropped = ingress.settled && this.#needs.droppedCount() > this.#droppedBefore;
    if (isDropped) return;
    if (!ingress.settled && ingress.outcome?.code !== State.Accepted)
      this.#report(
        ingress,
        `got ${nameOf(ingress.outcome?.code ?? null)}, though ${consumers.length} consumers wait for it`,
      );
    if (!isMulticast(journey)) {
      if (ends.length !== 1) this.#report(ingress, `reached ${ends.length} consumers of ${message.channel?.name}`);
      return;
    }
    for (const consumer of consumers) {
      const count = ends.filter(({ link }) => link === consumer).length;
      if (count !== 1) this.#report(ingress, `reached ${consumer.describe()} ${count} times`);
    }
  }

  #report(ingress: Arrival, text: string): void {
    this.#needs.breaches.report('promise 5', `though all is quiet ${ingress.describe()} ${text}`);
  }
}
