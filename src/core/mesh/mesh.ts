// This router as one of many: wires the router protocol (src/linkstate), the connections to other routers, and the address table
// together. Where a message goes is decided in ../forward/.
//
//   HELLO, RA, LSU, MAU …  ◀─▶  LinkStateProtocol  ─▶  next hops, costs, valid origins   ─▶  addresses: remotes, hops
//   first, last consumer    ─▶                      ─▶  addresses of the other routers   ─▶  addresses: remotes
import { LinkStateProtocol } from '../../linkstate/link-state-protocol.ts';
import type { LinkStateMessage } from '../../linkstate/messages.ts';
import type { ConnectionKey, Destination, LinkStatePort } from '../../linkstate/port.ts';
import type { RemoteRouter } from '../../linkstate/router-node.ts';
import type { LinkStateSettings } from '../../linkstate/settings.ts';
import type { Address } from '../address.ts';
import type { ConnectionContext } from '../connection-context.ts';
import type { Core } from '../core.ts';
import { LogLevel, type LogModule } from '../log.ts';
import { LinkRoutes } from './link-routes.ts';
import { Peer } from './peer.ts';
import { RouterAddresses } from './router-addresses.ts';
import { RoutingTraffic } from './routing-traffic.ts';

export class Mesh implements LinkStatePort {
  readonly core: Core;
  readonly protocol: LinkStateProtocol;
  /** Connections to other routers, also those that only stand by. */
  readonly peers = new Set<Peer>();
  /** By the id of the router: its active connection. */
  readonly neighbours = new Map<string, Peer>();
  /** Counts the changes of next hops, costs and connections. */
  version = 0;
  /** While this router ends: addresses that it is the only one to serve. */
  readonly #kept = new Set<string>();
  readonly #routerAddresses: RouterAddresses;
  readonly #linkRoutes = new LinkRoutes();
  readonly #traffic = new RoutingTraffic(this);
  /** Addresses with deliveries that may find another way now. */
  #isWayChanged = false;

  constructor(core: Core, settings: LinkStateSettings, now: number) {
    this.core = core;
    this.protocol = new LinkStateProtocol(settings, this, now);
    this.#routerAddresses = new RouterAddresses(this);
  }

  get now(): number {
    return this.core.nowMs;
  }

  // --- connections -------------------------------------------------------------------------------------------------

  /** An inter-router connection is open. `isInitiator`: we dialled, so we attach. `cost`: the higher one of both ends. */
  connected(context: ConnectionContext, cost: number, isInitiator: boolean): Peer {
    const peer = new Peer(this, context, cost);
    this.peers.add(peer);
    if (isInitiator) peer.attachAll();
    return peer;
  }

  disconnected(peer: Peer): void {
    this.peers.delete(peer);
  }

  handlePeerUp(peer: Peer): void {
    this.protocol.connectionOpened(peer, peer.cost, this.now);
  }

  handlePeerLost(peer: Peer): void {
    this.protocol.connectionLost(peer, this.now);
  }

  /** Links to a neighbour came or went. */
  handleWayChanged(): void {
    this.#isWayChanged = true;
  }

  // --- the router protocol -----------------------------------------------------------------------------------------

  handleRoutingMessage(bytes: Uint8Array, from: Peer): void {
    this.#traffic.handle(bytes, from);
  }

  send(message: LinkStateMessage, destination: Destination): void {
    this.#traffic.send(message, destination);
  }

  neighbourUp(routerId: string, key: ConnectionKey, cost: number): void {
    this.neighbours.set(routerId, key as Peer);
    this.version++;
    this.#isWayChanged = true;
    this.log(
      LogLevel.Info,
      `${(key as Peer).context.label} Router ${routerId} is a neighbour, cost ${cost}`,
      'ROUTER_HELLO',
    );
  }

  neighbourLost(routerId: string): void {
    this.neighbours.delete(routerId);
    this.version++;
    this.#isWayChanged = true;
    this.log(LogLevel.Info, `Router ${routerId} is no neighbour any more`, 'ROUTER_HELLO');
  }

  routesChanged(): void {
    this.version++;
    this.#isWayChanged = true;
    this.#routerAddresses.handleRoutesChanged();
  }

  addressAdded(key: string, routerId: string, hint: number | null): void {
    const router = this.protocol.router(routerId);
    if (router === null) return;
    if (this.#linkRoutes.isOne(key)) {
      const warning = this.#linkRoutes.add(key, routerId);
      if (warning !== null) this.log(LogLevel.Warning, warning);
      return;
    }
    this.core.addresses.ofKey(key, hint)?.addRemote(router);
  }

  addressRemoved(key: string, routerId: string): void {
    if (this.#linkRoutes.isOne(key)) this.#linkRoutes.remove(key, routerId);
    else this.core.addresses.byKey(key)?.removeRemote(routerId);
  }

  routerRestarted(routerId: string): void {
    this.log(LogLevel.Info, `Router ${routerId} was started anew`, 'ROUTER_LS');
  }

  idConflict(_routerId: string, text: string): void {
    this.log(LogLevel.Critical, text, 'ROUTER_LS');
  }

  warn(text: string): void {
    this.log(LogLevel.Warning, text, 'ROUTER_LS');
  }

  log(level: LogLevel, text: string, module: LogModule = 'ROUTER_CORE'): void {
    if (this.core.log.enabled(module, level)) this.core.log.write(module, level, text);
  }

  // --- addresses ---------------------------------------------------------------------------------------------------

  /** The address of all that is at one other router, `_topo/0/<id>/…`; null when that router is not known. */
  addressOfRouter(id: string): Address | null {
    return this.#routerAddresses.find(id);
  }

  /** An address of class R was made for somebody who sends there. */
  handleRouterAddress(address: Address, id: string): void {
    this.#routerAddresses.add(address, id);
  }

  /** The address has its first consumer here. */
  handleFirstConsumer(address: Address): void {
    if (isTold(address)) this.protocol.addLocalAddress(address.key, hintOf(address));
  }

  /** It has lost its last one. */
  handleLastConsumer(address: Address): void {
    this.#kept.delete(address.key);
    if (isTold(address)) this.protocol.removeLocalAddress(address.key);
  }

  /** Whether `ingress`, at which a message entered the network (null: here), is a router that is known. */
  knowsOrigin(ingress: string | null): boolean {
    return ingress === null || this.protocol.router(ingress) !== null;
  }

  /** Whether a message that entered the network at `ingress` (null: here) may go on to `destination` from here. hot */
  isValidOrigin(ingress: string | null, destination: RemoteRouter): boolean {
    if (ingress === null) return true;
    const origin = this.protocol.router(ingress);
    return this.protocol.isValidOrigin(origin, destination);
  }

  // --- turns -------------------------------------------------------------------------------------------------------

  tick(now: number): void {
    this.protocol.tick(now);
  }

  get nextDeadline(): number {
    return this.protocol.nextDeadline;
  }

  /** Publishes what has changed in this turn; what waits looks for another way. */
  endTurn(now: number): void {
    this.protocol.endTurn(now);
    if (!this.#isWayChanged) return;
    this.#isWayChanged = false;
    for (const address of [...this.core.waitingAddresses]) address.pull();
  }

  // --- drain -------------------------------------------------------------------------------------------------------

  /**
   * Others go around this router. Addresses with consumers at edges stay until those are found over another router; those that nobody else
   * serves stay, too: what is on its way to them would have nowhere to go.
   */
  drain(): void {
    this.protocol.drain((key) => {
      const address = this.core.addresses.byKey(key);
      if (address === undefined || address.hasEdgeConsumers) return address !== undefined;
      if (!address.hasRemotes) this.#kept.add(key);
      return !address.hasRemotes;
    });
  }

  /** There are addresses that only this router serves, or has served before its consumers left. */
  get keepsAddresses(): boolean {
    for (const key of this.#kept) if (this.core.addresses.byKey(key)?.hasRemotes !== true) return true;
    return false;
  }

  /** Withdraws the addresses whose edges have gone over to another router, or all that are left; returns how many are left. */
  withdrawHandedOver(all: boolean): number {
    let left = 0;
    for (const address of this.core.addresses.all) {
      if (!isTold(address) || !address.hasEdgeConsumers) continue;
      if (all || address.hasRemotes) this.protocol.removeLocalAddress(address.key);
      else left++;
    }
    return left;
  }
}

function isTold(address: Address): boolean {
  return address.isMobile || address.key.startsWith('H');
}

/** Treatments as they are told to other routers. */
function hintOf({ distribution }: Address): number {
  return distribution === 'multicast' ? 1 : distribution === 'closest' ? 2 : 3;
}
