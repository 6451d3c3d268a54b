// The link on which requests come. Each is taken in whole and accepted; those that are not answered yet keep their place in the
// credit, so that no more come than can be kept. What is wrong with one request must cost the others nothing: the link stays.
import { DecodeError } from '../../amqp/decode-error.ts';
import { type ErrorInfo, encodeState, Rejected } from '../../amqp/performatives.ts';
import type { TransferFields } from '../../amqp/transfer.ts';
import { Writer } from '../../amqp/writer.ts';
import { Outcome } from '../../core/outcomes.ts';
import { amqpError, Condition } from '../../engine/conditions.ts';
import type { IncomingLink } from '../../engine/incoming-link.ts';
import type { IncomingLinkOwner } from '../../engine/owner.ts';
import { requestBytesMax, requestsMax } from './limits.ts';
import { type Request, readRequest } from './request.ts';

const tooLarge = amqpError(Condition.MessageSizeExceeded, `a request may have ${requestBytesMax} bytes`);

export class RequestReceiver implements IncomingLinkOwner {
  /** A request has come; call `done` when it is answered. */
  readonly #take: (request: Request, done: () => void) => void;
  #link: IncomingLink | null = null;
  #pending = 0;
  /** What has come of the message under way; null when it is of no use any more. */
  #parts: Writer | null = null;

  constructor(take: (request: Request, done: () => void) => void) {
    this.#take = take;
  }

  handleAttached(link: IncomingLink): void {
    this.#link = link;
    link.offerCredit(requestsMax);
  }

  handleTransfer(
    link: IncomingLink,
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: TransferFields,
    isFirst: boolean,
  ): void {
    if (isFirst) this.#parts = new Writer(Math.max(64, end - start));
    const parts = this.#parts;
    if (parts === null) return;
    if (fields.aborted) {
      this.#parts = null;
      link.dropAborted();
      return;
    }
    parts.append(bytes, start, end);
    if (parts.position > requestBytesMax) {
      this.#parts = null;
      this.#reject(link, tooLarge);
    } else if (!fields.more) {
      this.#parts = null;
      this.#handleMessage(link, parts.written());
    }
  }

  #handleMessage(link: IncomingLink, bytes: Uint8Array): void {
    let request: Request | null;
    try {
      request = readRequest(bytes, link.deliverySettled ? -1 : link.deliveryId);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.#reject(link, amqpError(Condition.DecodeError, error.message));
      return;
    }
    this.#free(link);
    if (link.deliverySettled) link.releasePlace();
    else link.settle(link.deliveryId, Outcome.Accepted);
    if (request === null) return; // nobody to answer: as with Dispatch it has no effect
    this.#pending++;
    link.offerCredit(requestsMax - this.#pending);
    this.#take(request, () => this.#handleDone());
  }

  #handleDone(): void {
    this.#pending--;
    this.#link?.offerCredit(requestsMax - this.#pending);
  }

  #reject(link: IncomingLink, error: ErrorInfo): void {
    this.#free(link);
    if (link.deliverySettled) {
      link.releasePlace();
      return;
    }
    const writer = new Writer(64);
    encodeState(writer, new Rejected({ error }));
    link.settleWithState(link.deliveryId, Outcome.Rejected, writer.bytes, 0, writer.position);
  }

  #free(link: IncomingLink): void {
    const ring = link.session.incoming;
    const slot = ring.find(link.deliveryId);
    if (slot >= 0 && ring.links[slot] === link) ring.free(slot);
  }

  handleSettledBySender(): void {
    // Only in the midst of a message: its place is given back with its last frame.
  }

  handleDetached(): void {
    this.#link = null;
  }
}
