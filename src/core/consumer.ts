// A consumer: the owner of an outgoing link that is bound to an address.
import type { Attach } from '../amqp/performatives.ts';
import type { OutgoingLink } from '../engine/outgoing-link.ts';
import type { DetachCause, OutgoingLinkOwner } from '../engine/owner.ts';
import type { Address } from './address.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { HeldDelivery } from './held-delivery.ts';
import { pinPatienceSeconds } from './limits.ts';
import { Outcome } from './outcomes.ts';
import type { Producer } from './producer.ts';

const noBytes = new Uint8Array(0);
const never = -1_000_000;

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
  /** When it was last given something, whole seconds. */
  #servedAtSeconds = never;

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

  /** It sees the annotations that routers add. */
  get wantsAnnotations(): boolean {
    return !this.context.options.stripsOutgoing;
  }

  /** It has credit, or had until a moment ago and so will have again. */
  get isAlive(): boolean {
    return this.link.credit > 0 || this.nowSeconds - this.#servedAtSeconds <= pinPatienceSeconds;
  }

  // --- what goes out -----------------------------------------------------------------------------------------------

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
    this.#servedAtSeconds = link.session.connection.clock.nowSeconds;
    return link.send(bytes, start, end, settled, producer, deliveryId, producer.messageFormat);
  }

  /** Begins a long delivery; returns its delivery-id on our side. */
  beginLong(held: HeldDelivery, settled: boolean): number {
    const { link } = this;
    this.#servedAtSeconds = link.session.connection.clock.nowSeconds;
    const id = link.begin(settled, held.producer, held.deliveryId, held.messageFormat);
    held.producer.held.handleBegun(held, this, id);
    return id;
  }

  countDropped(): void {
    this.droppedPresettled++;
    this.address.core.counters.droppedPresettled++;
  }

  /** It is through with a long delivery. */
  handleFree(): void {
    if (this.link.isAttached) this.handleCredit(this.link);
  }

  // --- what the receiver says --------------------------------------------------------------------------------------

  handleCredit(link: OutgoingLink): void {
    if (this.busyWith !== null) {
      this.busyWith.pump();
      return; // the rest when it is free
    }
    if (this.address.hasWaiting && link.credit > 0) this.address.pull();
    if (link.isDraining) this.answerDrain();
  }

  /** A drain is answered when nothing that waits can still go out on this link. */
  answerDrain(): void {
    const { link, address } = this;
    if (!link.isDraining || !link.isAttached || this.busyWith !== null) return;
    if (address.isPulling) address.drainsDue.push(this);
    else if (link.credit > 0 && address.hasWaiting && !link.canSend) this.context.waitForRoom(this);
    else link.giveUpCredit();
  }

  resume(): void {
    if (this.link.isAttached) this.handleCredit(this.link);
  }

  /** hot */
  handleOutcome(
    link: OutgoingLink,
    deliveryId: number,
    peer: object | null,
    peerId: number,
    settled: boolean,
    outcome: number,
    bytes: Uint8Array,
    stateStart: number,
    stateEnd: number,
  ): void {
    const producer = peer as Producer;
    if (!settled) {
      if (!this.address.isMulticast) {
        producer.open.tellState(peerId, bytes, stateStart, stateEnd);
        return;
      }
      // Of many receivers nobody can be asked: we settle in the sender's place once an outcome is terminal.
      if (outcome < Outcome.Accepted) return;
      link.session.settleOutgoing(deliveryId, Outcome.None);
      link.forget(deliveryId);
      link.countOutcome(outcome);
    }
    if (this.busyWith !== null && this.busyWith.producer === producer && this.busyWith.deliveryId === peerId)
      this.busyWith.handleSettledEarly(this);
    producer.open.settleFrom(peerId, this, outcome, bytes, stateStart, stateEnd);
  }

  handleAttached(_link: OutgoingLink, _attach: Attach): void {
    // Only links that we attach ourselves are answered so; consumers attach from outside.
  }

  /** What it had in doubt ends `modified`, delivery-failed: the peer may have seen it (§3.4.5). */
  handleDetached(link: OutgoingLink, cause: DetachCause): void {
    const { address } = this;
    this.context.stopWaiting(this);
    address.leave(this);
    this.busyWith?.handleConsumerLost(this);
    if (link.unsettledCount > 0) {
      const ring = link.session.outgoing;
      for (const id of ring.ids()) {
        const slot = ring.find(id);
        if (slot < 0 || ring.links[slot] !== link) continue;
        link.modified++;
        const producer = ring.peers[slot] as Producer;
        producer.open.settleFrom(ring.peerIds[slot] as number, this, Outcome.Modified, noBytes, 0, 0);
      }
    }
    address.handleConsumerGone(this);
    address.core.consumerGone(this, cause);
  }
}
