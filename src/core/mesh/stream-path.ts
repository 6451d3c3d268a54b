// Where one long delivery goes on a link that it has for itself: to where the outlet leads beside which the link was opened.

import type { Consumer } from '../consumer.ts';
import type { HeldDelivery } from '../held-delivery.ts';
import { Outlet } from '../outlet.ts';
import type { StreamLink } from './stream-links.ts';

export class StreamPath extends Outlet {
  readonly #beside: Outlet;
  readonly #stream: StreamLink;

  constructor(beside: Outlet, stream: StreamLink) {
    const { context, address, way, wantsAnnotations } = beside;
    super(stream.link, context, address, way, wantsAnnotations, 0, way ?? (beside as Consumer));
    this.slot = beside.slot;
    this.#beside = beside;
    this.#stream = stream;
  }

  /** What a neighbour refuses has no other link to it: it is released. An edge and its interior send it on the link of its address. */
  override get leadsOn(): boolean {
    return this.way === null || !this.#stream.isRefused;
  }

  override countIngress(routerId: string): void {
    this.#beside.countIngress(routerId);
  }

  override outletForLong(): Outlet {
    return this;
  }

  override handleFree(): void {
    this.#stream.free();
  }

  /** Its link has credit. */
  handleCredit(): void {
    this.busyWith?.pump();
  }

  /** Its link is gone. */
  handleLost(): void {
    const held: HeldDelivery | null = this.busyWith;
    held?.handleOutletLost(this);
  }
}
