// One connection, as the bytes at the router's door tell it. Nothing here asks the router anything.

import { readPerformativeCode } from '../../amqp/frames.ts';
import {
  type Attach,
  type Begin,
  Code,
  type Detach,
  decodePerformative,
  type Performative,
} from '../../amqp/performatives.ts';
import type { RouterConnection } from '../../router/router-connection.ts';
import { trunkCapacityMin } from '../limits.ts';
import type { SimulatedSocket, Tap } from '../machine/socket.ts';
import { FrameReader } from './frame-reader.ts';
import type { WitnessedLink } from './records.ts';
import type { Witness } from './witness.ts';
import { WitnessedSession } from './witnessed-session.ts';

export class WitnessedConnection implements Tap {
  readonly witness: Witness;
  readonly router: RouterConnection;
  readonly label: string;
  /** The peer is a router. */
  readonly isTrunk: boolean;
  /** One end is an edge router; and it is this one. */
  readonly isOfEdge: boolean;
  readonly isUplink: boolean;
  /** Nothing that the peer says counts any more. */
  isOver = false;
  /** What the router writes goes nowhere: its socket has ended, and it may not know that yet. */
  isDeaf = false;
  /** Of the deliveries in the write that is being read. */
  payloadBytes = 0;
  readonly #socket: () => SimulatedSocket;
  readonly #in = new FrameReader({ handleFrame: (...frame) => this.#frameIn(...frame) });
  readonly #out = new FrameReader({ handleFrame: (...frame) => this.#frameOut(...frame) });
  /** By the peer's channel, and by the router's. */
  readonly #byPeer = new Map<number, WitnessedSession>();
  readonly #byRouter = new Map<number, WitnessedSession>();
  readonly #sessions = new Set<WitnessedSession>();
  /** Live links by name and direction. */
  readonly #links = new Map<string, WitnessedLink>();

  constructor(witness: Witness, router: RouterConnection, socket: () => SimulatedSocket) {
    this.witness = witness;
    this.router = router;
    this.label = `${witness.name}C${router.id}`;
    const { role } = router.entity;
    this.isOfEdge = role === 'edge';
    this.isTrunk = role === 'inter-router' || this.isOfEdge;
    this.isUplink = this.isOfEdge && router.connection.options.isInitiator;
    this.#socket = socket;
  }

  /** Credit that its links have when nothing is open on them. */
  get capacity(): number {
    const { linkCapacity } = this.router.entity;
    return this.isTrunk ? Math.max(linkCapacity, trunkCapacityMin) : linkCapacity;
  }

  get sessions(): Iterable<WitnessedSession> {
    return this.#sessions;
  }

  fault(text: string): void {
    this.witness.breaches.report('wire', `${this.label}: ${text}`);
  }

  /** At the end of a turn. A router that ends a connection may be unable to say so: its last write may drain late, or never. */
  look(): void {
    if (!this.isDeaf && this.#socket().isEnded) this.isDeaf = true;
    const { hasOpened, connection } = this.router;
    if (!this.isOver && hasOpened && !connection.isOpened) this.#end();
  }

  // --- Tap ---------------------------------------------------------------------------------------------------------

  handleInput(bytes: Uint8Array): void {
    this.witness.noteBytes(this, 0, bytes);
    this.#in.read(bytes);
  }

  handleOutput(bytes: Uint8Array): void {
    this.witness.noteBytes(this, 1, bytes);
    this.payloadBytes = 0;
    this.#out.read(bytes);
    this.witness.handleWrite(this, this.payloadBytes);
  }

  handleClosed(reason: string): void {
    this.witness.note(this, `── closed: ${reason}`);
    this.isDeaf = true;
    this.#end();
    this.witness.connections.delete(this);
  }

  // --- links -------------------------------------------------------------------------------------------------------

  /** §2.6.1: a live link of the same name and direction is over with this. */
  addLink(link: WitnessedLink): void {
    const key = keyOf(link);
    const former = this.#links.get(key);
    if (former !== undefined) this.endLink(former);
    this.#links.set(key, link);
    this.witness.handleLink(link);
  }

  endLink(link: WitnessedLink): void {
    if (link.endedAt >= 0) return;
    link.end(this.witness.now);
    if (this.#links.get(keyOf(link)) === link) this.#links.delete(keyOf(link));
  }

  #end(): void {
    this.isOver = true;
    for (const session of this.#sessions) session.end();
    for (const link of [...this.#links.values()]) this.endLink(link);
  }

  // --- frames ------------------------------------------------------------------------------------------------------

  #frameIn(bytes: Uint8Array, start: number, end: number, channel: number): void {
    if (start === end || this.isOver) return;
    const code = readPerformativeCode(bytes, start, end);
    if (code !== Code.Transfer) this.witness.noteFrame(this, () => `─${channel}─▶`, bytes, start, end);
    if (code === Code.Begin) return this.#beginIn(decodePerformative(bytes, start, end) as Begin, channel);
    if (code === Code.Close) return this.#end();
    const session = this.#byPeer.get(channel);
    if (session === undefined) return;
    if (code === Code.End) {
      this.#byPeer.delete(channel);
      if (!session.isOver) session.owesEnd = true;
      session.end();
    } else if (!session.isOver) hearPeer(session, code, bytes, start, end);
  }

  #beginIn({ remoteChannel }: Begin, channel: number): void {
    const begun = remoteChannel === null ? new WitnessedSession(this) : this.#byRouter.get(remoteChannel);
    if (begun === undefined || (remoteChannel !== null && !this.isTrunk))
      return this.fault('a client answers a session that the router began');
    this.#byPeer.set(channel, begun);
    this.#sessions.add(begun);
  }

  #frameOut(bytes: Uint8Array, start: number, end: number, channel: number): void {
    if (start === end) return;
    const code = readPerformativeCode(bytes, start, end);
    if (code !== Code.Transfer) this.witness.noteFrame(this, () => `◀─${channel}─`, bytes, start, end);
    if (code === Code.Open) return;
    if (code === Code.Close) return this.#end();
    if (code === Code.Begin) {
      const { remoteChannel } = decodePerformative(bytes, start, end) as Begin;
      const session = this.#byPeer.get(remoteChannel ?? -1) ?? this.#begunByRouter(remoteChannel);
      if (session !== null) this.#byRouter.set(channel, session);
      return;
    }
    const session = this.#byRouter.get(channel);
    if (session === undefined) return this.fault(`a frame on channel ${channel}, where no session is`);
    if (code === Code.End) {
      this.#byRouter.delete(channel);
      this.#sessions.delete(session);
      session.owesEnd = false;
      session.end();
    } else hearRouter(session, code, bytes, start, end);
  }

  /** Between routers either begins. A session that the peer began and ended in one breath is answered all the same. */
  #begunByRouter(remoteChannel: number | null): WitnessedSession | null {
    if (remoteChannel === null && this.isTrunk) {
      const session = new WitnessedSession(this);
      this.#sessions.add(session);
      return session;
    }
    for (const session of this.#sessions) if (session.owesEnd) return session;
    this.fault(`the router begins a session, answering channel ${remoteChannel}`);
    return null;
  }
}

function keyOf(link: WitnessedLink): string {
  return `${link.isFromSender ? '<' : '>'}${link.name}`;
}

function hearPeer(session: WitnessedSession, code: number, bytes: Uint8Array, start: number, end: number): void {
  switch (code) {
    case Code.Transfer:
      return session.transferIn(bytes, start, end);
    case Code.Disposition:
      return session.dispositionIn(bytes, start, end);
    case Code.Flow:
      return session.links.flowIn(bytes, start, end);
    case Code.Attach:
      return session.links.attachIn(read<Attach>(bytes, start, end));
    case Code.Detach:
      return session.links.detachIn(read<Detach>(bytes, start, end));
  }
}

function hearRouter(session: WitnessedSession, code: number, bytes: Uint8Array, start: number, end: number): void {
  switch (code) {
    case Code.Transfer:
      return session.transferOut(bytes, start, end);
    case Code.Disposition:
      return session.dispositionOut(bytes, start, end);
    case Code.Flow:
      return session.links.flowOut(bytes, start, end);
    case Code.Attach:
      return session.links.attachOut(read<Attach>(bytes, start, end));
    case Code.Detach:
      return session.links.detachOut(read<Detach>(bytes, start, end));
    default:
      session.connection.fault(`the router sends performative 0x${code.toString(16)}`);
  }
}

function read<T extends Performative>(bytes: Uint8Array, start: number, end: number): T {
  return decodePerformative(bytes, start, end) as T;
}
