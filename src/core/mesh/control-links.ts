// The two links of a connection that carry the router protocol, one in each direction. Its messages are taken in whole.
import type { Attach } from '../../amqp/performatives.ts';
import type { TransferFields } from '../../amqp/transfer.ts';
import { Writer } from '../../amqp/writer.ts';
import { amqpError, Condition } from '../../engine/conditions.ts';
import type { IncomingLink } from '../../engine/incoming-link.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { DetachCause, IncomingLinkOwner, OutgoingLinkOwner } from '../../engine/owner.ts';
import type { RoomWaiter } from '../connection-context.ts';
import { Outcome } from '../outcomes.ts';
import { routingMessageBytesMax, routingMessagesMax } from './limits.ts';
import type { Peer } from './peer.ts';

export class ControlReceiver implements IncomingLinkOwner {
  readonly #peer: Peer;
  /** The beginning of a message that comes in several frames. */
  #parts: Writer | null = null;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  handleTransfer(
    link: IncomingLink,
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: TransferFields,
    isFirst: boolean,
  ): void {
    if (fields.aborted) {
      this.#parts = null;
      return;
    }
    if (isFirst) this.#parts = fields.more ? new Writer(4096) : null;
    const parts = this.#parts;
    if (parts !== null) {
      parts.append(bytes, start, end);
      if (parts.position > routingMessageBytesMax) {
        this.#parts = null;
        link.fault(
          amqpError(Condition.MessageSizeExceeded, `routing message larger than ${routingMessageBytesMax} bytes`),
        );
        return;
      }
      if (fields.more) return;
    }
    this.#parts = null;
    if (!link.deliverySettled) {
      const ring = link.session.incoming;
      ring.free(ring.find(link.deliveryId));
      link.settle(link.deliveryId, Outcome.Accepted);
    }
    this.#peer.handleRoutingMessage(parts === null ? bytes.slice(start, end) : parts.written());
  }

  handleSettledBySender(): void {
    // Nothing is kept of it.
  }

  handleAttached(link: IncomingLink, attach: Attach): void {
    if (attach.source === null) return; // refused; its detach follows (§2.6.3)
    link.returnsCreditAtOnce = true;
    link.offerCredit(this.#peer.capacity);
    this.#peer.handleControlIn(link);
  }

  handleDetached(_link: IncomingLink, cause: DetachCause): void {
    this.#peer.handleControlLost(cause);
  }
}

export class ControlSender implements OutgoingLinkOwner, RoomWaiter {
  readonly #peer: Peer;
  link: OutgoingLink | null = null;
  #queue: Uint8Array[] = [];

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  send(bytes: Uint8Array): void {
    if (this.#queue.length >= routingMessagesMax) this.#queue.shift();
    this.#queue.push(bytes);
    this.resume();
  }

  /** Messages are sent settled; nobody is asked what became of them. */
  resume(): void {
    const { link } = this;
    if (link === null) return;
    let sent = 0;
    for (const bytes of this.#queue) {
      if (link.credit <= 0) break;
      if (!link.canSend || link.framesOf(bytes.length) > link.session.remoteIncomingWindow) {
        this.#peer.context.waitForRoom(this);
        break;
      }
      link.send(bytes, 0, bytes.length, true, null, 0);
      sent++;
    }
    if (sent > 0) this.#queue = this.#queue.slice(sent);
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
