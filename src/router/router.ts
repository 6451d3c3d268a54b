// The assembled router, without I/O: what production, the simulator and the fuzzer run.
//
//   host ──bytes, answers──▶ RouterConnection ──▶ engine ──▶ core ──▶ engine ──▶ output ──flush──▶ host
//
// A turn: the host hands in what happened, then calls `flush` once, which finishes the output of every connection touched.
import { Core } from '../core/core.ts';
import { trafficOf } from '../core/figures.ts';
import { streamWindowBytes } from '../core/limits.ts';
import { LogLevel } from '../core/log.ts';
import { Clock } from '../engine/clock.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { Connection } from '../engine/connection.ts';
import type { ConnectionOptions } from '../engine/connection-options.ts';
import { Identities } from '../engine/identities.ts';
import { WriterPool } from '../engine/output.ts';
import { SaslClient } from '../engine/sasl/client.ts';
import { SaslServer } from '../engine/sasl/server.ts';
import { SettleTimes } from '../engine/settle-times.ts';
import { assert } from '../kit/assert.ts';
import { Deadlines } from '../kit/deadlines.ts';
import { TurnList } from '../kit/turn-list.ts';
import { Policy } from '../policy/policy.ts';
import {
  type Configuration,
  type ConnectorEntity,
  type ListenerEntity,
  patternOf,
  speaksHttp,
} from '../schema/configuration.ts';
import { agentPortOf } from './agent-port.ts';
import { Dialer } from './dialer.ts';
import { Drain } from './drain.ts';
import { absenceMs, connectionsMax } from './limits.ts';
import { Listeners } from './listeners.ts';
import { Management } from './management.ts';
import { offeredMechanisms, tellNothingOffered, tellNothingProved } from './mechanisms.ts';
import { isBetweenRouters, linkStateOf } from './mesh.ts';
import { Monitor } from './monitor.ts';
import { idleTimeoutMsOf, makeOpen, type OpenIdentity } from './open.ts';
import { policyWarnings } from './policy-warnings.ts';
import type { Dial, HostedConnection, HostPort, TransportSecurity } from './ports.ts';
import { applyConfiguration } from './reload.ts';
import { RouterConnection } from './router-connection.ts';

export interface RouterOptions {
  readonly configuration: Configuration;
  readonly host: HostPort;
  /** Weft's own version, shown to peers. */
  readonly version?: string;
  /** Monotonic milliseconds. */
  readonly now: number;
}

export class Router {
  readonly host: HostPort;
  readonly core: Core;
  readonly policy: Policy;
  readonly connections = new Set<RouterConnection>();
  configuration: Configuration;
  readonly #identity: OpenIdentity;
  readonly #pool = new WriterPool();
  /** How long clients, and other routers, take to settle what is sent to them. */
  readonly settleTimes = { clients: new SettleTimes(), routers: new SettleTimes() };
  /** The time of the turn. */
  readonly #clock = new Clock();
  readonly #deadlines = new Deadlines<RouterConnection>();
  readonly #dialers = new Map<string, Dialer>();
  readonly #listeners = new Listeners();
  /** For those who watch this router. */
  readonly monitor: Monitor;
  readonly #startedAt: number;
  /** Numbers of connections and links, as management names them. */
  readonly #identities = new Identities();
  readonly #management: Management;
  #list = new TurnList<RouterConnection>();
  #spare = new TurnList<RouterConnection>();
  #nextSecondAt = Number.POSITIVE_INFINITY;
  #drain: Drain | null = null;
  /** When `handleTimeout` was to be called. */
  #expectedAt = Number.POSITIVE_INFINITY;

  constructor({ configuration, host, version = '0', now }: RouterOptions) {
    this.host = host;
    this.configuration = configuration;
    this.#clock.set(now);
    this.#startedAt = now;
    const inside = { listeners: this.#listeners, dialers: this.#dialers, version, startedAtMs: now };
    this.monitor = new Monitor(this, inside);
    const { id } = configuration.router;
    this.#identity = { routerId: id, version };
    this.core = new Core({
      routerId: id,
      log: host.log,
      blocks: this.#pool.blocks,
      clock: this.#clock,
      isEdge: configuration.router.mode === 'edge',
      ...(configuration.router.mode === 'interior' ? { linkState: linkStateOf(configuration, host) } : {}),
      randomBytes: (count) => host.randomBytes(count),
    });
    this.configureAddresses();
    const { policy, vhosts } = configuration;
    this.policy = new Policy({
      log: host.log,
      now: () => this.#clock.nowMs,
      lookUp: (name, answer) => host.lookUp(name, answer),
    });
    const errors = this.policy.configure(policy, vhosts);
    assert(errors.length === 0, `a policy that was checked as it was read: ${errors.join('; ')}`);
    this.#management = new Management(agentPortOf(this, version, now), this.#clock, this.#pool);
  }

  /** Takes the address rules and other figures of the configuration over into the core. */
  configureAddresses(): void {
    const { router, addresses } = this.configuration;
    this.core.stalledDeliverySeconds = router.stalledDeliverySeconds;
    this.core.addresses.configure(
      addresses.map((address) => ({ ...address, pattern: patternOf(address) })),
      router.defaultDistribution,
    );
  }

  // --- listeners and connectors ------------------------------------------------------------------------------------

  start(now: number): void {
    this.#clock.set(now);
    for (const text of policyWarnings(this.configuration)) this.policy.log(LogLevel.Warning, text);
    // Nobody is turned away for a host whose address is still looked up.
    this.policy.whenResolved(() => {
      if (!this.core.isDraining) for (const listener of this.configuration.listeners) this.startListener(listener);
    });
    for (const connector of this.configuration.connectors) this.startConnector(connector);
  }

  startListener(listener: ListenerEntity): void {
    const { log, canVerifyPasswords } = this.host;
    if (offeredMechanisms(listener, listener.sslProfile !== '', canVerifyPasswords).length === 0)
      log.write('CONN_MGR', LogLevel.Warning, tellNothingOffered(listener, canVerifyPasswords));
    this.#listeners.opening(listener);
    this.host.listen(listener);
  }

  stopListener(listener: ListenerEntity): void {
    this.#listeners.closed(listener);
    this.host.unlisten(listener);
  }

  startConnector(connector: ConnectorEntity): void {
    const dialer = new Dialer(this, connector);
    this.#dialers.set(connector.identity, dialer);
    dialer.dial();
  }

  /** Stops dialling; a connection that it made is closed. */
  stopConnector(connector: ConnectorEntity): void {
    this.#dialers.get(connector.identity)?.stop();
    this.#dialers.delete(connector.identity);
  }

  listenSucceeded(listener: ListenerEntity, now: number): void {
    this.#clock.set(now);
    this.#listeners.bound(listener);
  }

  listenFailed(listener: ListenerEntity, reason: string, now: number): void {
    this.#clock.set(now);
    this.#listeners.failed(listener, reason);
    this.host.log.write('CONN_MGR', LogLevel.Error, `Listener ${listener.identity} cannot listen: ${reason}`);
  }

  /** Asked before a TLS handshake: whether one more connection of a listener may come. One that may not is counted. */
  mayConnect(remote: string): boolean {
    if (!this.policy.isFull) return true;
    return this.policy.acceptTransport(remote);
  }

  /** `security`: the TLS layer, null in clear. */
  acceptConnection(
    listener: ListenerEntity,
    remote: string,
    now: number,
    security: TransportSecurity | null = null,
  ): HostedConnection {
    this.#clock.set(now);
    const certifiedUser = security?.certifiedUser ?? '';
    const mechanisms = offeredMechanisms(listener, certifiedUser !== '', this.host.canVerifyPasswords);
    const connection = this.#connect(listener, remote, security, null, {
      isInitiator: false,
      sasl: new SaslServer(mechanisms, certifiedUser),
      requiresSasl: listener.authenticatePeer,
      handshakeTimeoutMs: listener.initialHandshakeTimeoutSeconds * 1000,
    });
    connection.holdsPlace = this.policy.acceptTransport(remote);
    // Turned away without a byte.
    if (!connection.holdsPlace) connection.connection.close(null);
    else if (mechanisms.length === 0) this.host.log.write('SERVER', LogLevel.Info, tellNothingProved(listener, remote));
    if (this.connections.size > connectionsMax) {
      connection.connection.fail(amqpError(Condition.ResourceLimitExceeded, `more than ${connectionsMax} connections`));
    }
    return connection;
  }

  /** `security`: the TLS layer, null in clear. */
  dialSucceeded(dial: Dial, remote: string, now: number, security: TransportSecurity | null = null): HostedConnection {
    this.#clock.set(now);
    const { connector } = dial;
    const dialer = this.#dialerOf(dial);
    const allowed = connector.saslMechanisms === '' ? null : connector.saslMechanisms.split(/\s+/);
    const connection = this.#connect(
      connector,
      remote,
      security,
      dial.host,
      {
        isInitiator: true,
        sasl: new SaslClient({
          hostname: dial.host,
          user: connector.saslUsername,
          password: connector.saslPassword,
          hasCertificate: security?.hasOwnCertificate ?? false,
          allowed,
        }),
        requiresSasl: true,
        handshakeTimeoutMs: 0,
      },
      dialer,
    );
    // Nobody wants it any more: the connector was changed or deleted while it was dialled.
    if (dialer === undefined) connection.connection.close(null);
    else dialer.connected(connection);
    return connection;
  }

  dialFailed(dial: Dial, reason: string, now: number): void {
    this.#clock.set(now);
    this.#dialerOf(dial)?.failed(dial, reason, now);
  }

  /** Who asked for this dial; a connector that was made anew under the same name did not. */
  #dialerOf({ connector }: Dial): Dialer | undefined {
    const dialer = this.#dialers.get(connector.identity);
    return dialer?.connector === connector ? dialer : undefined;
  }

  #connect(
    entity: ListenerEntity | ConnectorEntity,
    remote: string,
    security: TransportSecurity | null,
    hostname: string | null,
    own: Pick<ConnectionOptions, 'isInitiator' | 'sasl' | 'requiresSasl' | 'handshakeTimeoutMs'>,
    dialer?: Dialer,
  ): RouterConnection {
    const id = this.#identities.take();
    const options: ConnectionOptions = {
      ...own,
      open: makeOpen(this.#identity, entity, id, hostname),
      idleTimeoutMs: idleTimeoutMsOf(entity),
      maxSessionFrames: entity.maxSessionFrames,
      ...(isBetweenRouters(entity) ? { sessionWindowBytes: streamWindowBytes } : {}),
      pool: this.#pool,
      clock: this.#clock,
      settleTimes: isBetweenRouters(entity) ? this.settleTimes.routers : this.settleTimes.clients,
      identities: this.#identities,
    };
    const connection = new RouterConnection(this, id, entity, remote, security, options, dialer ?? {});
    this.connections.add(connection);
    return connection;
  }

  // --- turns -------------------------------------------------------------------------------------------------------

  /** The connection has something to write in this turn, or changed what it wants of the host. */
  list(connection: RouterConnection): void {
    if (connection.isListed) return;
    connection.isListed = true;
    this.#list.push(connection);
  }

  /** Ends the turn: the connections to serve now. The list is only valid until the next call. hot */
  flush(now: number): TurnList<HostedConnection> {
    this.#clock.set(now);
    const { mesh } = this.core;
    mesh?.endTurn(now);
    this.#management.turn(now);
    const touched = this.#list;
    // Finishing one connection may touch another one, which then joins the end of the list.
    for (let at = 0; at < touched.length; at++) {
      const connection = touched.at(at);
      connection.connection.endTurn();
      connection.isListed = false;
      if (at === touched.length - 1) {
        mesh?.endTurn(now);
        this.#management.turn(now);
      }
    }
    this.#list = this.#spare;
    this.#spare = touched;
    this.#list.clear();
    if (this.#nextSecondAt === Number.POSITIVE_INFINITY && this.core.needsSeconds) this.#nextSecondAt = now + 1000;
    return touched;
  }

  handleTimeout(now: number): void {
    this.#clock.set(now);
    this.#noticeAbsence(now);
    for (let due = this.#deadlines.takeDue(now); due !== null; due = this.#deadlines.takeDue(now)) {
      due.connection.handleTimeout(now);
      this.schedule(due);
    }
    for (const dialer of this.#dialers.values()) dialer.handleTimeout(now);
    if (now >= this.#nextSecondAt) {
      this.core.handleSecond(Math.trunc(now / 1000));
      this.#nextSecondAt = this.core.needsSeconds ? now + 1000 : Number.POSITIVE_INFINITY;
    }
    if (this.core.mesh !== null && now >= this.core.mesh.nextDeadline) this.core.mesh.tick(now);
    this.#management.handleTimeout(now);
    this.#drain?.handleTimeout(now);
  }

  /**
   * This process has stood still: what its peers said meanwhile lies in the sockets, unread. Nobody is judged by his silence before that
   * has been read.
   */
  #noticeAbsence(now: number): void {
    if (now - this.#expectedAt < absenceMs) return;
    for (const { connection } of this.connections) connection.excuseSilence(now);
  }

  /** Monotonic milliseconds of the next `handleTimeout`, Infinity for none. */
  nextDeadline(): number {
    let next = Math.min(
      this.#deadlines.next,
      this.#nextSecondAt,
      this.#drain?.nextDeadline ?? Number.POSITIVE_INFINITY,
      this.core.mesh?.nextDeadline ?? Number.POSITIVE_INFINITY,
      this.#management.nextDeadline,
    );
    for (const dialer of this.#dialers.values()) next = Math.min(next, dialer.nextDialAt);
    this.#expectedAt = next;
    return next;
  }

  schedule(connection: RouterConnection): void {
    const at = connection.connection.nextDeadline;
    if (at === Number.POSITIVE_INFINITY) this.#deadlines.drop(connection);
    else this.#deadlines.set(connection, at);
  }

  forget(connection: RouterConnection): void {
    if (connection.holdsPlace) this.policy.releaseTransport();
    connection.holdsPlace = false;
    this.connections.delete(connection);
    this.#deadlines.drop(connection);
  }

  /** Where the dialling for a connector stands; null when there is no such connector. */
  dialerOf(connector: ConnectorEntity): Dialer | null {
    return this.#dialers.get(connector.identity) ?? null;
  }

  /** A password was checked; the connection may be gone meanwhile. */
  handleVerified(owner: RouterConnection, connection: Connection, valid: boolean): void {
    if (!owner.isGone) connection.saslVerified(valid, this.#clock.nowMs);
  }

  // --- change and end ----------------------------------------------------------------------------------------------

  /** Applies what can be applied to a running router. The lines tell what was done, and what needs a restart. */
  reload(configuration: Configuration, now: number): string[] {
    this.#clock.set(now);
    return applyConfiguration(this, configuration);
  }

  /** Ends gently: nothing new comes in, what is in flight may settle, then every connection is closed. */
  drain(now: number): void {
    if (this.#drain !== null) return;
    this.#clock.set(now);
    // Those for HTTP stay until the end: whoever watches this router sees how its end goes on.
    for (const listener of this.configuration.listeners) if (!speaksHttp(listener)) this.stopListener(listener);
    for (const dialer of this.#dialers.values()) dialer.stop(false);
    this.#drain = new Drain(this, now);
  }

  get isDraining(): boolean {
    return this.#drain !== null;
  }

  /** Figures for live views and metrics. */
  describe(): Record<string, number> {
    const { addresses, producers, consumers } = this.core;
    const { ingress, egress, transit, ...outcomes } = trafficOf(this.core);
    let opened = 0;
    for (const connection of this.connections) if (connection.connection.isOpened) opened++;
    return {
      uptimeSeconds: Math.trunc((this.#clock.nowMs - this.#startedAt) / 1000),
      connections: opened,
      links: producers.size + consumers.size,
      addresses: addresses.size,
      ...{ deliveriesIngress: ingress, deliveriesEgress: egress, deliveriesTransit: transit },
      ...outcomes,
    };
  }
}
