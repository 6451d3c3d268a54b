// One address: who sends to it, who consumes from it here and at other routers, and what waits in between.

import type { RemoteRouter } from '../linkstate/router-node.ts';
import type { RoomWaiter } from './connection-context.ts';
import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { canTake, wouldReturn } from './forward/can-take.ts';
import { chooseOutlet } from './forward/choose.ts';
import { canMulticastHeld, multicastHeld } from './forward/multicast.ts';
import type { HeldDelivery } from './held-delivery.ts';
import type { DataLink } from './mesh/data-link.ts';
import { Remotes } from './mesh/remotes.ts';
import type { Outlet } from './outlet.ts';
import type { Producer } from './producer.ts';
import type { Route } from './route.ts';
import { WaitingDeliveries } from './waiting-deliveries.ts';

export type Distribution = 'multicast' | 'closest' | 'balanced' | 'unavailable';

const mobileClass = 0x4d;
const zero = 0x30;

export class Address implements RoomWaiter {
  readonly core: Core;
  /** Class, phase and name, as in Dispatch's tables: `M0orders`. */
  readonly key: string;
  readonly distribution: Exclude<Distribution, 'unavailable'>;
  readonly isMulticast: boolean;
  /** 0…9, or -1: each message's own. */
  readonly priority: number;
  readonly consumers: Consumer[] = [];
  /** The other routers with consumers; null when there are none. */
  remotes: Remotes | null = null;
  /** Consumers that see router annotations. */
  annotatedConsumers = 0;
  readonly producers = new Set<Producer>();
  /** The uplink of this edge router was lost, and another one takes over: what comes waits for that. */
  #isExpected = false;
  /** Served inside this router, such as its management: other routers are told nothing of it. */
  isOwn = false;
  /** Consumers that are the way over the uplink of an edge router. */
  uplinks = 0;
  /** Consumers that are edge routers of this interior, or behind them. */
  #edgeConsumers = 0;
  /** Producers that come over a connection between edge and interior. */
  #overEdges = 0;
  /** Where the next search for a consumer begins. */
  cursor = 0;
  /** It is only known for the sake of other routers: no link of a client here is bound to it. */
  isUnavailable = false;
  /** The record has left the table: who remembers it must look again. */
  isRemoved = false;
  /** Deliveries that wait are being sent: whoever asks for more in the midst of that is served by it. */
  isPulling = false;
  /** Consumers whose drain is to be answered when that is over. */
  readonly drainsDue: Consumer[] = [];
  #waiting: WaitingDeliveries | null = null;
  readonly #freeSlots: number[] = [];

  /** The consumer that a multicast waits for, and since when (whole seconds, -1 when none). */
  heldUpBy: Outlet | null = null;
  heldUpSinceSeconds = -1;
  isHoldUpReported = false;

  deliveriesIngress = 0;
  deliveriesEgress = 0;
  deliveriesTransit = 0;
  /** On links with brokers (role route-container) that are gone. */
  fromRouteContainers = 0;
  toRouteContainers = 0;

  constructor(core: Core, key: string, distribution: Exclude<Distribution, 'unavailable'>, priority: number) {
    this.core = core;
    this.key = key;
    this.distribution = distribution;
    this.isMulticast = distribution === 'multicast';
    this.priority = priority;
  }

  /** Other routers may be told that there are consumers here, or senders. */
  get isMobile(): boolean {
    return !this.isOwn && this.key.charCodeAt(0) === mobileClass;
  }

  /** Of class M; other classes have none. */
  get phase(): number {
    return this.key.charCodeAt(0) === mobileClass ? this.key.charCodeAt(1) - zero : 0;
  }

  /** Somebody consumes, here or elsewhere. hot */
  get hasOutlets(): boolean {
    return this.consumers.length > 0 || this.remotes !== null || this.#isExpected;
  }

  /** Nobody consumes now, and somebody is about to: what comes waits. hot for multicast */
  get isOnlyExpected(): boolean {
    return this.#isExpected && this.consumers.length === 0 && this.remotes === null;
  }

  /** hot */
  get hasRemotes(): boolean {
    return this.remotes !== null;
  }

  /** Somebody consumes to whom deliveries of this producer may go. hot */
  hasOutletsFor({ avoids }: Producer): boolean {
    if (avoids === null || this.remotes !== null) return this.hasOutlets;
    return this.consumers.some(({ context }) => context.side !== avoids);
  }

  /** Whether a message of `producer` that came this way may go on from here, now or when somebody has room. */
  hasWay(route: Route, producer: Producer): boolean {
    for (const consumer of this.consumers) if (!wouldReturn(consumer, producer, route)) return true;
    return this.#isExpected || (this.remotes?.hasWay(route) ?? false);
  }

  setExpected(isExpected: boolean): void {
    if (this.#isExpected === isExpected) return;
    this.#isExpected = isExpected;
    if (!isExpected) this.#handleFewer();
  }

  /** Some of its consumers are edge routers, or behind them. hot */
  get hasEdgeConsumers(): boolean {
    return this.#edgeConsumers > 0;
  }

  /** hot */
  get hasWaiting(): boolean {
    return this.#waiting !== null && this.#waiting.count > 0;
  }

  /** Deliveries that wait for a consumer or next hop. */
  get waitingCount(): number {
    return this.#waiting?.count ?? 0;
  }

  // --- who comes and goes ------------------------------------------------------------------------------------------

  addProducer(producer: Producer): void {
    this.producers.add(producer);
    if (producer.avoids !== null) this.#overEdges++;
    else if (this.producers.size - this.#overEdges === 1) this.core.edge?.handleFirstProducer(this);
    if (this.hasOutletsFor(producer)) producer.handleReach(true);
  }

  removeProducer(producer: Producer): void {
    if (!this.producers.delete(producer)) return;
    if (producer.avoids !== null) this.#overEdges--;
    else if (this.producers.size === this.#overEdges) this.core.edge?.handleLastProducer(this);
    this.#leaveTable();
  }

  /** Senders of this router's own clients. */
  get hasOwnProducers(): boolean {
    return this.producers.size > this.#overEdges;
  }

  /** Those that may be served otherwise than before: all of them, or only those that come over a connection to an edge. */
  #tellProducers(isFirst: boolean): void {
    if (!isFirst && this.#overEdges === 0) return;
    for (const producer of this.producers)
      if (isFirst || producer.avoids !== null) producer.handleReach(this.hasOutletsFor(producer));
  }

  addConsumer(consumer: Consumer): void {
    consumer.slot = this.#freeSlots.pop() ?? this.consumers.length;
    this.consumers.push(consumer);
    if (consumer.wantsAnnotations) this.annotatedConsumers++;
    if (consumer.context.edge !== null) this.#edgeConsumers++;
    if (consumer.isUplink) this.uplinks++;
    else if (this.consumers.length - this.uplinks === 1) {
      this.core.mesh?.handleFirstConsumer(this);
      this.core.edge?.handleFirstConsumer(this);
    }
    this.#tellProducers(this.consumers.length === 1 && this.remotes === null);
  }

  /** Another router has consumers; nothing happens if that is known. */
  addRemote(router: RemoteRouter): void {
    const hadOutlets = this.hasOutlets;
    this.remotes ??= new Remotes(this);
    this.remotes.add(router);
    this.#tellProducers(!hadOutlets);
    if (this.hasWaiting) this.pull();
  }

  /** It has none any more. */
  removeRemote(id: string): void {
    if (this.remotes === null) return;
    this.remotes.remove(id);
    if (this.remotes.count === 0) this.remotes = null;
    this.#handleFewer();
  }

  /** Takes a consumer off: it is given nothing any more. Then its deliveries are settled, then {@link handleConsumerGone}. */
  leave(consumer: Consumer): void {
    const index = this.consumers.indexOf(consumer);
    if (index < 0) return;
    this.consumers.splice(index, 1);
    if (consumer.wantsAnnotations) this.annotatedConsumers--;
    if (consumer.context.edge !== null) this.#edgeConsumers--;
    if (consumer.isUplink) this.uplinks--;
    if (this.heldUpBy === consumer) this.clearHoldUp();
  }

  /** A consumer has gone. After the last one credit is asked back, and what waits has nobody to go to. */
  handleConsumerGone(consumer: Consumer): void {
    this.#freeSlots.push(consumer.slot);
    if (!consumer.isUplink && this.consumers.length === this.uplinks && !this.core.keepsAddresses) {
      this.core.mesh?.handleLastConsumer(this);
      this.core.edge?.handleLastConsumer(this);
    }
    this.#handleFewer();
  }

  #handleFewer(): void {
    this.#tellProducers(!this.hasOutlets);
    if (this.hasOutlets) this.pull();
    else this.#releaseWaiting();
    this.#leaveTable();
  }

  #leaveTable(): void {
    if (this.hasOutlets || this.producers.size > 0 || this.isRemoved) return;
    this.isRemoved = true;
    this.core.addresses.remove(this);
  }

  #releaseWaiting(): void {
    for (let held = this.#waiting?.peek() ?? null; held !== null; held = this.#waiting?.peek() ?? null) {
      this.#take(held);
      held.producer.held.handleUndeliverable(held);
    }
    this.#nothingWaits();
    this.#waiting = null;
  }

  #nothingWaits(): void {
    this.clearHoldUp();
    this.core.lookAgain.delete(this);
    this.core.waitingAddresses.delete(this);
  }

  // --- waiting -----------------------------------------------------------------------------------------------------

  /** Lets `held` wait for its turn. */
  hold(held: HeldDelivery): void {
    this.#waiting ??= new WaitingDeliveries();
    const isFirst = this.#waiting.count === 0;
    this.#waiting.add(held);
    held.waitsAt = this;
    if (!isFirst) return;
    this.core.waitingAddresses.add(this);
    this.#waitForChange();
  }

  /** It waits no longer: its sender is gone or took it back. */
  unhold(held: HeldDelivery): void {
    this.#waiting?.remove(held);
    held.waitsAt = null;
    if (!this.hasWaiting) this.#nothingWaits();
  }

  #take(held: HeldDelivery): void {
    this.#waiting?.shift(held);
    held.waitsAt = null;
  }

  /** Sends a held delivery on if somebody can take it now. */
  forward(held: HeldDelivery): boolean {
    if (this.isMulticast) {
      if (this.isOnlyExpected || !canMulticastHeld(this, held)) return false;
      multicastHeld(this, held);
      return true;
    }
    const outlet = this.#outletFor(held);
    if (outlet === null) return false;
    held.producer.held.forward(held, outlet);
    return true;
  }

  #outletFor(held: HeldDelivery): Outlet | null {
    const chosen = chooseOutlet(this, held.producer, held.route, held.priority);
    return chosen === null ? null : held.producer.held.outletFor(held, chosen);
  }

  /**
   * Sends waiting deliveries as long as somebody can take them. Each is taken out before it goes, and a consumer that is through
   * with it and asks for more in the same breath changes nothing: it is served when its turn comes.
   */
  pull(): void {
    const waiting = this.#waiting;
    if (waiting === null || this.isPulling) return;
    this.isPulling = true;
    for (let held = waiting.peek(); held !== null; held = waiting.peek()) {
      if (this.isMulticast) {
        if (this.isOnlyExpected || !canMulticastHeld(this, held)) break;
        this.#take(held);
        multicastHeld(this, held);
      } else {
        const outlet = this.#outletFor(held);
        if (outlet === null && this.hasWay(held.route, held.producer)) break;
        this.#take(held);
        if (outlet === null) held.producer.held.release(held);
        else held.producer.held.forward(held, outlet);
      }
    }
    this.isPulling = false;
    if (waiting.count > 0) this.#waitForChange();
    else this.#nothingWaits();
    while (this.drainsDue.length > 0) (this.drainsDue.pop() as Consumer).answerDrain();
  }

  get urgency(): number {
    return this.#waiting?.peek()?.priority ?? 0;
  }

  resume(): void {
    this.pull();
  }

  /**
   * Credit that comes pulls by itself. Consumers that have credit and only lack room wake us when there is some; where one could
   * take a delivery and another is waited for (forward/pins.ts), we look again now and then.
   */
  #waitForChange(): void {
    for (const consumer of this.consumers) {
      if (consumer.link.credit === 0 || consumer.busyWith !== null) continue;
      if (!canTake(consumer)) consumer.context.waitForRoom(this);
      else if (!this.isMulticast) this.core.lookAgain.add(this);
    }
    if (this.remotes !== null) this.#waitForNeighbours(this.remotes);
    // The uplink of an edge, to which a multicast goes beside its consumers; for its credit see ProxySender.
    const { heldUpBy } = this;
    if (heldUpBy !== null && heldUpBy.address !== this) heldUpBy.context.waitForRoom(this);
  }

  #waitForNeighbours(remotes: Remotes): void {
    for (const { way } of remotes.hops) {
      const link = way.peer.linkFor(this.#waiting?.peek()?.priority ?? 0);
      if (link === null) continue; // the mesh pulls when there is one
      if (link.credit === 0) (link.owner as DataLink | null)?.waitForCredit(this);
      else if (!link.canSend) way.peer.context.waitForRoom(this);
      else this.core.lookAgain.add(this);
    }
  }

  // --- multicast: who holds it up ----------------------------------------------------------------------------------

  holdUp(outlet: Outlet, nowSeconds: number): void {
    if (this.heldUpBy === outlet) return;
    this.heldUpBy = outlet;
    this.heldUpSinceSeconds = nowSeconds;
    this.isHoldUpReported = false;
    this.core.heldUp.add(this);
  }

  /** hot for multicast */
  clearHoldUp(): void {
    if (this.heldUpBy === null) return;
    this.heldUpBy = null;
    this.heldUpSinceSeconds = -1;
    this.core.heldUp.delete(this);
  }
}
