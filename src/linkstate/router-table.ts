// The link-state database: every other router that is known, its link state, and the paths that follow from all of them.
import { keepAliveTicks, routersMax } from './limits.ts';
import { isSamePeers, isWorse, LinkStateGraph, type Peers } from './link-state-graph.ts';
import { noPeers, RouterNode } from './router-node.ts';
import { Routes } from './routes.ts';

export class RouterTable {
  readonly ownId: string;
  readonly routes: Routes;
  /** Whether paths may lead over something that is gone. */
  isUrgent = false;
  #haveConfirmed = false;
  readonly #graph = new LinkStateGraph();
  #ownPeers: Peers = noPeers;
  readonly #nodes = new Map<string, RouterNode>();
  readonly #byIndex: (RouterNode | undefined)[] = [];

  constructor(ownId: string) {
    this.ownId = ownId;
    this.routes = new Routes(this.#graph, this.#graph.set(ownId, noPeers));
  }

  /** Whether {@link recompute} has something to do. */
  get isChanged(): boolean {
    return this.routes.isStale;
  }

  /** Asks every router anew as soon as there is a path to it. */
  wantAll(): void {
    for (const { linkState, mobile } of this.#nodes.values()) {
      linkState.want();
      mobile.want();
    }
  }

  /** Whether every router to which there is a path has told its link state and its addresses, but for those that do it unasked. */
  get isInformed(): boolean {
    if (this.isChanged) return false;
    for (const { nextHop, linkState, mobile } of this.#nodes.values())
      if (nextHop !== null && (linkState.isLacking || mobile.isLacking)) return false;
    return true;
  }

  get nodes(): ReadonlyMap<string, RouterNode> {
    return this.#nodes;
  }

  get(id: string): RouterNode | null {
    return this.#nodes.get(id) ?? null;
  }

  /** The router `id`, made known if it was not. Null when there are too many, and for ourselves. */
  learn(id: string, clock: number): RouterNode | null {
    const known = this.#nodes.get(id);
    if (known !== undefined) return known;
    if (id === this.ownId || this.#nodes.size >= routersMax) return null;
    const node = new RouterNode(id, this.#graph.set(id, noPeers), clock);
    this.#nodes.set(id, node);
    this.#byIndex[node.index] = node;
    return node;
  }

  /** Sets our own link state; nothing happens while it is the same object. */
  setOwnPeers(peers: Peers): void {
    if (this.#ownPeers === peers) return;
    this.#ownPeers = peers;
    this.isUrgent = true;
    this.#graph.set(this.ownId, peers);
  }

  /** Replaces the link state of a router. Gives the routers that became known by being named in it. */
  setPeers(node: RouterNode, peers: Peers, clock: number): RouterNode[] {
    const learned: RouterNode[] = [];
    for (const id of peers.keys()) {
      if (this.#nodes.has(id)) continue;
      const peer = this.learn(id, clock);
      if (peer !== null) learned.push(peer);
    }
    node.linkStateAt = clock;
    if (isSamePeers(node.peers, peers)) return learned;
    this.isUrgent ||= isWorse(node.peers, peers);
    node.peers = peers;
    this.#graph.set(node.id, peers);
    return learned;
  }

  /**
   * A router to which there was no path is a neighbour now. What it has told of its own neighbours dates from before: they may have lost it
   * as well, as those of a process that stood still have. So nobody goes through it before it has told anew.
   */
  doubtLinkState(node: RouterNode, clock: number): void {
    if (node.isReachable || node.peers.size === 0 || node.linkStateAt >= node.unreachableAt) return;
    this.setPeers(node, noPeers, clock);
    node.linkState.reset();
  }

  /** It has spoken: what is known of it is its own. */
  confirm(node: RouterNode): void {
    if (node.isConfirmed) return;
    node.isConfirmed = true;
    this.#haveConfirmed = true;
  }

  /** Whether any router was confirmed since the last call. */
  takeConfirmed(): boolean {
    const haveConfirmed = this.#haveConfirmed;
    this.#haveConfirmed = false;
    return haveConfirmed;
  }

  /**
   * Computes the paths anew if a link state has changed. Null when none has; else the routers to which there is a path now,
   * where there was none before.
   */
  recompute(clock: number): RouterNode[] | null {
    if (!this.routes.recompute()) return null;
    this.isUrgent = false;
    const appeared: RouterNode[] = [];
    for (const node of this.#nodes.values()) {
      const firstHop = this.routes.firstHop(node.index);
      const nextHop = firstHop < 0 ? null : (this.#byIndex[firstHop] as RouterNode);
      if (nextHop !== null && node.nextHop === null) appeared.push(node);
      if (nextHop === null && node.nextHop !== null) {
        node.unreachableAt = clock;
        node.isConfirmed = false;
      }
      node.nextHop = nextHop;
      node.cost = this.routes.cost(node.index);
      node.hops = this.routes.hops(node.index);
    }
    return appeared;
  }

  /**
   * Empties link states that were not renewed for `maxAgeMs`, and forgets routers for whose existence nothing has spoken for some
   * ticks: no link state, no neighbour, named by nobody. Gives the forgotten ones.
   */
  expire(clock: number, maxAgeMs: number): RouterNode[] {
    let areAllSpokenFor = true;
    for (const node of this.#nodes.values()) {
      if (clock - node.lastSeenAt > maxAgeMs && node.peers.size > 0) {
        this.setPeers(node, noPeers, clock);
        node.linkState.expire();
      }
      if (node.peers.size > 0 || node.connectionKey !== null) node.silentTicks = 0;
      else areAllSpokenFor = false;
    }
    if (areAllSpokenFor) return [];
    const named = this.#namedIds();
    const forgotten: RouterNode[] = [];
    for (const node of this.#nodes.values()) {
      if (node.peers.size > 0 || node.connectionKey !== null) continue;
      if (named.has(node.id)) node.silentTicks = 0;
      else if (++node.silentTicks > keepAliveTicks) forgotten.push(node);
    }
    for (const node of forgotten) this.#forget(node);
    return forgotten;
  }

  /** Every id that is named in a link state. Who has one himself is not asked about. */
  #namedIds(): Set<string> {
    const named = new Set<string>();
    for (const node of this.#nodes.values()) for (const id of node.peers.keys()) named.add(id);
    return named;
  }

  #forget(node: RouterNode): void {
    this.#nodes.delete(node.id);
    this.#byIndex[node.index] = undefined;
    this.#graph.delete(node.id);
    this.isUrgent = true;
    node.nextHop = null;
  }
}
