// What the links on which we send to a neighbour have in common: the outcomes that come back are those of many addresses.
import type { Attach } from '../../amqp/performatives.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { DetachCause, OutgoingLinkOwner } from '../../engine/owner.ts';
import { tellOutcome } from '../outcome-of-outlet.ts';
import type { Outlet } from '../outlet.ts';
import type { Producer } from '../producer.ts';

export abstract class LinkToRouter implements OutgoingLinkOwner {
  /** The outlet that is in the middle of a long delivery on this link; a shared link never is. */
  protected get busy(): Outlet | null {
    return null;
  }

  abstract handleCredit(link: OutgoingLink): void;
  abstract handleAttached(link: OutgoingLink, attach: Attach): void;
  abstract handleDetached(link: OutgoingLink, cause: DetachCause): void;

  /** hot */
  handleOutcome(
    link: OutgoingLink,
    deliveryId: number,
    peer: object | null,
    peerId: number,
    settled: boolean,
    outcome: number,
    bytes: Uint8Array,
    stateStart: number,
    stateEnd: number,
  ): void {
    const producer = peer as Producer;
    tellOutcome(link, this.busy, 0, deliveryId, producer, peerId, settled, outcome, bytes, stateStart, stateEnd);
  }
}
