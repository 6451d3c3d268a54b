// A session (§2.5): windows in both directions, links by handle, unsettled deliveries by delivery-id.
//
//   Begun (peer's begin, ours answered; or ours sent, then theirs)  ──end either way──▶  Ended
//
// What a turn changes (dispositions, credit, windows) is gathered and written once, by `endTurn`.
import type { DispositionFields } from '../amqp/disposition.ts';
import { writeDisposition, writeDispositionWithState } from '../amqp/disposition.ts';
import { type FlowFields, writeLinkFlow, writeSessionFlow } from '../amqp/flow.ts';
import {
  type AmqpPerformative,
  type Attach,
  Begin,
  type Detach,
  End,
  type ErrorInfo,
  writeFrame,
} from '../amqp/performatives.ts';
import { decodeTransfer } from '../amqp/transfer.ts';
import { serialDistance } from '../kit/serial.ts';
import { amqpError, Condition } from './conditions.ts';
import type { Connection } from './connection.ts';
import {
  connectionLinksMax,
  connectionWindowBytes,
  handleMax,
  sessionWindowBytes,
  sessionWindowFramesMin,
} from './limits.ts';
import { IncomingLink, type Link, LinkState, OutgoingLink } from './link.ts';
import type { DetachCause, IncomingLinkOwner, OutgoingLinkOwner } from './owner.ts';
import { UnsettledRing } from './unsettled-ring.ts';

const outgoingWindow = 0x7fffffff;

export class Session {
  readonly connection: Connection;
  /** Our channel. */
  readonly channel: number;
  /** The peer's channel, -1 until its begin came. */
  remoteChannel = -1;
  /** We sent End and wait for the peer's; or both are through. */
  isEnding = false;
  isEnded = false;

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

  readonly #links: (Link | undefined)[] = [];
  readonly #linksByRemote: (Link | undefined)[] = [];
  readonly #freeHandles: number[] = [];
  #nextDeliveryId = 0;
  #lastIncomingDeliveryId = -1;
  #hasIncomingDelivery = false;
  #flowsDue: Link[] = [];
  #isDue = false;
  #isSessionFlowDue = false;
  #isBeginSent = false;
  #remoteHandleMax = 0xffffffff;

  // Outcomes for the peer's deliveries, one range at a time.
  #rangeOutcome = -1;
  #rangeFirst = 0;
  #rangeLast = 0;

  constructor(connection: Connection, channel: number) {
    this.connection = connection;
    this.channel = channel;
    this.incomingWindow = this.#windowTarget();
  }

  // --- state -------------------------------------------------------------------------------------------------------

  /** All links that are not gone. Cold. */
  get links(): Link[] {
    return this.#links.filter((link): link is Link => link !== undefined && link.state !== LinkState.Detached);
  }

  // --- what happened -----------------------------------------------------------------------------------------------

  /** The peer's begin: the answer to ours, or a session of its own that is answered at once. */
  handleBegin(begin: Begin, remoteChannel: number): void {
    this.remoteChannel = remoteChannel;
    this.nextIncomingId = begin.nextOutgoingId | 0;
    this.remoteIncomingWindow = Math.min(begin.incomingWindow, 0x7fffffff);
    this.#remoteHandleMax = begin.handleMax ?? 0xffffffff;
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
    const link = this.#linksByRemote[fields.handle];
    if (link === undefined) {
      this.end(
        amqpError(Condition.UnattachedHandle, `transfer on handle ${fields.handle >>> 0}, which is not attached`),
      );
      return;
    }
    if (!this.#isDue) this.due();
    if (link.state !== LinkState.Attached) return;
    if (link.isIncoming) link.handleTransfer(bytes, end, fields, connection.nowSeconds);
    else link.fault(amqpError(Condition.NotAllowed, 'transfer from the receiver of the link'));
  }

  handleFlow(flow: FlowFields): void {
    this.nextIncomingId = flow.nextOutgoingId;
    const seen = flow.hasNextIncomingId ? flow.nextIncomingId : 0;
    const window = flow.incomingWindow - serialDistance(this.nextOutgoingId, seen);
    const opened = this.remoteIncomingWindow <= 0 && window > 0;
    this.remoteIncomingWindow = Math.max(window, 0);
    if (opened) this.connection.handleRoom();
    if (!flow.hasHandle) {
      if (flow.echo) this.#isSessionFlowDue = true;
      if (flow.echo) this.due();
      return;
    }
    const link = this.#linksByRemote[flow.handle];
    if (link === undefined) {
      this.end(amqpError(Condition.UnattachedHandle, `flow on handle ${flow.handle >>> 0}, which is not attached`));
      return;
    }
    if (link.state !== LinkState.Attached) return;
    if (link.isIncoming) link.handleFlow(flow.hasDeliveryCount, flow.deliveryCount, flow.echo);
    else if (flow.hasLinkCredit) {
      link.handleFlow(flow.hasDeliveryCount, flow.deliveryCount, flow.linkCredit, flow.drain, flow.echo);
    } else if (flow.echo) link.flowBack();
  }

  /** hot: the receiver's outcomes for a range of our deliveries */
  handleDisposition(fields: DispositionFields, bytes: Uint8Array): void {
    if (!fields.role) {
      this.#handleSenderDisposition(fields);
      return;
    }
    const ring = this.outgoing;
    const { first, last } = fields;
    if (serialDistance(last, first) < 0) {
      this.connection.fail(amqpError(Condition.InvalidField, 'disposition whose last comes before its first'));
      return;
    }
    if (ring.hasStragglers) {
      for (const id of ring.stragglersIn(first, last)) this.#handleOutcome(id, fields, bytes);
    }
    const end = ring.clampLast(last);
    for (let id = ring.clampFirst(first); ((end - id) | 0) >= 0; id = (id + 1) | 0)
      this.#handleOutcome(id, fields, bytes);
  }

  /** hot */
  #handleOutcome(id: number, fields: DispositionFields, bytes: Uint8Array): void {
    const ring = this.outgoing;
    const slot = ring.find(id);
    if (slot < 0) return;
    const link = ring.links[slot] as OutgoingLink;
    const peer = ring.peers[slot] as object | null;
    const peerId = ring.peerIds[slot] as number;
    if (fields.settled) {
      link.countAge(this.connection.nowSeconds - (ring.sinceSeconds[slot] as number));
      ring.free(slot);
      link.unsettledCount--;
      link.countOutcome(fields.outcome);
    }
    const owner = link.owner;
    if (owner === null) return;
    owner.handleOutcome(link, peer, peerId, fields.settled, fields.outcome, bytes, fields.stateStart, fields.stateEnd);
  }

  /** The sender speaks of its own deliveries: it settles them, so nobody waits for an outcome any more. */
  #handleSenderDisposition(fields: DispositionFields): void {
    if (!fields.settled) return;
    const ring = this.incoming;
    const { first, last } = fields;
    if (serialDistance(last, first) < 0) {
      this.connection.fail(amqpError(Condition.InvalidField, 'disposition whose last comes before its first'));
      return;
    }
    for (const id of ring.stragglersIn(first, last)) this.#settledBySender(id);
    const end = ring.clampLast(last);
    for (let id = ring.clampFirst(first); serialDistance(end, id) >= 0; id = (id + 1) | 0) this.#settledBySender(id);
  }

  #settledBySender(id: number): void {
    const slot = this.incoming.find(id);
    if (slot < 0) return;
    const link = this.incoming.links[slot] as IncomingLink;
    link.owner?.handleSettledBySender(link, id, slot);
    // The owner may have settled it already, or moved the columns.
    const again = this.incoming.find(id);
    if (again < 0) return;
    this.incoming.free(again);
    link.unsettledCount--;
  }

  /** A first transfer registers its delivery. False when the session was ended for it. hot */
  startIncoming(link: IncomingLink, id: number, settled: boolean, nowSeconds: number): boolean {
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
    if (!settled) this.incoming.add(id, link, nowSeconds);
    return true;
  }

  /** A later frame of a delivery says that it is settled: it leaves the ring, its place stays taken. */
  settleIncomingLate(link: IncomingLink, id: number): void {
    const slot = this.incoming.find(id);
    if (slot < 0) return;
    this.incoming.free(slot);
    link.unsettledCount--;
  }

  handleAttach(attach: Attach): void {
    const name = attach.name;
    const remote = attach.handle;
    if (remote > handleMax) {
      this.connection.fail(
        amqpError(Condition.FramingError, `handle ${remote} is above handle-max ${handleMax} (§2.7.2)`),
      );
      return;
    }
    if (this.#linksByRemote[remote] !== undefined) {
      this.end(amqpError(Condition.HandleInUse, `handle ${remote} is attached already`));
      return;
    }
    const connection = this.connection;
    const existing = connection.linkNamed(name, attach.role);
    if (existing?.isInitiator && existing.remoteHandle < 0 && existing.session === this) {
      this.#handleAttachAnswer(existing, attach);
      return;
    }
    // §2.6.1: the name of a live link attached again steals it; the former end is told and closed.
    if (existing !== undefined)
      existing.fault(amqpError(Condition.LinkStolen, `link ${JSON.stringify(name)} was attached again`));
    const link = this.#newLink(attach.role, name, false);
    if (link === null) return;
    link.remoteHandle = remote;
    this.#linksByRemote[remote] = link;
    link.senderSettleMode = attach.sndSettleMode ?? 2;
    link.receiverSettleMode = attach.rcvSettleMode ?? 0;
    if (link.isIncoming) link.deliveryCount = (attach.initialDeliveryCount ?? 0) | 0;
    connection.rememberName(link);
    if (connection.linkCount > connectionLinksMax) {
      link.refuse(
        amqpError(Condition.ResourceLimitExceeded, `more than ${connectionLinksMax} links on one connection`),
      );
      return;
    }
    connection.owner.handleAttach(link, attach);
  }

  #handleAttachAnswer(link: Link, attach: Attach): void {
    link.remoteHandle = attach.handle;
    this.#linksByRemote[attach.handle] = link;
    if (link.state !== LinkState.Attaching) return;
    link.state = LinkState.Attached;
    link.senderSettleMode = attach.sndSettleMode ?? link.senderSettleMode;
    link.receiverSettleMode = attach.rcvSettleMode ?? link.receiverSettleMode;
    if (link.isIncoming) {
      link.deliveryCount = (attach.initialDeliveryCount ?? 0) | 0;
      link.owner?.handleAttached(link, attach);
      this.flowDue(link);
    } else {
      link.isPresettled = link.senderSettleMode === 1;
      link.owner?.handleAttached(link, attach);
    }
  }

  handleDetach(detach: Detach): void {
    const link = this.#linksByRemote[detach.handle];
    if (link === undefined) {
      this.end(amqpError(Condition.UnattachedHandle, `detach of handle ${detach.handle}, which is not attached`));
      return;
    }
    if (link.state === LinkState.Attached || link.state === LinkState.Attaching) {
      link.answerDetach(detach.closed ?? false);
      link.handleGone({ by: 'peer', error: detach.error, closed: detach.closed ?? false });
    }
    this.#release(link);
  }

  /** The peer's end; answered unless it is the answer. */
  handleEnd(end: End): void {
    if (!this.isEnding) {
      this.#loseLinks({ by: 'loss', error: end.error });
      this.write(new End());
    }
    this.isEnded = true;
  }

  /** The connection is gone, and all of this with it. */
  handleLost(error: ErrorInfo | null): void {
    if (!this.isEnding) this.#loseLinks({ by: 'loss', error });
    this.isEnding = true;
    this.isEnded = true;
  }

  // --- what the owner wants ----------------------------------------------------------------------------------------

  begin(): void {
    this.#isBeginSent = true;
    this.incomingWindow = this.#windowTarget();
    this.write(
      new Begin({
        remoteChannel: this.remoteChannel < 0 ? null : this.remoteChannel,
        nextOutgoingId: this.nextOutgoingId >>> 0,
        incomingWindow: this.incomingWindow,
        outgoingWindow,
        handleMax,
      }),
    );
  }

  /** Attaches a link on which we send. */
  attachSender(name: string, owner: OutgoingLinkOwner, more: Partial<Attach>): OutgoingLink | null {
    const link = this.#newLink(true, name, true) as OutgoingLink | null;
    if (link === null) return null;
    this.connection.rememberName(link);
    link.attach(owner, more);
    return link;
  }

  /** Attaches a link on which we receive. */
  attachReceiver(name: string, owner: IncomingLinkOwner, more: Partial<Attach>): IncomingLink | null {
    const link = this.#newLink(false, name, true) as IncomingLink | null;
    if (link === null) return null;
    this.connection.rememberName(link);
    link.attach(owner, more);
    return link;
  }

  /** Ends the session from our side; frames of the peer are dropped until its end. */
  end(error: ErrorInfo | null): void {
    if (this.isEnding) return;
    this.#loseLinks({ by: 'loss', error });
    this.write(new End({ error }));
    this.isEnding = true;
    this.connection.countSessionError(error);
  }

  /** Settles a delivery that we sent, towards its receiver (the sender has settled). */
  settleOutgoing(id: number, outcome: number): void {
    const writer = this.connection.output();
    writeDisposition(writer, this.channel, false, id, id, true, outcome);
  }

  /** The owner holds `bytes` of this session's deliveries; negative gives them back. */
  hold(bytes: number): void {
    this.heldBytes += bytes;
    if (bytes < 0 && !this.#isDue) this.due();
  }

  // --- output ------------------------------------------------------------------------------------------------------

  write(performative: AmqpPerformative): void {
    writeFrame(this.connection.output(), this.channel, performative);
  }

  /** hot */
  countFrameOut(): void {
    this.nextOutgoingId = (this.nextOutgoingId + 1) | 0;
    this.remoteIncomingWindow--;
  }

  /** The next delivery-id; one that is still unsettled from a former round of 2³² is passed over. hot */
  takeDeliveryId(): number {
    let id = this.#nextDeliveryId;
    if (this.outgoing.hasStragglers) while (this.outgoing.isTaken(id)) id = (id + 1) | 0;
    this.#nextDeliveryId = (id + 1) | 0;
    return id;
  }

  /** Settles one of the peer's deliveries; consecutive ones with the same outcome become one frame. hot */
  queueDisposition(id: number, outcome: number): void {
    if (outcome === this.#rangeOutcome && id === ((this.#rangeLast + 1) | 0)) {
      this.#rangeLast = id;
      return;
    }
    if (this.#rangeOutcome >= 0) this.#writeRange();
    this.#rangeOutcome = outcome;
    this.#rangeFirst = id;
    this.#rangeLast = id;
    if (!this.#isDue) this.due();
  }

  #writeRange(): void {
    writeDisposition(
      this.connection.output(),
      this.channel,
      true,
      this.#rangeFirst,
      this.#rangeLast,
      true,
      this.#rangeOutcome,
    );
    this.#rangeOutcome = -1;
  }

  /** A disposition whose state has details, relayed byte for byte. `asReceiver`: about a delivery that came to us. */
  writeStateDisposition(
    asReceiver: boolean,
    id: number,
    settled: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (this.isEnding) return;
    if (this.#rangeOutcome >= 0) this.#writeRange();
    writeDispositionWithState(this.connection.output(), this.channel, asReceiver, id, id, settled, bytes, start, end);
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
      outgoingWindow,
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
    if (this.isEnding) {
      this.#rangeOutcome = -1;
      this.#flowsDue.length = 0;
      return;
    }
    if (this.#rangeOutcome >= 0) this.#writeRange();
    const flows = this.#flowsDue;
    for (let at = 0; at < flows.length; at++) (flows[at] as Link).endTurn();
    flows.length = 0;
    if (this.incomingWindow * 2 < this.#windowTarget()) this.#isSessionFlowDue = true;
    if (!this.#isSessionFlowDue) return;
    this.#isSessionFlowDue = false;
    this.#renewWindow();
    writeSessionFlow(
      this.connection.output(),
      this.channel,
      this.nextIncomingId,
      this.incomingWindow,
      this.nextOutgoingId,
      outgoingWindow,
      false,
    );
  }

  forgetName(link: Link): void {
    this.connection.forgetName(link);
  }

  // --- inside ------------------------------------------------------------------------------------------------------

  /** Never takes back what was offered (§2.5.6: a window only grows by flow, and shrinks by transfers). */
  #renewWindow(): void {
    const target = this.#windowTarget();
    if (target > this.incomingWindow) this.incomingWindow = target;
  }

  /** Frames that the peer may send now, so that bytes granted and bytes held stay within the limits. */
  #windowTarget(): number {
    const connection = this.connection;
    if (connection.maxSessionFrames > 0 && this.heldBytes === 0) return connection.maxSessionFrames;
    const share = Math.min(sessionWindowBytes, connectionWindowBytes / Math.max(1, connection.sessionCount));
    const frames = Math.floor((share - this.heldBytes) / connection.maxFrameSize);
    if (frames >= sessionWindowFramesMin) return frames;
    return this.heldBytes === 0 ? sessionWindowFramesMin : 0;
  }

  /** `receives` is the peer's role: a peer that receives gets an outgoing link here. */
  #newLink(receives: boolean, name: string, isInitiator: boolean): Link | null {
    const handle = this.#freeHandles.pop() ?? this.#links.length;
    if (handle > this.#remoteHandleMax) {
      this.end(
        amqpError(Condition.ResourceLimitExceeded, `no handle left: the peer allows up to ${this.#remoteHandleMax}`),
      );
      return null;
    }
    const link = receives
      ? new OutgoingLink(this, name, handle, isInitiator)
      : new IncomingLink(this, name, handle, isInitiator);
    this.#links[handle] = link;
    return link;
  }

  #release(link: Link): void {
    link.state = LinkState.Detached;
    if (this.#links[link.handle] === link) {
      this.#links[link.handle] = undefined;
      this.#freeHandles.push(link.handle);
    }
    if (link.remoteHandle >= 0) this.#linksByRemote[link.remoteHandle] = undefined;
  }

  #loseLinks(cause: DetachCause): void {
    for (const link of this.#links) {
      if (link === undefined || link.state === LinkState.Detached) continue;
      const wasLive = link.state === LinkState.Attached || link.state === LinkState.Attaching;
      link.state = LinkState.Detached;
      this.connection.forgetName(link);
      if (wasLive) link.handleGone(cause);
    }
    this.#links.length = 0;
    this.#linksByRemote.length = 0;
  }
}
