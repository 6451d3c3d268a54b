// What the host calls on the router: `Router` of src/router is one; tests of the host bring a smaller one.
import type { Dial, HostedConnection, TransportSecurity } from '../router/ports.ts';
import type { Configuration, ListenerEntity } from '../schema/configuration.ts';

/** Every `now` is monotonic milliseconds. The host calls from one turn at a time, and ends each turn with `flush`. */
export interface HostedRouter {
  /** Asks the host to listen and to dial. */
  start(now: number): void;
  /** Asked before a TLS handshake: false when there are as many connections as there may be. The others are asked by `acceptConnection`. */
  mayConnect(remote: string): boolean;
  /** `remote` such as `127.0.0.1:50432`; `security` is null in clear. */
  acceptConnection(
    listener: ListenerEntity,
    remote: string,
    now: number,
    security: TransportSecurity | null,
  ): HostedConnection;
  listenFailed(listener: ListenerEntity, reason: string, now: number): void;
  dialSucceeded(dial: Dial, remote: string, now: number, security: TransportSecurity | null): HostedConnection;
  dialFailed(dial: Dial, reason: string, now: number): void;
  handleTimeout(now: number): void;
  /** When `handleTimeout` is due; Infinity when there is nothing to wait for. */
  nextDeadline(): number;
  /** The connections that have something to write, or whose wishes changed. The array belongs to the router. */
  flush(now: number): readonly HostedConnection[];
  /** Lines for people: what was applied, and what needs a restart. */
  reload(configuration: Configuration, now: number): string[];
  /** Ends gently; `host.stopped()` is called when that is over. */
  drain(now: number): void;
  /** Counters and gauges, for live views. */
  describe(): object;
}
