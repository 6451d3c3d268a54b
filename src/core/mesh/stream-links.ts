// Links to one neighbour that carry one long message at a time, so that it delays nobody else's. Each has a session of its own:
// a consumer that is slow stops its message by the session's window, and no other one. They are used again.
import type { Attach } from '../../amqp/performatives.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { DetachCause } from '../../engine/owner.ts';
import type { Core } from '../core.ts';
import { cutThroughBytes } from '../limits.ts';
import { endDeliveries } from '../lost-link.ts';
import type { Outlet } from '../outlet.ts';
import { idleStreamsMax, streamsMax } from './limits.ts';
import { LinkToRouter } from './link-to-router.ts';
import type { Peer } from './peer.ts';
import { dataTermini } from './termini.ts';
import { StreamPath, type Way } from './way.ts';

export class StreamLinks {
  readonly #peer: Peer;
  readonly #idle: StreamLink[] = [];
  #count = 0;
  #names = 0;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  get core(): Core {
    return this.#peer.core;
  }

  /** A link for one long delivery. Null when there are too many. */
  open(way: Way): StreamPath | null {
    const stream =
      this.#takeIdle(({ isClear }) => isClear) ??
      this.#attach() ??
      this.#takeIdle(({ link }) => link.session.remoteIncomingWindow > 0);
    return stream?.take(way) ?? null;
  }

  #takeIdle(isFit: (stream: StreamLink) => boolean): StreamLink | null {
    const at = this.#idle.findLastIndex(isFit);
    return at < 0 ? null : (this.#idle.splice(at, 1)[0] as StreamLink);
  }

  #attach(): StreamLink | null {
    if (this.#count >= streamsMax) return null;
    const session = this.#peer.context.connection.begin();
    if (session === null) return null;
    const stream = new StreamLink(this);
    const link = session.attachSender(this.#peer.linkName(`stream-${++this.#names}`), stream, dataTermini());
    if (link === null) return null;
    stream.link = link;
    this.#count++;
    return stream;
  }

  /** It has nothing to send any more. */
  giveBack(stream: StreamLink): void {
    if (!stream.link.isAttached) return;
    this.#idle.push(stream);
    this.handleSettled(stream);
  }

  /** Of those that nobody uses, and that have nothing unsettled, a few are kept. */
  handleSettled(stream: StreamLink): void {
    const at = this.#idle.indexOf(stream);
    if (at < 0 || stream.link.unsettledCount > 0) return;
    if (this.#idle.filter(({ link }) => link.unsettledCount === 0).length <= idleStreamsMax) return;
    this.#idle.splice(at, 1);
    this.#count--;
    stream.link.detach(null);
    stream.link.session.end(null);
  }

  handleLost(stream: StreamLink): void {
    this.#count--;
    const at = this.#idle.indexOf(stream);
    if (at >= 0) this.#idle.splice(at, 1);
  }
}

export class StreamLink extends LinkToRouter {
  readonly #all: StreamLinks;
  link!: OutgoingLink;
  #path: StreamPath | null = null;

  constructor(all: StreamLinks) {
    super();
    this.#all = all;
  }

  /**
   * Nothing that went over it is in the way of what goes over it next: what the neighbour holds keeps the window of the session shut,
   * until its consumer takes it.
   */
  get isClear(): boolean {
    const { link } = this;
    return link.unsettledCount === 0 && link.session.remoteIncomingWindow >= link.framesOf(cutThroughBytes);
  }

  protected override get busy(): Outlet | null {
    return this.#path;
  }

  take(way: Way): StreamPath {
    this.#path = new StreamPath(way, this);
    return this.#path;
  }

  free(): void {
    this.#path = null;
    this.#all.giveBack(this);
  }

  handleCredit(link: OutgoingLink): void {
    this.#path?.handleCredit();
    if (link.isDraining) link.giveUpCredit();
  }

  override handleOutcome(
    link: OutgoingLink,
    deliveryId: number,
    peer: object | null,
    peerId: number,
    settled: boolean,
    outcome: number,
    bytes: Uint8Array,
    stateStart: number,
    stateEnd: number,
  ): void {
    super.handleOutcome(link, deliveryId, peer, peerId, settled, outcome, bytes, stateStart, stateEnd);
    if (link.unsettledCount === 0) this.#all.handleSettled(this);
  }

  handleAttached(_link: OutgoingLink, _attach: Attach): void {
    // Credit says that it is there.
  }

  handleDetached(link: OutgoingLink, _cause: DetachCause): void {
    this.#all.handleLost(this);
    const path = this.#path;
    this.#path = null;
    path?.handleLost();
    endDeliveries(link, this.#all.core);
  }
}
