// A session (§2.5): windows in both directions, links by handle, unsettled deliveries by delivery-id.
//
//   Begun (peer's begin, ours answered; or ours sent, then theirs)  ──end either way──▶  Ended
//
// What a turn changes (dispositions, credit, windows) is gathered and written once, by `endTurn`.
import { type DispositionFields, writeDisposition, writeDispositionWithState } from '../amqp/disposition.ts';
import { type FlowFields, writeLinkFlow, writeSessionFlow } from '../amqp/flow.ts';
import { readPerformativeCode } from '../amqp/frames.ts';
import {
  type AmqpPerformative,
  type Attach,
  Begin,
  Code,
  type Detach,
  End,
  type ErrorInfo,
  writeFrame,
} from '../amqp/performatives.ts';
import { decodeTransfer } from '../amqp/transfer.ts';
import { serialDistance } from '../kit/serial.ts';
import { TurnList } from '../kit/turn-list.ts';
import { amqpError, Condition } from './conditions.ts';
import type { Connection } from './connection.ts';
import { DispositionRange } from './disposition-range.ts';
import type { IncomingLink } from './incoming-link.ts';
import { incomingWindowFrames, type WindowKind } from './incoming-window.ts';
import { grantBatch, handleMax } from './limits.ts';
import { type Link, LinkState } from './link.ts';
import type { OutgoingLink } from './outgoing-link.ts';
import type { IncomingLinkOwner, OutgoingLinkOwner } from './owner.ts';
import { SessionLinks } from './session-links.ts';
import { settleByReceiver, settleBySender } from './settlement.ts';
import { UnsettledRing } from './unsettled-ring.ts';

const windowMax = 0x7fffffff;
/** Bytes of a disposition around its state, at most. */
const dispositionOverhead = 48;

/** The outcome of an encoded state, 0 when it is none of those that can stand without details. */
function plainOutcome(bytes: Uint8Array, start: number, end: number): number {
  const code = readPerformativeCode(bytes, start, end);
  return code >= Code.Accepted && code <= Code.Modified ? code : 0;
}

export class Session {
  readonly connection: Connection;
  /** Our channel. */
  readonly channel: number;
  /** The peer's channel, -1 until its begin came. */
  remoteChannel = -1;
  /** Nothing more is written: we have sent End, or the connection is gone. */
  isEnding = false;

  /** Unsettled deliveries that came in, and that went out. */
  readonly incoming = new UnsettledRing();
  readonly outgoing = new UnsettledRing();

  /** §2.5.6, all transfer-ids are int32 serials. */
  nextIncomingId = 0;
  incomingWindow: number;
  nextOutgoingId = 0;
  remoteIncomingWindow = 0;
  /** Bytes of deliveries from this session that the owner holds; they shrink the window that is offered. */
  heldBytes = 0;
  /** Scratch of an owner that sends one delivery to many links: frames spoken for, in which round. */
  claimedFrames = 0;
  claimRound = 0;

  #windowKind: WindowKind;
  readonly #links = new SessionLinks(this);
  readonly #range = new DispositionRange();
  #nextDeliveryId = 0;
  #lastIncomingDeliveryId = -1;
  #hasIncomingDelivery = false;
  readonly #flowsDue = new TurnList<Link>();
  #isDue = false;
  #isSessionFlowDue = false;
  #isBeginSent = false;

  constructor(connection: Connection, channel: number, windowKind: WindowKind = 'share') {
    this.connection = connection;
    this.channel = channel;
    this.#windowKind = windowKind;
    this.incomingWindow = incomingWindowFrames(this);
  }

  // --- state -------------------------------------------------------------------------------------------------------

  get windowKind(): WindowKind {
    return this.#windowKind;
  }

  /** From the next flow on. */
  set windowKind(kind: WindowKind) {
    if (kind === this.#windowKind) return;
    this.connection.windowKindChanged(this.#windowKind, kind);
    this.#windowKind = kind;
  }

  /** All links that are not gone. Cold. */
  get links(): Link[] {
    return this.#links.all.filter((link) => link.state !== LinkState.Detached);
  }

  /** The link on which we send under this handle of ours. */
  outgoingLink(handle: number): OutgoingLink | undefined {
    const link = this.#links.byOwn(handle);
    return link === undefined || link.isIncoming ? undefined : link;
  }

  /** So much is held that nothing more is granted. */
  get isShut(): boolean {
    return incomingWindowFrames(this) === 0;
  }

  // --- what the peer says ------------------------------------------------------------------------------------------

  /** The peer's begin: the answer to ours, or a session of its own that is answered at once. */
  handleBegin(begin: Begin, remoteChannel: number): void {
    this.remoteChannel = remoteChannel;
    this.nextIncomingId = begin.nextOutgoingId | 0;
    this.remoteIncomingWindow = Math.min(begin.incomingWindow, windowMax);
    this.#links.remoteHandleMax = begin.handleMax ?? 0xffffffff;
    if (!this.#isBeginSent) this.begin();
  }

  /** hot */
  handleTransfer(bytes: Uint8Array, start: number, end: number): void {
    const connection = this.connection;
    const fields = connection.transferFields;
    decodeTransfer(bytes, start, end, fields);
    if (this.incomingWindow <= 0) {
      this.end(amqpError(Condition.WindowViolation, 'transfer beyond the incoming window'));
      return;
    }
    this.incomingWindow--;
    this.nextIncomingId = (this.nextIncomingId + 1) | 0;
    const link = this.#links.byRemote(fields.handle);
    if (link === undefined) {
      this.#endUnattached('transfer', fields.handle);
      return;
    }
    if (!this.#isDue) this.due();
    if (link.state !== LinkState.Attached) {
      if (link.isIncoming) link.handleVoid(fields);
      return;
    }
    if (link.isIncoming) link.handleTransfer(bytes, end, fields, connection.clock.nowMs);
    else link.fault(amqpError(Condition.NotAllowed, 'transfer from the receiver of the link'));
  }

  handleFlow(flow: FlowFields): void {
    this.nextIncomingId = flow.nextOutgoingId;
    const seen = flow.hasNextIncomingId ? flow.nextIncomingId : 0;
    const window = flow.incomingWindow - serialDistance(this.nextOutgoingId, seen);
    const opened = this.remoteIncomingWindow <= 0 && window > 0;
    this.remoteIncomingWindow = Math.min(Math.max(window, 0), windowMax);
    if (flow.hasHandle) this.#handleLinkFlow(flow);
    else if (flow.echo) {
      this.#isSessionFlowDue = true;
      this.due();
    }
    if (opened && !this.isEnding) this.connection.handleRoom();
  }

  #handleLinkFlow(flow: FlowFields): void {
    const link = this.#links.byRemote(flow.handle);
    if (link === undefined) {
      this.#endUnattached('flow', flow.handle);
      return;
    }
    if (link.state !== LinkState.Attached) return;
    if (link.isIncoming) link.handleFlow(flow.hasDeliveryCount, flow.deliveryCount, flow.echo);
    else if (flow.hasLinkCredit) {
      link.handleFlow(flow.hasDeliveryCount, flow.deliveryCount, flow.linkCredit, flow.drain, flow.echo);
    } else if (flow.echo) link.flowBack();
  }

  /** hot */
  handleDisposition(fields: DispositionFields, bytes: Uint8Array): void {
    if (fields.role) settleByReceiver(this, fields, bytes);
    else settleBySender(this, fields);
  }

  handleAttach(attach: Attach): void {
    this.#links.handleAttach(attach);
  }

  handleDetach(detach: Detach): void {
    if (!this.#links.handleDetach(detach)) this.#endUnattached('detach', detach.handle);
  }

  /** The peer's end; answered unless it is the answer. */
  handleEnd(end: End): void {
    if (this.isEnding) return;
    this.stop();
    this.tellLost(end.error);
    this.write(new End());
    this.isEnding = true;
  }

  #endUnattached(what: string, handle: number): void {
    this.end(amqpError(Condition.UnattachedHandle, `${what} on handle ${handle >>> 0}, which is not attached`));
  }

  // --- deliveries that come in -------------------------------------------------------------------------------------

  /** A first transfer registers its delivery. False when the session was ended for it. hot */
  startIncoming(link: IncomingLink, id: number, settled: boolean, nowMs: number): boolean {
    if (this.#hasIncomingDelivery && ((id - this.#lastIncomingDeliveryId) | 0) <= 0) {
      this.end(amqpError(Condition.InvalidField, `delivery-id ${id >>> 0} is not after the one before it (§2.6.12)`));
      return false;
    }
    if (!settled && this.incoming.isTaken(id)) {
      this.end(amqpError(Condition.InvalidField, `delivery-id ${id >>> 0} is still unsettled`));
      return false;
    }
    this.#hasIncomingDelivery = true;
    this.#lastIncomingDeliveryId = id;
    if (!settled) this.incoming.add(id, link, nowMs);
    return true;
  }

  /** Settles one of the peer's deliveries at the end of the turn. hot */
  queueDisposition(id: number, outcome: number): void {
    if (this.#range.add(id, outcome)) {
      if (!this.#isDue) this.due();
      return;
    }
    this.flushDispositions();
    this.#range.add(id, outcome);
  }

  /** Writes the outcomes that were gathered: before anything that must not overtake them. */
  flushDispositions(): void {
    if (!this.#range.isEmpty) this.#range.write(this.connection.output(), this.channel);
  }

  /**
   * A disposition whose state has details, relayed byte for byte; without them when they do not fit into a frame of the peer.
   * `asReceiver`: about a delivery that came to us.
   */
  writeStateDisposition(
    asReceiver: boolean,
    id: number,
    settled: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (this.isEnding) return;
    this.flushDispositions();
    const writer = this.connection.output();
    if (end - start + dispositionOverhead <= this.connection.remoteMaxFrameSize)
      writeDispositionWithState(writer, this.channel, asReceiver, id, id, settled, bytes, start, end);
    else writeDisposition(writer, this.channel, asReceiver, id, id, settled, plainOutcome(bytes, start, end));
  }

  /** The owner holds `bytes` of this session's deliveries; negative gives them back. */
  hold(bytes: number): void {
    this.heldBytes += bytes;
    if (bytes < 0 && !this.#isDue && !this.isEnding) this.due();
  }

  // --- deliveries that go out --------------------------------------------------------------------------------------

  /** hot */
  countFrameOut(): void {
    this.nextOutgoingId = (this.nextOutgoingId + 1) | 0;
    this.remoteIncomingWindow--;
  }

  /** The next delivery-id; one that is still unsettled from a former round of 2³² is passed over. hot */
  takeDeliveryId(): number {
    let id = this.#nextDeliveryId;
    while (this.outgoing.isTaken(id)) id = (id + 1) | 0;
    this.#nextDeliveryId = (id + 1) | 0;
    return id;
  }

  /** Settles a delivery that we sent, towards its receiver (its sender has settled). */
  settleOutgoing(id: number, outcome: number): void {
    if (this.isEnding) return;
    writeDisposition(this.connection.output(), this.channel, false, id, id, true, outcome);
  }

  // --- what the owner wants ----------------------------------------------------------------------------------------

  begin(): void {
    this.#isBeginSent = true;
    this.incomingWindow = incomingWindowFrames(this);
    this.write(
      new Begin({
        remoteChannel: this.remoteChannel < 0 ? null : this.remoteChannel,
        nextOutgoingId: this.nextOutgoingId >>> 0,
        incomingWindow: this.incomingWindow,
        outgoingWindow: windowMax,
        handleMax,
      }),
    );
  }

  /** Attaches a link on which we send. Null when the peer allows no more links, for which the session was ended. */
  attachSender(name: string, owner: OutgoingLinkOwner, more: Partial<Attach>): OutgoingLink | null {
    return this.#links.attachSender(name, owner, more);
  }

  /** Attaches a link on which we receive. Null as for {@link attachSender}. */
  attachReceiver(name: string, owner: IncomingLinkOwner, more: Partial<Attach>): IncomingLink | null {
    return this.#links.attachReceiver(name, owner, more);
  }

  /** Ends the session from our side; frames of the peer are dropped until its end. */
  end(error: ErrorInfo | null): void {
    if (this.isEnding) return;
    this.stop();
    this.tellLost(error);
    this.write(new End({ error }));
    this.isEnding = true;
    this.connection.noteError(error);
  }

  // --- the end, in two steps: first nothing goes out any more anywhere, then the owners are told ---------------------

  /** No delivery begins or goes on here. What owners do when they are told must not come back to a session that is over. */
  stop(): void {
    this.remoteIncomingWindow = 0;
    this.#links.stop();
  }

  /** Tells the owners of all links, which are stopped. */
  tellLost(error: ErrorInfo | null): void {
    this.#links.tellLost(error);
  }

  // --- output ------------------------------------------------------------------------------------------------------

  write(performative: AmqpPerformative): void {
    this.flushDispositions();
    const writer = this.connection.output();
    const start = writer.position;
    writeFrame(writer, this.channel, performative);
    const size = writer.position - start;
    if (size <= this.connection.remoteMaxFrameSize) return;
    writer.position = start;
    this.connection.failSoon(
      amqpError(Condition.FrameSizeTooSmall, `a frame of ${size} bytes is due, which the peer does not take`),
    );
  }

  /** A flow of this link is due at the end of the turn. hot */
  flowDue(link: Link): void {
    if (link.isFlowDue) return;
    link.isFlowDue = true;
    this.#flowsDue.push(link);
    if (!this.#isDue) this.due();
  }

  /** Something of this session is to be written at the end of the turn. */
  due(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.connection.sessionDue(this);
  }

  writeLinkFlow(
    handle: number,
    deliveryCount: number,
    linkCredit: number,
    available: number,
    drain: boolean,
    echo: boolean,
  ): void {
    this.#isSessionFlowDue = false;
    this.#renewWindow();
    writeLinkFlow(
      this.connection.output(),
      this.channel,
      this.nextIncomingId,
      this.incomingWindow,
      this.nextOutgoingId,
      windowMax,
      handle,
      deliveryCount,
      linkCredit,
      available,
      drain,
      echo,
    );
  }

  /** Writes what the turn gathered. */
  endTurn(): void {
    this.#isDue = false;
    const flows = this.#flowsDue;
    if (this.isEnding) {
      this.#range.drop();
      flows.clear();
      return;
    }
    this.flushDispositions();
    for (let at = 0; at < flows.length; at++) flows.at(at).endTurn();
    flows.clear();
    const spent = incomingWindowFrames(this) - this.incomingWindow;
    if (spent > this.incomingWindow || (this.#windowKind === 'whole' && spent >= grantBatch))
      this.#isSessionFlowDue = true;
    if (!this.#isSessionFlowDue) return;
    this.#isSessionFlowDue = false;
    this.#renewWindow();
    writeSessionFlow(
      this.connection.output(),
      this.channel,
      this.nextIncomingId,
      this.incomingWindow,
      this.nextOutgoingId,
      windowMax,
      false,
    );
  }

  /** Gives back memory that a burst left behind. Called now and then, off the hot path. */
  rest(): void {
    this.incoming.shrink();
    this.outgoing.shrink();
  }

  // --- inside ------------------------------------------------------------------------------------------------------

  /** Never takes back what was offered (§2.5.6: a window only grows by flow, and shrinks by transfers). */
  #renewWindow(): void {
    const target = incomingWindowFrames(this);
    if (target > this.incomingWindow) this.incomingWindow = target;
  }
}
