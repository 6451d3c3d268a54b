// A link on which messages come for this router itself: each is taken in whole, and accepted.
import type { Attach } from '../amqp/performatives.ts';
import type { TransferFields } from '../amqp/transfer.ts';
import { Writer } from '../amqp/writer.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { IncomingLink } from '../engine/incoming-link.ts';
import type { DetachCause, IncomingLinkOwner } from '../engine/owner.ts';
import { Outcome } from './outcomes.ts';

export abstract class WholeMessages implements IncomingLinkOwner {
  readonly #credit: number;
  readonly #bytesMax: number;
  /** The beginning of a message that comes in several frames. */
  #parts: Writer | null = null;

  /** @param credit messages that may be on their way @param bytesMax the largest message; a larger one costs its sender the link */
  constructor(credit: number, bytesMax: number) {
    this.#credit = credit;
    this.#bytesMax = bytesMax;
  }

  /** The message in [start, end) has come. The bytes are the callee's only until it returns. */
  protected abstract handleMessage(bytes: Uint8Array, start: number, end: number): void;

  /** The link is up. */
  protected handleUp(_link: IncomingLink): void {}

  protected handleGone(_cause: DetachCause): void {}

  /** Call it when the peer's attach was accepted. */
  start(link: IncomingLink): void {
    link.returnsCreditAtOnce = true;
    link.offerCredit(this.#credit);
    this.handleUp(link);
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
      link.dropAborted();
      return;
    }
    if (isFirst) this.#parts = fields.more ? new Writer(4096) : null;
    const parts = this.#parts;
    if (parts !== null) {
      parts.append(bytes, start, end);
      if (parts.position > this.#bytesMax) {
        this.#parts = null;
        link.fault(amqpError(Condition.MessageSizeExceeded, `message larger than ${this.#bytesMax} bytes`));
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
    if (parts === null) this.handleMessage(bytes, start, end);
    else this.handleMessage(parts.bytes, 0, parts.position);
  }

  handleSettledBySender(): void {
    // Nothing is kept of it.
  }

  handleAttached(link: IncomingLink, attach: Attach): void {
    if (attach.source !== null) this.start(link); // else it is refused; its detach follows (§2.6.3)
  }

  handleDetached(_link: IncomingLink, cause: DetachCause): void {
    this.handleGone(cause);
  }
}
