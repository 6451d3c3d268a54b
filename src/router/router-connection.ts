// One transport connection of the router: the engine's connection on one side, the host on the other, the core behind.
import type { Attach, ErrorInfo, Open } from '../amqp/performatives.ts';
import { ConnectionContext } from '../core/connection-context.ts';
import { EdgePeer } from '../core/edge/edge-peer.ts';
import { streamsCapability } from '../core/edge/names.ts';
import { LogLevel } from '../core/log.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import { Connection } from '../engine/connection.ts';
import type { ConnectionOptions } from '../engine/connection-options.ts';
import { maxFrameSizeMin } from '../engine/limits.ts';
import type { Link } from '../engine/link.ts';
import type { ConnectionOwner } from '../engine/owner.ts';
import type { DeadlineOwner } from '../kit/deadlines.ts';
import type { ConnectionPolicy } from '../policy/connection-policy.ts';
import { hostOf } from '../policy/policy.ts';
import { type ConnectorEntity, type ListenerEntity, speaksHttp } from '../schema/configuration.ts';
import { channelsMax } from './limits.ts';
import { costOf, isBetweenRouters } from './mesh.ts';
import type { HostedConnection, TransportSecurity } from './ports.ts';
import type { Router } from './router.ts';

export class RouterConnection implements HostedConnection, ConnectionOwner, DeadlineOwner {
  readonly router: Router;
  readonly id: number;
  /** `127.0.0.1:50432`, for people. */
  readonly remote: string;
  /** The TLS layer below; null in clear. */
  readonly security: TransportSecurity | null;
  readonly entity: ListenerEntity | ConnectorEntity;
  readonly connection: Connection;
  readonly isInitiator: boolean;
  readonly context: ConnectionContext;
  deadlineAt = 0;
  deadlineIndex = -1;
  /** In the router's list of this turn. */
  isListed = false;
  /** The transport is gone: nothing can be written. */
  isGone = false;
  hasOpened = false;
  /** Counted among the connections that policy bounds. */
  holdsPlace = false;
  /** What its peer may do; null: no policy looks at it. */
  policy: ConnectionPolicy | null = null;
  /** Why policy does not let it in. */
  #denial: ErrorInfo | null = null;
  /** The peer's Open; null before it came. */
  remoteOpen: Open | null = null;
  /** When it came, monotonic milliseconds. */
  openedAtMs = 0;
  readonly onEnd: ((connection: RouterConnection) => void) | null;
  readonly onOpened: ((open: Open) => void) | null;

  constructor(
    router: Router,
    id: number,
    entity: ListenerEntity | ConnectorEntity,
    remote: string,
    security: TransportSecurity | null,
    options: ConnectionOptions,
    hooks: { onOpened?: (open: Open) => void; onEnd?: (connection: RouterConnection) => void } = {},
  ) {
    this.router = router;
    this.id = id;
    this.remote = remote;
    this.security = security;
    this.entity = entity;
    this.onOpened = hooks.onOpened ?? null;
    this.onEnd = hooks.onEnd ?? null;
    this.isInitiator = options.isInitiator;
    this.connection = new Connection(this, options);
    this.context = new ConnectionContext(this.connection, {
      label: `[C${id}]`,
      role: entity.role,
      linkCapacity: entity.linkCapacity,
      maxMessageSize: entity.maxMessageSize,
      stripsIncoming: !isBetweenRouters(entity) && stripsIncoming(entity),
      stripsOutgoing: !isBetweenRouters(entity) && stripsOutgoing(entity),
    });
    this.connection.start();
    this.handleDeadline();
  }

  // --- the host ----------------------------------------------------------------------------------------------------

  /** hot */
  handleBytes(bytes: Uint8Array, now: number): void {
    this.connection.handleBytes(bytes, now);
  }

  handleClosed(reason: string, now: number): void {
    if (this.isGone) return;
    this.isGone = true;
    const wasOver = this.connection.isFinished;
    this.connection.handleClosed(now);
    this.router.forget(this);
    if (!wasOver) this.#logEnd(`lost: ${reason}`);
  }

  takeOutput(): Uint8Array | null {
    return this.connection.takeOutput();
  }

  outputWritten(now: number): void {
    this.connection.outputWritten(now);
  }

  get wantsBytes(): boolean {
    return this.connection.wantsBytes;
  }

  get isFinished(): boolean {
    return this.connection.isFinished;
  }

  // --- the engine --------------------------------------------------------------------------------------------------

  handleDirty(): void {
    this.router.list(this);
  }

  handleDeadline(): void {
    // The engine is not there yet while its own constructor runs.
    if (this.connection !== undefined && !this.isGone) this.router.schedule(this);
  }

  handleOpening(connection: Connection, open: Open): void {
    const policyVhost = this.entity.policyVhost;
    if (!this.#isPoliced) return;
    this.policy = this.router.policy.meet({
      label: this.context.label,
      // Unix sockets have no port that tells one from the other.
      connection: hostOf(this.remote) === this.remote ? `${this.remote}${this.context.label}` : this.remote,
      user: connection.user === '' ? 'anonymous' : connection.user,
      host: hostOf(this.remote),
      hostname: policyVhost !== '' || this.isInitiator ? policyVhost : (open.hostname ?? ''),
      isOutgoing: this.isInitiator,
      isRouter: this.entity.role === 'edge',
    });
    this.#denial = this.policy.enter();
    if (this.#denial !== null) return;
    this.context.admission = this.policy;
    this.#limitOpen();
  }

  /** Of the connections that we make, those with a policyVhost; never those between interior routers. */
  get #isPoliced(): boolean {
    const { role, policyVhost } = this.entity;
    if (role === 'inter-router') return false;
    return !this.isInitiator || (role !== 'edge' && policyVhost !== '');
  }

  /** What policy bounds is told in our Open. */
  #limitOpen(): void {
    const { maxFrameSize, maxSessions, maxSessionWindow } = (this.policy as ConnectionPolicy).openLimits;
    const { open } = this.connection.options;
    if (maxFrameSize > 0) open.maxFrameSize = Math.max(maxFrameSize, maxFrameSizeMin);
    if (maxSessions > 0) open.channelMax = Math.min(maxSessions, channelsMax) - 1;
    if (maxSessionWindow > 0)
      this.connection.maxSessionFrames = Math.max(1, Math.floor(maxSessionWindow / (open.maxFrameSize as number)));
  }

  refuseSession(connection: Connection): ErrorInfo | null {
    return this.policy?.admitSession(connection.sessionCount) ?? null;
  }

  handleOpened(_connection: Connection, open: Open): void {
    this.hasOpened = true;
    this.remoteOpen = open;
    this.openedAtMs = this.connection.clock.nowMs;
    this.#log(`opened: ${this.context.who}, role ${this.entity.role}, ${this.#layers}${this.#ruled}`);
    if (this.#denial !== null) return this.connection.close(this.#denial);
    this.onOpened?.(open);
    if (this.router.core.isDraining)
      this.connection.close(amqpError(Condition.ConnectionForced, 'this router is shutting down'));
    else this.#meet(open);
  }

  get membership(): ConnectionPolicy['membership'] {
    return this.policy?.membership ?? null;
  }

  /** By whose rules. */
  get #ruled(): string {
    if (this.membership === null) return '';
    const { vhost, group } = this.membership;
    return `, vhost ${JSON.stringify(vhost)}, group ${JSON.stringify(group)}`;
  }

  /** The peer is another router: it joins the mesh. */
  #meet(open: Open): void {
    const { core } = this.router;
    const { mesh, edge } = core;
    if (this.entity.role === 'edge') {
      this.context.takesStreams = [open.offeredCapabilities ?? []].flat().includes(streamsCapability);
      if (edge !== null) edge.connected(this.context);
      else if (mesh !== null) this.context.edge = new EdgePeer(core, this.context);
    }
    if (mesh === null || this.entity.role !== 'inter-router') return;
    this.context.peer = mesh.connected(this.context, costOf(this.entity, open), this.isInitiator);
  }

  handleAttach(link: Link, attach: Attach): void {
    this.router.core.handleAttach(this.context, link, attach);
  }

  handleVoidDelivery(): void {
    this.router.core.counters.countDropped('interrupted');
  }

  handleEnded(_connection: Connection, error: ErrorInfo | null, by: 'peer' | 'us' | 'loss'): void {
    if (by !== 'loss') {
      const whose = by === 'peer' ? 'closed by its peer' : 'closed by us';
      const why = error === null ? '' : `: ${error.condition} ${error.description ?? ''}`;
      this.#logEnd(`${whose}${why}`);
    }
    this.policy?.leave();
    this.router.core.edge?.disconnected(this.context);
    if (this.context.peer !== null) this.router.core.mesh?.disconnected(this.context.peer);
    this.onEnd?.(this);
  }

  handlePassword(connection: Connection, user: string, password: string): void {
    this.router.host.verifyPassword(user, password, (valid) => this.router.handleVerified(this, connection, valid));
  }

  /** What is below AMQP. */
  get #layers(): string {
    const { security } = this;
    const transport = 'http' in this.entity && speaksHttp(this.entity) ? 'over WebSocket, ' : '';
    return transport + (security === null ? 'in clear' : `${security.protocol} ${security.cipher}`);
  }

  #logEnd(how: string): void {
    this.#log(this.hasOpened ? `${how} (${this.context.who})` : how);
  }

  #log(what: string): void {
    const { log } = this.router.host;
    if (log.enabled('SERVER', LogLevel.Info))
      log.write('SERVER', LogLevel.Info, `[C${this.id}] Connection of ${this.remote} ${what}`);
  }
}

function stripsIncoming({ stripAnnotations }: ListenerEntity | ConnectorEntity): boolean {
  return stripAnnotations === 'in' || stripAnnotations === 'both';
}

function stripsOutgoing({ stripAnnotations }: ListenerEntity | ConnectorEntity): boolean {
  return stripAnnotations === 'out' || stripAnnotations === 'both';
}
