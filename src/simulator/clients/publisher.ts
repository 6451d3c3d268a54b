// An application that sends: to one address, or over an anonymous link to whatever each message names.
//
//   orders ──credit, window, room──▶ the message under way (frame by frame) ──▶ unsettled ──outcome──▶ gone
import { type Attach, Target } from '../../amqp/performatives.ts';
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { DetachCause, OutgoingLinkOwner } from '../../engine/owner.ts';
import type { Session } from '../../engine/session.ts';
import type { Random } from '../../kit/random.ts';
import type { Message, MessageOrder, Messages } from '../messages.ts';
import type { Reach } from '../sites/reach.ts';
import { Actor } from './actor.ts';
import type { Client } from './client.ts';
import { type OrderOptions, Orders } from './orders.ts';

export interface PublisherOptions extends OrderOptions {
  readonly name: string;
  readonly linkName: string;
  readonly settles: 'never' | 'always' | 'sometimes';
  /** Frames are as small as it likes, and it takes its time between two of them. */
  readonly dawdles: boolean;
  /** Share of the messages that it gives up half-way, and that it settles itself before the outcome came. */
  readonly abortRate: number;
  readonly impatience: number;
  readonly leaveEveryMs: number;
  /** Share of its attaches after which it attaches the same name again at once. */
  readonly stealRate: number;
}

/** A message that was sent, or is being sent. */
interface Sent {
  readonly message: Message;
  readonly settled: boolean;
  deliveryId: number;
  at: number;
  /** After so many bytes it is given up; -1: it is not. */
  abortAt: number;
  /** It has its outcome, before all of it was sent. */
  isOver: boolean;
}

/** Enough to use up half of the usual credit, upon which more of it has to come. */
const probesMax = 260;

export class Publisher extends Actor implements OutgoingLinkOwner {
  readonly options: PublisherOptions;
  readonly #messages: Messages;
  readonly #orders: Orders;
  #link: OutgoingLink | null = null;
  #current: Sent | null = null;
  #isDawdling = false;
  readonly #unsettled = new Set<Sent>();

  constructor(client: Client, messages: Messages, random: Random, options: PublisherOptions) {
    super(client, options.name, random, options.leaveEveryMs);
    this.options = options;
    this.#messages = messages;
    this.#orders = new Orders(random, options);
    this.#orders.speak(client, () => this.pump());
  }

  /** What it has not begun by now it does not say any more, but for a little. */
  override calm(): void {
    this.#isDawdling = false;
    this.#orders.calm();
    super.calm();
  }

  // --- what it has to say ------------------------------------------------------------------------------------------

  order(order: MessageOrder): void {
    this.#orders.add(order);
    this.pump();
  }

  /** Small messages, more than it has credit for, which all have to get through. */
  probe(reach: Reach): void {
    if (this.#link === null || !this.isReachable(reach)) return;
    this.#orders.probe(Math.min(this.#link.credit + 5, probesMax));
    this.client.after(0, () => this.pump());
  }

  /** Whether somebody takes what it sends; on an anonymous link at least the router does. */
  isReachable(reach: Reach): boolean {
    const { isAnonymous, channels } = this.options;
    const [channel] = channels;
    if (isAnonymous) return true;
    return channel !== undefined && channel !== null && reach.isConsumedFrom(this.client.place, channel);
  }

  // --- state -------------------------------------------------------------------------------------------------------

  get isIdle(): boolean {
    return this.#orders.count === 0 && this.#current === null && this.#unsettled.size === 0;
  }

  /** Whether all that it has sent is settled: without a consumer there may be orders left. */
  get isSettled(): boolean {
    return this.#current === null && this.#unsettled.size === 0;
  }

  get link(): OutgoingLink | null {
    return this.#link;
  }

  describe(): string {
    const link = this.#link;
    const where = link === null ? 'not attached' : `credit ${link.credit}, window ${link.session.remoteIncomingWindow}`;
    const open = [...this.#unsettled].slice(0, 5).map(({ message }) => `m${message.id}`);
    const current = this.#current === null ? '' : `, in the middle of m${this.#current.message.id}`;
    return `${this.name} (${where}): ${this.#orders.count} to send, ${this.#unsettled.size} unsettled ${open.join(' ')}${current}`;
  }

  // --- the link ----------------------------------------------------------------------------------------------------

  protected attach(session: Session): void {
    const { channels, isAnonymous, settles, linkName } = this.options;
    const [channel] = channels;
    const address = isAnonymous || channel === undefined || channel === null ? null : this.random.pick(channel.forms);
    const more: Partial<Attach> = {
      target: new Target({ address }),
      sndSettleMode: settles === 'always' ? 1 : settles === 'never' && this.random.chance(0.5) ? 0 : 2,
    };
    this.#link = session.attachSender(linkName, this, more);
  }

  protected detach(): void {
    this.#link?.detach(null, this.random.chance(0.7));
  }

  protected forget(): void {
    this.#link = null;
    this.#current = null;
    this.#isDawdling = false;
    this.#unsettled.clear();
  }

  handleAttached(link: OutgoingLink, _attach: Attach): void {
    if (link !== this.#link || !this.stealNow(this.options.stealRate)) return;
    this.forget();
    this.attach(link.session);
  }

  handleDetached(link: OutgoingLink, cause: DetachCause): void {
    if (link === this.#link) this.handleGone(cause);
  }

  handleCredit(link: OutgoingLink): void {
    if (link === this.#link) this.pump();
  }

  // --- sending -----------------------------------------------------------------------------------------------------

  pump(): void {
    const link = this.#link;
    if (link?.isAttached !== true || this.#isDawdling) return;
    for (;;) {
      if (this.#current === null && !this.#begin(link)) break;
      if (!this.#goOn(link)) break;
    }
    this.#answerDrain(link);
  }

  /** Takes the next order, if it may begin. */
  #begin(link: OutgoingLink): boolean {
    const order = this.#orders.next;
    if (order === null || !link.canSend) return false;
    this.#orders.take();
    const { settles, abortRate } = this.options;
    const message = this.#messages.make(this.random, order);
    const settled = settles === 'always' || (settles === 'sometimes' && !this.isCalm && this.random.chance(0.5));
    const isGivenUp = !this.isCalm && this.random.chance(abortRate);
    const abortAt = isGivenUp ? this.random.below(message.bytes.length) : -1;
    const sent: Sent = { message, settled, deliveryId: 0, at: 0, abortAt, isOver: false };
    sent.deliveryId = link.begin(settled, sent, 0);
    this.#current = sent;
    return true;
  }

  /** Sends as much of the message under way as there is room for. False when it must wait. */
  #goOn(link: OutgoingLink): boolean {
    const sent = this.#current as Sent;
    const { session } = link;
    const { bytes } = sent.message;
    const isFirst = sent.at === 0;
    for (let first = isFirst; ; first = false) {
      if (session.remoteIncomingWindow <= 0 || !session.connection.hasRoom) return false;
      if (!first && sent.abortAt >= 0 && sent.at >= sent.abortAt) return this.#giveUp(link, sent);
      const end = Math.min(
        bytes.length,
        sent.at + this.#frameBytes(link),
        sent.abortAt > 0 ? sent.abortAt : bytes.length,
      );
      const isLast = end === bytes.length && sent.abortAt < 0;
      const frame = link.openPart(sent.deliveryId, sent.settled, first, !isLast);
      session.connection.output().append(bytes, sent.at, end);
      link.closePart(frame);
      sent.at = end;
      if (isLast) return this.#complete(sent);
      if (this.#dawdle()) return false;
    }
  }

  #frameBytes(link: OutgoingLink): number {
    if (!this.options.dawdles || this.random.chance(0.5)) return link.payloadRoom;
    return Math.min(link.payloadRoom, this.random.between(1, this.random.pick([50, 1_000, 20_000])));
  }

  /** True when it goes on only later. */
  #dawdle(): boolean {
    if (!this.options.dawdles || this.isCalm || this.random.chance(0.8)) return false;
    this.#isDawdling = true;
    this.client.after(this.random.pick([1, 30, 400, 4_000]), () => {
      this.#isDawdling = false;
      this.pump();
    });
    return true;
  }

  #complete(sent: Sent): boolean {
    this.#current = null;
    if (sent.settled || sent.isOver) return true;
    this.#unsettled.add(sent);
    if (this.isCalm || !this.random.chance(this.options.impatience)) return true;
    this.client.after(this.random.between(0, 500), () => {
      if (this.#unsettled.delete(sent)) this.#settle(sent, 0);
    });
    return true;
  }

  #giveUp(link: OutgoingLink, sent: Sent): boolean {
    this.#current = null;
    link.abort(sent.deliveryId, sent.settled);
    return true;
  }

  /** A drain is answered when nothing that is ordered can still use the credit. */
  #answerDrain(link: OutgoingLink): void {
    if (link.isDraining && (this.#orders.count === 0 || link.credit === 0)) link.giveUpCredit();
  }

  // --- outcomes ----------------------------------------------------------------------------------------------------

  handleOutcome(
    link: OutgoingLink,
    _deliveryId: number,
    peer: object | null,
    _peerId: number,
    settled: boolean,
    outcome: number,
  ): void {
    const sent = peer as Sent;
    if (link !== this.#link) return;
    if (settled) {
      this.#unsettled.delete(sent);
      // The rest need not be sent any more; but it must end somehow.
      sent.isOver = true;
      if (sent === this.#current && this.random.chance(0.5)) sent.abortAt = 0;
    } else if (outcome >= 0x24 && outcome <= 0x27 && this.#unsettled.delete(sent)) this.#settle(sent, outcome);
  }

  #settle(sent: Sent, outcome: number): void {
    const link = this.#link as OutgoingLink;
    link.session.settleOutgoing(sent.deliveryId, outcome);
    link.forget(sent.deliveryId);
  }
}
