// A producer: the owner of an incoming link, bound to an address or, when anonymous, to whatever each message says in `to`. What
// another router sends comes in by producers as well.
//
//   transfer ─▶ whole ─▶ consumer free? ── yes ─▶ sent at once (bytes copied once, from the chunk read to the output)
//                 │                       └ no ──▶ held on this link; the credit that it pins slows the sender
//               parts ─▶ held until complete or 128 KiB, then as above, flowing on
import type { Attach, ErrorInfo } from '../amqp/performatives.ts';
import type { TransferFields } from '../amqp/transfer.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { IncomingLink } from '../engine/incoming-link.ts';
import type { DetachCause, IncomingLinkOwner } from '../engine/owner.ts';
import type { UnsentDelivery } from '../engine/unsent.ts';
import type { Address } from './address.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { Core } from './core.ts';
import type { DropCauses } from './counters.ts';
import { type Door, findPlace, place, Rewritten } from './doors/door.ts';
import { chooseOutlet } from './forward/choose.ts';
import { multicastWhole } from './forward/multicast.ts';
import { HeldDeliveries } from './held-deliveries.ts';
import type { HeldDelivery } from './held-delivery.ts';
import { cutThroughBytes, headBytesMax } from './limits.ts';
import { OpenDeliveries } from './open-deliveries.ts';
import type { Origin } from './origin.ts';
import { Outcome, rankOf } from './outcomes.ts';
import type { Outlet } from './outlet.ts';
import type { Route } from './route.ts';
import { hasWholeHead, priorityOf } from './router-annotations.ts';

const headTooLong = amqpError(
  Condition.ResourceLimitExceeded,
  `the sections before the application's own are longer than ${headBytesMax} bytes`,
);

const rewritten = new Rewritten();
const headerCode = 0x70;
/** §3.2.1 */
const defaultPriority = 4;

export class Producer implements IncomingLinkOwner {
  readonly core: Core;
  /** How its messages are read and written. */
  readonly door: Door;
  /** The router that sends here; null for a client. */
  readonly origin: Origin | null;
  /** The {@link ConnectionContext.side} to which what comes here is never sent back; null when it may go to anybody. */
  readonly avoids: object | string | null;
  /** What waits here shrinks the window of its session, and so stops its sender. Links that routers share are always read. */
  paysBySession = true;
  #link: IncomingLink | null;
  readonly context: ConnectionContext;
  /** Null for an anonymous link. */
  readonly address: Address | null;
  /** The address as the sender wrote it, '' for an anonymous link. */
  readonly target: string;
  /** Its unsettled deliveries, and those of which something is held here. */
  open!: OpenDeliveries;
  readonly held = new HeldDeliveries(this);
  /** Of the delivery that goes out whole next; bit pattern of the uint (§2.7.5). */
  messageFormat = 0;
  droppedPresettled = 0;
  /** The delivery that arrives in parts. */
  #receiving: HeldDelivery | null = null;

  /** @param link null: it is attached from our side, and comes with the answer */
  constructor(
    core: Core,
    link: IncomingLink | null,
    context: ConnectionContext,
    address: Address | null,
    target: string,
    door: Door,
    origin: Origin | null = null,
  ) {
    this.core = core;
    this.door = door;
    this.origin = origin;
    this.avoids = context.options.role === 'edge' ? context.side : null;
    this.#link = link;
    this.context = context;
    this.address = address;
    this.target = target;
    if (link !== null) this.#bind(link);
  }

  /** hot */
  get link(): IncomingLink {
    return this.#link as IncomingLink;
  }

  #bind(link: IncomingLink): void {
    this.#link = link;
    this.open = new OpenDeliveries(link, this.core.counters, this.context.options.linkCapacity);
  }

  // --- credit ------------------------------------------------------------------------------------------------------

  offerCredit(): void {
    if (!this.core.isDraining) this.link.offerCredit(this.context.capacity);
  }

  /** There is somebody to send to, or nobody any more. */
  handleReach(isReachable: boolean): void {
    if (isReachable) this.offerCredit();
    else this.withdrawCredit();
    this.context.edge?.tracker.tell(this, isReachable);
  }

  /** Before its attach is answered there is none. */
  withdrawCredit(): void {
    this.#link?.withdrawCredit();
  }

  // --- what arrives ------------------------------------------------------------------------------------------------

  /** hot */
  handleTransfer(
    link: IncomingLink,
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: TransferFields,
    isFirst: boolean,
  ): void {
    if (isFirst) {
      if (!this.door.isTransit) this.core.counters.ingress++;
      if (link.deliverySettled) this.core.counters.presettled++;
      this.messageFormat = fields.messageFormat;
      if (!fields.more && !fields.aborted) {
        this.#whole(bytes, start, end, link.deliveryId, link.deliverySettled);
        return;
      }
      this.#receiving = this.held.hold(link.deliveryId, link.deliverySettled);
    }
    this.#part(bytes, start, end, fields);
  }

  /** hot */
  #whole(bytes: Uint8Array, start: number, end: number, id: number, settled: boolean): void {
    const { link } = this;
    if (link.maxMessageSize > 0 && end - start > link.maxMessageSize) return this.#tooLarge(id, settled);
    const { door } = this;
    const address = door.admit(bytes, start, end);
    if (address === null) return this.#turnAway(id, settled);
    if (door.changed !== null) {
      bytes = door.changed;
      start = 0;
      end = bytes.length;
    }
    const { route } = door;
    if (!door.isTransit) address.deliveriesIngress++;
    if (!address.hasWaiting) {
      if (!address.hasOutletsFor(this)) return this.#noConsumer(id, settled);
      const priority = address.hasRemotes ? this.#priority(address, bytes, start, end) : 0;
      if (address.isMulticast) {
        if (!address.isOnlyExpected && multicastWhole(address, this, bytes, start, end, id, settled, route, priority))
          return;
      } else {
        const outlet = chooseOutlet(address, this, route, priority);
        if (outlet !== null && this.#mayGoWhole(outlet, end - start)) {
          if (this.forwardWhole(outlet, bytes, start, end, id, settled, route)) return;
        }
      }
    }
    const held = this.held.hold(id, settled);
    held.setWhole(bytes, start, end);
    held.route = route;
    this.place(held, address);
  }

  #turnAway(id: number, settled: boolean): void {
    const { error } = this.door;
    if (error !== null) this.#reject(id, settled, error);
    else this.#releaseOrDrop(id, settled);
  }

  /** Priority of a message on its way to other routers. hot */
  #priority(address: Address, bytes: Uint8Array, start: number, end: number): number {
    if (address.priority >= 0) return address.priority;
    return bytes[start + 2] === headerCode
      ? priorityOf(start === 0 ? bytes : bytes.subarray(start, end))
      : defaultPriority;
  }

  /** Between routers a long message has a link of its own. hot */
  #mayGoWhole(outlet: Outlet, length: number): boolean {
    return length <= outlet.wholeBytesMax;
  }

  /** False when it does not fit into the outlet's session window as a whole. hot */
  forwardWhole(
    outlet: Outlet,
    bytes: Uint8Array,
    start: number,
    end: number,
    id: number,
    settled: boolean,
    route: Route,
  ): boolean {
    const { door } = this;
    const { wantsAnnotations } = outlet;
    const section =
      wantsAnnotations || door.isTransit ? door.section(bytes, start, end, wantsAnnotations, route) : null;
    const isSettled = settled || outlet.link.isPresettled;
    let outgoingId: number;
    if (section === null) {
      if (!outlet.fits(end - start)) return false;
      outgoingId = outlet.sendWhole(this, bytes, start, end, isSettled, id);
    } else if (end - start + section.length <= outlet.link.payloadRoom) {
      findPlace(bytes, start, end);
      outgoingId = outlet.sendSpliced(this, bytes, start, end, section, place.start, place.end, isSettled, id);
    } else {
      rewritten.make(bytes, start, end, section);
      if (!outlet.fits(rewritten.length)) return false;
      outgoingId = outlet.sendWhole(this, rewritten.bytes, 0, rewritten.length, isSettled, id);
    }
    this.countOut(outlet, route);
    if (settled) this.link.releasePlace();
    else if (isSettled) this.open.settle(id, Outcome.Accepted);
    else this.open.tie(id, outlet, outgoingId);
    return true;
  }

  /** A delivery goes out: to a consumer, or on through the mesh. hot */
  countOut(outlet: Outlet, route: Route): void {
    const { way, address } = outlet;
    if (way === null) {
      this.core.counters.egress++;
      address.deliveriesEgress++;
      if (route.ingress !== null) outlet.countIngress(route.ingress);
    } else if (this.door.isTransit) {
      this.core.counters.transit++;
      address.deliveriesTransit++;
    }
  }

  #part(bytes: Uint8Array, start: number, end: number, fields: TransferFields): void {
    const { link } = this;
    const held = this.#receiving;
    if (held === null) return;
    if (!fields.more || fields.aborted) this.#receiving = null;
    if (held.isOver) return;
    if (fields.aborted) return this.held.handleAborted(held);
    held.arrivedBytes += end - start;
    if (link.maxMessageSize > 0 && held.arrivedBytes > link.maxMessageSize) {
      const { settled } = held;
      this.held.end(held);
      return this.#tooLarge(held.deliveryId, settled);
    }
    // What came before finds the way, so that this part can go on straight from the chunk.
    if (!held.isRouted && this.#isDue(held, end - start, fields.more) && hasWholeHead(held.head())) this.#route(held);
    if (held.isOver) return;
    held.isComplete = !fields.more;
    if (held.isFlowing) {
      held.flowOn(bytes, start, end);
      return;
    }
    held.append(bytes, start, end);
    if (!held.isRouted && this.#isDue(held, 0, fields.more)) this.#routeJoined(held);
  }

  /**
   * Held long enough: it is complete, as long as it may be, asks not to be held (`x-opt-qd.stream`), or in the way of the rest of its session, where nothing that is
   * complete will leave by itself.
   */
  #isDue(held: HeldDelivery, length: number, more: boolean): boolean {
    if (!more || held.receivedBytes + length >= cutThroughBytes) return true;
    if (this.#asksToStream(held)) return true;
    const { session } = this.link;
    return session.isShut && !this.core.hasWaitingWhole(session);
  }

  /** Another router's message says that nobody should wait for its end. */
  #asksToStream(held: HeldDelivery): boolean {
    const { door } = this;
    const head = held.head();
    return door.isTransit && hasWholeHead(head) && door.admit(head, 0, head.length) !== null && door.route.stream;
  }

  /** The head may lie in several pieces, and not all of it may be here. */
  #routeJoined(held: HeldDelivery): void {
    if (held.isComplete || hasWholeHead(held.head()) || hasWholeHead(held.joined())) this.#route(held);
    else if (held.receivedBytes > headBytesMax) this.held.reject(held, headTooLong);
  }

  /** Finds the way for a delivery that came in parts, whose head is here. */
  #route(held: HeldDelivery): void {
    held.isRouted = true;
    let bytes = held.head();
    if (!hasWholeHead(bytes)) bytes = held.joined();
    const { door } = this;
    const address = door.admit(bytes, 0, bytes.length);
    if (address === null) {
      if (door.error !== null) this.held.reject(held, door.error);
      else this.held.release(held);
      return;
    }
    if (door.changed !== null) held.replaceHead(door.changed);
    held.route = door.route;
    if (!door.isTransit) address.deliveriesIngress++;
    this.place(held, address);
  }

  /** To a consumer if there is one now, else it waits for one. */
  place(held: HeldDelivery, address: Address): void {
    if (!address.hasOutletsFor(this)) return this.held.handleUndeliverable(held);
    held.isRouted = true;
    held.priority = address.priority >= 0 ? address.priority : priorityOf(held.head());
    if (!address.hasWaiting && address.forward(held)) return;
    if (!address.hasWay(held.route, this)) return this.held.release(held);
    if (this.core.crowded.has(this.link.session)) return this.held.release(held, 'overload');
    if (this.origin?.backlog.isFull && !this.paysBySession) {
      this.core.counters.overloaded++;
      return this.held.release(held, 'overload');
    }
    address.hold(held);
  }

  // --- what cannot go on -------------------------------------------------------------------------------------------

  #noConsumer(id: number, settled: boolean): void {
    this.#releaseOrDrop(id, settled);
    if (this.address !== null) this.withdrawCredit();
  }

  #releaseOrDrop(id: number, settled: boolean): void {
    if (!settled) this.open.settle(id, Outcome.Released);
    else this.#drop('noConsumer');
  }

  #reject(id: number, settled: boolean, error: ErrorInfo): void {
    if (!settled) this.open.reject(id, error);
    else this.#drop('refused');
  }

  /** A settled delivery is lost here. */
  #drop(cause: keyof DropCauses): void {
    this.countDropped(cause);
    this.link.releasePlace();
  }

  #tooLarge(id: number, settled: boolean): void {
    const { maxMessageSize } = this.link;
    const error =
      this.context.admission?.messageTooLarge(this.target, maxMessageSize) ??
      amqpError(Condition.MessageSizeExceeded, `message larger than ${maxMessageSize} bytes`);
    if (settled) this.countDropped('refused');
    else this.open.reject(id, error);
    this.link.fault(error);
  }

  countDropped(cause: keyof DropCauses): void {
    this.droppedPresettled++;
    this.core.counters.countDropped(cause);
  }

  /**
   * The outlet that had the delivery is lost, and nobody has got a byte of it: on the way to another router it looks for another way. A
   * consumer's place is not taken by another one, for others have gone there since: it is released.
   */
  handleUnsent(id: number, unsent: UnsentDelivery): void {
    const { open, door } = this;
    if (open.isCopied(id)) return open.settleCopy(id, Outcome.Released);
    const outlet = open.takeFromOutlet(id);
    if (outlet === null) return; // its sender is gone
    if (!outlet.leadsOn) return open.settle(id, Outcome.Released);
    const bytes = door.restore(unsent.payload);
    const held = this.held.hold(id, false, unsent.messageFormat);
    held.setWhole(bytes, 0, bytes.length);
    held.route = door.route;
    this.place(held, outlet.address);
  }

  // --- multicast ---------------------------------------------------------------------------------------------------

  /** Copies of a whole delivery are out: `copies` of `taken` owe an outcome. hot */
  handleMulticast(id: number, settled: boolean, copies: number, taken: number): void {
    if (settled) {
      if (taken === 0) this.countDropped('noConsumer');
      this.link.releasePlace();
    } else if (taken === 0) this.open.settle(id, Outcome.Released);
    else if (copies === 0) this.open.settle(id, Outcome.Accepted);
    else this.open.tieCopies(id, copies, taken > copies ? rankOf(Outcome.Accepted) : 0);
  }

  // --- coming and going --------------------------------------------------------------------------------------------

  handleSettledBySender(link: IncomingLink, _id: number, slot: number): void {
    const held = this.open.settledBySender(slot);
    if (held === null) link.releasePlace();
    else held.settled = true;
  }

  /** Only links to another router are attached from here. */
  handleAttached(link: IncomingLink, attach: Attach): void {
    if (attach.source === null) return; // refused; its detach follows (§2.6.3)
    this.#bind(link);
    this.origin?.handleDataIn(link, this);
  }

  /** Nobody here wants more of it: a link that we attached is detached. */
  giveUp(): void {
    if (this.#link === null) return;
    this.handleDetached(this.#link, { by: 'loss', error: null });
    this.#link.detach(null);
  }

  handleDetached(_link: IncomingLink, cause: DetachCause): void {
    if (this.#link === null) return;
    this.#receiving = null;
    this.held.handleSenderGone();
    this.open.forgetAll();
    this.address?.removeProducer(this);
    this.context.edge?.tracker.forget(this);
    this.core.producerGone(this, cause);
  }
}
