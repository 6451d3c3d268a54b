// What one step of a SASL exchange (§5.3) asks of the connection.
import type { SaslInit, SaslMechanisms, SaslOutcome, SaslResponse } from '../../amqp/performatives.ts';

type Reply = SaslMechanisms | SaslInit | SaslResponse | SaslOutcome | null;

export type SaslStep =
  /** Send `reply` and wait for the peer. */
  | { readonly next: 'go-on'; readonly reply: Reply }
  /** Have the password checked; then call `verified`. */
  | { readonly next: 'verify'; readonly reply: null; readonly user: string; readonly password: string }
  /** Authenticated: the AMQP header follows. */
  | { readonly next: 'done'; readonly reply: Reply }
  /** Send `reply`, then end. `reason` never holds a secret. */
  | { readonly next: 'failed'; readonly reply: Reply; readonly reason: string };
