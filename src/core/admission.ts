// The port *admission*: what the peer of a connection may do. Who answers (the policy room) decides once for each link; what only a
// message tells is asked of the guard of its link.
//
//   Attach ──▶ admitSender / admitReceiver ──▶ null, or the error that the link is refused with
//   message ─▶ guard.checkUser, and of an anonymous sender guard.checkTarget ──▶ null, or the error it is rejected with
import type { ErrorInfo } from '../amqp/performatives.ts';

/** What a peer asks for with its Attach. */
export interface LinkRequest {
  readonly name: string;
  /** Of the target of a sender, of the source of a receiver, as in the Attach; '' when there is none. */
  readonly address: string;
  readonly isDynamic: boolean;
  /** Of the same terminus. */
  readonly capabilities: readonly string[];
  /** Links in the same direction that the peer has attached already, on all its sessions. */
  readonly openLinks: number;
}

/** What messages of one link are checked for. */
export interface MessageGuard {
  /** Why a message that names this user-id may not pass; null when it may. `bytes[start, end)` begins with its sections. hot */
  checkUser(bytes: Uint8Array, start: number, end: number): ErrorInfo | null;
  /** Why nothing may be sent to this address, as a message of an anonymous link names it. Not hot: addresses that it allowed are remembered by who asks. */
  checkTarget(address: string): ErrorInfo | null;
}

export interface Admission {
  /** "Sender" and "receiver" are what the peer is on the link. */
  admitSender(request: LinkRequest): ErrorInfo | null;
  admitReceiver(request: LinkRequest): ErrorInfo | null;
  /** May its user close connections and links by management? */
  readonly mayUpdateAdminStatus: boolean;
  /** Of senders that are admitted now: bytes, 0 = unlimited. */
  readonly maxMessageSize: number;
  /** For a sender that was admitted just now; null when every message may pass. */
  guardSender(request: LinkRequest): MessageGuard | null;
  /** A message of a sender to `address` was larger than it may be: counted; the error to tell, null when policy did not set that limit. */
  messageTooLarge(address: string, limit: number): ErrorInfo | null;
}
