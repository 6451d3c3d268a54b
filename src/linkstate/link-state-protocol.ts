// The router protocol of one router: everything that it knows of the others, and all that it tells them.
//
//   handle…, connection…, …LocalAddress, tick        note what has changed, send nothing
//                      │
//                   endTurn      neighbours ─▶ own link state ─▶ paths ─▶ addresses ─▶ HELLO, LSU, LSR, MAU, MAR, RA
//
// So whatever happens in one turn is published once. In the order of the messages each prepares for the next: HELLO makes us
// heard, our LSU gives the others a path to us before they are asked for anything, and the MAU comes before the RA that would
// make everyone ask for it.
import { assert } from '../kit/assert.ts';
import { Correspondence } from './correspondence.ts';
import type { FloodedOpcode, FloodNews } from './flood-filter.ts';
import { IdConflicts } from './id-conflicts.ts';
import { Intake } from './intake.ts';
import { freshMs, recomputePaceMs, tickMs, unreachableHoldoffMs } from './limits.ts';
import type { Peers } from './link-state-graph.ts';
import { isAdvertised, LocalAddresses } from './local-addresses.ts';
import { type LostRouter, LostRouters } from './lost-routers.ts';
import { type NeighbourChange, Neighbours } from './neighbours.ts';
import { OwnLinkState } from './own-link-state.ts';
import { Pace } from './pace.ts';
import type { ConnectionKey, LinkStatePort } from './port.ts';
import { Publication } from './publication.ts';
import type { MessageBody } from './read-message.ts';
import { Reception } from './reception.ts';
import { RemoteAddresses } from './remote-addresses.ts';
import type { RemoteRouter } from './router-node.ts';
import { RouterTable } from './router-table.ts';
import { type LinkStateSettings, type Timing, timingOf } from './settings.ts';
import { WakingClock } from './waking-clock.ts';
import { Warnings } from './warnings.ts';

/** Another way than the path. */
export interface Detour {
  readonly nextHop: RemoteRouter;
  readonly cost: number;
}

export class LinkStateProtocol {
  readonly id: string;
  readonly instance: number;
  readonly #timing: Timing;
  readonly #port: LinkStatePort;
  readonly #clock: WakingClock;
  readonly #intake: Intake;
  readonly #conflicts: IdConflicts;
  readonly #table: RouterTable;
  readonly #neighbours: Neighbours;
  readonly #ownLinkState: OwnLinkState;
  readonly #localAddresses = new LocalAddresses();
  readonly #remoteAddresses: RemoteAddresses;
  readonly #correspondence: Correspondence;
  readonly #publication: Publication;
  readonly #reception: Reception;
  readonly #lostRouters = new LostRouters();

  /** Whether anything happened since the last {@link endTurn}. */
  #isDirty = true;
  readonly #recomputePace = new Pace(recomputePaceMs);
  #lastHelloAt = Number.NEGATIVE_INFINITY;
  #firstNeighbourAt: number | null = null;
  /** When paths last changed, by our clock and by `now`. */
  #changedAt = Number.NEGATIVE_INFINITY;
  #lastTopologyChangeAt = Number.NEGATIVE_INFINITY;

  /** @param now monotonic milliseconds, here and everywhere */
  constructor(settings: LinkStateSettings, port: LinkStatePort, now: number) {
    this.id = settings.routerId;
    this.instance = settings.instance;
    this.#timing = timingOf(settings);
    this.#port = port;
    this.#clock = new WakingClock(now);
    const warnings = new Warnings(port);
    this.#intake = new Intake(this.id, warnings);
    this.#conflicts = new IdConflicts(port, warnings);
    this.#table = new RouterTable(this.id);
    this.#neighbours = new Neighbours(this.id, this.#timing.helloMaxAgeMs);
    this.#remoteAddresses = new RemoteAddresses(port, warnings);
    this.#ownLinkState = new OwnLinkState(settings.firstSequence);
    const [own, local] = [this.#ownLinkState, this.#localAddresses];
    this.#correspondence = new Correspondence(settings, own, local, port);
    this.#publication = new Publication(own, local, this.#correspondence, port, this.#timing);
    this.#reception = new Reception(
      this.#table,
      this.#neighbours,
      this.#remoteAddresses,
      this.#correspondence,
      this.#conflicts,
      port,
      warnings,
    );
  }

  /** Routers to which there is no path any more, and whether they had consumers for the address `key`. Cold. */
  lostRouters(key: string, now: number): LostRouter[] {
    return this.#lostRouters.of(key, this.#table.nodes, this.#clock.read(now));
  }

  // ---- What happened

  /** The control links of an inter-router connection are up. `cost`: the higher one of what both ends want. */
  connectionOpened(key: ConnectionKey, cost: number, now: number): void {
    this.#enter(now);
    this.#neighbours.connectionOpened(key, cost);
  }

  /** The connection or one of its control links is gone. */
  connectionLost(key: ConnectionKey, now: number): void {
    this.#enter(now);
    this.#neighbours.connectionLost(key);
  }

  /** HELLO came on connection `key`. What is malformed or of a later version is dropped with a warning, here and below. */
  handleHello(body: MessageBody, key: ConnectionKey, now: number): void {
    const clock = this.#enter(now);
    const hello = this.#intake.read('HELLO', body);
    if (hello === null) return;
    if (hello.id === this.id) {
      this.#conflicts.judgeOwn(this.id, this.instance, hello.instance, true, clock);
      return;
    }
    const node = this.#table.get(hello.id);
    if (node !== null) {
      if (!this.#reception.isCurrent(node, hello.instance, true, clock)) return;
      this.#table.confirm(node);
    }
    this.#neighbours.handleHello(hello, key, clock);
  }

  /** This one and the following: a message came that was addressed to this router alone. */
  handleRa(body: MessageBody, now: number): void {
    const clock = this.#enter(now);
    const ra = this.#intake.read('RA', body);
    if (ra === null) return;
    if (ra.id === this.id) this.#conflicts.judgeOwn(this.id, this.instance, ra.instance, false, clock);
    else this.#reception.handleRouterAdvertisement(ra, clock);
  }

  handleLsr(body: MessageBody, now: number): void {
    const clock = this.#enter(now);
    const lsr = this.#intake.read('LSR', body);
    if (lsr !== null && lsr.id !== this.id) this.#reception.handleLinkStateRequest(lsr, clock);
  }

  handleLsu(body: MessageBody, now: number, isFlooded = false): void {
    const clock = this.#enter(now);
    const lsu = this.#intake.read('LSU', body);
    if (lsu === null) return;
    if (lsu.id === this.id) this.#conflicts.judgeOwn(this.id, this.instance, lsu.instance, false, clock);
    else this.#reception.handleLinkStateUpdate(lsu, isFlooded, clock);
  }

  handleMau(body: MessageBody, now: number): void {
    const clock = this.#enter(now);
    const mau = this.#intake.read('MAU', body);
    if (mau !== null && mau.id !== this.id) this.#reception.handleMobileAddressUpdate(mau, clock);
  }

  handleMar(body: MessageBody, now: number): void {
    const clock = this.#enter(now);
    const mar = this.#intake.read('MAR', body);
    if (mar === null || mar.id === this.id) return;
    this.#reception.handleMobileAddressRequest(mar, this.#localAddresses.sequence, clock);
  }

  /**
   * Whether a message that came by flood is but a copy of one that was: it can be dropped before more of it is read.
   * @param hops entries in its trace
   */
  isCopy(news: FloodNews, hops: number, now: number): boolean {
    return this.#intake.isCopy(news, hops, this.#clock.read(now));
  }

  /**
   * A message came by flood (addressed to every router). Gives whether to hand it on, to each neighbour that is not in its trace;
   * false for copies of what was handed on already. There is no other bound: a router's radius is that of the topology it knew
   * before the message, and must not keep news away from those that a loss has moved further off.
   * @param hops entries in its trace
   */
  handleFlooded(opcode: FloodedOpcode, body: MessageBody, hops: number, now: number): boolean {
    const end = this.#intake.endOfFlood(opcode, body, hops, this.#enter(now));
    if (end === 'unread') return false;
    if (opcode === 'RA') this.handleRa(body, now);
    else if (opcode === 'LSU') this.handleLsu(body, now, true);
    else this.handleMau(body, now);
    return end === 'nowhere';
  }

  /**
   * `key` has its first consumer here. Its class must be one that routers tell each other (M, C, D, E, F, H).
   * @param hint treatment, 0 to 5, see {@link LinkStatePort.addressAdded}
   */
  addLocalAddress(key: string, hint: number): void {
    assert(isAdvertised(key), `${key} is not for other routers`);
    this.#isDirty = true;
    this.#localAddresses.add(key, hint);
  }

  /** `key` has lost its last consumer here. */
  removeLocalAddress(key: string): void {
    this.#isDirty = true;
    this.#localAddresses.remove(key);
  }

  /**
   * Before this router ends: publishes a link state without neighbours and withdraws its addresses, but for those that `keeps` names
   * ({@link removeLocalAddress} withdraws them later). The others still reach this router, but find ways around it; its own table goes on
   * as it was.
   */
  drain(keeps: (key: string) => boolean = () => false): void {
    this.#isDirty = true;
    this.#publication.withhold(keeps);
  }

  // ---- Time

  /** When {@link tick} is to be called at the latest. */
  get nextDeadline(): number {
    return Math.min(this.#clock.nextTickAt, this.#clock.nowAt(this.#pacedAt));
  }

  /** Does what the time asks for. Call it after everything that has arrived was handled, and `endTurn` after it. */
  tick(now: number): void {
    const clock = this.#clock.read(now);
    if (clock >= this.#pacedAt) this.#isDirty = true;
    if (!this.#clock.takeTick(now)) return;
    this.#isDirty = true;
    this.#neighbours.expire(clock);
    if (clock - this.#lastHelloAt >= this.#timing.helloIntervalMs - tickMs / 2) {
      this.#lastHelloAt = clock;
      this.#neighbours.greetAll();
    }
    this.#publication.tick(clock, this.#changedAt);
    for (const node of this.#table.expire(clock, this.#timing.remoteLsMaxAgeMs)) {
      this.#lostRouters.add(node);
      this.#remoteAddresses.flush(node);
      this.#correspondence.forget(node);
    }
    for (const node of this.#table.nodes.values()) {
      const isGone = !node.isReachable && clock - node.unreachableAt >= unreachableHoldoffMs;
      if (isGone) this.#remoteAddresses.announce(node, false);
    }
    this.#correspondence.tick(this.#table.nodes.values());
    this.#intake.tick(clock);
  }

  /** Publishes what has changed. Call it at the end of every turn; without changes it costs one `if`. */
  endTurn(now: number): void {
    if (!this.#isDirty) return;
    const clock = this.#enter(now);
    this.#isDirty = false;
    const changes = this.#neighbours.settle((id) => this.#table.get(id)?.instance ?? 0);
    for (const change of changes) this.#settleNeighbour(change, clock);
    this.#table.setOwnPeers(this.#ownLinkState.peers);
    if (this.#recompute(clock)) {
      this.#changedAt = clock;
      this.#lastTopologyChangeAt = now;
      this.#table.takeConfirmed();
      this.#port.routesChanged();
    } else if (this.#table.takeConfirmed()) this.#port.routesChanged();
    this.#remoteAddresses.report();
    this.#greet();
    this.#join(clock);
    this.#publication.send(clock);
  }

  // ---- What is known

  /** Every other router that is known, by id. One that is forgotten leaves this map, and must not be asked for any more. */
  get routers(): ReadonlyMap<string, RemoteRouter> {
    return this.#table.nodes;
  }

  router(id: string): RemoteRouter | null {
    return this.#table.get(id);
  }

  /** Our link state as the others know it. */
  get peers(): Peers {
    return this.#ownLinkState.published;
  }

  get linkStateSequence(): number {
    return this.#ownLinkState.sequence;
  }

  get mobileSequence(): number {
    return this.#localAddresses.sequence;
  }

  /** The others are told of no neighbours yet: this router does not know yet what is where. */
  get isJoining(): boolean {
    return this.#ownLinkState.isJoining;
  }

  /** The most hops to any router; 0 when alone. Dispatch drops what has come over more routers than this and one. */
  get radius(): number {
    return this.#table.routes.radius;
  }

  /** When (`now`) paths were last computed anew; -Infinity before the first time. */
  get lastTopologyChangeAt(): number {
    return this.#lastTopologyChangeAt;
  }

  /** Whether a message that entered the network at `origin` may go on to `destination` from here; null stands for us. hot */
  isValidOrigin(origin: RemoteRouter | null, destination: RemoteRouter): boolean {
    return origin === null || this.#table.routes.isValidOrigin(origin.index, destination.index);
  }

  /**
   * The neighbour over which `destination` is reached at the least cost by a message that has passed the routers `passed`; null when it
   * has passed all that lead there. For messages on which routers disagree, right after a change.
   */
  detour(destination: RemoteRouter, passed: readonly string[]): Detour | null {
    let best: Detour | null = null;
    for (const [id, linkCost] of this.#ownLinkState.peers) {
      const neighbour = this.#table.get(id);
      if (neighbour === null || passed.includes(id)) continue;
      const cost = linkCost + this.#table.routes.costFrom(neighbour.index, destination.index);
      const isBetter = best === null || cost < best.cost || (cost === best.cost && id < best.nextHop.id);
      if (cost < Number.POSITIVE_INFINITY && isBetter) best = { nextHop: neighbour, cost };
    }
    return best;
  }

  /** The ids of all valid origins other than ourselves. Computes a tree for every router: for the management, not for messages. */
  validOrigins(destination: RemoteRouter): string[] {
    if (!destination.isReachable) return [];
    const origins: string[] = [];
    for (const node of this.#table.nodes.values()) {
      if (node.isReachable && this.isValidOrigin(node, destination)) origins.push(node.id);
    }
    return origins;
  }

  // ---- Inside

  /** Notes that something happens, and gives the time of everything in here: see waking-clock.ts. */
  #enter(now: number): number {
    this.#isDirty = true;
    return this.#clock.read(now);
  }

  #settleNeighbour({ routerId, active }: NeighbourChange, clock: number): void {
    if (active === null) {
      const node = this.#table.get(routerId);
      if (node === null || node.connectionKey === null) return;
      node.connectionKey = null;
      node.notNeighbourAt = clock;
      this.#ownLinkState.removePeer(routerId);
      // Alone it hears nothing: all that it knows may be old when it is among others again.
      if (this.#ownLinkState.peers.size === 0) this.#table.wantAll();
      this.#port.neighbourLost(routerId);
      this.#reception.handleNeighbourLost(node, clock);
      return;
    }
    const node = this.#reception.learn(routerId, active.version, clock);
    if (node === null) return;
    if (node.instance === 0) node.instance = active.instance;
    if (node.connectionKey !== active.key) {
      this.#table.doubtLinkState(node, clock);
      node.connectionKey = active.key;
      node.linkState.want();
      this.#correspondence.note(node);
      this.#correspondence.seek(node);
    }
    if (this.#ownLinkState.peers.size === 0) this.#publication.gather(clock);
    this.#ownLinkState.setPeer(routerId, active.cost);
    this.#port.neighbourUp(routerId, active.key, active.cost);
  }

  /** Gives whether anything may have changed. */
  #recompute(clock: number): boolean {
    const { isChanged, isUrgent } = this.#table;
    if (!this.#recomputePace.permits(isChanged, isUrgent, clock)) return false;
    const appeared = this.#table.recompute(clock);
    if (appeared === null) return false;
    for (const node of appeared) {
      // While there was no path to it we may have missed what it sent; and it may be another one.
      if (!node.isConfirmed || clock - node.lastSeenAt > freshMs) {
        node.linkState.want();
        node.mobile.want();
      }
      this.#correspondence.note(node);
      this.#remoteAddresses.announce(node, true);
    }
    return true;
  }

  /** Others may go through us once we know what is where, or have waited long enough to know it. */
  #join(clock: number): void {
    const own = this.#ownLinkState;
    if (!own.isJoining) return;
    if (own.peers.size === 0) {
      this.#firstNeighbourAt = null;
      return;
    }
    this.#firstNeighbourAt ??= clock;
    if (this.#table.isInformed || clock - this.#firstNeighbourAt >= this.#timing.joiningMs) own.joined();
  }

  #greet(): void {
    const greeted = this.#neighbours.takeGreeted();
    if (greeted.length === 0) return;
    const hello = this.#correspondence.composeHello(this.#neighbours.seen);
    for (const { key } of greeted) this.#port.send(hello, { kind: 'connection', key });
  }

  /** When something that waits for its pace is due, by our clock. */
  get #pacedAt(): number {
    return Math.min(this.#recomputePace.dueAt, this.#publication.dueAt, this.#correspondence.dueAt);
  }
}
