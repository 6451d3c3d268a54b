// A producer: the owner of an incoming link, bound to an address or, when anonymous, to whatever each message says in `to`.
//
//   transfer ─▶ whole ─▶ consumer free? ── yes ─▶ sent at once (bytes copied once, from the chunk read to the output)
//                 │                       └ no ──▶ held on this link; the credit that it pins slows the sender
//               parts ─▶ held until complete or 128 KiB, then as above, flowing on
import type { Attach, ErrorInfo } from '../amqp/performatives.ts';
import type { TransferFields } from '../amqp/transfer.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { IncomingLink } from '../engine/incoming-link.ts';
import type { DetachCause, IncomingLinkOwner } from '../engine/owner.ts';
import type { Address } from './address.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { DeliveryAddress } from './delivery-address.ts';
import { chooseConsumer } from './forward/choose.ts';
import { multicastWhole } from './forward/multicast.ts';
import { HeldDeliveries } from './held-deliveries.ts';
import type { HeldDelivery } from './held-delivery.ts';
import { cutThroughBytes, headBytesMax } from './limits.ts';
import { OpenDeliveries } from './open-deliveries.ts';
import { Outcome, rankOf } from './outcomes.ts';
import {
  annotateFirstHop,
  hasWholeHead,
  malformedMessage,
  mayHaveAnnotations,
  priorityOf,
  withoutRouterAnnotations,
} from './router-annotations.ts';

const malformed = amqpError(Condition.DecodeError, 'invalid message format');
const headTooLong = amqpError(
  Condition.ResourceLimitExceeded,
  `the sections before the application's own are longer than ${headBytesMax} bytes`,
);

export class Producer implements IncomingLinkOwner {
  readonly core: Core;
  readonly link: IncomingLink;
  readonly context: ConnectionContext;
  /** Null for an anonymous link. */
  readonly address: Address | null;
  /** The address as the sender wrote it, '' for an anonymous link. */
  readonly target: string;
  /** Its unsettled deliveries, and those of which something is held here. */
  readonly open: OpenDeliveries;
  readonly held = new HeldDeliveries(this);
  /** Of the delivery that goes out whole next; bit pattern of the uint (§2.7.5). */
  messageFormat = 0;
  droppedPresettled = 0;
  /** The delivery that arrives in parts. */
  #receiving: HeldDelivery | null = null;
  readonly #to: DeliveryAddress | null;

  constructor(core: Core, link: IncomingLink, context: ConnectionContext, address: Address | null, target: string) {
    this.core = core;
    this.link = link;
    this.context = context;
    this.address = address;
    this.target = target;
    this.open = new OpenDeliveries(link, core.counters, context.options.linkCapacity);
    this.#to = address === null ? new DeliveryAddress(core, context.options.stripsIncoming) : null;
  }

  // --- credit ------------------------------------------------------------------------------------------------------

  offerCredit(): void {
    if (!this.core.isDraining) this.link.offerCredit(this.context.options.linkCapacity);
  }

  withdrawCredit(): void {
    this.link.withdrawCredit();
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
      this.core.counters.ingress++;
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
    if (this.context.options.stripsIncoming && mayHaveAnnotations(bytes, start, end)) {
      const stripped = withoutRouterAnnotations(bytes, start, end);
      if (stripped === malformedMessage) return this.#reject(id, settled, malformed);
      if (stripped !== null) {
        bytes = stripped;
        start = 0;
        end = stripped.length;
      }
    }
    let address = this.address;
    if (address === null) {
      const to = this.#to as DeliveryAddress;
      address = to.resolve(bytes, start, end);
      if (address === null) {
        if (to.error !== null) this.#reject(id, settled, to.error);
        else this.#releaseOrDrop(id, settled);
        return;
      }
    }
    address.deliveriesIngress++;
    if (!address.hasWaiting) {
      if (!address.hasConsumers) return this.#noConsumer(id, settled);
      if (address.isMulticast) {
        if (multicastWhole(address, this, bytes, start, end, id, settled)) return;
      } else {
        const consumer = chooseConsumer(address, this);
        if (consumer !== null && this.forwardWhole(consumer, bytes, start, end, id, settled)) return;
      }
    }
    const held = this.held.hold(id, settled);
    held.setWhole(bytes, start, end);
    this.#place(held, address);
  }

  /** False when it does not fit into the consumer's session window as a whole. hot */
  forwardWhole(
    consumer: Consumer,
    bytes: Uint8Array,
    start: number,
    end: number,
    id: number,
    settled: boolean,
  ): boolean {
    if (consumer.wantsAnnotations) {
      bytes = this.annotate(bytes, start, end);
      start = 0;
      end = bytes.length;
    }
    if (!consumer.fits(end - start)) return false;
    const presettled = consumer.link.isPresettled;
    const outgoingId = consumer.sendWhole(this, bytes, start, end, settled || presettled, id);
    this.core.counters.egress++;
    consumer.address.deliveriesEgress++;
    if (settled) this.link.releasePlace();
    else if (presettled) this.open.settle(id, Outcome.Accepted);
    else this.open.tie(id, consumer, outgoingId);
    return true;
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
   * Held long enough: it is complete, as long as it may be, or in the way of the rest of its session, where nothing that is
   * complete will leave by itself.
   */
  #isDue(held: HeldDelivery, length: number, more: boolean): boolean {
    if (!more || held.receivedBytes + length >= cutThroughBytes) return true;
    const { session } = this.link;
    return session.isShut && !this.core.hasWaitingWhole(session);
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
    if (this.context.options.stripsIncoming && mayHaveAnnotations(bytes, 0, bytes.length)) {
      const stripped = withoutRouterAnnotations(bytes, 0, bytes.length);
      if (stripped === malformedMessage) return this.held.reject(held, malformed);
      if (stripped !== null) {
        held.replaceHead(stripped);
        bytes = stripped;
      }
    }
    let address = this.address;
    if (address === null) {
      const to = this.#to as DeliveryAddress;
      address = to.resolve(bytes, 0, bytes.length);
      if (address === null) {
        if (to.error !== null) return this.held.reject(held, to.error);
        return this.held.release(held);
      }
    }
    address.deliveriesIngress++;
    this.#place(held, address);
  }

  /** To a consumer if there is one now, else it waits for one. */
  #place(held: HeldDelivery, address: Address): void {
    if (!address.hasConsumers) return this.held.handleUndeliverable(held);
    held.isRouted = true;
    if (!address.hasWaiting && address.forward(held)) return;
    if (this.core.crowded.has(this.link.session)) return this.held.release(held);
    held.priority = address.priority >= 0 ? address.priority : priorityOf(held.head());
    address.hold(held);
  }

  // --- what cannot go on -------------------------------------------------------------------------------------------

  #noConsumer(id: number, settled: boolean): void {
    this.#releaseOrDrop(id, settled);
    if (this.address !== null) this.withdrawCredit();
  }

  #releaseOrDrop(id: number, settled: boolean): void {
    if (!settled) this.open.settle(id, Outcome.Released);
    else this.#drop();
  }

  #reject(id: number, settled: boolean, error: ErrorInfo): void {
    if (!settled) this.open.reject(id, error);
    else this.#drop();
  }

  /** A settled delivery is lost here. */
  #drop(): void {
    this.countDropped();
    this.link.releasePlace();
  }

  #tooLarge(id: number, settled: boolean): void {
    const error = amqpError(Condition.MessageSizeExceeded, `message larger than ${this.link.maxMessageSize} bytes`);
    if (settled) this.countDropped();
    else this.open.reject(id, error);
    this.link.fault(error);
  }

  countDropped(): void {
    this.droppedPresettled++;
    this.core.counters.droppedPresettled++;
  }

  // --- multicast ---------------------------------------------------------------------------------------------------

  /** Copies of a whole delivery are out: `copies` of `taken` owe an outcome. hot */
  handleMulticast(id: number, settled: boolean, copies: number, taken: number): void {
    this.core.counters.egress += taken;
    if (settled) {
      if (taken === 0) this.countDropped();
      this.link.releasePlace();
    } else if (copies === 0) this.open.settle(id, Outcome.Accepted);
    else this.open.tieCopies(id, copies, taken > copies ? rankOf(Outcome.Accepted) : 0);
  }

  // --- coming and going --------------------------------------------------------------------------------------------

  handleSettledBySender(link: IncomingLink, _id: number, slot: number): void {
    const held = this.open.settledBySender(slot);
    if (held === null) link.releasePlace();
    else held.settled = true;
  }

  /** The message as a peer that wants router annotations gets it. */
  annotate(bytes: Uint8Array, start: number, end: number): Uint8Array {
    return annotateFirstHop(bytes, start, end, this.target, this.core.nodeId);
  }

  handleAttached(_link: IncomingLink, _attach: Attach): void {
    // Producers attach from outside.
  }

  handleDetached(_link: IncomingLink, cause: DetachCause): void {
    this.#receiving = null;
    this.held.handleSenderGone();
    this.address?.removeProducer(this);
    this.core.producerGone(this, cause);
  }
}
