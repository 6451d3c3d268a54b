// What the core knows of the connection behind a link: its configuration, and who waits for room in its output.
import type { Connection } from '../engine/connection.ts';
import type { Admission } from './admission.ts';
import type { EdgePeer } from './edge/edge-peer.ts';
import type { Uplink } from './edge/uplink.ts';
import { routerCapacityMin } from './limits.ts';
import type { Peer } from './mesh/peer.ts';
import type { StreamLinks } from './mesh/stream-links.ts';

/** Something that stands still until a connection's output has drained or a session's window has opened. */
export interface RoomWaiter {
  /** Who goes first when there is room: the priority of its messages, 0…9, or {@link beforeAll}. */
  readonly urgency: number;
  resume(): void;
}

/** Urgency of what routers say to each other. */
export const beforeAll = 10;

export interface ContextOptions {
  /** `[C3]`, as log lines name the connection. */
  readonly label: string;
  readonly role: 'normal' | 'route-container' | 'inter-router' | 'edge';
  /** Deliveries that a sender may have open. */
  readonly linkCapacity: number;
  /** Bytes, 0 = unlimited. */
  readonly maxMessageSize: number;
  /** Router annotations of messages that come in are taken off; those of messages that go out are kept from the peer. */
  readonly stripsIncoming: boolean;
  readonly stripsOutgoing: boolean;
  /** The router's own connection to itself: counted and listed nowhere, and no policy looks at it. */
  readonly isInternal?: boolean;
}

export class ConnectionContext {
  readonly connection: Connection;
  readonly options: ContextOptions;
  /** The router at the other end; null for a client. */
  peer: Peer | null = null;
  /**
   * What comes over a connection between edge and interior is never sent back to that side. At the interior it is the id of the edge, which
   * may have come back over another connection; at the edge all its uplinks are one.
   */
  side: object | string = this;
  /** The edge or interior at the other end takes links for long messages. */
  takesStreams = false;
  /** What the peer may do; null: everything. */
  admission: Admission | null = null;
  /** The edge router at the other end, of which this router is the interior. */
  edge: EdgePeer | null = null;
  /** The uplink of this edge router that the connection is, or was. */
  uplink: Uplink | null = null;
  /** Over which consumers of the router at the other end get long messages; null where they have them on their own links. */
  streams: StreamLinks | null = null;
  #waiters: Set<RoomWaiter> | null = null;

  constructor(connection: Connection, options: ContextOptions) {
    this.connection = connection;
    this.options = options;
  }

  /**
   * Deliveries that the peer may have on their way on one link. Between routers, and between edge and interior, they only bound what is in the
   * sockets: their credit comes back as they come in.
   */
  get capacity(): number {
    const { role, linkCapacity } = this.options;
    return role === 'inter-router' || role === 'edge' ? Math.max(linkCapacity, routerCapacityMin) : linkCapacity;
  }

  get label(): string {
    return this.options.label;
  }

  /** Who is at the other end, for log lines: `container "orders", user "ann"`. Peers choose both, so each is cut. */
  get who(): string {
    const { mechanism, user, remoteContainerId } = this.connection;
    const name = mechanism === '' || mechanism === 'ANONYMOUS' ? 'anonymous' : quoted(user);
    return `container ${quoted(remoteContainerId)}, user ${name}`;
  }

  get isInternal(): boolean {
    return this.options.isInternal ?? false;
  }

  /** `waiter.resume()` is called once, when there may be room. Waiting twice is waiting once. */
  waitForRoom(waiter: RoomWaiter): void {
    this.#waiters ??= new Set();
    this.#waiters.add(waiter);
    this.connection.onRoom ??= () => this.#tellWaiters();
  }

  stopWaiting(waiter: RoomWaiter): void {
    this.#waiters?.delete(waiter);
  }

  /**
   * The most urgent first, of equals in the order in which they came, each once. One that must wait on goes to the end of the line; when
   * the room is used up the others keep their places before it, so that none of equals has all of it for ever.
   */
  #tellWaiters(): void {
    const waiters = this.#waiters;
    if (waiters === null || waiters.size === 0) return;
    for (const waiter of [...waiters].sort((a, b) => b.urgency - a.urgency)) {
      if (!this.connection.hasRoom) return;
      if (waiters.delete(waiter)) waiter.resume();
    }
  }
}

const shownLengthMax = 256;

function quoted(text: string): string {
  return JSON.stringify(text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text);
}
