// The two links of a connection that carry the router protocol, one in each direction. Its messages are taken in whole.
import type { Attach } from '../../amqp/performatives.ts';
import type { IncomingLink } from '../../engine/incoming-link.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { DetachCause, OutgoingLinkOwner } from '../../engine/owner.ts';
import { beforeAll, type RoomWaiter } from '../connection-context.ts';
import { WholeMessages } from '../whole-messages.ts';
import { routingMessageBytesMax, routingOutputBytesMax, routingQueueBytesMax } from './limits.ts';
import type { Peer } from './peer.ts';
import { RoutingQueue } from './routing-queue.ts';

export class ControlReceiver extends WholeMessages {
  readonly #peer: Peer;

  constructor(peer: Peer) {
    super(peer.context.capacity, routingMessageBytesMax);
    this.#peer = peer;
  }

  protected override handleUp(link: IncomingLink): void {
    this.#peer.handleControlIn(link);
  }

  protected override handleMessage(bytes: Uint8Array, start: number, end: number): void {
    this.#peer.handleRoutingMessage(bytes, start, end);
  }

  protected override handleGone(cause: DetachCause): void {
    this.#peer.handleControlLost(cause);
  }
}

export class ControlSender implements OutgoingLinkOwner, RoomWaiter {
  readonly urgency = beforeAll;
  readonly #peer: Peer;
  link: OutgoingLink | null = null;
  readonly #queue = new RoutingQueue();

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** Messages are sent settled; nobody is asked what became of them. The bytes are copied. */
  send(bytes: Uint8Array): void {
    if (this.#queue.count === 0 && this.#trySend(bytes)) return;
    while (this.#queue.count > 0 && this.#queue.bytes + bytes.length > routingQueueBytesMax) this.#queue.shift();
    this.#queue.push(bytes);
  }

  resume(): void {
    for (let next = this.#queue.peek(); next !== null && this.#trySend(next); next = this.#queue.peek())
      this.#queue.shift();
  }

  #trySend(bytes: Uint8Array): boolean {
    const { link } = this;
    if (link === null || link.credit <= 0) return false;
    if (!this.#hasRoom(link, bytes.length)) {
      this.#peer.context.waitForRoom(this);
      return false;
    }
    link.send(bytes, 0, bytes.length, true, null, 0);
    return true;
  }

  /** They do not stand in line with messages, which may keep a slow connection busy for longer than a neighbour may be silent. */
  #hasRoom(link: OutgoingLink, length: number): boolean {
    const { connection, remoteIncomingWindow } = link.session;
    return link.framesOf(length) <= remoteIncomingWindow && connection.outputBytes < routingOutputBytesMax;
  }

  handleCredit(link: OutgoingLink): void {
    this.resume();
    if (link.isDraining) link.giveUpCredit();
  }

  handleOutcome(): void {
    // All are settled.
  }

  handleAttached(link: OutgoingLink, attach: Attach): void {
    if (attach.target !== null) this.#peer.handleControlOut(link);
  }

  handleDetached(_link: OutgoingLink, cause: DetachCause): void {
    this.link = null;
    this.#peer.context.stopWaiting(this);
    this.#peer.handleControlLost(cause);
  }
}
