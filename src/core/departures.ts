// Consumers that have gone of late, and attaches that were refused: so that people who wonder why nobody gets their messages can be told who
// did, until when, and why no more. A few hundred are kept.
import { departureNameMax, departuresMax } from './limits.ts';

export interface Departure {
  /** Of the address, as in Dispatch's tables. */
  readonly key: string;
  readonly container: string;
  readonly user: string;
  /** It was the consumer of an edge router. */
  readonly isEdge: boolean;
  /** For people: `lost with its session`. */
  readonly reason: string;
  /** Its connection was lost: it did not go of its own accord. */
  readonly isLoss: boolean;
  readonly atMs: number;
}

export class Departures {
  /** The latest of each consumer, the oldest first. */
  readonly #entries = new Map<string, Departure>();

  add({ container, user, ...rest }: Departure): void {
    const departure = { container: cut(container), user: cut(user), ...rest };
    const id = `${departure.key}\n${departure.container}\n${departure.user}`;
    this.#entries.delete(id);
    this.#entries.set(id, departure);
    if (this.#entries.size <= departuresMax) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  /** The latest first. */
  ofKey(key: string): Departure[] {
    return [...this.#entries.values()].filter((one) => one.key === key).reverse();
  }
}

/** Peers choose these names. */
const cut = (name: string): string => name.slice(0, departureNameMax);
