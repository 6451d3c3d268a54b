// The two ends that a link can have here (§2.6): an IncomingLink receives, an OutgoingLink sends.
//
//   peer attaches:   Attaching ──accept──▶ Attached ──detach either way──▶ Detached
//   we attach:       Attaching ──peer's attach──▶ Attached
//   after our own detach frames of the peer that crossed it are dropped until its answer: Detaching
import { Attach, type Coordinator, Detach, type ErrorInfo, type Source, type Target } from '../amqp/performatives.ts';
import {
  copyBytes,
  endFrame,
  type TransferFields,
  transferOverhead,
  writeTransfer,
  writeTransferContinuation,
} from '../amqp/transfer.ts';
import { serialDistance } from '../kit/serial.ts';
import { amqpError, Condition } from './conditions.ts';
import type { DetachCause, IncomingLinkOwner, OutgoingLinkOwner } from './owner.ts';
import type { Session } from './session.ts';

export const LinkState = { Attaching: 0, Attached: 1, Detaching: 2, Detached: 3 } as const;
export type LinkState = (typeof LinkState)[keyof typeof LinkState];

/** §2.8.2 sender-settle-mode. */
export const SenderSettleMode = { Unsettled: 0, Settled: 1, Mixed: 2 } as const;
/** §2.8.3 receiver-settle-mode. */
export const ReceiverSettleMode = { First: 0, Second: 1 } as const;

export type Link = IncomingLink | OutgoingLink;

/** What both ends have in common. Counters are what management shows. */
abstract class LinkEnd {
  readonly session: Session;
  readonly name: string;
  /** Our handle. */
  readonly handle: number;
  /** The peer's handle, -1 until its attach came. */
  remoteHandle = -1;
  state: LinkState = LinkState.Attaching;
  /** Our attach went out first; the peer's is the answer. */
  readonly isInitiator: boolean;
  senderSettleMode = 2;
  receiverSettleMode = 0;
  /** Int32 serial (§2.6.7). */
  deliveryCount = 0;
  /** Messages that the sender may still send. */
  credit = 0;
  /** Deliveries whose outcome is open. */
  unsettledCount = 0;
  /** Queued in the session for a flow at the end of the turn. */
  isFlowDue = false;

  deliveries = 0;
  presettled = 0;
  accepted = 0;
  rejected = 0;
  released = 0;
  modified = 0;
  /** Settled later than one, and later than ten seconds after they came. */
  delayed1Sec = 0;
  delayed10Sec = 0;

  constructor(session: Session, name: string, handle: number, isInitiator: boolean) {
    this.session = session;
    this.name = name;
    this.handle = handle;
    this.isInitiator = isInitiator;
  }

  get isAttached(): boolean {
    return this.state === LinkState.Attached;
  }

  /** Counts a terminal outcome (§3.4). */
  countOutcome(outcome: number): void {
    switch (outcome) {
      case 0x24:
        this.accepted++;
        break;
      case 0x25:
        this.rejected++;
        break;
      case 0x26:
        this.released++;
        break;
      case 0x27:
        this.modified++;
        break;
    }
  }

  /** Counts a late settlement; ages are coarse: whole seconds. hot */
  countAge(ageSeconds: number): void {
    if (ageSeconds < 2) return;
    if (ageSeconds > 10) this.delayed10Sec++;
    else this.delayed1Sec++;
  }

  protected writeAttach(
    role: boolean,
    source: Source | null,
    target: Target | Coordinator | null,
    maxMessageSize: number,
    more: Partial<Attach>,
  ): void {
    this.session.write(
      new Attach({
        name: this.name,
        handle: this.handle,
        role,
        sndSettleMode: this.senderSettleMode,
        rcvSettleMode: this.receiverSettleMode,
        source,
        target,
        initialDeliveryCount: role ? null : this.deliveryCount >>> 0,
        maxMessageSize,
        ...more,
      }),
    );
  }

  /** Answers the peer's detach. The deliveries are dropped after the owner has heard of it. */
  answerDetach(closed: boolean): void {
    this.sendDetach(null, closed);
    this.session.connection.forgetName(this as unknown as Link);
  }

  /** Sends our detach. The owner hears of it only when the peer broke something. */
  protected sendDetach(error: ErrorInfo | null, closed: boolean): void {
    this.session.write(new Detach({ handle: this.handle, closed, error }));
    this.state = LinkState.Detaching;
  }
}

/** We receive. */
export class IncomingLink extends LinkEnd {
  owner: IncomingLinkOwner | null = null;
  /** The most deliveries that may be open or on their way; 0 withholds credit. */
  capacity = 0;
  /** Deliveries received whose place has not been given back: unsettled ones, and settled ones that still wait. */
  openCount = 0;
  /** We asked for the credit back and the sender has not answered. */
  isDraining = false;
  /** A flow must go out even if it grants little: the drain flag changed, or the peer asked for an echo. */
  isFlowForced = false;
  /** Largest message, 0 = unlimited. */
  maxMessageSize = 0;
  /** The delivery being received, or received last. */
  deliveryId = 0;
  deliverySettled = false;
  /** Frames of `deliveryId` are still to come. */
  isReceiving = false;

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

  /** Refuses the peer's attach: an answer without termini, then a closing detach (§2.6.3). */
  refuse(error: ErrorInfo, source: Source | null = null, target: Target | null = null): void {
    this.writeAttach(true, source, target, 0, {});
    this.sendDetach(error, true);
    this.session.forgetName(this);
  }

  /** Attaches from our side; `owner.handleAttached` tells the answer. */
  attach(owner: IncomingLinkOwner, more: Partial<Attach>): void {
    this.owner = owner;
    this.writeAttach(true, null, null, 0, more);
  }

  /** Detaches from our side. Deliveries of it that are still open must have been settled before. */
  detach(error: ErrorInfo | null, closed = true): void {
    if (this.state !== LinkState.Attached && this.state !== LinkState.Attaching) return;
    this.sendDetach(error, closed);
    this.session.forgetName(this);
    this.dropDeliveries();
  }

  /** Lets the sender have up to `capacity` deliveries open. Sent at the end of the turn. */
  offerCredit(capacity: number): void {
    if (this.isDraining) {
      this.isDraining = false;
      this.isFlowForced = true;
    }
    this.capacity = capacity;
    this.session.flowDue(this);
  }

  /** Asks for all credit back (drain, §2.6.7). What the sender still sends is received as usual. */
  withdrawCredit(): void {
    this.capacity = 0;
    if (this.credit === 0 || this.isDraining) return;
    this.isDraining = true;
    this.isFlowForced = true;
    this.session.flowDue(this);
  }

  /** A settled delivery has left us: its place may be granted again. */
  releasePlace(): void {
    this.openCount--;
    if (!this.isFlowDue) this.session.flowDue(this);
  }

  /** Settles an unsettled delivery towards its sender; its slot in the session's ring must have been freed. */
  settle(deliveryId: number, outcome: number): void {
    this.unsettledCount--;
    this.openCount--;
    this.countOutcome(outcome);
    if (!this.isFlowDue) this.session.flowDue(this);
    this.session.queueDisposition(deliveryId, outcome);
  }

  /** As `settle`, with a state that has details, relayed as it came. */
  settleWithState(deliveryId: number, outcome: number, bytes: Uint8Array, start: number, end: number): void {
    this.unsettledCount--;
    this.openCount--;
    this.countOutcome(outcome);
    if (!this.isFlowDue) this.session.flowDue(this);
    this.session.writeStateDisposition(true, deliveryId, true, bytes, start, end);
  }

  /** One transfer frame for this link; `end` is the end of its payload. hot */
  handleTransfer(bytes: Uint8Array, end: number, fields: TransferFields, nowSeconds: number): void {
    const session = this.session;
    const isFirst = !this.isReceiving;
    if (isFirst) {
      if (!fields.hasDeliveryId)
        return this.fault(amqpError(Condition.InvalidField, 'the first transfer of a delivery has no delivery-id'));
      if (this.credit <= 0) {
        return this.fault(amqpError(Condition.TransferLimitExceeded, 'transfer without link credit'));
      }
      const settled = fields.settled || this.senderSettleMode === SenderSettleMode.Settled;
      if (!session.startIncoming(this, fields.deliveryId, settled, nowSeconds)) return;
      this.deliveryId = fields.deliveryId;
      this.deliverySettled = settled;
      this.credit--;
      this.deliveryCount = (this.deliveryCount + 1) | 0;
      this.deliveries++;
      this.openCount++;
      if (settled) this.presettled++;
      else this.unsettledCount++;
      if (!this.isFlowDue) session.flowDue(this);
    } else {
      if (fields.hasDeliveryId && fields.deliveryId !== this.deliveryId) {
        return this.fault(
          amqpError(Condition.InvalidField, 'a delivery began before the one before it was complete (§2.6.14)'),
        );
      }
      if (fields.settled && !this.deliverySettled) {
        this.deliverySettled = true;
        session.settleIncomingLate(this, this.deliveryId);
      }
    }
    this.isReceiving = fields.more && !fields.aborted;
    (this.owner as IncomingLinkOwner).handleTransfer(this, bytes, fields.payloadStart, end, fields, isFirst);
  }

  /** A flow of the sender on this link. */
  handleFlow(hasDeliveryCount: boolean, deliveryCount: number, echo: boolean): void {
    if (hasDeliveryCount) {
      const advance = serialDistance(deliveryCount, this.deliveryCount);
      if (advance > 0) {
        this.deliveryCount = deliveryCount;
        this.credit = Math.max(0, this.credit - advance);
        if (this.credit === 0) {
          this.isDraining = false;
          this.owner?.handleDrained(this);
        }
        this.session.flowDue(this);
      }
    }
    if (echo) {
      this.isFlowForced = true;
      this.session.flowDue(this);
    }
  }

  /**
   * Called at the end of the turn: grants what is due. A grant at least doubles what the sender has left, so that a busy
   * link costs a flow per batch and a slow one is never left waiting.
   */
  endTurn(): void {
    this.isFlowDue = false;
    if (this.state !== LinkState.Attached) return;
    const grant = this.isDraining ? 0 : this.capacity - this.openCount - this.credit;
    if (grant > 0 && grant >= this.credit) this.credit += grant;
    else if (!this.isFlowForced) return;
    this.isFlowForced = false;
    this.session.writeLinkFlow(this.handle, this.deliveryCount, this.credit, 0, this.isDraining, false);
  }

  /** The peer broke the protocol on this link: it is detached, and the owner told. */
  fault(error: ErrorInfo): void {
    if (this.state !== LinkState.Attached) return;
    this.sendDetach(error, true);
    this.session.forgetName(this);
    this.handleGone({ by: 'fault', error });
  }

  /** The link is gone: tells the owner, once. */
  handleGone(cause: DetachCause): void {
    const owner = this.owner;
    this.owner = null;
    owner?.handleDetached(this, cause);
    this.dropDeliveries();
  }

  /** Forgets the deliveries of this link: nobody can be told of their outcome. */
  dropDeliveries(): void {
    const ring = this.session.incoming;
    if (this.unsettledCount > 0) {
      for (const id of ring.ids()) {
        const slot = ring.find(id);
        if (ring.links[slot] === this) ring.free(slot);
      }
    }
    this.unsettledCount = 0;
    this.openCount = 0;
    this.credit = 0;
    this.isReceiving = false;
  }
}

/** We send. */
export class OutgoingLink extends LinkEnd {
  owner: OutgoingLinkOwner | null = null;
  /** The receiver wants its credit used or given up. */
  isDraining = false;
  /** A flow of ours is due: the credit that remains has been given up, or an echo was asked for. */
  isEchoDue = false;
  /** The receiver took this link pre-settled: what we send on it is settled at once. */
  isPresettled = false;

  get isIncoming(): false {
    return false;
  }

  accept(owner: OutgoingLinkOwner, source: Source | null, target: Target | Coordinator | null): void {
    this.owner = owner;
    this.state = LinkState.Attached;
    this.isPresettled = this.senderSettleMode === SenderSettleMode.Settled;
    this.writeAttach(false, source, target, 0, {});
  }

  refuse(error: ErrorInfo, source: Source | null = null, target: Target | null = null): void {
    this.writeAttach(false, source, target, 0, {});
    this.sendDetach(error, true);
    this.session.forgetName(this);
  }

  attach(owner: OutgoingLinkOwner, more: Partial<Attach>): void {
    this.owner = owner;
    this.isPresettled = more.sndSettleMode === SenderSettleMode.Settled;
    this.writeAttach(false, null, null, 0, more);
  }

  detach(error: ErrorInfo | null, closed = true): void {
    if (this.state !== LinkState.Attached && this.state !== LinkState.Attaching) return;
    this.sendDetach(error, closed);
    this.session.forgetName(this);
    this.dropDeliveries();
  }

  /** Whether one more delivery may begin: credit, session window and room in the output. hot */
  get canSend(): boolean {
    return this.credit > 0 && this.session.remoteIncomingWindow > 0 && this.session.connection.hasRoom;
  }

  /** Frames that a payload of `length` bytes takes. */
  framesOf(length: number): number {
    const room = this.session.connection.remoteMaxFrameSize - transferOverhead;
    return length <= room ? 1 : Math.ceil(length / room);
  }

  /**
   * Sends a whole delivery. `peer` and `peerId` come back with its outcome; they do not matter when `settled`.
   * The caller has seen {@link canSend}, and a session window for {@link framesOf}. Returns the delivery-id. hot: no allocation
   */
  send(bytes: Uint8Array, start: number, end: number, settled: boolean, peer: object | null, peerId: number): number {
    const session = this.session;
    const connection = session.connection;
    const id = this.begin(settled, peer, peerId);
    const writer = connection.output();
    const room = connection.remoteMaxFrameSize - transferOverhead;
    if (end - start <= room) {
      const frame = writeTransfer(writer, session.channel, this.handle, id, id, settled, false);
      copyBytes(bytes, start, end, writer);
      endFrame(writer, frame);
      session.countFrameOut();
      return id;
    }
    let frame = writeTransfer(writer, session.channel, this.handle, id, id, settled, true);
    for (let at = start; ; ) {
      const next = Math.min(at + room, end);
      copyBytes(bytes, at, next, writer);
      endFrame(writer, frame);
      session.countFrameOut();
      at = next;
      if (at === end) return id;
      frame = writeTransferContinuation(writer, session.channel, this.handle, end - at > room, false);
    }
  }

  /** Takes a delivery-id and a credit for a new delivery. hot */
  begin(settled: boolean, peer: object | null, peerId: number): number {
    const session = this.session;
    this.credit--;
    this.deliveryCount = (this.deliveryCount + 1) | 0;
    this.deliveries++;
    const id = session.takeDeliveryId();
    if (settled) this.presettled++;
    else {
      const ring = session.outgoing;
      const slot = ring.add(id, this, session.connection.nowSeconds);
      ring.peers[slot] = peer;
      ring.peerIds[slot] = peerId;
      this.unsettledCount++;
    }
    return id;
  }

  /**
   * Sends a part of the delivery `id` that {@link begin} started, as one frame of at most {@link payloadRoom} bytes.
   */
  sendPart(
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    settled: boolean,
    isFirst: boolean,
    more: boolean,
  ): void {
    const session = this.session;
    const writer = session.connection.output();
    const frame = isFirst
      ? writeTransfer(writer, session.channel, this.handle, id, id, settled, more)
      : writeTransferContinuation(writer, session.channel, this.handle, more, false);
    copyBytes(bytes, start, end, writer);
    endFrame(writer, frame);
    session.countFrameOut();
  }

  /** Bytes of payload that one frame holds. */
  get payloadRoom(): number {
    return this.session.connection.remoteMaxFrameSize - transferOverhead;
  }

  /** Aborts the delivery `id`, begun and not complete (§2.6.14): it is settled by that. */
  abort(id: number, settled: boolean): void {
    const session = this.session;
    const writer = session.connection.output();
    endFrame(writer, writeTransferContinuation(writer, session.channel, this.handle, false, true));
    session.countFrameOut();
    if (!settled) this.forget(id);
  }

  /** Takes the delivery out of the ring without a word to the receiver. */
  forget(id: number): void {
    const ring = this.session.outgoing;
    const slot = ring.find(id);
    if (slot < 0) return;
    ring.free(slot);
    this.unsettledCount--;
  }

  /** A flow of the receiver on this link: what it allows now (§2.6.7). */
  handleFlow(
    hasDeliveryCount: boolean,
    deliveryCount: number,
    linkCredit: number,
    drain: boolean,
    echo: boolean,
  ): void {
    // Before it knows our delivery-count a receiver leaves it out, and then counts from the initial one.
    const counted = hasDeliveryCount ? deliveryCount : 0;
    const credit = linkCredit - serialDistance(this.deliveryCount, counted);
    this.credit = Math.max(credit, 0);
    this.isDraining = drain;
    if (echo) this.flowBack();
    if (this.state === LinkState.Attached) this.owner?.handleCredit(this);
  }

  /** Gives up the credit that remains (the answer to a drain). */
  giveUpCredit(): void {
    if (this.credit > 0) this.deliveryCount = (this.deliveryCount + this.credit) | 0;
    this.credit = 0;
    this.flowBack();
  }

  /** Tells the receiver our side of the link at the end of the turn. */
  flowBack(): void {
    this.isEchoDue = true;
    this.session.flowDue(this);
  }

  endTurn(): void {
    this.isFlowDue = false;
    if (!this.isEchoDue || this.state !== LinkState.Attached) return;
    this.isEchoDue = false;
    this.session.writeLinkFlow(this.handle, this.deliveryCount, this.credit, 0, this.isDraining, false);
    if (this.credit === 0) this.isDraining = false;
  }

  fault(error: ErrorInfo): void {
    if (this.state !== LinkState.Attached) return;
    this.sendDetach(error, true);
    this.session.forgetName(this);
    this.handleGone({ by: 'fault', error });
  }

  handleGone(cause: DetachCause): void {
    const owner = this.owner;
    this.owner = null;
    owner?.handleDetached(this, cause);
    this.dropDeliveries();
  }

  /** Forgets what is unsettled; an owner that owes outcomes has read the ring before. */
  dropDeliveries(): void {
    if (this.unsettledCount > 0) {
      const ring = this.session.outgoing;
      for (const id of ring.ids()) {
        const slot = ring.find(id);
        if (ring.links[slot] === this) ring.free(slot);
      }
    }
    this.unsettledCount = 0;
    this.credit = 0;
  }
}
