// A producer: the owner of an incoming link, bound to an address or, when anonymous, to whatever each message says in `to`.
//
//   transfer ─▶ whole ─▶ consumer free? ── yes ─▶ sent at once (bytes copied once, from the chunk read to the output)
//                 │                       └ no ──▶ held on this link; the credit that it pins slows the sender
//               parts ─▶ held until complete or 128 KiB, then as above, flowing on
import { type Attach, decodeState, type ErrorInfo, encodeState, Modified } from '../amqp/performatives.ts';
import type { TransferFields } from '../amqp/transfer.ts';
import { Writer } from '../amqp/writer.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { IncomingLink } from '../engine/incoming-link.ts';
import type { DetachCause, IncomingLinkOwner } from '../engine/owner.ts';
import type { Address } from './address.ts';
import type { ConnectionContext } from './connection-context.ts';
import { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { DeliveryAddress } from './delivery-address.ts';
import { chooseConsumer } from './forward/choose.ts';
import { canMulticastHeld, multicastHeld, multicastWhole, outcomeOfRank, rankOf } from './forward/multicast.ts';
import { HeldDelivery } from './held-delivery.ts';
import { cutThroughBytes, pinnedCounters } from './limits.ts';
import { modifiedFailed, Outcome, rejectedPlain, rejectedWith } from './outcomes.ts';
import {
  annotateFirstHop,
  hasWholeHead,
  malformedMessage,
  mayHaveAnnotations,
  priorityOf,
  withoutRouterAnnotations,
} from './router-annotations.ts';

export class Producer implements IncomingLinkOwner {
  readonly core: Core;
  readonly link: IncomingLink;
  readonly context: ConnectionContext;
  /** Null for an anonymous link. */
  readonly address: Address | null;
  /** The address as the sender wrote it, '' for an anonymous link. */
  readonly target: string;
  readonly capacity: number;
  /** By consumer slot: unsettled deliveries of ours that it has. Kept from the first message that has a choice. */
  pinned: Uint16Array | null = null;
  /** The delivery that arrives in parts. */
  #receiving: HeldDelivery | null = null;
  readonly #to: DeliveryAddress | null;
  droppedPresettled = 0;

  constructor(core: Core, link: IncomingLink, context: ConnectionContext, address: Address | null, target: string) {
    this.core = core;
    this.link = link;
    this.context = context;
    this.address = address;
    this.target = target;
    this.capacity = context.options.linkCapacity;
    this.#to = address === null ? new DeliveryAddress(core, context.options.stripsIncoming) : null;
  }

  // --- credit ------------------------------------------------------------------------------------------------------

  offerCredit(): void {
    if (!this.core.isDraining) this.link.offerCredit(this.capacity);
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
      if (!fields.more && !fields.aborted) {
        this.#whole(bytes, start, end, link.deliveryId, link.deliverySettled);
        return;
      }
    }
    this.#part(bytes, start, end, fields, isFirst);
  }

  /** hot */
  #whole(bytes: Uint8Array, start: number, end: number, id: number, settled: boolean): void {
    const { link } = this;
    if (link.maxMessageSize > 0 && end - start > link.maxMessageSize) return this.#tooLarge(id, settled);
    if (this.context.options.stripsIncoming && mayHaveAnnotations(bytes, start, end)) {
      const stripped = withoutRouterAnnotations(bytes, start, end);
      if (stripped === malformedMessage) return this.#refuse(id, settled, malformed());
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
      if (address === null) return this.#noAddress(to, id, settled);
    }
    address.deliveriesIngress++;
    if (!address.hasWaiting) {
      if (!address.hasConsumers) return this.#noConsumer(id, settled);
      if (address.isMulticast) {
        if (multicastWhole(address, this, bytes, start, end, id, settled)) return;
      } else {
        const consumer = chooseConsumer(address, this);
        if (consumer?.fits(end - start)) {
          this.#forwardWhole(consumer, bytes, start, end, id, settled);
          address.deliveriesEgress++;
          return;
        }
      }
    }
    const held = this.#newHeld(id, settled);
    held.setWhole(bytes, start, end);
    this.#wait(held, address);
  }

  /** hot */
  #forwardWhole(consumer: Consumer, bytes: Uint8Array, start: number, end: number, id: number, settled: boolean): void {
    const presettled = consumer.link.isPresettled;
    const outgoingId = consumer.sendWhole(this, bytes, start, end, settled || presettled, id);
    this.core.counters.egress++;
    if (settled) this.link.releasePlace();
    else if (presettled) this.#settle(id, Outcome.Accepted);
    else this.#tie(consumer, id, outgoingId);
  }

  /** Notes where an unsettled delivery went. hot */
  #tie(consumer: Consumer, id: number, outgoingId: number): void {
    const ring = this.link.session.incoming;
    const slot = ring.find(id);
    ring.peers[slot] = consumer;
    ring.peerIds[slot] = outgoingId;
    if (this.pinned !== null) this.pinned[consumer.slot % pinnedCounters]++;
    else if (consumer.address.consumers.length > 1) this.#startPinned();
  }

  /** From the first choice between consumers on: counts what each of them has, those of before included. */
  #startPinned(): void {
    this.pinned = new Uint16Array(pinnedCounters);
    const ring = this.link.session.incoming;
    for (const id of ring.ids()) {
      const slot = ring.find(id);
      const peer = ring.peers[slot];
      if (ring.links[slot] === this.link && peer instanceof Consumer) this.pinned[peer.slot % pinnedCounters]++;
    }
  }

  #part(bytes: Uint8Array, start: number, end: number, fields: TransferFields, isFirst: boolean): void {
    const { link } = this;
    if (isFirst) this.#receiving = this.#newHeld(link.deliveryId, link.deliverySettled);
    const held = this.#receiving;
    if (held === null) return;
    if (!fields.more || fields.aborted) this.#receiving = null;
    if (held.isDiscarded) return;
    held.settled = link.deliverySettled;
    if (fields.aborted) return this.#aborted(held);
    if (link.maxMessageSize > 0 && held.receivedBytes + end - start > link.maxMessageSize) {
      this.#abandon(held);
      return this.#tooLarge(held.deliveryId, held.settled);
    }
    if (!held.isRouted && this.#isDue(held, end - start)) {
      // What came before finds the way, so that this part can go on straight from the chunk.
      if (hasWholeHead(held.head())) this.#route(held);
      else {
        held.append(bytes, start, end);
        held.isComplete = !fields.more;
        return this.#route(held);
      }
      if (held.isOver || held.isDiscarded) return;
    }
    held.isComplete = !fields.more;
    if (held.isFlowing) held.flowOn(bytes, start, end);
    else held.append(bytes, start, end);
  }

  /** Held long enough: it is complete, or as long as it may be held. */
  #isDue(held: HeldDelivery, length: number): boolean {
    return this.#receiving === null || held.receivedBytes + length >= cutThroughBytes;
  }

  #newHeld(id: number, settled: boolean): HeldDelivery {
    const held = new HeldDelivery(this, id, settled, this.link.session.connection.clock.nowSeconds);
    if (!settled) {
      const ring = this.link.session.incoming;
      ring.peers[ring.find(id)] = held;
    }
    return held;
  }

  /** Finds the way for a delivery that came in parts. */
  #route(held: HeldDelivery): void {
    held.isRouted = true;
    let bytes = held.head();
    if (!hasWholeHead(bytes)) bytes = held.joined();
    if (this.context.options.stripsIncoming && mayHaveAnnotations(bytes, 0, bytes.length)) {
      const stripped = withoutRouterAnnotations(bytes, 0, bytes.length);
      if (stripped === malformedMessage) return this.rejectHeld(held, malformed());
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
        this.#abandon(held);
        return this.#noAddress(to, held.deliveryId, held.settled);
      }
    }
    address.deliveriesIngress++;
    if (!address.hasConsumers) {
      this.#abandon(held);
      return this.#noConsumer(held.deliveryId, held.settled);
    }
    if (!address.hasWaiting) {
      if (address.isMulticast) {
        if (canMulticastHeld(address, held)) return multicastHeld(address, held);
      } else {
        const consumer = chooseConsumer(address, this);
        if (consumer !== null) return this.forwardHeld(held, consumer);
      }
    }
    this.#wait(held, address);
  }

  #wait(held: HeldDelivery, address: Address): void {
    held.priority = address.priority >= 0 ? address.priority : priorityOf(held.head());
    held.isRouted = true;
    address.hold(held);
  }

  // --- held deliveries go on ---------------------------------------------------------------------------------------

  /** `consumer` can take it: whole if it is here and fits, else in parts. */
  forwardHeld(held: HeldDelivery, consumer: Consumer): void {
    consumer.address.deliveriesEgress++;
    if (held.isComplete && held.isOnePiece && consumer.fits(held.receivedBytes)) {
      const bytes = held.joined();
      held.isOver = true;
      this.#forwardWhole(consumer, bytes, 0, bytes.length, held.deliveryId, held.settled);
      held.release();
      return;
    }
    this.flow(held, [consumer]);
  }

  /** Lets it flow in parts to these consumers. */
  flow(held: HeldDelivery, consumers: readonly Consumer[]): void {
    if (consumers.length === 0) {
      this.handleUndeliverable(held);
      return;
    }
    if (consumers.every((consumer) => !consumer.context.options.stripsOutgoing)) {
      const head = held.head();
      held.replaceHead(this.annotate(head, 0, head.length));
    }
    this.core.counters.egress += consumers.length;
    this.core.flowing.add(held);
    held.flowTo(consumers);
  }

  /** Called for each consumer when a delivery begins to flow. */
  countForward(consumer: Consumer, id: number, outgoingId: number, settled: boolean): void {
    if (settled) return;
    const ring = this.link.session.incoming;
    const slot = ring.find(id);
    if (slot < 0) return;
    if (consumer.address.isMulticast) {
      ring.copies[slot]++;
      ring.peers[slot] = null;
    } else if (!consumer.link.isPresettled) this.#tie(consumer, id, outgoingId);
  }

  /** All of it is on its way to all its consumers. */
  handleFlowed(held: HeldDelivery): void {
    this.core.flowing.delete(held);
    held.release();
    this.#over(held);
  }

  /** A consumer that takes pre-settled has got all of an unsettled delivery. */
  handlePresettledTaken(consumer: Consumer, id: number): void {
    if (consumer.address.isMulticast) this.#settleCopy(id, Outcome.Accepted);
    else this.#settle(id, Outcome.Accepted);
  }

  /** Copies of a multicast are out: `copies` of `taken` owe an outcome. hot */
  handleMulticast(id: number, settled: boolean, copies: number, taken: number): void {
    this.core.counters.egress += taken;
    if (settled) {
      if (taken === 0) this.#countDropped();
      this.link.releasePlace();
      return;
    }
    const ring = this.link.session.incoming;
    const slot = ring.find(id);
    if (copies === 0) {
      this.#settle(id, Outcome.Accepted);
      return;
    }
    ring.peers[slot] = null;
    ring.copies[slot] = copies;
    ring.states[slot] = taken > copies ? rankOf(Outcome.Accepted) : 0;
  }

  /** Nobody is left to take a delivery that waits. */
  handleUndeliverable(held: HeldDelivery): void {
    this.#abandon(held);
    this.#noConsumer(held.deliveryId, held.settled);
  }

  rejectHeld(held: HeldDelivery, error: ErrorInfo): void {
    this.#abandon(held);
    this.#refuse(held.deliveryId, held.settled, error);
  }

  /** No consumer takes the rest of a flowing delivery: `isLost` when the last one is gone, else it has settled early. */
  handleFlowStopped(held: HeldDelivery, isLost: boolean): void {
    held.isDiscarded = true;
    this.core.flowing.delete(held);
    held.release();
    if (held.settled && isLost) this.#countDropped();
    this.#over(held);
  }

  /** The sender holds it up while its consumers have room: it is aborted, and the link detached. */
  handleStalled(held: HeldDelivery, seconds: number): void {
    this.core.flowing.delete(held);
    held.abort();
    const error = amqpError(
      Condition.DetachForced,
      `a delivery made no progress for ${seconds} s while its consumer had room`,
    );
    this.link.fault(error);
  }

  /** A held delivery needs no more of its bytes; what still comes of it is read and dropped. */
  #abandon(held: HeldDelivery): void {
    held.isOver = true;
    this.core.flowing.delete(held);
    held.abort();
  }

  /** A settled delivery gives its place back, once. */
  #over(held: HeldDelivery): void {
    if (held.isOver) return;
    held.isOver = true;
    if (held.settled) this.link.releasePlace();
  }

  // --- what cannot go on -------------------------------------------------------------------------------------------

  #aborted(held: HeldDelivery): void {
    this.core.flowing.delete(held);
    held.abort();
    held.isOver = true;
    const ring = this.link.session.incoming;
    const slot = ring.find(held.deliveryId);
    if (slot >= 0) {
      this.#unpin(ring.peers[slot] as object | null);
      ring.free(slot);
      this.link.unsettledCount--;
    }
    if (held.settled || slot >= 0) this.link.releasePlace();
  }

  #noConsumer(id: number, settled: boolean): void {
    if (settled) this.#drop();
    else this.#settle(id, Outcome.Released);
    if (this.address !== null && !this.address.hasConsumers) this.withdrawCredit();
  }

  #noAddress(to: DeliveryAddress, id: number, settled: boolean): void {
    if (to.error !== null) this.#refuse(id, settled, to.error);
    else if (settled) this.#drop();
    else this.#settle(id, Outcome.Released);
  }

  #tooLarge(id: number, settled: boolean): void {
    const error = amqpError(Condition.MessageSizeExceeded, `message larger than ${this.link.maxMessageSize} bytes`);
    this.#refuse(id, settled, error);
    this.link.fault(error);
  }

  #refuse(id: number, settled: boolean, error: ErrorInfo): void {
    if (settled) {
      this.#drop();
      return;
    }
    const state = rejectedWith(error);
    this.#settleWith(id, Outcome.Rejected, state, 0, state.length);
  }

  /** A settled delivery is lost here. */
  #drop(): void {
    this.#countDropped();
    this.link.releasePlace();
  }

  #countDropped(): void {
    this.droppedPresettled++;
    this.core.counters.droppedPresettled++;
  }

  // --- outcomes ----------------------------------------------------------------------------------------------------

  /** A consumer settled the delivery `id` with `outcome`; its state as it came lies in `bytes[start, end)`. hot */
  settleFrom(consumer: Consumer, id: number, outcome: number, bytes: Uint8Array, start: number, end: number): void {
    const ring = this.link.session.incoming;
    const slot = ring.find(id);
    if (slot < 0 || ring.links[slot] !== this.link) return; // its sender is gone, or has settled it
    if (outcome === Outcome.None) outcome = consumer.defaultOutcome || Outcome.Modified;
    if ((ring.copies[slot] as number) > 0) {
      this.#settleCopy(id, outcome);
      return;
    }
    if (this.pinned !== null) this.#unpin(consumer);
    if (outcome === Outcome.Accepted || outcome === Outcome.Released) {
      ring.free(slot);
      this.core.counters.countOutcome(outcome);
      this.link.settle(id, outcome);
    } else this.#settleDetailed(id, outcome, bytes, start, end);
  }

  /** Outcomes with details. One that cannot be read is the receiver's fault: its sender is not told it, and is not left without. */
  #settleDetailed(id: number, outcome: number, bytes: Uint8Array, start: number, end: number): void {
    if (outcome === Outcome.Rejected && start === end) {
      this.#settleWith(id, outcome, rejectedPlain, 0, rejectedPlain.length);
      return;
    }
    try {
      const state = start === end ? null : decodeState(bytes, start, end);
      if (outcome === Outcome.Modified || outcome === Outcome.Received) {
        const failed = modifiedState(state);
        this.#settleWith(id, Outcome.Modified, failed, 0, failed.length);
      } else this.#settleWith(id, outcome, bytes, start, end);
    } catch (error) {
      this.#settleWith(id, Outcome.Modified, modifiedFailed, 0, modifiedFailed.length);
      throw error;
    }
  }

  /** One copy of a multicast has its outcome; the last one settles them all. */
  #settleCopy(id: number, outcome: number): void {
    const ring = this.link.session.incoming;
    const slot = ring.find(id);
    if (slot < 0) return;
    ring.states[slot] = Math.max(ring.states[slot] as number, rankOf(outcome));
    if (--ring.copies[slot] > 0) return;
    const merged = outcomeOfRank(ring.states[slot] as number);
    if (merged === Outcome.Rejected) this.#settleWith(id, merged, rejectedPlain, 0, rejectedPlain.length);
    else if (merged === Outcome.Modified) this.#settleWith(id, merged, modifiedFailed, 0, modifiedFailed.length);
    else this.#settle(id, merged);
  }

  /** A receiver told a state but did not settle (§2.6.12, receiver-settle-mode second, or `received`). */
  handleState(consumer: Consumer, id: number, outcome: number, bytes: Uint8Array, start: number, end: number): void {
    const { session } = this.link;
    const slot = session.incoming.find(id);
    if (slot < 0 || start === end) return;
    decodeState(bytes, start, end); // what cannot be read stays with whoever sent it
    if (!consumer.address.isMulticast) {
      session.writeStateDisposition(true, id, false, bytes, start, end);
      return;
    }
    // Of many receivers nobody can be asked: we settle in the sender's place once an outcome is terminal.
    if (outcome === Outcome.Received || outcome < 0) return;
    consumer.settleCopyOf(this, id);
    this.settleFrom(consumer, id, outcome, bytes, start, end);
  }

  handleSettledBySender(link: IncomingLink, _id: number, slot: number): void {
    const peer = link.session.incoming.peers[slot] as Consumer | HeldDelivery | null;
    if (peer instanceof HeldDelivery) {
      peer.settled = true;
      return;
    }
    if (peer !== null) {
      this.#unpin(peer);
      const outgoingId = link.session.incoming.peerIds[slot] as number;
      peer.link.session.settleOutgoing(outgoingId, Outcome.None);
      peer.link.forget(outgoingId);
    }
    link.releasePlace();
  }

  #unpin(consumer: object | null): void {
    if (this.pinned === null || !(consumer instanceof Consumer)) return;
    const slot = consumer.slot % pinnedCounters;
    if ((this.pinned[slot] as number) > 0) this.pinned[slot]--;
  }

  /** Frees the delivery and tells its sender. hot */
  #settle(id: number, outcome: number): void {
    const ring = this.link.session.incoming;
    const slot = ring.find(id);
    if (slot < 0) return;
    ring.free(slot);
    this.core.counters.countOutcome(outcome);
    this.link.settle(id, outcome);
  }

  #settleWith(id: number, outcome: number, bytes: Uint8Array, start: number, end: number): void {
    const ring = this.link.session.incoming;
    const slot = ring.find(id);
    if (slot < 0) return;
    ring.free(slot);
    this.core.counters.countOutcome(outcome);
    this.link.settleWithState(id, outcome, bytes, start, end);
  }

  // --- coming and going --------------------------------------------------------------------------------------------

  /** The message as a peer that wants router annotations gets it. */
  annotate(bytes: Uint8Array, start: number, end: number): Uint8Array {
    return annotateFirstHop(bytes, start, end, this.target, this.core.nodeId);
  }

  handleAttached(_link: IncomingLink, _attach: Attach): void {
    // Producers attach from outside.
  }

  /** The sender is gone: what waits is dropped, what is unfinished is aborted, what is out goes on without it. */
  handleDetached(link: IncomingLink, cause: DetachCause): void {
    if (this.#receiving !== null) this.#dropUnfinished(this.#receiving);
    this.#receiving = null;
    const ring = link.session.incoming;
    if (link.unsettledCount > 0) {
      for (const id of ring.ids()) {
        const slot = ring.find(id);
        const peer = ring.peers[slot];
        if (ring.links[slot] === link && peer instanceof HeldDelivery && !peer.isFlowing) this.#abandon(peer);
      }
    }
    this.address?.removeProducer(this);
    this.core.producerGone(this, cause);
  }

  #dropUnfinished(held: HeldDelivery): void {
    this.core.flowing.delete(held);
    held.abort();
    held.isOver = true;
  }
}

function malformed(): ErrorInfo {
  return amqpError(Condition.DecodeError, 'invalid message format');
}

/** The receiver's `modified` with delivery-failed forced, as Dispatch sends it upstream. */
function modifiedState(state: unknown): Uint8Array {
  if (!(state instanceof Modified)) return modifiedFailed;
  state.deliveryFailed = true;
  const writer = new Writer(64);
  encodeState(writer, state);
  return writer.written();
}
