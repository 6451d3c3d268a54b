// The refusals of late, so that people who wonder can be told: who was refused what, by which rule, how often. A few hundred are kept.
import { stripAddress } from '../address/address-key.ts';
import type { Denial } from './denial.ts';
import { refusalsMax, toldNameLengthMax } from './limits.ts';

export type RefusedThing = 'connection' | 'session' | 'sender' | 'receiver' | 'message';

export interface RememberedRefusal extends Denial {
  readonly what: RefusedThing;
  readonly user: string;
  readonly host: string;
  /** Of the link or message; '' for connections and sessions, and where none was named. */
  readonly address: string;
  count: number;
  /** Monotonic milliseconds of the last one. */
  lastAtMs: number;
}

export class Refusals {
  /** The latest at the end. */
  readonly #entries = new Map<string, RememberedRefusal>();

  add(what: RefusedThing, who: { user: string; host: string }, address: string, denial: Denial, nowMs: number): void {
    const { rule, vhost, group, reason } = denial;
    const [user, host, name] = [who.user, who.host, address].map(cut) as [string, string, string];
    const key = JSON.stringify([what, user, host, name, rule, cut(vhost), group]);
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    const parts = { what, user, host, address: name, rule, vhost: cut(vhost), group, reason };
    this.#entries.set(key, { ...parts, count: (known?.count ?? 0) + 1, lastAtMs: nowMs });
    if (this.#entries.size <= refusalsMax) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  /** The latest first. */
  get all(): RememberedRefusal[] {
    return [...this.#entries.values()].reverse();
  }

  /** Those of links and messages for this address, however it was written; the latest first. */
  ofAddress(address: string): RememberedRefusal[] {
    const wanted = cut(stripAddress(address));
    return this.all.filter((one) => one.address !== '' && cut(stripAddress(one.address)) === wanted);
  }
}

function cut(text: string): string {
  return text.length > toldNameLengthMax ? text.slice(0, toldNameLengthMax) : text;
}
