// Many LinkStateProtocol objects joined by queues: a network with nothing in it but the router protocol, under a simulated
// clock. What a core does with routing messages is done here in its plainest form: unicast along the next hops, floods to all
// neighbours as long as the protocol says so, both with a trace.
import { type DeadlineOwner, Deadlines } from '../../kit/deadlines.ts';
import { Fifo } from '../../kit/fifo.ts';
import type { Random } from '../../kit/random.ts';
import { LinkStateProtocol } from '../link-state-protocol.ts';
import type { LinkStateMessage, Opcode } from '../messages.ts';
import type { Destination, LinkStatePort } from '../port.ts';
import type { LinkStateSettings } from '../settings.ts';

interface Packet {
  readonly arrivesAt: number;
  readonly message: LinkStateMessage;
  readonly to: Destination;
  /** Ids of the routers that it has left. */
  readonly trace: readonly string[];
}

/** One direction of a connection; it is also the key by which the router at its beginning knows that connection. */
class Channel implements DeadlineOwner {
  deadlineAt = 0;
  deadlineIndex = -1;
  readonly packets = new Fifo<Packet>();
  readonly from: MeshRouter;
  readonly to: MeshRouter;
  readonly link: MeshLink;

  constructor(from: MeshRouter, to: MeshRouter, link: MeshLink) {
    this.from = from;
    this.to = to;
    this.link = link;
  }

  /** The other direction. */
  get back(): Channel {
    return (this.link.channels.find((channel) => channel !== this) as Channel) ?? this;
  }
}

export class MeshLink {
  readonly ends: readonly [MeshRouter, MeshRouter];
  readonly cost: number;
  readonly delayMs: number;
  /** Empty while the link is down. */
  channels: readonly Channel[] = [];
  /** While true the link swallows everything, and nobody is told. */
  isSilent = false;

  constructor(ends: readonly [MeshRouter, MeshRouter], cost: number, delayMs: number) {
    this.ends = ends;
    this.cost = cost;
    this.delayMs = delayMs;
  }

  get isUp(): boolean {
    return this.channels.length > 0;
  }
}

/** What a router of the mesh runs: the LinkStateProtocol, or a stand-in for another program's. */
export type Speaker = Pick<
  LinkStateProtocol,
  | 'instance'
  | 'connectionOpened'
  | 'connectionLost'
  | 'handleHello'
  | 'handleRa'
  | 'handleLsr'
  | 'handleLsu'
  | 'handleMau'
  | 'handleMar'
  | 'handleFlooded'
  | 'addLocalAddress'
  | 'removeLocalAddress'
  | 'drain'
  | 'nextDeadline'
  | 'tick'
  | 'endTurn'
  | 'routers'
  | 'router'
  | 'radius'
  | 'validOrigins'
> & {
  /** Whether it drops routing messages that came over more routers than its radius and one. */
  readonly heedsRadius?: boolean;
};

export type SpeakerMaker = (settings: LinkStateSettings, port: LinkStatePort, now: number) => Speaker;

export const weft: SpeakerMaker = (settings, port, now) => new LinkStateProtocol(settings, port, now);

export class MeshRouter implements DeadlineOwner, LinkStatePort {
  deadlineAt = 0;
  deadlineIndex = -1;
  readonly id: string;
  readonly mesh: Mesh;
  readonly settings: LinkStateSettings;
  protocol: Speaker;
  readonly #make: SpeakerMaker;
  isUp = true;
  readonly localAddresses = new Set<string>();
  readonly neighbours = new Map<string, Channel>();
  /** `<router> <key>` of every address that was reported. */
  readonly addresses = new Set<string>();
  readonly reports: string[] = [];
  routesChangedAt = 0;

  constructor(id: string, mesh: Mesh, make: SpeakerMaker) {
    this.id = id;
    this.mesh = mesh;
    this.#make = make;
    this.settings = { routerId: id, instance: 1_000 };
    this.protocol = make(this.settings, this, mesh.now);
  }

  /** Begins anew, with the same addresses. */
  start(instance: number): void {
    this.isUp = true;
    this.neighbours.clear();
    this.addresses.clear();
    this.protocol = this.#make({ ...this.settings, instance }, this, this.mesh.now);
    for (const key of this.localAddresses) this.protocol.addLocalAddress(key, 3);
  }

  send(message: LinkStateMessage, to: Destination): void {
    const packet = { message, to, trace: [this.id] };
    if (to.kind === 'connection') this.mesh.transfer(to.key as Channel, packet);
    else if (to.kind === 'flood') for (const channel of this.neighbours.values()) this.mesh.transfer(channel, packet);
    else this.#route(packet, to.id);
  }

  /** What a core does with a routing message that came in. */
  receive(packet: Packet, channel: Channel): void {
    const { message, to, trace } = packet;
    const onward = { message, to, trace: [...trace, this.id] };
    if (to.kind === 'connection') {
      this.protocol.handleHello(message, channel.back, this.mesh.now);
      return;
    }
    const isTooFar = this.protocol.heedsRadius === true && trace.length > this.protocol.radius + 1;
    if (isTooFar || trace.includes(this.id)) this.mesh.dropped++;
    else if (to.kind === 'router' && to.id !== this.id) this.#route(onward, to.id);
    else if (to.kind === 'router') this.#handle(message);
    else {
      const { opcode } = message;
      if (opcode !== 'RA' && opcode !== 'LSU' && opcode !== 'MAU') throw new Error(`${opcode} is never flooded`);
      if (!this.protocol.handleFlooded(opcode, message, trace.length, this.mesh.now)) return;
      for (const [id, neighbour] of this.neighbours) {
        if (!trace.includes(id)) this.mesh.transfer(neighbour, onward);
      }
    }
  }

  #handle(message: LinkStateMessage): void {
    const { protocol } = this;
    const { now } = this.mesh;
    if (message.opcode === 'RA') protocol.handleRa(message, now);
    else if (message.opcode === 'LSR') protocol.handleLsr(message, now);
    else if (message.opcode === 'LSU') protocol.handleLsu(message, now);
    else if (message.opcode === 'MAU') protocol.handleMau(message, now);
    else if (message.opcode === 'MAR') protocol.handleMar(message, now);
    else throw new Error('HELLO goes one hop');
  }

  #route(packet: Omit<Packet, 'arrivesAt'>, id: string): void {
    const channel = this.neighbours.get(this.protocol.router(id)?.nextHop?.id ?? '');
    if (channel === undefined) this.mesh.dropped++;
    else this.mesh.transfer(channel, packet);
  }

  neighbourUp(routerId: string, key: unknown): void {
    this.neighbours.set(routerId, key as Channel);
  }

  neighbourLost(routerId: string): void {
    if (!this.neighbours.delete(routerId)) throw new Error(`${routerId} was no neighbour`);
  }

  routesChanged(): void {
    this.routesChangedAt = this.mesh.now;
  }

  addressAdded(key: string, routerId: string): void {
    if (this.addresses.has(`${routerId} ${key}`)) throw new Error(`${key} at ${routerId} was added twice`);
    this.addresses.add(`${routerId} ${key}`);
  }

  addressRemoved(key: string, routerId: string): void {
    if (!this.addresses.delete(`${routerId} ${key}`)) throw new Error(`${key} at ${routerId} was never added`);
  }

  routerRestarted(routerId: string): void {
    this.reports.push(`${routerId} restarted`);
  }

  idConflict(_routerId: string, text: string): void {
    this.reports.push(text);
  }

  warn(text: string): void {
    this.reports.push(text);
  }
}

export class Mesh {
  now = 0;
  readonly routers = new Map<string, MeshRouter>();
  readonly links: MeshLink[] = [];
  /** Messages put on a link, by opcode; those of one flood count on every link. */
  readonly transfers = new Map<Opcode, number>();
  dropped = 0;
  readonly #due = new Deadlines<Channel | MeshRouter>();

  /** Routers `R0`, `R1`, … or with the given ids. Nothing connects them yet. */
  constructor(routers: number | readonly string[], make: (id: string) => SpeakerMaker = () => weft) {
    const ids = typeof routers === 'number' ? Array.from({ length: routers }, (_, at) => `R${at}`) : routers;
    for (const id of ids) {
      const router = new MeshRouter(id, this, make(id));
      this.routers.set(id, router);
      this.#due.set(router, 0);
    }
  }

  router(id: string): MeshRouter {
    return this.routers.get(id) as MeshRouter;
  }

  get transferCount(): number {
    return [...this.transfers.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Joins two routers. Several links between the same two are several connections. */
  link(a: string, b: string, cost = 1, delayMs = 1): MeshLink {
    const link = new MeshLink([this.router(a), this.router(b)], cost, delayMs);
    this.links.push(link);
    this.connect(link);
    return link;
  }

  /** A connected network of `links` links: a random tree and random links on top. */
  linkRandomly(links: number, random: Random, costMax = 3): void {
    const ids = [...this.routers.keys()];
    for (let at = 1; at < ids.length; at++) {
      this.link(ids[at] as string, ids[random.below(at)] as string, random.between(1, costMax), random.between(1, 5));
    }
    while (this.links.length < links) {
      const [a, b] = [random.pick(ids), random.pick(ids)];
      if (a !== b) this.link(a, b, random.between(1, costMax), random.between(1, 5));
    }
  }

  connect(link: MeshLink): void {
    const [a, b] = link.ends;
    if (link.isUp || !a.isUp || !b.isUp) return;
    link.isSilent = false;
    link.channels = [new Channel(a, b, link), new Channel(b, a, link)];
    for (const channel of link.channels) {
      channel.from.protocol.connectionOpened(channel, link.cost, this.now);
      this.#endTurn(channel.from);
    }
  }

  /** Cuts a link: what is under way on it is lost, and both ends notice. */
  cut(link: MeshLink): void {
    const { channels } = link;
    link.channels = [];
    for (const channel of channels) {
      this.#due.drop(channel);
      if (!channel.from.isUp) continue;
      channel.from.protocol.connectionLost(channel, this.now);
      this.#endTurn(channel.from);
    }
  }

  /** A router dies; the routers around it notice. */
  kill(router: MeshRouter): void {
    router.isUp = false;
    this.#due.drop(router);
    for (const link of this.links) if (link.ends.includes(router)) this.cut(link);
  }

  /** A dead router comes back, and with it its links to all routers that live; unless told, with a higher instance. */
  restart(router: MeshRouter, instance = router.protocol.instance + 1): void {
    router.start(instance);
    this.#due.set(router, this.now);
    for (const link of this.links) if (link.ends.includes(router)) this.connect(link);
  }

  addAddress(router: MeshRouter, key: string): void {
    router.localAddresses.add(key);
    router.protocol.addLocalAddress(key, 3);
    this.#endTurn(router);
  }

  removeAddress(router: MeshRouter, key: string): void {
    router.localAddresses.delete(key);
    router.protocol.removeLocalAddress(key);
    this.#endTurn(router);
  }

  drain(router: MeshRouter): void {
    router.protocol.drain();
    this.#endTurn(router);
  }

  #endTurn(router: MeshRouter): void {
    router.protocol.endTurn(this.now);
    if (router.isUp) this.#due.set(router, router.protocol.nextDeadline);
  }

  transfer(channel: Channel, packet: Omit<Packet, 'arrivesAt'>): void {
    const { opcode } = packet.message;
    this.transfers.set(opcode, (this.transfers.get(opcode) ?? 0) + 1);
    if (!channel.link.channels.includes(channel) || channel.link.isSilent) return;
    const arrivesAt = this.now + channel.link.delayMs;
    channel.packets.push({ ...packet, arrivesAt });
    if (channel.deadlineIndex < 0) this.#due.set(channel, arrivesAt);
  }

  /** Lets time pass. One turn of a router: everything that is due on one connection, or one tick. */
  run(forMs: number): void {
    const end = this.now + forMs;
    for (let due = this.#due.takeDue(end); due !== null; due = this.#due.takeDue(end)) {
      this.now = Math.max(this.now, due.deadlineAt);
      if (due instanceof MeshRouter) {
        due.protocol.tick(this.now);
        this.#endTurn(due);
      } else this.#deliver(due);
    }
    this.now = end;
  }

  #deliver(channel: Channel): void {
    const { packets, to } = channel;
    while ((packets.peek()?.arrivesAt ?? Number.POSITIVE_INFINITY) <= this.now) {
      const packet = packets.shift() as Packet;
      if (!channel.link.isSilent) to.receive(packet, channel);
    }
    const next = packets.peek();
    if (next !== undefined) this.#due.set(channel, next.arrivesAt);
    this.#endTurn(to);
  }
}
