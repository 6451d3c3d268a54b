// The way of one address over one neighbour: which of the neighbour's links a delivery takes, and how many are under way on it.
//
//   address ─┬─ way over B ─┬─ path, priority 4      one of ten links, shared with the other addresses
//            │              ├─ path, priority 9
//            │              ╰─ path of its own       a link that one long message has for itself
//            ╰─ way over C …
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { Address } from '../address.ts';
import { cutThroughBytes } from '../limits.ts';
import { Outlet } from '../outlet.ts';
import type { Peer } from './peer.ts';

const priorities = 10;

export class Way {
  readonly address: Address;
  readonly peer: Peer;
  /** Unsettled deliveries of the address that went over this neighbour. */
  outstanding = 0;
  readonly #paths: (Path | undefined)[] = new Array(priorities);

  constructor(address: Address, peer: Peer) {
    this.address = address;
    this.peer = peer;
  }

  /** Null while the neighbour has no link for it. hot */
  path(priority: number): Path | null {
    const link = this.peer.linkFor(priority);
    if (link === null) return null;
    const known = this.#paths[priority];
    if (known !== undefined && known.link === link) return known;
    const path = new Path(this, link);
    this.#paths[priority] = path;
    return path;
  }
}

/** Over a link that is shared with other addresses: only whole deliveries go there. */
export class Path extends Outlet {
  override readonly way: Way;

  constructor(way: Way, link: OutgoingLink) {
    super(link, way.peer.context, way.address, way, true, cutThroughBytes);
    this.way = way;
  }

  override outletForLong(): Outlet | null {
    return this.way.peer.streams.open(this);
  }

  override handleFree(): void {
    // A shared link is never busy.
  }
}
