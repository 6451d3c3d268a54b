// A link on which we send: credit that the receiver gave, deliveries written as frames.
//
//   whole delivery:   send
//   long delivery:    begin ─▶ (openPart ─▶ payload ─▶ closePart)* ─▶ the last one, or abort
import type { Attach, Coordinator, ErrorInfo, Source, Target } from '../amqp/performatives.ts';
import {
  copyAll,
  copyBytes,
  endFrame,
  transferOverhead,
  writeTransfer,
  writeTransferContinuation,
} from '../amqp/transfer.ts';
import { serialDistance } from '../kit/serial.ts';
import { LinkEnd, LinkState } from './link.ts';
import type { DetachCause, OutgoingLinkOwner } from './owner.ts';
import type { UnsentDeliveries } from './unsent.ts';

const settledMode = 1;
const creditMax = 0x7fffffff;
/** Bytes of a continuation frame around its payload, at most: header, list, handle, and nulls as far as `aborted`. */
const continuationOverhead = 8 + 3 + 3 + 5 + 9;

export class OutgoingLink extends LinkEnd {
  owner: OutgoingLinkOwner | null = null;
  /** The receiver wants its credit used or given up. */
  isDraining = false;
  /** A flow of ours is due: the credit that remains has been given up, or an echo was asked for. */
  #isEchoDue = false;
  /** The receiver took this link pre-settled: what we send on it is settled at once. */
  isPresettled = false;
  /** Deliveries of which no byte was given to the transport: found when it is lost, for the owner that is told of it. */
  unsent: UnsentDeliveries | null = null;
  /** Of the delivery begun last. */
  #messageFormat = 0;

  get isIncoming(): false {
    return false;
  }

  accept(owner: OutgoingLinkOwner, source: Source | null, target: Target | Coordinator | null): void {
    this.owner = owner;
    this.state = LinkState.Attached;
    this.isPresettled = this.senderSettleMode === settledMode;
    this.writeAttach(false, source, target, 0, {});
  }

  override refuse(error: ErrorInfo): void {
    this.writeAttach(false, null, null, 0, {});
    this.sendDetach(error, true);
  }

  /** Attaches from our side; `owner.handleAttached` tells the answer. */
  attach(owner: OutgoingLinkOwner, more: Partial<Attach>): void {
    this.owner = owner;
    this.isPresettled = more.sndSettleMode === settledMode;
    this.writeAttach(false, null, null, 0, more);
  }

  // --- sending -----------------------------------------------------------------------------------------------------

  /** Whether one more delivery may begin: credit, session window and room in the output. hot */
  get canSend(): boolean {
    return this.credit > 0 && this.session.remoteIncomingWindow > 0 && this.session.connection.hasRoom;
  }

  /** Bytes of payload that one frame holds. hot */
  get payloadRoom(): number {
    return this.session.connection.transferFrameSize - transferOverhead;
  }

  /** The same for the frames behind the first, which say less. */
  get continuationRoom(): number {
    return this.session.connection.transferFrameSize - continuationOverhead;
  }

  /** Frames that a payload of `length` bytes takes. hot */
  framesOf(length: number): number {
    const room = this.payloadRoom;
    return length <= room ? 1 : Math.ceil(length / room);
  }

  /**
   * Sends a whole delivery. `peer` and `peerId` come back with its outcome; they do not matter when `settled`.
   * The caller has seen {@link canSend}, and a session window for {@link framesOf}. Returns the delivery-id. hot: no allocation
   */
  send(
    bytes: Uint8Array,
    start: number,
    end: number,
    settled: boolean,
    peer: object | null,
    peerId: number,
    messageFormat = 0,
  ): number {
    const session = this.session;
    const id = this.begin(settled, peer, peerId, messageFormat);
    const writer = session.connection.output();
    const room = this.payloadRoom;
    if (end - start <= room) {
      const frame = writeTransfer(writer, session.channel, this.handle, id, id, settled, false, messageFormat);
      copyBytes(bytes, start, end, writer);
      endFrame(writer, frame);
      session.countFrameOut();
      return id;
    }
    let frame = writeTransfer(writer, session.channel, this.handle, id, id, settled, true, messageFormat);
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

  /**
   * Sends a whole delivery as {@link send} does, with `section` in the place of `[cutStart, cutEnd)`: copied once, straight into
   * its frame. It must fit into one frame ({@link payloadRoom}). hot: no allocation
   */
  sendSpliced(
    bytes: Uint8Array,
    start: number,
    end: number,
    section: Uint8Array,
    cutStart: number,
    cutEnd: number,
    settled: boolean,
    peer: object | null,
    peerId: number,
    messageFormat = 0,
  ): number {
    const session = this.session;
    const id = this.begin(settled, peer, peerId, messageFormat);
    const writer = session.connection.output();
    const frame = writeTransfer(writer, session.channel, this.handle, id, id, settled, false, messageFormat);
    if (cutStart > start) copyBytes(bytes, start, cutStart, writer);
    copyAll(section, writer);
    copyBytes(bytes, cutEnd, end, writer);
    endFrame(writer, frame);
    session.countFrameOut();
    return id;
  }

  /** Takes a delivery-id and a credit for a new delivery. `messageFormat` is the bit pattern of a uint (§2.7.5). hot */
  begin(settled: boolean, peer: object | null, peerId: number, messageFormat = 0): number {
    const session = this.session;
    const { connection } = session;
    const { nowMs, nowSeconds } = connection.clock;
    connection.deliveredAtMs = nowMs;
    this.#messageFormat = messageFormat;
    if (--this.credit === 0) this.creditGone();
    this.deliveryCount = (this.deliveryCount + 1) | 0;
    this.deliveries++;
    const id = session.takeDeliveryId();
    if (settled) {
      this.presettled++;
      this.countSettled(nowSeconds);
    } else {
      const ring = session.outgoing;
      const slot = ring.add(id, this, nowMs);
      ring.peers[slot] = peer;
      ring.peerIds[slot] = peerId;
      this.unsettledCount++;
    }
    return id;
  }

  /**
   * Opens one frame of the delivery `id` that {@link begin} started, for which the session window has a place. Append up to
   * {@link payloadRoom} bytes of payload to the connection's output (up to {@link continuationRoom} when it is not the first
   * frame), then {@link closePart} with what this returned.
   */
  openPart(id: number, settled: boolean, isFirst: boolean, more: boolean): number {
    const session = this.session;
    const writer = session.connection.output();
    return isFirst
      ? writeTransfer(writer, session.channel, this.handle, id, id, settled, more, this.#messageFormat)
      : writeTransferContinuation(writer, session.channel, this.handle, more, false);
  }

  closePart(frame: number): void {
    endFrame(this.session.connection.output(), frame);
    this.session.countFrameOut();
  }

  /**
   * Aborts the delivery `id` of which a part was sent and not the last one (§2.6.14): it is settled by that. The session window
   * has a place for the frame.
   */
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
    if (slot < 0 || ring.links[slot] !== this) return;
    ring.free(slot);
    this.unsettledCount--;
  }

  // --- credit ------------------------------------------------------------------------------------------------------

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
    this.credit = Math.min(Math.max(credit, 0), creditMax);
    if (this.credit > 0) this.creditCame();
    else this.creditGone();
    this.isDraining = drain;
    if (echo) this.flowBack();
    this.owner?.handleCredit(this);
  }

  /** Gives up the credit that remains (the answer to a drain). */
  giveUpCredit(): void {
    if (this.credit > 0) this.deliveryCount = (this.deliveryCount + this.credit) | 0;
    this.credit = 0;
    this.creditGone();
    this.flowBack();
  }

  /** Tells the receiver our side of the link at the end of the turn. */
  flowBack(): void {
    this.#isEchoDue = true;
    this.session.flowDue(this);
  }

  endTurn(): void {
    this.isFlowDue = false;
    if (!this.#isEchoDue || this.state !== LinkState.Attached) return;
    this.#isEchoDue = false;
    this.session.writeLinkFlow(this.handle, this.deliveryCount, this.credit, 0, this.isDraining, false);
    if (this.credit === 0) this.isDraining = false;
  }

  // --- the end -----------------------------------------------------------------------------------------------------

  protected override tellDetached(cause: DetachCause): void {
    const owner = this.owner;
    this.owner = null;
    owner?.handleDetached(this, cause);
  }

  protected override dropOwner(): void {
    this.owner = null;
  }

  /** Forgets what is unsettled; an owner that owes outcomes has read the ring before. */
  protected override dropDeliveries(): void {
    this.dropUnsettled(this.session.outgoing);
  }
}
