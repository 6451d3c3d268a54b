// What the messages of other routers change in what we know of them. Each follows the same steps: learn the router, judge its
// instance, compare sequences, and note what must be asked for. HELLO is in neighbours.ts.
import type { Correspondence } from './correspondence.ts';
import type { IdConflicts } from './id-conflicts.ts';
import { lateCopiesMs, wronglyListedMs } from './limits.ts';
import type {
  LinkStateRequest,
  LinkStateUpdate,
  MobileAddressRequest,
  MobileAddressUpdate,
  RouterAdvertisement,
} from './messages.ts';
import type { Neighbours } from './neighbours.ts';
import type { LinkStatePort } from './port.ts';
import type { RemoteAddresses } from './remote-addresses.ts';
import { noPeers, type RouterNode } from './router-node.ts';
import type { RouterTable } from './router-table.ts';
import type { Warnings } from './warnings.ts';

export class Reception {
  readonly #table: RouterTable;
  readonly #neighbours: Neighbours;
  readonly #addresses: RemoteAddresses;
  readonly #correspondence: Correspondence;
  readonly #conflicts: IdConflicts;
  readonly #port: LinkStatePort;
  readonly #warnings: Warnings;

  constructor(
    table: RouterTable,
    neighbours: Neighbours,
    addresses: RemoteAddresses,
    correspondence: Correspondence,
    conflicts: IdConflicts,
    port: LinkStatePort,
    warnings: Warnings,
  ) {
    this.#table = table;
    this.#neighbours = neighbours;
    this.#addresses = addresses;
    this.#correspondence = correspondence;
    this.#conflicts = conflicts;
    this.#port = port;
    this.#warnings = warnings;
  }

  handleRouterAdvertisement(ra: RouterAdvertisement, clock: number): void {
    const node = this.learn(ra.id, ra.pv, clock);
    if (node === null || !this.isCurrent(node, ra.instance, false, clock)) return;
    const { linkState, mobile } = node;
    if (ra.ls_seq < linkState.held && clock - node.linkStateAt > lateCopiesMs) {
      // Sequences grow as long as a router lives: this one was started anew within the same second.
      this.restart(node, clock);
    } else if (ra.mobile_seq < mobile.held && clock - node.addressesAt > lateCopiesMs) {
      this.#addresses.flush(node);
    }
    node.lastSeenAt = clock;
    this.#table.confirm(node);
    linkState.noteAdvertised(ra.ls_seq);
    mobile.noteAdvertised(ra.mobile_seq);
    mobile.isWanted = false;
    this.#correspondence.note(node);
    this.#lookForNamesake(node, clock);
  }

  handleLinkStateRequest(lsr: LinkStateRequest, clock: number): void {
    const node = this.learn(lsr.id, lsr.pv, clock);
    if (node === null) return;
    node.owedLinkState = true;
    this.#correspondence.note(node);
  }

  /**
   * @param isFlooded it came unasked. An RA follows it, which tells whether there are addresses; and whoever is new in it floods a link state
   *   as well, unless it is that of a neighbour: it may be all that we ever hear of the routers behind
   */
  handleLinkStateUpdate(lsu: LinkStateUpdate, isFlooded: boolean, clock: number): void {
    const node = this.learn(lsu.id, lsu.pv, clock);
    if (node === null || !this.isCurrent(node, lsu.instance, false, clock)) return;
    this.#table.confirm(node);
    const { linkState } = node;
    const sequence = lsu.ls.ls_seq;
    if (sequence > linkState.held) {
      node.lastSeenAt = clock;
      linkState.noteHeld(sequence);
      for (const learned of this.#table.setPeers(node, lsu.ls.peers, clock))
        this.#correspondence.expect(learned, clock);
    } else if (sequence === linkState.held) linkState.isWanted = false;
    if (isFlooded && node.connectionKey === null) this.#correspondence.expect(node, clock);
    else this.#seekPeers(node);
    this.#correspondence.note(node);
  }

  #seekPeers({ peers }: RouterNode): void {
    for (const id of peers.keys()) {
      const peer = this.#table.get(id);
      if (peer !== null) this.#correspondence.seek(peer);
    }
  }

  handleMobileAddressRequest(mar: MobileAddressRequest, ownSequence: number, clock: number): void {
    const node = this.learn(mar.id, mar.pv, clock);
    if (node === null || mar.have_seq >= ownSequence) return;
    node.owedAddresses = true;
    this.#correspondence.note(node);
  }

  handleMobileAddressUpdate(mau: MobileAddressUpdate, clock: number): void {
    const node = this.learn(mau.id, mau.pv, clock);
    if (node === null) return;
    this.#addresses.handleUpdate(node, mau, clock);
    this.#correspondence.note(node);
  }

  /** The router that a message is of, made known if it was not; null when there are too many. */
  learn(id: string, version: number, clock: number): RouterNode | null {
    const node = this.#table.learn(id, clock);
    if (node === null) this.#warnings.warn(`Router ${id} is ignored: too many routers are known`);
    else if (node.protocolVersion === null) node.protocolVersion = version;
    return node;
  }

  /** Whether a message of this instance counts. A new instance wipes what was known of the router. */
  isCurrent(node: RouterNode, instance: number, direct: boolean, clock: number): boolean {
    const verdict = this.#conflicts.judge(node, instance, direct, clock);
    if (verdict === 'restarted') this.restart(node, clock);
    return verdict !== 'ignored';
  }

  /** The connection to `node` is gone. If others told of a newer instance meanwhile, that is the one now. */
  handleNeighbourLost(node: RouterNode, clock: number): void {
    const { rival } = node;
    node.rival = null;
    if (rival === null || clock - rival.heardAt > wronglyListedMs) return;
    this.#conflicts.replace(node, rival.instance);
    this.restart(node, clock);
  }

  /** Forgets all that was known of a router and asks it anew. */
  restart(node: RouterNode, clock: number): void {
    this.#table.setPeers(node, noPeers, clock);
    node.linkState.reset();
    this.#addresses.flush(node);
    this.#neighbours.reconsider(node.id);
    this.#correspondence.note(node);
    this.#port.routerRestarted(node.id);
  }

  /**
   * A router that goes on saying that it is our neighbour, and is not, must be connected to another one with our id: routers keep
   * messages of an id away from whoever has it, so the namesake itself is never heard.
   */
  #lookForNamesake(node: RouterNode, clock: number): void {
    const { ownId } = this.#table;
    if (node.connectionKey !== null || !node.peers.has(ownId) || clock - node.notNeighbourAt < wronglyListedMs) return;
    if (clock - node.linkStateAt < wronglyListedMs) return;
    const text = `Router ${node.id} says that ${ownId} is its neighbour, but this router ${ownId} has no connection to it: two routers have this id`;
    this.#conflicts.report(ownId, text);
  }
}
