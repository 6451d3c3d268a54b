// A consumer: the owner of an outgoing link that is bound to an address.
import type { Attach } from '../amqp/performatives.ts';
import type { OutgoingLink } from '../engine/outgoing-link.ts';
import type { DetachCause, OutgoingLinkOwner } from '../engine/owner.ts';
import type { Address } from './address.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { HeldDelivery } from './held-delivery.ts';
import { Outcome } from './outcomes.ts';
import type { Producer } from './producer.ts';

const noBytes = new Uint8Array(0);

export class Consumer implements OutgoingLinkOwner {
  readonly link: OutgoingLink;
  readonly context: ConnectionContext;
  readonly address: Address;
  /** The outcome of deliveries that the receiver settles without naming one (§3.5.3), 0 when it set none. */
  readonly defaultOutcome: number;
  /** A number of its own among the consumers of the address; those of gone ones are given again. */
  slot = 0;
  /** The long delivery that it is in the middle of: it takes no other meanwhile. */
  busyWith: HeldDelivery | null = null;

  // Pre-settled multicast, see forward/multicast.ts.
  isLagging = false;
  keptUp = 0;
  waitedForSince = -1;
  droppedPresettled = 0;

  constructor(link: OutgoingLink, context: ConnectionContext, address: Address, defaultOutcome: number) {
    this.link = link;
    this.context = context;
    this.address = address;
    this.defaultOutcome = defaultOutcome;
  }

  get nowSeconds(): number {
    return this.link.session.connection.clock.nowSeconds;
  }

  /** Whether the session window has the frames for `length` bytes. hot */
  fits(length: number): boolean {
    const { link } = this;
    return length <= link.payloadRoom || link.framesOf(length) <= link.session.remoteIncomingWindow;
  }

  /** Sends a whole delivery; returns its delivery-id on our side. hot */
  sendWhole(
    producer: Producer,
    bytes: Uint8Array,
    start: number,
    end: number,
    settled: boolean,
    deliveryId: number,
  ): number {
    if (this.context.options.stripsOutgoing) return this.link.send(bytes, start, end, settled, producer, deliveryId);
    const annotated = producer.annotate(bytes, start, end);
    return this.link.send(annotated, 0, annotated.length, settled, producer, deliveryId);
  }

  /** Settles our copy of a multicast towards the receiver, which told its outcome without settling. */
  settleCopyOf(producer: Producer, deliveryId: number): void {
    const { session } = this.link;
    const ring = session.outgoing;
    for (const id of ring.ids()) {
      const slot = ring.find(id);
      if (ring.links[slot] !== this.link || ring.peers[slot] !== producer || ring.peerIds[slot] !== deliveryId)
        continue;
      session.settleOutgoing(id, Outcome.None);
      this.link.forget(id);
      return;
    }
  }

  countDropped(): void {
    this.droppedPresettled++;
    this.address.core.counters.droppedPresettled++;
  }

  /** It is through with a long delivery. */
  handleFree(): void {
    if (this.link.isAttached) this.handleCredit(this.link);
  }

  handleCredit(link: OutgoingLink): void {
    if (this.address.hasWaiting && link.credit > 0) this.address.pull();
    // A drain is answered when nothing that waits can still go out on this link.
    if (!link.isDraining || this.busyWith !== null) return;
    if (link.credit > 0 && this.address.hasWaiting && !link.session.connection.hasRoom) this.context.waitForRoom(this);
    else link.giveUpCredit();
  }

  resume(): void {
    if (this.link.isAttached) this.handleCredit(this.link);
  }

  /** hot */
  handleOutcome(
    _link: OutgoingLink,
    _deliveryId: number,
    peer: object | null,
    peerId: number,
    settled: boolean,
    outcome: number,
    bytes: Uint8Array,
    stateStart: number,
    stateEnd: number,
  ): void {
    const producer = peer as Producer | null;
    if (producer === null) return;
    if (!settled) {
      producer.handleState(this, peerId, outcome, bytes, stateStart, stateEnd);
      return;
    }
    if (this.busyWith !== null && this.busyWith.producer === producer && this.busyWith.deliveryId === peerId)
      this.#stopFlow();
    producer.settleFrom(this, peerId, outcome, bytes, stateStart, stateEnd);
  }

  /** The receiver settled a delivery of which not everything was sent: the rest is not sent. */
  #stopFlow(): void {
    const held = this.busyWith as HeldDelivery;
    if (held.dropTarget(this, true)) held.producer.handleFlowStopped(held, false);
    this.handleFree();
  }

  handleAttached(_link: OutgoingLink, _attach: Attach): void {
    // Only links that we attach ourselves are answered so; consumers attach from outside.
  }

  /** What it had in doubt ends `modified`, delivery-failed: the peer may have seen it (§3.4.5). */
  handleDetached(link: OutgoingLink, cause: DetachCause): void {
    this.context.stopWaiting(this);
    const held = this.busyWith;
    if (held !== null) {
      if (held.dropTarget(this, false)) held.producer.handleFlowStopped(held, true);
    }
    const ring = link.session.outgoing;
    if (link.unsettledCount > 0) {
      for (const id of ring.ids()) {
        const slot = ring.find(id);
        if (ring.links[slot] !== link) continue;
        const producer = ring.peers[slot] as Producer | null;
        link.modified++;
        producer?.settleFrom(this, ring.peerIds[slot] as number, Outcome.Modified, noBytes, 0, 0);
      }
    }
    this.address.removeConsumer(this);
    this.address.core.consumerGone(this, cause);
  }
}
