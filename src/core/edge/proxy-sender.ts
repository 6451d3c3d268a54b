// A link of an edge router on which it sends to the interior for one address. It is a consumer of that address while the interior says
// that there is somebody.
//
//   attaching ──answered──▶ attached ⇄ bound to the address ──given up, lost──▶ gone
import type { Attach } from '../../amqp/performatives.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { DetachCause, OutgoingLinkOwner } from '../../engine/owner.ts';
import type { Address } from '../address.ts';
import type { ConnectionContext } from '../connection-context.ts';
import { Consumer } from '../consumer.ts';
import { endDeliveries } from '../lost-link.ts';

export class ProxySender implements OutgoingLinkOwner {
  readonly #context: ConnectionContext;
  readonly #address: Address;
  #consumer: ProxyConsumer | null = null;
  #isReachable = false;
  #isTold = false;
  #isGivenUp = false;
  #hasLeft = false;

  constructor(context: ConnectionContext, address: Address) {
    this.#context = context;
    this.#address = address;
  }

  /** Null while it is not attached. */
  get consumer(): Consumer | null {
    return this.#consumer;
  }

  /** The interior has said nothing yet of the address. */
  get isUndecided(): boolean {
    return !this.#isTold;
  }

  setReachable(isReachable: boolean): void {
    if (this.#hasLeft) return;
    this.#isTold = true;
    this.#isReachable = isReachable;
    this.#consumer?.setBound(isReachable);
  }

  /** Another uplink takes over: nothing new goes out here, and what waits for it waits for that one. Outcomes still come. */
  leave(): void {
    this.#isReachable = false;
    this.#hasLeft = true;
    this.#consumer?.leave();
  }

  /** Nobody sends there any more. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#consumer?.giveUp();
  }

  handleAttached(link: OutgoingLink, attach: Attach): void {
    if (attach.target === null) return; // refused: nothing can be sent there; its detach follows (§2.6.3)
    if (this.#isGivenUp) {
      link.detach(null);
      return;
    }
    this.#consumer = new ProxyConsumer(link, this.#context, this.#address);
    link.owner = this.#consumer;
    this.#consumer.setBound(this.#isReachable);
  }

  handleCredit(): void {
    // Before the answer to our attach there is none.
  }

  handleOutcome(): void {
    // Nothing has been sent.
  }

  handleDetached(): void {
    // It was refused.
  }
}

class ProxyConsumer extends Consumer {
  #isBound = false;

  constructor(link: OutgoingLink, context: ConnectionContext, address: Address) {
    super(link, context, address, 0, true);
  }

  setBound(isBound: boolean): void {
    if (this.#isBound === isBound || !this.link.isAttached) return;
    this.#isBound = isBound;
    if (!isBound) this.#unbind();
    else {
      this.address.addConsumer(this);
      this.address.core.edge?.handleWayFound(this.address);
    }
  }

  #unbind(): void {
    this.address.leave(this);
    this.address.handleConsumerGone(this);
  }

  leave(): void {
    if (!this.#isBound) return;
    this.address.core.edge?.handleWayLost(this.address, this.context);
    this.setBound(false);
  }

  giveUp(): void {
    const wasBound = this.#isBound;
    this.#isBound = false;
    this.context.stopWaiting(this);
    if (wasBound) this.address.leave(this);
    this.busyWith?.handleOutletLost(this);
    endDeliveries(this.link, this.address.core);
    this.link.detach(null);
    if (wasBound) this.address.handleConsumerGone(this);
  }

  /** Multicasts of other addresses may wait for the anonymous link. */
  override handleCredit(link: OutgoingLink): void {
    super.handleCredit(link);
    const { heldUp } = this.address.core;
    if (heldUp.size === 0) return;
    for (const address of [...heldUp]) if (address.heldUpBy === this) address.pull();
  }

  override handleDetached(link: OutgoingLink, cause: DetachCause): void {
    if (this.#isBound) {
      this.#isBound = false;
      if (cause.by === 'loss') this.address.core.edge?.handleWayLost(this.address, this.context);
      super.handleDetached(link, cause);
      return;
    }
    this.context.stopWaiting(this);
    this.busyWith?.handleOutletLost(this);
    endDeliveries(link, this.address.core);
  }
}
