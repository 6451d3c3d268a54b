// What a connection needs to know of its configuration and of its router.
import type { Open } from '../amqp/performatives.ts';
import type { Clock } from './clock.ts';
import type { Identities } from './identities.ts';
import type { WriterPool } from './output.ts';
import type { SaslClient } from './sasl/client.ts';
import type { SaslServer } from './sasl/server.ts';
import type { SettleTimes } from './settle-times.ts';

export interface ConnectionOptions {
  /** Our Open; sent when the peer's protocol header has been seen. Its maxFrameSize, channelMax and idleTimeOut rule us. */
  readonly open: Open;
  /** We dialled, so we speak first. */
  readonly isInitiator: boolean;
  /** The SASL layer to offer or to use; null when there is none. */
  readonly sasl: SaslServer | SaslClient | null;
  /** A peer that skips SASL is turned away. */
  readonly requiresSasl: boolean;
  /** Silence after which the connection is closed, 0 = never. */
  readonly idleTimeoutMs: number;
  /** Time up to the peer's Open, 0 = the limit of the engine. */
  readonly handshakeTimeoutMs: number;
  /** The most frames of a session's incoming window, 0 = bounded by bytes alone. */
  readonly maxSessionFrames: number;
  /** Bytes that a session may have granted or held, if fewer than the engine's limit. */
  readonly sessionWindowBytes?: number;
  readonly pool: WriterPool;
  /** Numbers for the links; connections that share it have no number twice. */
  readonly identities?: Identities;
  /** The time, for all connections of one router. Every method that takes `now` sets it. */
  readonly clock: Clock;
  /** Where the times of deliveries that the peer settles are counted; absent is nowhere. */
  readonly settleTimes?: SettleTimes;
}
