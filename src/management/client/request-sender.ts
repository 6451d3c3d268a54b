// A link on which requests go. What has no credit waits here: a router without a way to the agent gives none.
import type { Attach } from '../../amqp/performatives.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { DetachCause, OutgoingLinkOwner } from '../../engine/owner.ts';

const accepted = 0x24;
const received = 0x23;

/** A request under way, as far as its link cares. */
export interface Outgoing {
  readonly payload: Uint8Array;
  /** It was not accepted: `released`, `modified`, or `rejected`, as the code of the outcome. */
  handleReturned(outcome: number): void;
}

export interface SenderEvents {
  handleSenderReady(): void;
  handleSenderLost(sender: RequestSender, cause: DetachCause): void;
}

export class RequestSender implements OutgoingLinkOwner {
  readonly #events: SenderEvents;
  #link: OutgoingLink | null = null;
  #waiting: Outgoing[] = [];

  constructor(events: SenderEvents) {
    this.#events = events;
  }

  send(request: Outgoing): void {
    this.#waiting.push(request);
    this.pump();
  }

  /** Nobody waits for it any more. True when it had not gone out. */
  forget(request: Outgoing): boolean {
    const at = this.#waiting.indexOf(request);
    if (at >= 0) this.#waiting.splice(at, 1);
    return at >= 0;
  }

  /** Sends what credit, window and room allow. */
  pump(): void {
    const link = this.#link;
    while (link?.isAttached && link.canSend) {
      const [request] = this.#waiting;
      if (request === undefined || link.framesOf(request.payload.length) > link.session.remoteIncomingWindow) return;
      this.#waiting.shift();
      link.send(request.payload, 0, request.payload.length, link.isPresettled, request, 0);
    }
  }

  handleAttached(link: OutgoingLink, attach: Attach): void {
    if (attach.target === null) return; // refused; its detach follows (§2.6.3)
    this.#link = link;
    this.#events.handleSenderReady();
  }

  handleCredit(link: OutgoingLink): void {
    this.pump();
    if (link.isDraining && this.#waiting.length === 0) link.giveUpCredit();
  }

  handleOutcome(
    link: OutgoingLink,
    deliveryId: number,
    peer: object | null,
    _peerId: number,
    settled: boolean,
    outcome: number,
  ): void {
    if (!settled) {
      if (outcome === received || outcome === 0) return; // no outcome yet (§3.4.1)
      link.session.settleOutgoing(deliveryId, outcome);
      link.forget(deliveryId);
    }
    if (outcome !== accepted && outcome !== 0) (peer as Outgoing | null)?.handleReturned(outcome);
  }

  handleDetached(_link: OutgoingLink, cause: DetachCause): void {
    this.#link = null;
    this.#events.handleSenderLost(this, cause);
  }
}
