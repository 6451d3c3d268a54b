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
import { FloodFilter } from './flood-filter.ts';
import { IdConflicts } from './id-conflicts.ts';
import { freshMs, publishPaceMs, recomputePaceMs, tickMs, unreachableHoldoffMs } from './limits.ts';
import type { Peers } from './link-state-graph.ts';
import { isAdvertised, LocalAddresses } from './local-addresses.ts';
import { type LinkStateMessage, protocolVersion } from './messages.ts';
import { type NeighbourChange, Neighbours } from './neighbours.ts';
import { OwnLinkState } from './own-link-state.ts';
import type { ConnectionKey, LinkStatePort } from './port.ts';
import { type MessageBody, readMessage } from './read-message.ts';
import { Reception } from './reception.ts';
import { RemoteAddresses } from './remote-addresses.ts';
import type { RemoteRouter } from './router-node.ts';
import { RouterTable } from './router-table.ts';
import { type LinkStateSettings, type Timing, timingOf } from './settings.ts';
import { Warnings } from './warnings.ts';

export class LinkStateProtocol {
  readonly id: string;
  readonly instance: number;
  readonly #timing: Timing;
  readonly #port: LinkStatePort;
  readonly #warnings: Warnings;
  readonly #conflicts: IdConflicts;
  readonly #table: RouterTable;
  readonly #neighbours: Neighbours;
  readonly #ownLinkState = new OwnLinkState();
  readonly #localAddresses = new LocalAddresses();
  readonly #remoteAddresses: RemoteAddresses;
  readonly #correspondence: Correspondence;
  readonly #reception: Reception;
  readonly #floodFilter = new FloodFilter();

  /** Whether anything happened since the last {@link endTurn}. */
  #isDirty = true;
  #isRaDue = false;
  /** When news of ours last went out, by the clock. */
  #publishedAt = Number.NEGATIVE_INFINITY;
  /** When (`now`) something that waits for its pace is due. */
  #pacedAt = Number.POSITIVE_INFINITY;
  #computedAt = Number.NEGATIVE_INFINITY;
  /** Whether news go out at once, whatever the pace. */
  #isUrgent = false;
  #lastRaAt = Number.NEGATIVE_INFINITY;
  #lastHelloAt = Number.NEGATIVE_INFINITY;
  #lastTopologyChangeAt = Number.NEGATIVE_INFINITY;
  #nextTickAt: number;
  /** How long this router did not run at all. Subtracted from `now`, so that nobody ages meanwhile. */
  #sleptMs = 0;
  /** The message read last and its body: a flooded one is read for two questions. */
  #lastBody: MessageBody | null = null;
  #lastMessage: LinkStateMessage | string = '';

  /** @param now monotonic milliseconds, here and everywhere */
  constructor(settings: LinkStateSettings, port: LinkStatePort, now: number) {
    this.id = settings.routerId;
    this.instance = settings.instance;
    this.#timing = timingOf(settings);
    this.#port = port;
    this.#nextTickAt = now;
    this.#warnings = new Warnings(port);
    this.#conflicts = new IdConflicts(port, this.#warnings);
    this.#table = new RouterTable(this.id);
    this.#neighbours = new Neighbours(this.id, this.#timing.helloMaxAgeMs);
    this.#remoteAddresses = new RemoteAddresses(port, this.#warnings);
    this.#correspondence = new Correspondence(settings, this.#ownLinkState, this.#localAddresses, port);
    this.#reception = new Reception(
      this.#table,
      this.#neighbours,
      this.#remoteAddresses,
      this.#correspondence,
      this.#conflicts,
      port,
      this.#warnings,
    );
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

  /** A message came on connection `key`. Malformed ones, and those of a later version, are dropped with a warning. */
  handleHello(body: MessageBody, key: ConnectionKey, cost: number, now: number): void {
    const clock = this.#enter(now);
    const hello = this.#read('HELLO', body);
    if (hello === null) return;
    if (hello.id === this.id) {
      this.#conflicts.judgeOwn(this.id, this.instance, hello.instance, true, clock);
      return;
    }
    const node = this.#table.get(hello.id);
    if (node !== null && !this.#reception.isCurrent(node, hello.instance, true, clock)) return;
    this.#neighbours.handleHello(hello, key, cost, clock);
  }

  /** This one and the following: a message came that was addressed to this router alone. */
  handleRa(body: MessageBody, now: number): void {
    const clock = this.#enter(now);
    const ra = this.#read('RA', body);
    if (ra === null) return;
    if (ra.id === this.id) this.#conflicts.judgeOwn(this.id, this.instance, ra.instance, false, clock);
    else this.#reception.handleRouterAdvertisement(ra, clock);
  }

  handleLsr(body: MessageBody, now: number): void {
    const clock = this.#enter(now);
    const lsr = this.#read('LSR', body);
    if (lsr !== null && lsr.id !== this.id) this.#reception.handleLinkStateRequest(lsr, clock);
  }

  handleLsu(body: MessageBody, now: number): void {
    const clock = this.#enter(now);
    const lsu = this.#read('LSU', body);
    if (lsu === null) return;
    if (lsu.id === this.id) this.#conflicts.judgeOwn(this.id, this.instance, lsu.instance, false, clock);
    else this.#reception.handleLinkStateUpdate(lsu, clock);
  }

  handleMau(body: MessageBody, now: number): void {
    const clock = this.#enter(now);
    const mau = this.#read('MAU', body);
    if (mau !== null && mau.id !== this.id) this.#reception.handleMobileAddressUpdate(mau, clock);
  }

  handleMar(body: MessageBody, now: number): void {
    const clock = this.#enter(now);
    const mar = this.#read('MAR', body);
    if (mar === null || mar.id === this.id) return;
    this.#reception.handleMobileAddressRequest(mar, this.#localAddresses.sequence, clock);
  }

  /**
   * A message came by flood (addressed to every router). Gives whether to hand it on, to each neighbour that is not in its trace;
   * false for copies of what was handed on already. There is no other bound: a router's radius is that of the topology it knew
   * before the message, and must not keep news away from those that a loss has moved further off.
   * @param hops entries in its trace
   */
  handleFlooded(opcode: 'RA' | 'LSU' | 'MAU', body: MessageBody, hops: number, now: number): boolean {
    const clock = this.#enter(now);
    const message = this.#parse(opcode, body);
    if (typeof message !== 'string' && message.id !== this.id) {
      const { maker, sequences } = newsOf(message);
      if (!this.#floodFilter.admits(maker, sequences, hops, clock)) return false;
    }
    if (opcode === 'RA') this.handleRa(body, now);
    else if (opcode === 'LSU') this.handleLsu(body, now);
    else this.handleMau(body, now);
    return typeof message !== 'string' && message.id !== this.id;
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
   * Before this router ends: withdraws all addresses and publishes a link state without neighbours. The others still reach this
   * router, but find ways around it; its own table goes on as it was.
   */
  drain(): void {
    this.#isDirty = true;
    this.#isUrgent = true;
    this.#ownLinkState.withhold();
    this.#localAddresses.withhold();
  }

  // ---- Time

  /** When {@link tick} is to be called at the latest. */
  get nextDeadline(): number {
    return Math.min(this.#nextTickAt, this.#pacedAt);
  }

  /** Does what the time asks for. Call it after everything that has arrived was handled, and `endTurn` after it. */
  tick(now: number): void {
    if (now >= this.#pacedAt) this.#isDirty = true;
    if (now < this.#nextTickAt) return;
    const clock = this.#enter(now);
    this.#nextTickAt += tickMs;
    this.#neighbours.expire(clock);
    // Ticks come a little late, never early: what is due within half a tick is due.
    const soon = clock + tickMs / 2;
    if (soon - this.#lastHelloAt >= this.#timing.helloIntervalMs) {
      this.#lastHelloAt = clock;
      this.#neighbours.greetAll();
    }
    if (soon - this.#lastRaAt >= this.#raIntervalMs(now)) this.#isRaDue = true;
    for (const node of this.#table.expire(clock, this.#timing.remoteLsMaxAgeMs)) {
      this.#remoteAddresses.flush(node);
      this.#correspondence.forget(node);
    }
    for (const node of this.#table.nodes.values()) {
      const isGone = !node.isReachable && clock - node.unreachableAt >= unreachableHoldoffMs;
      if (isGone) this.#remoteAddresses.announce(node, false);
    }
    this.#correspondence.tick(this.#table.nodes.values());
    this.#floodFilter.tick(clock);
  }

  /** Publishes what has changed. Call it at the end of every turn; without changes it costs one `if`. */
  endTurn(now: number): void {
    if (!this.#isDirty) return;
    const clock = this.#enter(now);
    this.#isDirty = false;
    this.#pacedAt = Number.POSITIVE_INFINITY;
    this.#lastBody = null;
    const changes = this.#neighbours.settle((id) => this.#table.get(id)?.instance ?? 0);
    for (const change of changes) this.#settleNeighbour(change, clock);
    this.#table.setOwnPeers(this.#ownLinkState.peers);
    if (this.#recompute(clock)) {
      this.#lastTopologyChangeAt = now;
      this.#port.routesChanged();
    }
    this.#remoteAddresses.report();
    this.#send(clock);
  }

  // ---- What is known

  /** Every other router that is known, by id. */
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

  /** The most hops to any router; 0 when alone. What has come over more routers than this and one is dropped. */
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

  /**
   * Notes that something happens. Gives `now` without the times in which this router did not run: after those nobody may be
   * judged by his silence before what he sent meanwhile was read.
   */
  #enter(now: number): number {
    this.#isDirty = true;
    const late = now - this.#nextTickAt;
    if (late >= tickMs) {
      this.#sleptMs += late;
      this.#nextTickAt = now;
    }
    return now - this.#sleptMs;
  }

  #parse<O extends LinkStateMessage['opcode']>(opcode: O, body: MessageBody) {
    if (this.#lastBody !== body) {
      this.#lastMessage = readMessage(opcode, body);
      this.#lastBody = body;
    }
    return this.#lastMessage as Extract<LinkStateMessage, { opcode: O }> | string;
  }

  #read<O extends LinkStateMessage['opcode']>(opcode: O, body: MessageBody) {
    const message = this.#parse(opcode, body);
    if (typeof message === 'string') {
      this.#warnings.warn(`A malformed ${opcode} is dropped: ${message}`);
      return null;
    }
    if (message.pv > protocolVersion) {
      this.#warnings.warn(
        `Router ${message.id} speaks version ${message.pv} of the router protocol: its messages are dropped`,
      );
      return null;
    }
    return message;
  }

  #settleNeighbour({ routerId, active }: NeighbourChange, clock: number): void {
    if (active === null) {
      const node = this.#table.get(routerId);
      if (node === null || node.connectionKey === null) return;
      node.connectionKey = null;
      node.notNeighbourAt = clock;
      this.#ownLinkState.removePeer(routerId);
      this.#port.neighbourLost(routerId);
      this.#reception.handleNeighbourLost(node, clock);
      return;
    }
    const node = this.#reception.learn(routerId, active.version, clock);
    if (node === null) return;
    if (node.instance === 0) node.instance = active.instance;
    if (node.connectionKey !== active.key) {
      node.connectionKey = active.key;
      node.linkState.want();
      this.#correspondence.note(node);
    }
    this.#ownLinkState.setPeer(routerId, active.cost);
    this.#port.neighbourUp(routerId, active.key, active.cost);
  }

  /** Gives whether anything may have changed. */
  #recompute(clock: number): boolean {
    const table = this.#table;
    if (table.isChanged && !table.isUrgent && this.#mustWait(this.#computedAt + recomputePaceMs, clock)) return false;
    const appeared = table.recompute(clock);
    if (appeared === null) return false;
    this.#computedAt = clock;
    for (const node of appeared) {
      // While there was no path to it we may have missed what it sent.
      if (clock - node.lastSeenAt > freshMs) {
        node.linkState.want();
        node.mobile.want();
      }
      this.#correspondence.note(node);
      this.#remoteAddresses.announce(node, true);
    }
    return true;
  }

  #send(clock: number): void {
    const greeted = this.#neighbours.takeGreeted();
    if (greeted.length > 0) {
      const hello = this.#correspondence.composeHello(this.#neighbours.seen);
      for (const { key } of greeted) this.#port.send(hello, { kind: 'connection', key });
    }
    const isPublishing = this.#isPublishing(clock);
    if (isPublishing && this.#ownLinkState.publish()) {
      this.#port.send(this.#correspondence.composeLinkStateUpdate(), { kind: 'flood' });
    }
    this.#correspondence.sendLinkStates();
    const changes = isPublishing ? this.#localAddresses.takeChanges() : null;
    if (changes !== null) this.#port.send(this.#correspondence.composeDifferential(changes), { kind: 'flood' });
    this.#correspondence.sendAddresses();
    if (!this.#isRaDue) return;
    this.#isRaDue = false;
    this.#lastRaAt = clock;
    this.#port.send(this.#correspondence.composeRouterAdvertisement(), { kind: 'flood' });
  }

  /** Whether news of ours go out in this turn; if not, but there are some, {@link nextDeadline} says when. An RA follows them. */
  #isPublishing(clock: number): boolean {
    const isUrgent = this.#isUrgent || this.#ownLinkState.isUrgent;
    if (!isUrgent && !this.#ownLinkState.isChanged && !this.#localAddresses.isChanged) return false;
    if (!isUrgent && this.#mustWait(this.#publishedAt + publishPaceMs, clock)) return false;
    this.#publishedAt = clock;
    this.#isUrgent = false;
    this.#isRaDue = true;
    return true;
  }

  /** Whether it is too early for something; then {@link nextDeadline} says when it is not. */
  #mustWait(until: number, clock: number): boolean {
    if (clock >= until) return false;
    this.#pacedAt = Math.min(this.#pacedAt, until + this.#sleptMs);
    return true;
  }

  #raIntervalMs(now: number): number {
    const { raIntervalMs, raIntervalFluxMs } = this.#timing;
    return now - this.#lastTopologyChangeAt <= 2 * raIntervalFluxMs ? raIntervalFluxMs : raIntervalMs;
  }
}

/** Who made a flooded message, and what tells one from the next. */
function newsOf(message: LinkStateMessage & { opcode: 'RA' | 'LSU' | 'MAU' }): {
  maker: string;
  sequences: readonly number[];
} {
  switch (message.opcode) {
    case 'RA':
      return { maker: `RA ${message.instance} ${message.id}`, sequences: [message.ls_seq, message.mobile_seq] };
    case 'LSU':
      return { maker: `LSU ${message.instance} ${message.id}`, sequences: [message.ls.ls_seq] };
    case 'MAU':
      return { maker: `MAU ${message.id}`, sequences: [message.mobile_seq] };
  }
}
