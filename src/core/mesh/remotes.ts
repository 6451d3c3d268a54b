// The other routers at which an address has consumers, and how they are reached now.
import type { Detour } from '../../linkstate/link-state-protocol.ts';
import type { RemoteRouter } from '../../linkstate/router-node.ts';
import type { Address } from '../address.ts';
import type { Route } from '../route.ts';
import { formerRemoteMs } from './limits.ts';
import { Peer } from './peer.ts';
import { Way } from './way.ts';

/** A router with consumers that can be reached. */
export interface Hop {
  readonly router: RemoteRouter;
  readonly nextHop: string;
  readonly cost: number;
  readonly way: Way;
}

export class Remotes {
  readonly #address: Address;
  readonly #routers = new Map<string, RemoteRouter>();
  /** Those that have withdrawn the address of late, and when. */
  readonly #former = new Map<RemoteRouter, number>();
  readonly #ways = new Map<Peer, Way>();
  #hops: Hop[] = [];
  /** That of the mesh for which the hops were computed; -1: they must be anew. */
  #version = -1;
  /** How many of the hops are the cheapest. */
  #nearest = 0;
  /** Where the next search among the cheapest begins. */
  cursor = 0;

  constructor(address: Address) {
    this.#address = address;
  }

  get count(): number {
    return this.#routers.size;
  }

  get routers(): Iterable<RemoteRouter> {
    return this.#routers.values();
  }

  get ways(): Iterable<Way> {
    return this.#ways.values();
  }

  add(router: RemoteRouter): void {
    this.#routers.set(router.id, router);
    this.#former.delete(router);
    this.#version = -1;
  }

  remove(id: string): void {
    const router = this.#routers.get(id);
    if (router !== undefined) this.#former.set(router, this.#address.core.nowMs);
    this.#routers.delete(id);
    this.#version = -1;
  }

  /** The cheapest first. hot */
  get hops(): readonly Hop[] {
    if (this.#version !== this.#address.core.mesh?.version) this.#compute();
    return this.#hops;
  }

  /** hot */
  get nearest(): number {
    if (this.#version !== this.#address.core.mesh?.version) this.#compute();
    return this.#nearest;
  }

  #compute(): void {
    const hops: Hop[] = [];
    const peers = new Set<Peer>();
    for (const router of this.#routers.values()) {
      const { nextHop, cost, isConfirmed } = router;
      const peer = nextHop?.connectionKey;
      if (nextHop === null || !isConfirmed || !(peer instanceof Peer)) continue;
      peers.add(peer);
      hops.push({ router, nextHop: nextHop.id, cost, way: this.#wayOver(peer) });
    }
    hops.sort((a, b) => a.cost - b.cost || (a.router.id < b.router.id ? -1 : 1));
    for (const peer of this.#ways.keys()) if (!peers.has(peer)) this.#ways.delete(peer);
    const [first] = hops;
    this.#nearest = first === undefined ? 0 : hops.filter(({ cost }) => cost === first.cost).length;
    this.#hops = hops;
    this.#version = this.#address.core.mesh?.version ?? -1;
  }

  #formerHop(trace: readonly string[]): RemoteRouter['nextHop'] {
    const { nowMs } = this.#address.core;
    for (const [router, withdrawnAtMs] of this.#former) {
      const { nextHop } = router;
      if (nowMs - withdrawnAtMs > formerRemoteMs) this.#former.delete(router);
      else if (nextHop !== null && !trace.includes(nextHop.id)) return nextHop;
    }
    return null;
  }

  #wayOver(peer: Peer): Way {
    let way = this.#ways.get(peer);
    if (way === undefined) {
      way = new Way(this.#address, peer);
      this.#ways.set(peer, way);
    }
    return way;
  }

  /**
   * Whether a message that came this way may be sent on or wait for that: some router is not behind one that it has passed, or there is
   * a way around. Those that are out of reach just now count, or have not spoken since they were: they are back soon, or forgotten.
   */
  hasWay(route: Route): boolean {
    const { hops } = this;
    if (hops.length < this.#routers.size || hops.some(({ nextHop }) => !route.trace.includes(nextHop))) return true;
    return this.detour(route) !== null;
  }

  /**
   * The cheapest way on which the message has not been, when it has been on all paths. A router that ends withdraws its addresses while others
   * still send to it: it serves what comes until it closes.
   */
  detour({ trace }: Route): Way | null {
    let best: Detour | null = null;
    for (const router of this.#routers.values()) {
      const detour = this.#address.core.mesh?.protocol.detour(router, trace) ?? null;
      if (detour !== null && (best === null || detour.cost < best.cost)) best = detour;
    }
    const peer = (best?.nextHop ?? this.#formerHop(trace))?.connectionKey;
    return peer instanceof Peer ? this.#wayOver(peer) : null;
  }
}
