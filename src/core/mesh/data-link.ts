// A link on which we send messages to a neighbour, shared by all addresses that go there with one priority.
import type { Attach } from '../../amqp/performatives.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { DetachCause } from '../../engine/owner.ts';
import type { Address } from '../address.ts';
import { endDeliveries } from '../lost-link.ts';
import { LinkToRouter } from './link-to-router.ts';
import type { Peer } from './peer.ts';

export class DataLink extends LinkToRouter {
  readonly peer: Peer;
  /** Addresses of which something waits for credit. */
  #waiting = new Set<Address>();

  constructor(peer: Peer) {
    super();
    this.peer = peer;
  }

  /** The address is pulled when there is credit again. */
  waitForCredit(address: Address): void {
    this.#waiting.add(address);
  }

  handleCredit(link: OutgoingLink): void {
    if (this.#waiting.size > 0 && link.credit > 0) {
      const waiting = this.#waiting;
      this.#waiting = new Set();
      for (const address of waiting) address.pull();
    }
    if (link.isDraining) link.giveUpCredit();
  }

  handleAttached(link: OutgoingLink, attach: Attach): void {
    // An answer without termini refuses the link: its detach follows (§2.6.3).
    if (attach.target !== null) this.peer.handleDataOut(link);
  }

  handleDetached(link: OutgoingLink, _cause: DetachCause): void {
    this.peer.handleDataLost(link);
    endDeliveries(link, this.peer.core);
    for (const address of this.#waiting) address.pull();
  }
}
