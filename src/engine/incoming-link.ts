// A link on which we receive: credit given, deliveries told from frames.
//
//   capacity = open (unsettled, or settled and still waiting) + credit given + what may be granted
import type { Attach, Coordinator, ErrorInfo, Source, Target } from '../amqp/performatives.ts';
import type { TransferFields } from '../amqp/transfer.ts';
import { serialDistance } from '../kit/serial.ts';
import { amqpError, Condition } from './conditions.ts';
import { grantBatch } from './limits.ts';
import { LinkEnd, LinkState } from './link.ts';
import type { DetachCause, IncomingLinkOwner } from './owner.ts';
import { settleIncoming } from './settlement.ts';

const settledMode = 1;

/** An outcome that is known before the delivery has come to its end. */
interface EarlyOutcome {
  readonly outcome: number;
  /** The encoded state when it has details, ours. */
  readonly state: Uint8Array | null;
}

export class IncomingLink extends LinkEnd {
  owner: IncomingLinkOwner | null = null;
  /** The most deliveries that may be open or on their way; 0 withholds credit. */
  capacity = 0;
  /** Deliveries received whose place has not been given back: unsettled ones, and settled ones that still wait. */
  openCount = 0;
  /** Places are given back when a delivery comes, not when it is settled: for links between routers. */
  returnsCreditAtOnce = false;
  /** We asked for the credit back and the sender has not answered. */
  isDraining = false;
  /** A flow must go out even if it grants little: the drain flag changed, or the peer asked for an echo. */
  #isFlowForced = false;
  /** Largest message, 0 = unlimited. The owner enforces it. */
  maxMessageSize = 0;
  /** The delivery being received, or received last. */
  deliveryId = 0;
  deliverySettled = false;
  /** Of `deliveryId`; bit pattern of the uint. 0 is a message of AMQP sections (§2.7.5). */
  messageFormat = 0;
  /** Frames of `deliveryId` are still to come. */
  isReceiving = false;
  /** What is coming began after we detached the link. */
  #isVoid = false;
  /** Of the delivery that is being received. */
  #early: EarlyOutcome | null = null;

  get isIncoming(): true {
    return true;
  }

  /** Answers the peer's attach. Its credit comes with {@link offerCredit}. */
  accept(
    owner: IncomingLinkOwner,
    source: Source | null,
    target: Target | Coordinator | null,
    maxMessageSize = 0,
  ): void {
    this.owner = owner;
    this.maxMessageSize = maxMessageSize;
    this.state = LinkState.Attached;
    this.writeAttach(true, source, target, maxMessageSize, {});
  }

  override refuse(error: ErrorInfo): void {
    this.writeAttach(true, null, null, 0, {});
    this.sendDetach(error, true);
  }

  /** Attaches from our side; `owner.handleAttached` tells the answer. */
  attach(owner: IncomingLinkOwner, more: Partial<Attach>): void {
    this.owner = owner;
    this.writeAttach(true, null, null, 0, more);
  }

  // --- credit ------------------------------------------------------------------------------------------------------

  /** Lets the sender have up to `capacity` deliveries open. Sent at the end of the turn. */
  offerCredit(capacity: number): void {
    if (this.isDraining) {
      this.isDraining = false;
      this.#isFlowForced = true;
    }
    this.capacity = capacity;
    this.session.flowDue(this);
  }

  /** Asks for all credit back (drain, §2.6.7). What the sender still sends is received as usual. */
  withdrawCredit(): void {
    this.capacity = 0;
    if (this.credit === 0 || this.isDraining) return;
    this.isDraining = true;
    this.#isFlowForced = true;
    this.session.flowDue(this);
  }

  /** A settled delivery has left us: its place may be granted again. hot */
  releasePlace(): void {
    if (!this.returnsCreditAtOnce) this.openCount--;
    if (!this.isFlowDue && this.state === LinkState.Attached) this.session.flowDue(this);
  }

  /** The delivery under way was aborted by its sender (§2.6.14), and its owner kept nothing of it: it is forgotten. */
  dropAborted(): void {
    const ring = this.session.incoming;
    const slot = ring.find(this.deliveryId);
    if (slot >= 0 && ring.links[slot] === this) {
      ring.free(slot);
      this.unsettledCount--;
    }
    this.releasePlace();
  }

  /**
   * Settles an unsettled delivery towards its sender; its slot in the session's ring must have been freed. One that is still
   * being received is settled with its last frame: the standard allows it sooner, but senders on rhea then forget what they
   * are in the middle of, and their session never sends again. hot
   */
  settle(deliveryId: number, outcome: number): void {
    if (this.isReceiving && deliveryId === this.deliveryId) {
      this.#early = { outcome, state: null };
      return;
    }
    this.unsettledCount--;
    if (!this.returnsCreditAtOnce) this.openCount--;
    this.countOutcome(outcome);
    this.countSettled(this.session.connection.clock.nowSeconds);
    if (!this.isFlowDue) this.session.flowDue(this);
    this.session.queueDisposition(deliveryId, outcome);
  }

  /** As `settle`, with a state that has details, relayed as it came. */
  settleWithState(deliveryId: number, outcome: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.isReceiving && deliveryId === this.deliveryId) {
      this.#early = { outcome, state: bytes.slice(start, end) };
      return;
    }
    this.unsettledCount--;
    if (!this.returnsCreditAtOnce) this.openCount--;
    this.countOutcome(outcome);
    this.countSettled(this.session.connection.clock.nowSeconds);
    if (!this.isFlowDue) this.session.flowDue(this);
    this.session.writeStateDisposition(true, deliveryId, true, bytes, start, end);
  }

  /**
   * Called at the end of the turn: grants what is due. A grant at least doubles what the sender has left, or is large by itself, so that a
   * busy link costs a flow per batch, a slow one is never left waiting, and a long way is never half empty.
   */
  endTurn(): void {
    this.isFlowDue = false;
    if (this.state !== LinkState.Attached) return;
    const grant = this.isDraining ? 0 : this.capacity - this.openCount - this.credit;
    if (grant > 0 && grant >= Math.min(this.credit, grantBatch)) {
      this.credit += grant;
      this.creditCame();
    } else if (!this.#isFlowForced) return;
    this.#isFlowForced = false;
    this.session.writeLinkFlow(this.handle, this.deliveryCount, this.credit, 0, this.isDraining, false);
  }

  // --- what the sender says ----------------------------------------------------------------------------------------

  /** One transfer frame for this link; `end` is the end of its payload. hot */
  handleTransfer(bytes: Uint8Array, end: number, fields: TransferFields, nowMs: number): void {
    const isFirst = !this.isReceiving;
    if (isFirst) {
      if (!this.#begin(fields, nowMs)) return;
    } else if (fields.hasDeliveryId && fields.deliveryId !== this.deliveryId) {
      this.fault(amqpError(Condition.InvalidField, 'a delivery began before the one before it was complete (§2.6.14)'));
      return;
    } else if (fields.settled && !this.deliverySettled) {
      this.deliverySettled = true;
      settleIncoming(this.session.incoming, this.deliveryId);
    }
    this.isReceiving = fields.more && !fields.aborted;
    (this.owner as IncomingLinkOwner).handleTransfer(this, bytes, fields.payloadStart, end, fields, isFirst);
    if (this.#early !== null && !this.isReceiving) this.#tellEarly(fields.aborted || this.deliverySettled);
  }

  /**
   * A frame that was on its way when we detached the link. What began on the link is over with it; a settled delivery of which nothing had
   * come before is told when it is complete.
   */
  handleVoid({ hasDeliveryId, deliveryId, settled, more, aborted }: TransferFields): void {
    if (hasDeliveryId && (deliveryId !== this.deliveryId || this.deliveries === 0)) {
      this.deliveryId = deliveryId;
      this.deliverySettled = settled || this.senderSettleMode === settledMode;
      this.#isVoid = true;
    }
    if (!this.#isVoid || more) return;
    this.#isVoid = false;
    if (this.deliverySettled && !aborted) this.session.connection.owner.handleVoidDelivery?.();
  }

  /** The delivery that was settled early has come to its end, or never will. `isSettled`: by the sender meanwhile. */
  #tellEarly(isSettled: boolean): void {
    const { outcome, state } = this.#early as EarlyOutcome;
    this.#early = null;
    this.isReceiving = false;
    if (isSettled) {
      this.unsettledCount--;
      this.releasePlace();
    } else if (state === null) this.settle(this.deliveryId, outcome);
    else this.settleWithState(this.deliveryId, outcome, state, 0, state.length);
  }

  /** The first frame of a delivery. False when it cost the sender its link or session. hot */
  #begin(fields: TransferFields, nowMs: number): boolean {
    if (!fields.hasDeliveryId) {
      this.fault(amqpError(Condition.InvalidField, 'the first transfer of a delivery has no delivery-id'));
      return false;
    }
    if (this.credit <= 0) {
      this.fault(amqpError(Condition.TransferLimitExceeded, 'transfer without link credit'));
      return false;
    }
    const settled = fields.settled || this.senderSettleMode === settledMode;
    if (!this.session.startIncoming(this, fields.deliveryId, settled, nowMs)) return false;
    this.deliveryId = fields.deliveryId;
    this.deliverySettled = settled;
    this.messageFormat = fields.messageFormat;
    this.session.connection.deliveredAtMs = nowMs;
    if (--this.credit === 0) this.creditGone();
    this.deliveryCount = (this.deliveryCount + 1) | 0;
    this.deliveries++;
    if (!this.returnsCreditAtOnce) this.openCount++;
    if (settled) this.presettled++;
    else this.unsettledCount++;
    if (!this.isFlowDue) this.session.flowDue(this);
    return true;
  }

  /** A flow of the sender on this link. */
  handleFlow(hasDeliveryCount: boolean, deliveryCount: number, echo: boolean): void {
    if (hasDeliveryCount) {
      const advance = serialDistance(deliveryCount, this.deliveryCount);
      if (advance > 0) {
        this.deliveryCount = deliveryCount;
        this.credit = Math.max(0, this.credit - advance);
        if (this.credit === 0) this.creditGone();
        this.session.flowDue(this);
      }
    }
    if (this.credit === 0) this.isDraining = false;
    if (echo) {
      this.#isFlowForced = true;
      this.session.flowDue(this);
    }
  }

  // --- the end -----------------------------------------------------------------------------------------------------

  protected override sendDetach(error: ErrorInfo | null, closed: boolean): void {
    if (this.#early !== null) this.#tellEarly(this.deliverySettled);
    super.sendDetach(error, closed);
  }

  protected override tellDetached(cause: DetachCause): void {
    const owner = this.owner;
    this.owner = null;
    owner?.handleDetached(this, cause);
  }

  protected override dropOwner(): void {
    this.owner = null;
  }

  protected override dropDeliveries(): void {
    this.dropUnsettled(this.session.incoming);
    this.openCount = 0;
    this.isReceiving = false;
    this.#early = null;
  }
}
