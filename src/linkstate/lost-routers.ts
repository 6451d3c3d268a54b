// Routers to which there is no path any more: nothing routes by them, but people who wonder where their consumer went can be told. Those
// that are forgotten are kept for that, a few of them.
import { lostAddressesMax, lostRoutersMax } from './limits.ts';
import type { RouterNode } from './router-node.ts';

interface Forgotten {
  readonly id: string;
  readonly lastSeenAt: number;
  /** The first of the address keys that it advertised. */
  readonly addresses: ReadonlySet<string>;
}

export interface LostRouter {
  readonly id: string;
  /** Since there is no path to it. */
  readonly lostForMs: number;
  /** It advertised the address that was asked for. */
  readonly hadAddress: boolean;
}

export class LostRouters {
  /** The latest at the end. */
  readonly #forgotten = new Map<string, Forgotten>();

  add({ id, unreachableAt: lastSeenAt, addresses }: RouterNode): void {
    this.#forgotten.delete(id);
    const kept = new Set<string>();
    for (const key of addresses.keys()) if (kept.size < lostAddressesMax) kept.add(key);
    this.#forgotten.set(id, { id, lastSeenAt, addresses: kept });
    if (this.#forgotten.size <= lostRoutersMax) return;
    for (const oldest of this.#forgotten.keys()) {
      this.#forgotten.delete(oldest);
      return;
    }
  }

  /** Of the address `key`: routers that are known and have no path, and those that were forgotten and are not back. */
  of(key: string, known: ReadonlyMap<string, RouterNode>, clock: number): LostRouter[] {
    const lost: LostRouter[] = [];
    for (const { id, isReachable, unreachableAt, addresses } of known.values())
      if (!isReachable) lost.push({ id, lostForMs: clock - unreachableAt, hadAddress: addresses.has(key) });
    for (const { id, lastSeenAt, addresses } of this.#forgotten.values())
      if (!known.has(id)) lost.push({ id, lostForMs: clock - lastSeenAt, hadAddress: addresses.has(key) });
    return lost;
  }
}
