// The listeners of the router and what became of each.
//
//   Opening ──bound──▶ Bound        Opening ──failed──▶ Failed (why)
import type { ListenerEntity } from '../schema/configuration.ts';

interface Place {
  readonly listener: ListenerEntity;
  isBound: boolean;
  /** Why it could not be bound; '' while it is bound or being opened. */
  failure: string;
}

export class Listeners {
  readonly #places = new Map<string, Place>();

  opening(listener: ListenerEntity): void {
    this.#places.set(listener.identity, { listener, isBound: false, failure: '' });
  }

  bound(listener: ListenerEntity): void {
    const place = this.#placeOf(listener);
    if (place !== undefined) place.isBound = true;
  }

  failed(listener: ListenerEntity, failure: string): void {
    const place = this.#placeOf(listener);
    if (place !== undefined) place.failure = failure;
  }

  closed(listener: ListenerEntity): void {
    if (this.#placeOf(listener) !== undefined) this.#places.delete(listener.identity);
  }

  /** What keeps listeners from being bound, a line each. */
  get reasons(): string[] {
    const reasons: string[] = [];
    for (const { listener, isBound, failure } of this.#places.values()) {
      if (isBound) continue;
      reasons.push(`listener ${listener.name} is not bound${failure === '' ? ' yet' : `: ${failure}`}`);
    }
    return reasons;
  }

  /** One that was made anew under the same name is another. */
  #placeOf(listener: ListenerEntity): Place | undefined {
    const place = this.#places.get(listener.identity);
    return place?.listener === listener ? place : undefined;
  }
}
