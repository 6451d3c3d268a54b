// HELLO: who is at the other end of each connection, and does it hear us?
//
//   open ──HELLO──▶ heard ──HELLO that lists us──▶ confirmed ──no such HELLO for helloMaxAge──▶ heard
//
// Of the confirmed connections to one router the cheapest is active; of equals the one that is active already, then the
// oldest. The others stand by. Dispatch sends HELLO on its tick only; we also send it at once when a connection opens and when
// somebody is heard for the first time, so that two of us are neighbours after one round trip.
import { assert } from '../kit/assert.ts';
import type { Hello } from './messages.ts';
import type { ConnectionKey } from './port.ts';

/** A connection that runs the router protocol. */
export interface NeighbourConnection {
  readonly key: ConnectionKey;
  readonly cost: number;
  /** The router that was heard on it, null before the first HELLO. */
  routerId: string | null;
  /** Of that router, 0 when it gave none. */
  instance: number;
  /** Of the protocol that it speaks. */
  version: number;
  /** When a HELLO that lists us last came, -Infinity before and when that is too long ago. */
  confirmedAt: number;
}

/** The active connection to a router, or that there is none any more. */
export interface NeighbourChange {
  readonly routerId: string;
  readonly active: NeighbourConnection | null;
}

export class Neighbours {
  readonly #ownId: string;
  readonly #maxAgeMs: number;
  /** In the order in which they opened. */
  readonly #connections = new Map<ConnectionKey, NeighbourConnection>();
  /** When each router was last heard. */
  readonly #heard = new Map<string, number>();
  #seen: readonly string[] | null = null;
  readonly #active = new Map<string, NeighbourConnection>();
  /** Routers whose active connection may have to change. */
  readonly #unsettled = new Set<string>();
  /** Connections on which HELLO is to be sent in this turn. */
  readonly #greeted = new Set<NeighbourConnection>();

  constructor(ownId: string, maxAgeMs: number) {
    this.#ownId = ownId;
    this.#maxAgeMs = maxAgeMs;
  }

  /** The routers heard within helloMaxAge. The same array until that changes. */
  get seen(): readonly string[] {
    this.#seen ??= [...this.#heard.keys()];
    return this.#seen;
  }

  connectionOpened(key: ConnectionKey, cost: number): void {
    assert(!this.#connections.has(key), 'a connection opens once');
    const connection = { key, cost, routerId: null, instance: 0, version: 0, confirmedAt: Number.NEGATIVE_INFINITY };
    this.#connections.set(key, connection);
    this.#greeted.add(connection);
  }

  connectionLost(key: ConnectionKey): void {
    const connection = this.#connections.get(key);
    if (connection === undefined) return;
    this.#connections.delete(key);
    this.#greeted.delete(connection);
    if (connection.routerId !== null) this.#unsettled.add(connection.routerId);
  }

  /** HELLO of another router, on an open connection. What it says of its instance is judged by the caller, before. */
  handleHello(hello: Hello, key: ConnectionKey, clock: number): void {
    const connection = this.#connections.get(key);
    if (connection === undefined) return;
    if (connection.routerId !== hello.id) {
      if (connection.routerId !== null) this.#unsettled.add(connection.routerId);
      connection.routerId = hello.id;
      connection.confirmedAt = Number.NEGATIVE_INFINITY;
      this.#greeted.add(connection);
    }
    if (!this.#heard.has(hello.id)) {
      this.#seen = null;
      this.#greeted.add(connection);
    }
    this.#heard.set(hello.id, clock);
    const isNews = connection.instance !== hello.instance;
    connection.instance = hello.instance;
    connection.version = hello.pv;
    if (!hello.seen.includes(this.#ownId)) {
      if (isNews) this.#unsettled.add(hello.id);
      return;
    }
    if (isNews || connection.confirmedAt === Number.NEGATIVE_INFINITY) this.#unsettled.add(hello.id);
    connection.confirmedAt = clock;
  }

  /** The instance of `routerId` that is believed has changed: connections to another one count no longer. */
  reconsider(routerId: string): void {
    this.#unsettled.add(routerId);
  }

  /** Expires what was not heard or not confirmed for too long. */
  expire(clock: number): void {
    for (const [id, at] of this.#heard) {
      if (clock - at <= this.#maxAgeMs) continue;
      this.#heard.delete(id);
      this.#seen = null;
    }
    for (const connection of this.#connections.values()) {
      if (connection.routerId === null || clock - connection.confirmedAt <= this.#maxAgeMs) continue;
      if (connection.confirmedAt !== Number.NEGATIVE_INFINITY) this.#unsettled.add(connection.routerId);
      connection.confirmedAt = Number.NEGATIVE_INFINITY;
    }
  }

  /** HELLO is to be sent on every connection. */
  greetAll(): void {
    for (const connection of this.#connections.values()) this.#greeted.add(connection);
  }

  /** The connections on which HELLO is to be sent now, in the order in which that came up. */
  takeGreeted(): readonly NeighbourConnection[] {
    if (this.#greeted.size === 0) return [];
    const greeted = [...this.#greeted];
    this.#greeted.clear();
    return greeted;
  }

  /**
   * Chooses the active connection of every router for which something has changed.
   * @param instanceOf the instance that is believed, 0 when none is known yet
   */
  settle(instanceOf: (routerId: string) => number): NeighbourChange[] {
    if (this.#unsettled.size === 0) return [];
    const changes: NeighbourChange[] = [];
    for (const routerId of this.#unsettled) {
      const before = this.#active.get(routerId) ?? null;
      const chosen = this.#choose(routerId, instanceOf(routerId), before);
      if (chosen === before) continue;
      if (chosen === null) this.#active.delete(routerId);
      else {
        this.#active.set(routerId, chosen);
        if (before !== null) this.#greeted.add(chosen);
      }
      changes.push({ routerId, active: chosen });
    }
    this.#unsettled.clear();
    return changes;
  }

  #choose(routerId: string, instance: number, active: NeighbourConnection | null): NeighbourConnection | null {
    let best: NeighbourConnection | null = null;
    for (const connection of this.#connections.values()) {
      if (connection.routerId !== routerId || connection.confirmedAt === Number.NEGATIVE_INFINITY) continue;
      if (instance !== 0 && connection.instance !== 0 && connection.instance !== instance) continue;
      const isBetter =
        best === null || connection.cost < best.cost || (connection.cost === best.cost && connection === active);
      if (isBetter) best = connection;
    }
    return best;
  }
}
