// What the host calls on the router: `Router` of src/router is one; tests of the host bring a smaller one.

import type { RouterFigures } from '../router/figures/router-figures.ts';
import type { Survey } from '../router/figures/survey.ts';
import type { ClientTraffic, OpenConnection } from '../router/monitor.ts';
import type { Dial, HostedConnection, HttpRequest, TransportSecurity } from '../router/ports.ts';
import type { Configuration, ListenerEntity } from '../schema/configuration.ts';

export type { RouterFigures, TimesFigures } from '../router/figures/router-figures.ts';
export { AddressSum, LinkSum, othersName, type SurveyFigures } from '../router/figures/survey.ts';

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
  /** The listener is bound. */
  listenSucceeded(listener: ListenerEntity, now: number): void;
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
  readonly monitor: HostedMonitor;
}

/** What is asked about the router; nothing here changes anything. */
export interface HostedMonitor {
  readonly isDraining: boolean;
  /** Why it is not ready for clients, a line each; none when it is. `any`: one connector to another router is enough. */
  readiness(any: boolean): readonly string[];
  /** Which rule of its policy forbids the request; null when it is allowed. */
  forbids(request: HttpRequest): string | null;
  /** What is at hand for metrics. */
  figures(): RouterFigures;
  /** From now on what clients publish and receive is kept by groups of addresses; null: nobody wants to know of the address. */
  clientTraffic(groupOf: (address: string) => string | null): Pick<ClientTraffic, 'totals'>;
  /** Those that opened before this moment. */
  connectionsBefore(atMs: number): readonly OpenConnection[];
  /** Begins to gather what takes a walk over addresses and links; one at a time. */
  survey(): Pick<Survey, 'step'>;
}
