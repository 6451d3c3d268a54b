// A consumer: the owner of an outgoing link that is bound to an address.
import type { Attach } from '../amqp/performatives.ts';
import type { OutgoingLink } from '../engine/outgoing-link.ts';
import type { DetachCause, OutgoingLinkOwner } from '../engine/owner.ts';
import type { Address } from './address.ts';
import type { ConnectionContext } from './connection-context.ts';
import { cutThroughBytes, pinPatienceSeconds } from './limits.ts';
import { endDeliveries } from './lost-link.ts';
import { tellOutcome } from './outcome-of-outlet.ts';
import { Outlet, type Tally } from './outlet.ts';
import type { Producer } from './producer.ts';

/** A small integer: it is compared for each message. */
const anyLength = 0x3fff_ffff;

export class Consumer extends Outlet implements OutgoingLinkOwner, Tally {
  /** The outcome of deliveries that the receiver settles without naming one (§3.5.3), 0 when it set none. */
  readonly defaultOutcome: number;
  /** It is the interior to which this edge router is connected: the way to everybody else. */
  readonly isUplink: boolean;
  /** Long deliveries, on links of their own. */
  outstanding = 0;

  constructor(
    link: OutgoingLink,
    context: ConnectionContext,
    address: Address,
    defaultOutcome: number,
    isUplink = false,
  ) {
    // Over a connection between edge and interior a long message has a link of its own, if the router there takes one.
    const wholeBytesMax = context.streams === null ? anyLength : cutThroughBytes;
    super(link, context, address, null, !context.options.stripsOutgoing, wholeBytesMax);
    this.defaultOutcome = defaultOutcome;
    this.isUplink = isUplink;
  }

  /** Unsettled deliveries. hot for balanced */
  get load(): number {
    return this.link.unsettledCount + this.outstanding;
  }

  /** It leads to another router, of which there may be more. */
  override get leadsOn(): boolean {
    return this.isUplink || this.context.edge !== null;
  }

  /** It has credit, or had until a moment ago and so will have again. */
  get isAlive(): boolean {
    return this.link.credit > 0 || this.nowSeconds - this.servedAtSeconds <= pinPatienceSeconds;
  }

  override outletForLong(): Outlet {
    const { streams } = this.context;
    return streams === null || streams.isRefused ? this : (streams.open(this) ?? this);
  }

  /** It is through with a long delivery. */
  override handleFree(): void {
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

  /** What it waits for is to give up credit, after what may still use it. */
  get urgency(): number {
    return 0;
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
    tellOutcome(
      link,
      this,
      this.defaultOutcome,
      deliveryId,
      peer as Producer,
      peerId,
      settled,
      outcome,
      bytes,
      stateStart,
      stateEnd,
    );
  }

  handleAttached(_link: OutgoingLink, _attach: Attach): void {
    // Only links that we attach ourselves are answered so; consumers attach from outside.
  }

  handleDetached(link: OutgoingLink, cause: DetachCause): void {
    const { address } = this;
    this.context.stopWaiting(this);
    address.leave(this);
    this.busyWith?.handleOutletLost(this);
    endDeliveries(link, address.core);
    address.handleConsumerGone(this);
    address.core.consumerGone(this, cause);
  }
}
