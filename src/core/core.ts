// The core: wires the address table, producers and consumers of one router together. It decides nothing itself; where a
// delivery goes is decided in forward/, what becomes of it in producer.ts, who is bound where in attach.ts.
import type { Self } from '../address/address-key.ts';
import { nodeIdOf } from '../address/node-id.ts';
import type { Attach, ErrorInfo } from '../amqp/performatives.ts';
import type { Clock } from '../engine/clock.ts';
import type { Link } from '../engine/link.ts';
import type { DetachCause } from '../engine/owner.ts';
import type { Session } from '../engine/session.ts';
import type { BlockPool } from '../kit/block-pool.ts';
import type { LinkStateSettings } from '../linkstate/settings.ts';
import type { Address } from './address.ts';
import { AddressTable } from './address-table.ts';
import { bindLink, unusedName } from './attach.ts';
import { ClientTraffic, type GroupOf } from './client-traffic.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { Consumer } from './consumer.ts';
import { Counters } from './counters.ts';
import { Departures } from './departures.ts';
import { Edge } from './edge/edge.ts';
import type { HeldDelivery } from './held-delivery.ts';
import { InternalLinks } from './internal-links.ts';
import { Ledger } from './ledger.ts';
import { multicastReportSeconds, starvedDeliverySeconds } from './limits.ts';
import { LogLevel, type LogSink } from './log.ts';
import { Mesh } from './mesh/mesh.ts';
import { Peer } from './mesh/peer.ts';
import type { Producer } from './producer.ts';

export interface CoreOptions {
  readonly routerId: string;
  readonly log: LogSink;
  readonly blocks: BlockPool;
  readonly clock: Clock;
  readonly isEdge?: boolean;
  /** When this router is one of many: how it takes part in the router protocol. */
  readonly linkState?: LinkStateSettings;
  /** Unpredictable: reply addresses are made of them. */
  randomBytes(count: number): Uint8Array;
}

export class Core {
  readonly self: Self;
  /** `0/<router id>`, as annotations name this router. */
  readonly nodeId: string;
  readonly addresses: AddressTable;
  readonly counters = new Counters();
  readonly departures = new Departures();
  /** What links that are gone have carried; null while nobody wants to know. */
  ledger: Ledger | null = null;
  /** What clients publish and receive by groups of addresses; null while nobody wants to know. */
  clientTraffic: ClientTraffic | null = null;
  readonly log: LogSink;
  /** Where parts of long deliveries are kept. */
  readonly blocks: BlockPool;
  /** Long deliveries on their way. */
  readonly flowing = new Set<HeldDelivery>();
  /** Sessions in which nothing may wait, for the sake of this delivery. */
  readonly crowded = new Map<Session, HeldDelivery>();
  /** Multicast addresses that wait for a consumer. */
  readonly heldUp = new Set<Address>();
  /** Addresses where deliveries wait for one consumer though another could take them. */
  readonly lookAgain = new Set<Address>();
  /** What settled deliveries cost that wait though their sender is gone. */
  orphanBytes = 0;
  /** Addresses at which something waits. */
  readonly waitingAddresses = new Set<Address>();
  /** The other routers; null when this one is alone. */
  readonly mesh: Mesh | null;
  /** The way to the interior, when this is an edge router; else null. */
  readonly edge: Edge | null;
  readonly #clock: Clock;
  readonly producers = new Set<Producer>();
  readonly consumers = new Set<Consumer>();
  /** Links of the router's own connection to itself, which no figure counts. */
  readonly internal = new InternalLinks(this.counters);
  /** No new links, no new credit. */
  isDraining = false;
  /** Consumers have been sent away, and are on their way to another router: this one goes on to stand for their addresses, without credit. */
  keepsAddresses = false;
  /** A delivery whose sender makes no progress for so long, while its consumer has room, is aborted. */
  stalledDeliverySeconds = 30;
  readonly #randomBytes: (count: number) => Uint8Array;

  constructor(options: CoreOptions) {
    const isEdge = options.isEdge ?? false;
    this.self = { routerId: options.routerId, area: '0', isEdge };
    this.nodeId = nodeIdOf(options.routerId);
    this.addresses = new AddressTable(this, this.self);
    this.log = options.log;
    this.blocks = options.blocks;
    this.#randomBytes = options.randomBytes;
    this.#clock = options.clock;
    this.edge = isEdge ? new Edge(this) : null;
    this.mesh = options.linkState === undefined ? null : new Mesh(this, options.linkState, options.clock.nowMs);
  }

  get nowMs(): number {
    return this.#clock.nowMs;
  }

  randomBytes(count: number): Uint8Array {
    return this.#randomBytes(count);
  }

  /** An address text with a random name that is not in use. */
  unusedAddress(make: (name: string) => string): string {
    return unusedName(this, make);
  }

  /** From now on what links have carried is kept when they go. */
  keepLedger(): Ledger {
    if (this.ledger !== null) return this.ledger;
    this.ledger = new Ledger();
    for (const { context, link } of this.producers) this.ledger.linkCame(context, link);
    for (const { context, link } of this.consumers) this.ledger.linkCame(context, link);
    return this.ledger;
  }

  /** From now on what clients publish and receive is kept by these groups. */
  keepClientTraffic(groupOf: GroupOf): ClientTraffic {
    if (this.clientTraffic === null) this.clientTraffic = new ClientTraffic(this, groupOf);
    else this.clientTraffic.regroup(groupOf);
    return this.clientTraffic;
  }

  // --- links -------------------------------------------------------------------------------------------------------

  handleAttach(context: ConnectionContext, link: Link, attach: Attach): void {
    bindLink(this, context, link, attach);
  }

  producerCame(producer: Producer): void {
    if (producer.context.isInternal) return this.internal.addProducer(producer);
    this.producers.add(producer);
    this.ledger?.linkCame(producer.context, producer.link);
    if (producer.origin !== null) return; // the mesh tells of its neighbours
    this.#logLink(producer.context, producer.link, `attached, sends to ${producer.address?.key ?? '(anonymous)'}`);
  }

  consumerCame(consumer: Consumer): void {
    if (consumer.context.isInternal) return this.internal.addConsumer(consumer);
    this.consumers.add(consumer);
    this.ledger?.linkCame(consumer.context, consumer.link);
    this.#logLink(consumer.context, consumer.link, `attached, receives from ${consumer.address.key}`);
  }

  producerGone(producer: Producer, cause: DetachCause): void {
    if (producer.context.isInternal) return this.internal.removeProducer(producer);
    this.producers.delete(producer);
    if (producer.context.options.role === 'route-container') {
      this.counters.ingressRouteContainer += producer.link.deliveries;
      if (producer.address !== null) producer.address.fromRouteContainers += producer.link.deliveries;
    }
    this.ledger?.producerGone(producer);
    this.clientTraffic?.producerGone(producer);
    if (producer.origin === null) this.#logLink(producer.context, producer.link, describeCause(cause));
  }

  consumerGone(consumer: Consumer, cause: DetachCause): void {
    if (consumer.context.isInternal) return this.internal.removeConsumer(consumer);
    this.consumers.delete(consumer);
    if (consumer.context.options.role === 'route-container') {
      this.counters.egressRouteContainer += consumer.link.deliveries;
      consumer.address.toRouteContainers += consumer.link.deliveries;
    }
    this.#remember(consumer, cause);
    this.ledger?.consumerGone(consumer);
    this.clientTraffic?.consumerGone(consumer);
    this.#logLink(consumer.context, consumer.link, describeCause(cause));
  }

  #remember({ address, context }: Consumer, cause: DetachCause): void {
    if (!address.key.startsWith('M')) return;
    const { remoteContainerId: container, user } = context.connection;
    const isEdge = context.edge !== null;
    const how = { isEdge, reason: describeCause(cause), isLoss: cause.by === 'loss', atMs: this.nowMs };
    this.departures.add({ key: address.key, container, user, ...how });
  }

  linkRefused(context: ConnectionContext, link: Link, error: ErrorInfo): void {
    this.#logLink(context, link, `refused: ${error.condition} ${error.description ?? ''}`);
  }

  #logLink(context: ConnectionContext, link: Link, what: string): void {
    if (!this.log.enabled('ROUTER_CORE', LogLevel.Info)) return;
    this.log.write(
      'ROUTER_CORE',
      LogLevel.Info,
      `${context.label}[L${link.identity}] Link ${JSON.stringify(link.name)} ${what} (${context.who})`,
    );
  }

  // --- the coarse clock --------------------------------------------------------------------------------------------

  /** Once a second while anything is under way: looks after what stands still. */
  handleSecond(nowSeconds: number): void {
    for (const held of this.flowing) {
      // The router at which it entered gives it up first; what it says then goes on from router to router.
      const patience = this.stalledDeliverySeconds * (held.producer.origin === null ? 1 : 2);
      if (held.waitsForSender && nowSeconds - held.movedAtSeconds >= patience) {
        held.producer.held.handleStalled(held, patience);
      } else if (held.isStarved && nowSeconds - held.movedAtSeconds >= starvedDeliverySeconds) this.#makeWay(held);
    }
    for (const address of this.heldUp) {
      address.pull();
      this.#reportHoldUp(address, nowSeconds);
    }
    if (this.edge?.isExpecting) this.edge.handleSecond(this.nowMs);
    const again = [...this.lookAgain];
    this.lookAgain.clear();
    for (const address of again) address.pull();
  }

  /**
   * A delivery flows and cannot be completed, for what waits behind it has shut the session in which both come: neither would
   * ever go on. So the newest of those that wait are released (dropped, if settled), until its frames can come; and until all of
   * them have come nothing else of the session is let wait.
   */
  #makeWay(held: HeldDelivery): void {
    const { producer } = held;
    const { session } = producer.link;
    this.crowded.set(session, held);
    let count = 0;
    for (const other of [...this.producers].reverse())
      if (other.link.session === session) count += other.held.giveWay();
    if (count === 0) return;
    this.log.write(
      'ROUTER_CORE',
      LogLevel.Warning,
      `${producer.context.label} ${count} waiting deliveries released: their session held all that it may, and kept a long delivery from its end`,
    );
  }

  /** Whether something that came in this session and waits for a consumer is complete: it leaves as soon as one has credit. */
  hasWaitingWhole(session: Session): boolean {
    for (const producer of this.producers)
      if (producer.link.session === session && producer.held.hasWaitingWhole) return true;
    return false;
  }

  /** Says once whom a multicast waits for, and since when. */
  #reportHoldUp(address: Address, nowSeconds: number): void {
    const { heldUpBy: consumer, heldUpSinceSeconds: since } = address;
    if (consumer === null || address.isHoldUpReported || nowSeconds - since < multicastReportSeconds) return;
    address.isHoldUpReported = true;
    const { link } = consumer;
    const credit = link.credit > 0 ? `${link.unsettledCount} unsettled` : `no credit, ${link.unsettledCount} unsettled`;
    this.log.write(
      'ROUTER_CORE',
      LogLevel.Warning,
      `${consumer.context.label}[L${link.identity}] multicast ${address.key} has waited ${nowSeconds - since} s for its slowest consumer, ` +
        `link ${JSON.stringify(link.name)} of ${JSON.stringify(link.session.connection.remoteContainerId)} (${credit})`,
    );
  }

  get needsSeconds(): boolean {
    return (
      this.flowing.size > 0 || this.heldUp.size > 0 || this.lookAgain.size > 0 || (this.edge?.isExpecting ?? false)
    );
  }

  // --- drain -------------------------------------------------------------------------------------------------------

  /** Asks for all credit back; what is under way goes on. */
  drain(): void {
    this.isDraining = true;
    this.mesh?.drain();
    for (const producer of this.producers) if (!(producer.origin instanceof Peer)) producer.withdrawCredit();
  }

  /** Asks other routers for their credit, too. */
  withdrawFromPeers(): void {
    for (const producer of this.producers) if (producer.origin instanceof Peer) producer.withdrawCredit();
  }

  /** Sends a message of this router's own, settled, to whoever consumes `to`; it is lost when nobody can take it now. */
  sendToConsumer(to: string, bytes: Uint8Array): void {
    const address = this.addresses.find(to, 'ingress', -1);
    if (address === null || address === 'unavailable') return;
    const consumer = address.consumers.find((one) => one.link.canSend && one.busyWith === null);
    if (consumer?.fits(bytes.length)) consumer.link.send(bytes, 0, bytes.length, true, null, 0);
  }

  /** Takes every consumer its link, or those of clients only: what it had ends modified, what waits is released. Gives how many there were. */
  detachConsumers(error: ErrorInfo, ofClients = false): number {
    const consumers = [...this.consumers].filter(({ context }) => !ofClients || isOfClient(context));
    for (const { link } of consumers) link.fault(error);
    return consumers.length;
  }

  /** A client was asked for its credit and has not answered: it may send as long as it has some. */
  get hasCreditOut(): boolean {
    for (const { link, origin } of this.producers) if (origin === null && link.isDraining) return true;
    return false;
  }

  /** Nothing waits and no outcome is open. */
  get isQuiet(): boolean {
    if (this.flowing.size > 0 || this.orphanBytes > 0) return false;
    for (const { link } of this.producers) if (link.openCount > 0 || link.unsettledCount > 0) return false;
    return true;
  }
}

function isOfClient({ options: { role } }: ConnectionContext): boolean {
  return role === 'normal' || role === 'route-container';
}

function describeCause(cause: DetachCause): string {
  const error = cause.error === null ? '' : `: ${cause.error.condition} ${cause.error.description ?? ''}`;
  switch (cause.by) {
    case 'peer':
      return `${cause.closed ? 'closed' : 'detached'} by its peer${error}`;
    case 'loss':
      return `lost with its session${error}`;
    case 'fault':
      return `detached by us${error}`;
  }
}
