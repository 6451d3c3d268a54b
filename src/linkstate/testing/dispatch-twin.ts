// A router that follows Dispatch's rules of the router protocol to the letter, tick-driven and trusting as they are: to see that
// the two kinds find their way together. Times in milliseconds; every message is sent at once.

import type { Peers } from '../link-state-graph.ts';
import type {
  Hello,
  LinkStateUpdate,
  MobileAddressRequest,
  MobileAddressUpdate,
  RouterAdvertisement,
} from '../messages.ts';
import type { ConnectionKey, LinkStatePort } from '../port.ts';
import type { RemoteRouter } from '../router-node.ts';
import { noPeers } from '../router-node.ts';
import type { LinkStateSettings } from '../settings.ts';
import type { Speaker } from './mesh.ts';
import { type PlainRoutes, plainRoutes } from './plain-paths.ts';

class TwinNode {
  readonly id: string;
  instance: number | null;
  peers: Peers = noPeers;
  lsSeq = 0;
  lastSeen = 0;
  refreshedAt = 0;
  link: ConnectionKey | null = null;
  nextHop: TwinNode | null = null;
  mobileSeq = 0;
  needsLsr = true;
  needsMar = false;
  marIsOut = false;
  keepAlive = 0;
  readonly addresses = new Set<string>();

  constructor(id: string, instance: number | null) {
    this.id = id;
    this.instance = instance;
  }

  get isReachable(): boolean {
    return this.link !== null || this.nextHop !== null;
  }
}

export class DispatchTwin implements Speaker {
  readonly heedsRadius = true;
  readonly instance: number;
  radius = 0;
  nextDeadline: number;
  readonly #id: string;
  readonly #port: LinkStatePort;
  readonly #connections = new Map<ConnectionKey, number>();
  readonly #hellos = new Map<string, number>();
  readonly #nodes = new Map<string, TwinNode>();
  readonly #peers = new Map<string, number>();
  #lsSeq = 0;
  #isChanged = false;
  #mustCompute = false;
  #changedAt = Number.NEGATIVE_INFINITY;
  #lastRaAt = Number.NEGATIVE_INFINITY;
  #routes: PlainRoutes | null = null;
  readonly #local = new Set<string>();
  #published = new Set<string>();
  #mobileSeq = 0;

  constructor(settings: LinkStateSettings, port: LinkStatePort, now: number) {
    this.#id = settings.routerId;
    this.instance = settings.instance;
    this.#port = port;
    this.nextDeadline = now;
  }

  connectionOpened(key: ConnectionKey, cost: number): void {
    this.#connections.set(key, cost);
  }

  connectionLost(key: ConnectionKey): void {
    this.#connections.delete(key);
    for (const node of this.#nodes.values()) if (node.link === key) this.#unlink(node);
  }

  handleHello(body: object, key: ConnectionKey, now: number): void {
    const hello = body as Hello;
    if (hello.id === this.#id) return;
    this.#hellos.set(hello.id, now);
    if (!hello.seen.includes(this.#id)) return;
    const node = this.#learn(hello.id, hello.instance);
    if (node.link !== key) {
      node.link = key;
      node.nextHop = null;
      node.needsLsr = true;
      if (!this.#peers.has(hello.id)) {
        this.#peers.set(hello.id, this.#connections.get(key) as number);
        this.#isChanged = true;
      }
      this.#port.neighbourUp(hello.id, key, this.#connections.get(key) as number);
    }
    node.refreshedAt = now;
    this.#updateInstance(node, hello.instance);
  }

  handleRa(body: object, now: number): void {
    const ra = body as RouterAdvertisement;
    if (ra.id === this.#id) return;
    const node = this.#learn(ra.id, ra.instance);
    this.#updateInstance(node, ra.instance);
    node.lastSeen = now;
    if (node.lsSeq < ra.ls_seq) this.#send('LSR', {}, ra.id);
    if (node.mobileSeq < ra.mobile_seq) node.needsMar = true;
  }

  handleLsr(body: object): void {
    const { id } = body as { id: string };
    if (id === this.#id) return;
    this.#learn(id, null);
    const ls = { id: this.#id, area: '0', ls_seq: this.#lsSeq, peers: new Map(this.#peers) };
    this.#send('LSU', { instance: this.instance, ls_seq: this.#lsSeq, ls }, id);
  }

  handleLsu(body: object, now: number): void {
    const lsu = body as LinkStateUpdate;
    if (lsu.id === this.#id) return;
    const node = this.#learn(lsu.id, lsu.instance);
    if (lsu.ls.ls_seq <= node.lsSeq) return;
    node.lsSeq = lsu.ls.ls_seq;
    node.peers = lsu.ls.peers;
    node.lastSeen = now;
    this.#mustCompute = true;
    for (const id of node.peers.keys()) if (id !== this.#id) this.#learn(id, null);
  }

  handleMau(body: object): void {
    const mau = body as MobileAddressUpdate;
    const node = this.#nodes.get(mau.id);
    if (node === undefined) return;
    if (!('exist' in mau) && node.mobileSeq !== mau.mobile_seq - 1) {
      if (!node.marIsOut) this.#send('MAR', { have_seq: node.mobileSeq }, node.id);
      node.marIsOut = true;
      return;
    }
    node.marIsOut = false;
    node.mobileSeq = mau.mobile_seq;
    if ('exist' in mau) for (const key of node.addresses) if (!mau.exist.includes(key)) this.#map(node, key, false);
    for (const key of 'exist' in mau ? mau.exist : mau.add) this.#map(node, key, true);
    for (const key of 'exist' in mau ? [] : mau.del) this.#map(node, key, false);
  }

  handleMar(body: object): void {
    const mar = body as MobileAddressRequest;
    if (!this.#nodes.has(mar.id) || mar.have_seq >= this.#mobileSeq) return;
    const exist = [...this.#published];
    this.#send('MAU', { mobile_seq: this.#mobileSeq, exist, hints: exist.map(() => 3) }, mar.id);
  }

  handleFlooded(opcode: 'RA' | 'LSU' | 'MAU', body: object, _hops: number, now: number): boolean {
    if (opcode === 'RA') this.handleRa(body, now);
    else if (opcode === 'LSU') this.handleLsu(body, now);
    else this.handleMau(body);
    return true;
  }

  addLocalAddress(key: string): void {
    this.#local.add(key);
  }

  removeLocalAddress(key: string): void {
    this.#local.delete(key);
  }

  drain(): void {}

  endTurn(): void {}

  tick(now: number): void {
    if (now < this.nextDeadline) return;
    this.nextDeadline += 1_000;
    for (const [id, at] of this.#hellos) if (now - at > 3_000) this.#hellos.delete(id);
    const hello = { instance: this.instance, seen: [...this.#hellos.keys()] };
    for (const key of this.#connections.keys()) {
      const message = { opcode: 'HELLO', ...this.#common(), ...hello } as Hello;
      this.#port.send(message, { kind: 'connection', key });
    }
    if (now - this.#lastRaAt >= (now - this.#changedAt <= 8_000 ? 4_000 : 30_000)) this.#sendRa(now);
    this.#expire(now);
    if (this.#isChanged || this.#mustCompute) this.#changedAt = now;
    const isChanged = this.#isChanged;
    this.#isChanged = false;
    if (isChanged) this.#lsSeq++;
    if (isChanged || this.#mustCompute) this.#compute();
    for (const node of this.#nodes.values()) this.#request(node);
    if (isChanged) this.#sendRa(now);
    this.#syncAddresses(now);
  }

  get routers(): ReadonlyMap<string, RemoteRouter> {
    return new Map();
  }

  router(id: string): RemoteRouter | null {
    const node = this.#nodes.get(id);
    if (node === undefined || !node.isReachable) return null;
    return { id, nextHop: node.nextHop ?? node } as unknown as RemoteRouter;
  }

  validOrigins(destination: RemoteRouter): string[] {
    return [...(this.#routes?.validOrigins.get(destination.id) ?? [])];
  }

  #learn(id: string, instance: number | null): TwinNode {
    const node = this.#nodes.get(id) ?? new TwinNode(id, instance);
    this.#nodes.set(id, node);
    return node;
  }

  #updateInstance(node: TwinNode, instance: number): void {
    if (node.instance === null) node.instance = instance;
    if (node.instance === instance) return;
    node.instance = instance;
    node.peers = noPeers;
    node.lsSeq = 0;
    this.#flush(node);
    node.needsLsr = true;
    this.#mustCompute = true;
  }

  #unlink(node: TwinNode): void {
    node.link = null;
    this.#port.neighbourLost(node.id);
    if (this.#peers.delete(node.id)) this.#isChanged = true;
  }

  #expire(now: number): void {
    for (const node of [...this.#nodes.values()]) {
      if (node.link !== null && now - node.refreshedAt > 3_000) this.#unlink(node);
      if (now - node.lastSeen > 60_000 && node.peers.size > 0) {
        node.peers = noPeers;
        node.lsSeq = 0;
        this.#mustCompute = true;
      }
      if (node.peers.size > 0 || node.link !== null) continue;
      const isNamed = [...this.#nodes.values()].some((other) => other !== node && other.peers.has(node.id));
      if (isNamed || ++node.keepAlive <= 2) continue;
      this.#flush(node);
      this.#nodes.delete(node.id);
    }
  }

  #compute(): void {
    this.#mustCompute = false;
    const states = new Map<string, Peers>([[this.#id, this.#peers]]);
    for (const node of this.#nodes.values()) states.set(node.id, node.peers);
    this.#routes = plainRoutes(this.#id, states);
    this.radius = this.#routes.radius;
    for (const [id, hop] of this.#routes.nextHops) {
      const node = this.#nodes.get(id) as TwinNode;
      node.nextHop = id === hop ? null : (this.#nodes.get(hop) as TwinNode);
    }
    this.#port.routesChanged();
  }

  #request(node: TwinNode): void {
    if (!node.isReachable) return;
    if (node.needsLsr) this.#send('LSR', {}, node.id);
    if (node.needsMar) this.#send('MAR', { have_seq: node.mobileSeq }, node.id);
    node.needsLsr = false;
    node.needsMar = false;
  }

  #syncAddresses(now: number): void {
    const add = [...this.#local].filter((key) => !this.#published.has(key));
    const del = [...this.#published].filter((key) => !this.#local.has(key));
    if (add.length + del.length === 0) return;
    this.#published = new Set(this.#local);
    this.#mobileSeq++;
    this.#send('MAU', { mobile_seq: this.#mobileSeq, hints: add.map(() => 3), add, del }, null);
    this.#sendRa(now);
  }

  #map(node: TwinNode, key: string, isThere: boolean): void {
    if (isThere === node.addresses.has(key)) return;
    if (isThere) node.addresses.add(key);
    else node.addresses.delete(key);
    if (isThere) this.#port.addressAdded(key, node.id, null);
    else this.#port.addressRemoved(key, node.id);
  }

  #flush(node: TwinNode): void {
    node.mobileSeq = 0;
    for (const key of [...node.addresses]) this.#map(node, key, false);
  }

  #sendRa(now: number): void {
    this.#lastRaAt = now;
    this.#send('RA', { instance: this.instance, ls_seq: this.#lsSeq, mobile_seq: this.#mobileSeq }, null);
  }

  /** @param id null for a flood */
  #send(opcode: string, fields: object, id: string | null): void {
    const message = { opcode, ...this.#common(), ...fields } as LinkStateUpdate;
    this.#port.send(message, id === null ? { kind: 'flood' } : { kind: 'router', id });
  }

  #common() {
    return { id: this.#id, pv: 1, area: '0' as const };
  }
}
