// What the engine tells its owner. Control-plane happenings go to the owner of the connection; what a link carries goes
// straight to the owner of that link: a direct, monomorphic call per transfer and per outcome, no event object.
import type { Attach, ErrorInfo, Open } from '../amqp/performatives.ts';
import type { TransferFields } from '../amqp/transfer.ts';
import type { Connection } from './connection.ts';
import type { IncomingLink } from './incoming-link.ts';
import type { Link } from './link.ts';
import type { OutgoingLink } from './outgoing-link.ts';

/** Why a link is gone. */
export type DetachCause =
  /** The peer detached it (with its error, if any). */
  | { readonly by: 'peer'; readonly error: ErrorInfo | null; readonly closed: boolean }
  /** Its session or connection ended. */
  | { readonly by: 'loss'; readonly error: ErrorInfo | null }
  /** We detached it because the peer broke the protocol on it. */
  | { readonly by: 'fault'; readonly error: ErrorInfo };

/** The owner of a connection. */
export interface ConnectionOwner {
  /** The connection has something to write, or must end: call `endTurn` on it before the turn is over. Called once a turn. */
  handleDirty(connection: Connection): void;
  /** The time of `connection.nextDeadline` may have come earlier. */
  handleDeadline(connection: Connection): void;
  /**
   * The peer's Open came. Unless we have dialled, ours goes out after this call: what it says may still be changed, and with it
   * what holds for the connection.
   */
  handleOpening?(connection: Connection, open: Open): void;
  /** The peer begins a session of its own: why it is refused, or null. */
  refuseSession?(connection: Connection): ErrorInfo | null;
  /** The peer's Open came; ours is sent. */
  handleOpened(connection: Connection, open: Open): void;
  /** The peer wants to attach `link`: answer with `link.accept(…)` or `link.refuse(…)` in this call. */
  handleAttach(link: Link, attach: Attach): void;
  /** A settled delivery came on a link that we had detached before the peer knew: nobody gets it, and its sender is not told. */
  handleVoidDelivery?(): void;
  /** The connection is over: closed by the peer, by us, or lost. Every link was reported detached before. */
  handleEnded(connection: Connection, error: ErrorInfo | null, by: 'peer' | 'us' | 'loss'): void;
  /** A user name and password came with PLAIN. Answer with `connection.saslVerified(…)`, now or later. */
  handlePassword(connection: Connection, user: string, password: string): void;
}

/** The owner of an incoming link: we are the receiver. */
export interface IncomingLinkOwner {
  /**
   * One transfer frame. `bytes[start, end)` is its payload, borrowed until the call returns. `isFirst`: a new delivery, whose
   * id and settled state stand in `link.deliveryId` and `link.deliverySettled`; `fields.more` tells whether frames follow.
   */
  handleTransfer(
    link: IncomingLink,
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: TransferFields,
    isFirst: boolean,
  ): void;
  /**
   * The sender settled the delivery itself, perhaps while frames of it are still to come; `slot` of the session's ring is freed after the call. Its place is still taken:
   * give it back with `link.releasePlace()` when the delivery has left.
   */
  handleSettledBySender(link: IncomingLink, deliveryId: number, slot: number): void;
  /** An attach of ours was answered. */
  handleAttached(link: IncomingLink, attach: Attach): void;
  handleDetached(link: IncomingLink, cause: DetachCause): void;
}

/** The owner of an outgoing link: we are the sender. */
export interface OutgoingLinkOwner {
  /** Credit came, or a drain is asked for (`link.isDraining`). */
  handleCredit(link: OutgoingLink): void;
  /**
   * The receiver's word on the delivery `deliveryId`. `peer` and `peerId` are what the owner stored with it. When `settled` the slot is free
   * already. `bytes[stateStart, stateEnd)` is the state as it came, borrowed; empty when none.
   */
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
  ): void;
  handleAttached(link: OutgoingLink, attach: Attach): void;
  handleDetached(link: OutgoingLink, cause: DetachCause): void;
}
