// What the link state asks of the core that carries it, and what it tells it. Everything but the reports (the last three)
// happens inside `endTurn`.
import type { LinkStateMessage } from './messages.ts';

/** What the core names a connection by: any value, compared by identity. */
export type ConnectionKey = object | string | number;

/**
 * `connection`: to whoever is at its other end, never further. `flood`: to every router, over the active connection to each
 * neighbour; see `admitsFlooded` for what comes in. `router`: to that one, along the next hops.
 */
export type Destination =
  | { readonly kind: 'connection'; readonly key: ConnectionKey }
  | { readonly kind: 'flood' }
  | { readonly kind: 'router'; readonly id: string };

export interface LinkStatePort {
  /** Sends on control links. The same message object goes to several connections in a row: it may be encoded once. */
  send(message: LinkStateMessage, destination: Destination): void;
  /** `routerId` is a neighbour over connection `key` at `cost`; also when another connection takes over, or its cost changes. */
  neighbourUp(routerId: string, key: ConnectionKey, cost: number): void;
  /** No connection to `routerId` is left. */
  neighbourLost(routerId: string): void;
  /** Next hops, costs, radius or valid origins may have changed. At most once a turn, before any address is reported. */
  routesChanged(): void;
  /**
   * Router `routerId` has consumers for `key`. `hint` is the treatment that it gives the address (0 multicast to all, 1 multicast
   * once, 2 closest, 3 balanced, 4 link balanced, 5 unavailable), null when it did not say.
   */
  addressAdded(key: string, routerId: string, hint: number | null): void;
  /** It has none any more, or is gone. Exactly one for each `addressAdded`. */
  addressRemoved(key: string, routerId: string): void;
  /** Router `routerId` was started anew: all that was known of it is forgotten. */
  routerRestarted(routerId: string): void;
  /** Two routers share this id; told once. When it is our own, this router must not go on. `text` is for the log. */
  idConflict(routerId: string, text: string): void;
  /** For the log: messages that are dropped, with the reason. The same text comes once. */
  warn(text: string): void;
}
