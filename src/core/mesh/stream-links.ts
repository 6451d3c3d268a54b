// Links to one other router (a neighbour, an edge, an edge's interior) that carry one long message at a time, so that it delays nobody
// else's. Each has a session of its own: a consumer that is slow stops its message by the session's window, and no other one. They are used
// again.
import type { Attach } from '../../amqp/performatives.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { DetachCause } from '../../engine/owner.ts';
import type { ConnectionContext } from '../connection-context.ts';
import type { Core } from '../core.ts';
import { cutThroughBytes } from '../limits.ts';
import { endDeliveries } from '../lost-link.ts';
import type { Outlet } from '../outlet.ts';
import { idleStreamsMax, streamsMax } from './limits.ts';
import { LinkToRouter } from './link-to-router.ts';
import { StreamPath } from './stream-path.ts';

export class StreamLinks {
  readonly core: Core;
  readonly #context: ConnectionContext;
  readonly #termini: () => Partial<Attach>;
  readonly #idle: StreamLink[] = [];
  #count = 0;
  #names = 0;
  /** The other router wants none, or not the session for it. */
  isRefused = false;

  /** @param termini by which the other router knows what the links are for */
  constructor(core: Core, context: ConnectionContext, termini: () => Partial<Attach>) {
    this.core = core;
    this.#context = context;
    this.#termini = termini;
  }

  /** A link for one long delivery that is to go where `outlet` leads. Null when there are too many. */
  open(outlet: Outlet): StreamPath | null {
    const stream =
      this.#takeIdle(({ isClear }) => isClear) ??
      this.#attach() ??
      this.#takeIdle(({ link }) => link.session.remoteIncomingWindow > 0);
    return stream?.take(outlet) ?? null;
  }

  #takeIdle(isFit: (stream: StreamLink) => boolean): StreamLink | null {
    const at = this.#idle.findLastIndex(isFit);
    return at < 0 ? null : (this.#idle.splice(at, 1)[0] as StreamLink);
  }

  #attach(): StreamLink | null {
    if (this.#count >= streamsMax) return null;
    const session = this.#context.connection.begin('none');
    if (session === null) return null;
    const stream = new StreamLink(this);
    const name = `${this.core.self.routerId}.stream-${++this.#names}`;
    const link = session.attachSender(name, stream, this.#termini());
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
  #isTaken = false;
  /** The other router has answered that it does not want this link. */
  isRefused = false;

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

  take(outlet: Outlet): StreamPath {
    this.#path = new StreamPath(outlet, this);
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

  /** An answer without termini refuses it, and its detach follows (§2.6.3). */
  handleAttached(_link: OutgoingLink, { target }: Attach): void {
    this.#isTaken = target !== null;
    this.isRefused = target === null;
  }

  handleDetached(link: OutgoingLink, _cause: DetachCause): void {
    if (!this.#isTaken) this.#all.isRefused = true;
    this.#all.handleLost(this);
    const path = this.#path;
    this.#path = null;
    path?.handleLost();
    endDeliveries(link, this.#all.core);
  }
}
