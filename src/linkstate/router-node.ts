// One other router, as far as it is known.
import { Inquiry } from './inquiry.ts';
import type { Peers } from './link-state-graph.ts';
import type { ConnectionKey } from './port.ts';

/** What may be read of another router. `router.node` of the management is made of it. */
export interface RemoteRouter {
  readonly id: string;
  /** Small number that is unique among the routers known at one time; the lowest free one from 1 on. We have 0. */
  readonly index: number;
  /** 0 until it is known. */
  readonly instance: number;
  /** Null until it is known. */
  readonly protocolVersion: number | null;
  /** Whether there is a path. Without one, what else is said is the last that was known. */
  readonly isReachable: boolean;
  /**
   * Whether it has spoken since there is a path to it. One that was out of reach may have been started anew, and have none of the
   * addresses that are known of it.
   */
  readonly isConfirmed: boolean;
  /** The neighbour on the path: this router itself when it is that. Null when there is no path. */
  readonly nextHop: RemoteRouter | null;
  /** Cost of the path, Infinity without one. */
  readonly cost: number;
  /** Links on the path, 0 without one. */
  readonly hops: number;
  /** The active connection when it is a neighbour, else null. */
  readonly connectionKey: ConnectionKey | null;
  /** Its link state: its neighbours, and the cost to each. */
  readonly peers: Peers;
  readonly linkStateSequence: number;
  readonly mobileSequence: number;
  /** The address keys that it advertises, with its treatment of each. */
  readonly addresses: ReadonlyMap<string, number | null>;
}

export const noPeers: Peers = new Map();
const noInstances: readonly number[] = [];
const noAddresses: ReadonlyMap<string, number | null> = new Map();

export class RouterNode implements RemoteRouter {
  readonly id: string;
  readonly index: number;
  instance = 0;
  protocolVersion: number | null = null;
  nextHop: RouterNode | null = null;
  cost = Number.POSITIVE_INFINITY;
  hops = 0;
  isConfirmed = true;
  connectionKey: ConnectionKey | null = null;
  peers: Peers = noPeers;
  /** Routers are many, and many have no addresses: the map is made for the first one. */
  #addresses: Map<string, number | null> | null = null;

  readonly linkState = new Inquiry();
  readonly mobile = new Inquiry();
  /** It asked for our link state, and could not be answered yet. */
  owedLinkState = false;
  /** It asked for our addresses, and could not be answered yet. */
  owedAddresses = false;

  /** When an RA or a newer LSU came. */
  lastSeenAt: number;
  /** When its link state was last replaced. */
  linkStateAt: number;
  /** When its addresses last changed. */
  addressesAt: number;
  /** Since when there is no path. */
  unreachableAt: number;
  /** Since when it is no neighbour of ours. */
  notNeighbourAt: number;
  /** Ticks in a row in which nothing spoke for its existence. */
  silentTicks = 0;
  /** Whether its addresses are reported to the core. */
  isAnnounced = false;

  /** Instances that it had before, the newest last. */
  formerInstances: readonly number[] = noInstances;
  /** A higher instance that others tell of while our connection to this one lives. */
  rival: { readonly instance: number; readonly heardAt: number } | null = null;
  /** A lower instance, and since when it is heard and this one is not. */
  doubted: { readonly instance: number; readonly since: number } | null = null;

  constructor(id: string, index: number, clock: number) {
    this.id = id;
    this.index = index;
    this.lastSeenAt = clock;
    this.linkStateAt = clock;
    this.addressesAt = clock;
    this.unreachableAt = clock;
    this.notNeighbourAt = clock;
  }

  get addresses(): ReadonlyMap<string, number | null> {
    return this.#addresses ?? noAddresses;
  }

  setAddress(key: string, hint: number | null): void {
    this.#addresses ??= new Map();
    this.#addresses.set(key, hint);
  }

  deleteAddress(key: string): boolean {
    return this.#addresses?.delete(key) ?? false;
  }

  get isReachable(): boolean {
    return this.nextHop !== null;
  }

  get linkStateSequence(): number {
    return this.linkState.held;
  }

  get mobileSequence(): number {
    return this.mobile.held;
  }
}
