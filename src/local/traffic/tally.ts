// What one use of a sample application comes to, over all of its connections.
import { type Arrival, noCounts, type UseCounts, type UseReport } from './report.ts';

export type Outcome = 'accepted' | 'rejected' | 'released' | 'modified' | 'unknown';

export class UseTally {
  readonly key: string;
  #counts: { -readonly [K in keyof UseCounts]: number } = { ...noCounts };
  #arrivals: Arrival[] = [];
  #hasNews = false;

  constructor(key: string) {
    this.key = key;
  }

  sent(isPresettled: boolean): void {
    this.#counts.sent++;
    if (isPresettled) this.#counts.presettled++;
    this.#hasNews = true;
  }

  ended(outcome: Outcome, count = 1): void {
    this.#counts[outcome] += count;
    this.#hasNews = true;
  }

  /** `arrival`: null for a message of somebody else. */
  received(arrival: Arrival | null): void {
    this.#counts.received++;
    if (arrival !== null) this.#arrivals.push(arrival);
    this.#hasNews = true;
  }

  /** What there is since the last time; null for nothing. */
  report(): UseReport | null {
    if (!this.#hasNews) return null;
    this.#hasNews = false;
    const [counts, arrivals] = [this.#counts, this.#arrivals];
    this.#counts = { ...noCounts };
    this.#arrivals = [];
    return { key: this.key, counts, arrivals };
  }
}
