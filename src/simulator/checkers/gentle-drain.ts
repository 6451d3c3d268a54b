// Where nothing worse happens to routers than that they are told to stop, no delivery that passes them is left in doubt: a router
// closes its connections when nothing is under way on them any more, or when its time is over.
import type { Breaches } from '../breaches.ts';
import { type Arrival, State, type Told, type WitnessedLink } from '../witness/records.ts';
import type { Checker } from '../witness/witness.ts';
import type { Journeys } from './journeys.ts';

export interface GentleDrainNeeds {
  readonly journeys: Journeys;
  readonly breaches: Breaches;
  /** Whether what was under way on this link may have been cut off. */
  mayBeCut(link: WitnessedLink): boolean;
}

export class GentleDrain implements Checker {
  readonly #needs: GentleDrainNeeds;

  constructor(needs: GentleDrainNeeds) {
    this.#needs = needs;
  }

  handleOutcome({ link, message }: Arrival, { code }: Told, settled: boolean): void {
    if (!settled || link.kind !== 'client' || message === null || code !== State.Modified) return;
    const { journeys, breaches, mayBeCut } = this.#needs;
    for (const hop of journeys.of(message).hops) {
      if (hop.link.endedAt < 0 || hop.isSettled || mayBeCut(hop.link)) continue;
      breaches.report(
        'promise 5',
        `m${message.id} was left in doubt on ${hop.link.describe()} by a router that stopped`,
      );
    }
  }
}
