// The links of a client that behaves, and whom it tells what happens on them.
import type { Transfer } from '../../src/amqp/performatives.ts';

export type State = Transfer['state'];

/** A link of the client, at its own handle. */
export interface ClientLink {
  readonly address: string;
  readonly sends: boolean;
  readonly handle: number;
  isAttached: boolean;
  remoteHandle: number;
  deliveryCount: number;
  credit: number;
  /** Sending: frames that wait for credit and window. */
  readonly queue: QueuedFrame[];
  /** Sending: the largest message in bytes, 0 for any. */
  maxMessageSize: number;
  /** Receiving: the delivery under way, and what came of it. */
  receiving: { readonly id: number; settled: boolean; bytes: number; readonly parts: Uint8Array[] } | null;
  /** Receiving: messages that this link asks for at a time; 0 for none. */
  wanted: number;
}

export interface QueuedFrame {
  readonly isFirst: boolean;
  readonly more: boolean;
  readonly payload: Uint8Array;
  readonly settled: boolean;
  readonly number: number;
}

export interface ClientEvents {
  /** A delivery of the client is settled; `number` is what it was sent with. */
  outcome(link: ClientLink, number: number, state: State): void;
  /** A whole message came. Settle it with `settle`, now or later, unless it is settled. */
  message(link: ClientLink, id: number, payload: Uint8Array, settled: boolean): void;
}
