// The two ways in which the router and the shell around it (host, simulator, fuzzer) talk.
//
//   bytes and `now` in  ──▶  Router / RouterConnection  ──▶  bytes and the next deadline out
//   answers             ──▶                             ──▶  requests to the host (listen, dial, …)
//
// The router does no I/O: it never blocks, reads no clock and throws no dice but through these ports.
import type { LogSink } from '../core/log.ts';
import type { LogMemory } from '../core/log-memory.ts';
import type { ChangeOutcome, ProcessFigures } from '../management/agent/agent-port.ts';
import type { ChangeRequest } from '../schema/change-configuration.ts';
import type { ConnectorEntity, ListenerEntity } from '../schema/configuration.ts';

export { LogLevel, type LogModule, type LogSink } from '../core/log.ts';
export { type LogEntry, LogMemory } from '../core/log-memory.ts';
export type { ChangeOutcome, ProcessFigures } from '../management/agent/agent-port.ts';

/** What a host does for the router when asked; the answer comes back later through the named method. */
export interface HostPort {
  /** Wall clock, milliseconds since the epoch. */
  wallTimeMs(): number;
  /** Unpredictable bytes; reply addresses are made of them and must not be guessable. */
  randomBytes(count: number): Uint8Array;
  readonly log: LogSink;
  /** The last lines of the log, and how many there were. */
  readonly logMemory: LogMemory;
  /** Start to accept connections, with TLS as the listener's sslProfile wants it: handshakes are the host's. Answer: `router.listenSucceeded`, then `router.acceptConnection(listener, …)` per connection; or `router.listenFailed`. */
  listen(listener: ListenerEntity): void;
  /** Stop accepting on this listener; its connections go on. */
  unlisten(listener: ListenerEntity): void;
  /** Dial once, TLS handshake included, no retry (the router decides when). Answer: `router.dialSucceeded(dial, …)` or `router.dialFailed(dial, …)`. */
  dial(dial: Dial): void;
  /** Check a user's password without blocking. `answer` is called in a later turn, exactly once. */
  verifyPassword(user: string, password: string, answer: (valid: boolean) => void): void;
  /** Whether a users file is there, so that PLAIN can be offered. */
  readonly canVerifyPasswords: boolean;
  /** Look a host name up without blocking. `answer` is called once, now or in a later turn, with its IP addresses as texts, or with none. */
  lookUp(name: string, answer: (addresses: readonly string[]) => void): void;
  /** What it knows of its process; without it management shows less. */
  readonly process?: ProcessFigures;
  /**
   * Make, change or remove one entity of the configuration by `router.reload`, once what it needs of the environment is there; with
   * `saves` also in the file: both or neither. `answer` is called in a later turn, exactly once. Without it the router does it by itself.
   */
  changeConfiguration?(request: ChangeRequest, saves: boolean, answer: (outcome: ChangeOutcome) => void): void;
  /** The drain is over (or was not needed): nothing is left to be done, the process may end. */
  stopped(): void;
}

/** The TLS layer that the host has set up below a connection. */
export interface TransportSecurity {
  /** `TLSv1.3`. */
  readonly protocol: string;
  /** `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** Who the peer is by its certificate, which was checked; '' when it showed none. EXTERNAL proves this name. */
  readonly certifiedUser: string;
  /** We showed a certificate of our own, so EXTERNAL may be used toward the peer. */
  readonly hasOwnCertificate: boolean;
}

/** A request over HTTP, whose peer has been named; no probe (/healthz, /readyz). */
export interface HttpRequest {
  /** '' for nobody in particular. */
  readonly user: string;
  /** `127.0.0.1:50432` */
  readonly remote: string;
  /** The name that the request gave the server, without its port; '' when it gave none. */
  readonly hostname: string;
  /** `/metrics` */
  readonly path: string;
  readonly listener: ListenerEntity;
  readonly security: TransportSecurity | null;
}

/** One attempt to reach a connector's peer. `host` and `port` may be those of a failover URL. */
export interface Dial {
  readonly connector: ConnectorEntity;
  readonly host: string;
  readonly port: string;
}

/**
 * One transport connection as its host sees it. The host calls the `handle…` methods, then at the end of the turn writes
 * what `takeOutput` gives, and obeys `wantsBytes` and `isFinished`.
 */
export interface HostedConnection {
  /** Bytes arrived. `bytes` is only borrowed: what outlives the call is copied. Must be a plain Uint8Array (not a Buffer). */
  handleBytes(bytes: Uint8Array, now: number): void;
  /** The transport ended or broke; `reason` is for people. No method may be called afterwards. */
  handleClosed(reason: string, now: number): void;
  /**
   * The bytes to write now, or null. Owned by the connection until `outputWritten` is called: one write at a time.
   * While a write is under way this returns null.
   */
  takeOutput(): Uint8Array | null;
  /** The bytes last taken have left for the kernel; the buffer may be reused. */
  outputWritten(now: number): void;
  /** False while reading must pause (the peer does not read what it makes us write). */
  readonly wantsBytes: boolean;
  /** True when, after all output is written, the transport is to be ended. */
  readonly isFinished: boolean;
}
