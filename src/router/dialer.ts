// Keeps one connector connected: dials, waits, dials again, and goes through the failover hosts that the peer names.
//
//   Waiting ──time──▶ Dialling ──▶ Connected ──lost──▶ Waiting      (5 s after a failure, 2 s after an Open, 1 s with failover;
//                                                                  to another router 0.25 s, then up to 1 s)
import type { Open } from '../amqp/performatives.ts';
import { type AmqpValue, asNumber, asText, lookup } from '../amqp/values.ts';
import { LogLevel } from '../core/log.ts';
import type { ConnectorStatus } from '../management/agent/agent-port.ts';
import type { ConnectorEntity } from '../schema/configuration.ts';
import {
  redialAfterFailureMs,
  redialAfterLossMs,
  redialFailoverMs,
  redialRouterLongestMs,
  redialRouterMs,
} from './limits.ts';
import { isBetweenRouters } from './mesh.ts';
import type { Dial } from './ports.ts';
import type { Router } from './router.ts';
import type { RouterConnection } from './router-connection.ts';

interface Place {
  readonly host: string;
  readonly port: string;
}

export class Dialer {
  readonly #router: Router;
  readonly connector: ConnectorEntity;
  #places: Place[];
  #index = 0;
  /** Failures in a row at the present place. */
  #failures = 0;
  /** At all places. */
  #failuresInARow = 0;
  #isStopped = false;
  #connection: RouterConnection | null = null;
  /** How the last attempt or connection ended; '' while there is a connection, and before the first attempt has ended. */
  #message = '';
  /** Container id of the peer that answered last. */
  #peer = '';
  /** When to dial next, Infinity while there is a connection or an attempt. */
  nextDialAt = Number.POSITIVE_INFINITY;

  constructor(router: Router, connector: ConnectorEntity) {
    this.#router = router;
    this.connector = connector;
    this.#places = [{ host: connector.host, port: connector.port }];
  }

  /** The container id of the peer while the connection is open, else null. */
  get peer(): string | null {
    const connection = this.#connection?.connection;
    return connection?.isOpened ? connection.remoteContainerId : null;
  }

  dial(): void {
    this.nextDialAt = Number.POSITIVE_INFINITY;
    if (this.#isStopped) return;
    const place = this.#places[this.#index] as Place;
    this.#router.host.dial({ connector: this.connector, ...place });
  }

  handleTimeout(now: number): void {
    if (now >= this.nextDialAt) this.dial();
  }

  /** As management shows it; the words are Dispatch's. */
  get status(): ConnectorStatus {
    const isUp = this.#connection?.hasOpened ?? false;
    const status = isUp ? 'SUCCESS' : this.#message === '' ? 'CONNECTING' : 'FAILED';
    const isSilent = this.#connection !== null && !isUp && this.#message === '';
    const message = isSilent ? 'connected, and no answer yet' : this.#message;
    return { status, message, peer: this.#peer, urls: this.#urls };
  }

  /** Where it dials, in turn. */
  get #urls(): string {
    const scheme = this.connector.sslProfile === '' ? 'amqp' : 'amqps';
    return this.#places.map(({ host, port }) => `${scheme}://${host}:${port}`).join(', ');
  }

  failed(dial: Dial, reason: string, now: number): void {
    this.#message = reason;
    this.#log(LogLevel.Error, `Connection to ${dial.host}:${dial.port} failed: ${reason}`);
    this.#retry(now, redialAfterFailureMs, true);
  }

  connected(connection: RouterConnection): void {
    this.#connection = connection;
    this.#message = '';
    if (this.#isStopped) connection.connection.close(null);
  }

  /** The peer's Open: it may name other hosts to go to when it is lost. */
  readonly onOpened = (open: Open): void => {
    this.#failures = 0;
    this.#failuresInARow = 0;
    this.#message = '';
    this.#peer = open.containerId;
    const list = open.properties === null ? undefined : lookup(open.properties, 'failover-server-list');
    if (list === undefined || list === null) return;
    const present = this.#places[this.#index] as Place;
    const first = this.#places[0] as Place;
    const kept = first === present ? [first] : [first, present];
    for (const server of Array.isArray(list) ? list : []) {
      if (!(server instanceof Map)) continue;
      const host = asText(lookup(server, 'network-host') ?? null);
      const port = portOf(lookup(server, 'port') ?? null);
      if (host === null || host === '') continue;
      if (!kept.some((place) => place.host === host && place.port === port)) kept.push({ host, port });
    }
    this.#places = kept;
    this.#index = kept.indexOf(present);
  };

  /** The connection is over, for whatever reason. */
  readonly onEnd = (connection: RouterConnection): void => {
    this.#connection = null;
    if (this.#isStopped) return;
    const { lastError } = connection.connection;
    this.#message =
      lastError?.description ?? (connection.hasOpened ? 'the connection was lost' : 'the peer did not open');
    this.#retry(
      connection.connection.clock.nowMs,
      connection.hasOpened ? redialAfterLossMs : redialAfterFailureMs,
      !connection.hasOpened,
    );
  };

  /** `closes`: the connection that there is goes too. */
  stop(closes = true): void {
    this.#isStopped = true;
    this.nextDialAt = Number.POSITIVE_INFINITY;
    if (closes) this.#connection?.connection.close(null);
  }

  /** A place is tried twice, then the next one has its turn. */
  #retry(now: number, afterMs: number, hasFailed: boolean): void {
    if (this.#isStopped) return;
    if (isBetweenRouters(this.connector)) {
      afterMs = Math.min(redialRouterLongestMs, redialRouterMs * 2 ** Math.min(this.#failuresInARow, 10));
      this.#failuresInARow++;
    }
    if (hasFailed && ++this.#failures >= 2) {
      this.#failures = 0;
      this.#index = (this.#index + 1) % this.#places.length;
    }
    this.nextDialAt = now + (this.#places.length > 1 ? redialFailoverMs : afterMs);
  }

  #log(level: LogLevel, text: string): void {
    const { log } = this.#router.host;
    if (log.enabled('SERVER', level)) log.write('SERVER', level, text);
  }
}

/** Some peers write a text, others a number. */
function portOf(value: AmqpValue): string {
  return asText(value) ?? asNumber(value)?.toString() ?? '5672';
}
