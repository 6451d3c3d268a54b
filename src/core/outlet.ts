// Where the deliveries of an address can be sent on: a consumer of this router, or the way to another one. What both have in
// common; choosing between them is done in forward/.
import type { OutgoingLink } from '../engine/outgoing-link.ts';
import type { Address } from './address.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { HeldDelivery } from './held-delivery.ts';
import type { Way } from './mesh/way.ts';
import type { Producer } from './producer.ts';

const never = -1_000_000;
/** Routers that are counted apart for one consumer. */
const ingressesMax = 1024;
const noIngresses: readonly (readonly [string, Ingress])[] = [];

/** Counts unsettled deliveries that are spread over several links. */
export interface Tally {
  outstanding: number;
}

interface Ingress {
  count: number;
}

export abstract class Outlet {
  readonly link: OutgoingLink;
  readonly context: ConnectionContext;
  readonly address: Address;
  /** The way to other routers that it is a part of; null for a consumer. */
  readonly way: Way | null;
  /** Where its unsettled deliveries are counted; null: its link counts them. */
  readonly tally: Tally | null;
  /** It gets the annotations that routers add. */
  readonly wantsAnnotations: boolean;
  /** Longer messages do not go over it as a whole: see {@link outletForLong}. */
  readonly wholeBytesMax: number;
  /** A number of its own among the consumers of the address; those of gone ones are given again. */
  slot = 0;
  /** The long delivery that it is in the middle of: it takes no other meanwhile. */
  busyWith: HeldDelivery | null = null;
  /** When it was last given something, whole seconds. */
  protected servedAtSeconds = never;

  // Pre-settled multicast, see forward/multicast.ts.
  isLagging = false;
  keptUp = 0;
  waitedForSince = -1;
  droppedPresettled = 0;
  /** Deliveries by the router at which they entered the network, for those that were others. */
  #ingresses: Map<string, Ingress> | null = null;

  constructor(
    link: OutgoingLink,
    context: ConnectionContext,
    address: Address,
    way: Way | null,
    wantsAnnotations: boolean,
    wholeBytesMax: number,
    tally: Tally | null = way,
  ) {
    this.link = link;
    this.context = context;
    this.address = address;
    this.way = way;
    this.wantsAnnotations = wantsAnnotations;
    this.wholeBytesMax = wholeBytesMax;
    this.tally = tally;
  }

  /** A delivery goes out that entered the network at another router. hot for what comes from there */
  countIngress(routerId: string): void {
    if (this.#ingresses === null) this.#ingresses = new Map();
    const known = this.#ingresses.get(routerId);
    if (known !== undefined) known.count++;
    else if (this.#ingresses.size < ingressesMax) this.#ingresses.set(routerId, { count: 1 });
  }

  /** Ids of the other routers at which deliveries entered, and how many. */
  get ingresses(): Iterable<readonly [string, { readonly count: number }]> {
    return this.#ingresses ?? noIngresses;
  }

  get nowSeconds(): number {
    return this.link.session.connection.clock.nowSeconds;
  }

  /** It is the way to another router: what was to go there may look for another way. */
  get leadsOn(): boolean {
    return this.way !== null;
  }

  /** Whether the session window has the frames for `length` bytes. hot */
  fits(length: number): boolean {
    const { link } = this;
    return length <= link.payloadRoom || link.framesOf(length) <= link.session.remoteIncomingWindow;
  }

  /** Sends a whole delivery, which {@link fits}; returns its delivery-id on our side. hot */
  sendWhole(
    producer: Producer,
    bytes: Uint8Array,
    start: number,
    end: number,
    settled: boolean,
    deliveryId: number,
  ): number {
    const { link } = this;
    this.servedAtSeconds = link.session.connection.clock.nowSeconds;
    return link.send(bytes, start, end, settled, producer, deliveryId, producer.messageFormat);
  }

  /** As {@link sendWhole}, with `section` in the place of `[cutStart, cutEnd)`; all of it must fit into one frame. hot */
  sendSpliced(
    producer: Producer,
    bytes: Uint8Array,
    start: number,
    end: number,
    section: Uint8Array,
    cutStart: number,
    cutEnd: number,
    settled: boolean,
    deliveryId: number,
  ): number {
    const { link } = this;
    this.servedAtSeconds = link.session.connection.clock.nowSeconds;
    const { messageFormat } = producer;
    return link.sendSpliced(bytes, start, end, section, cutStart, cutEnd, settled, producer, deliveryId, messageFormat);
  }

  /** Begins a long delivery; returns its delivery-id on our side. */
  beginLong(held: HeldDelivery, settled: boolean): number {
    const { link } = this;
    this.servedAtSeconds = link.session.connection.clock.nowSeconds;
    const id = link.begin(settled, held.producer, held.deliveryId, held.messageFormat);
    held.producer.held.handleBegun(held, this, id);
    return id;
  }

  countDropped(): void {
    this.droppedPresettled++;
    this.address.core.counters.countDropped('slowConsumer');
  }

  /** Through which a long delivery goes: this one, or one that is made for it; null when there can be none now. */
  abstract outletForLong(): Outlet | null;

  /** It is through with a long delivery. */
  abstract handleFree(): void;
}
