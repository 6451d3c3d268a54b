// The link on which replies come: a dynamic address of the router, named in each request.
import type { Attach } from '../../amqp/performatives.ts';
import type { TransferFields } from '../../amqp/transfer.ts';
import { asText } from '../../amqp/values.ts';
import { Writer } from '../../amqp/writer.ts';
import type { IncomingLink } from '../../engine/incoming-link.ts';
import type { DetachCause, IncomingLinkOwner } from '../../engine/owner.ts';
import { replyBytesMax, replyCredit } from './limits.ts';

const accepted = 0x24;

export interface ReplyEvents {
  /** Replies can come now, to this address. */
  handleReplyAddress(address: string): void;
  /** A whole reply; null for one that is longer than we keep. Owned by the callee. */
  handleReply(bytes: Uint8Array | null): void;
  handleRepliesLost(cause: DetachCause): void;
}

export class ReplyReceiver implements IncomingLinkOwner {
  readonly #events: ReplyEvents;
  /** Of the reply that is coming in parts; null when it is longer than we keep. */
  #parts: Writer | null = null;

  constructor(events: ReplyEvents) {
    this.#events = events;
  }

  handleAttached(link: IncomingLink, attach: Attach): void {
    const address = asText(attach.source?.address ?? null);
    if (address === null) return; // refused; its detach follows (§2.6.3)
    link.offerCredit(replyCredit);
    this.#events.handleReplyAddress(address);
  }

  handleTransfer(
    link: IncomingLink,
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: TransferFields,
    isFirst: boolean,
  ): void {
    if (fields.aborted) return link.dropAborted();
    if (isFirst) this.#parts = new Writer(end - start);
    this.#append(bytes, start, end);
    if (fields.more) return;
    this.#settle(link);
    const parts = this.#parts;
    this.#parts = null;
    this.#events.handleReply(parts === null ? null : parts.written());
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    if (this.#parts === null) return;
    if (this.#parts.position + end - start > replyBytesMax) this.#parts = null;
    else this.#parts.append(bytes, start, end);
  }

  /** Agents send replies settled; one that does not is told that we have it. */
  #settle(link: IncomingLink): void {
    const ring = link.session.incoming;
    const slot = ring.find(link.deliveryId);
    if (slot >= 0) ring.free(slot);
    if (slot >= 0) link.settle(link.deliveryId, accepted);
    else link.releasePlace();
  }

  /** Only while it is coming in parts: with the last one its place is given back. */
  handleSettledBySender(): void {}

  handleDetached(_link: IncomingLink, cause: DetachCause): void {
    this.#events.handleRepliesLost(cause);
  }
}
