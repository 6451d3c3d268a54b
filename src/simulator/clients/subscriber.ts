// An application that receives: quick or slow, silent or talkative, from an address or a reply address of its own.
import { type Attach, Released, Source } from '../../amqp/performatives.ts';
import type { TransferFields } from '../../amqp/transfer.ts';
import { asText } from '../../amqp/values.ts';
import type { IncomingLink } from '../../engine/incoming-link.ts';
import type { DetachCause, IncomingLinkOwner } from '../../engine/owner.ts';
import type { Session } from '../../engine/session.ts';
import type { Random } from '../../kit/random.ts';
import type { Channel } from '../channel.ts';
import type { ContentChecker } from '../checkers/content.ts';
import type { Message } from '../messages.ts';
import { Actor } from './actor.ts';
import type { Client } from './client.ts';
import { Settling, type SettlingHabits } from './settling.ts';

export interface SubscriberOptions extends SettlingHabits {
  readonly name: string;
  readonly linkName: string;
  /** null: the router is to make up an address (§3.5.3 dynamic). */
  readonly channel: Channel | null;
  readonly credit: number;
  readonly isPresettled: boolean;
  /** Settling without a state means `released` instead of `modified`. */
  readonly defaultsToReleased: boolean;
  /** Mean time between two drains, 0 = none. */
  readonly drainEveryMs: number;
  readonly leaveEveryMs: number;
  readonly stealRate: number;
}

export class Subscriber extends Actor implements IncomingLinkOwner {
  readonly options: SubscriberOptions;
  /** The application behind it. */
  onMessage: ((message: Message) => void) | null = null;
  onAddress: ((address: string) => void) | null = null;
  readonly #content: ContentChecker;
  readonly #settling: Settling;
  #link: IncomingLink | null = null;
  #parts: Uint8Array[] = [];
  #isInMiddle = false;
  /** It has asked for its credit back, and has not got it. */
  #isDraining = false;

  constructor(client: Client, content: ContentChecker, random: Random, options: SubscriberOptions) {
    super(client, options.name, random, options.leaveEveryMs);
    this.options = options;
    this.#content = content;
    this.#settling = new Settling(client, random, options);
  }

  // --- state -------------------------------------------------------------------------------------------------------

  get link(): IncomingLink | null {
    return this.#link;
  }

  /** The router has answered its attach. */
  get isReceiving(): boolean {
    return this.#link?.isAttached === true || this.isRefused;
  }

  get isIdle(): boolean {
    return this.#settling.openCount === 0 && !this.#isInMiddle && !this.#isDraining;
  }

  describe(): string {
    const link = this.#link;
    const where = link === null ? 'not attached' : link.isAttached ? `credit ${link.credit}` : 'attach unanswered';
    const middle = this.#isInMiddle ? ', in the middle of a message' : '';
    const drain = this.#isDraining ? ', drain unanswered' : '';
    return `${this.name} (${where}): ${this.#settling.openCount} unsettled${middle}${drain}`;
  }

  // --- the link ----------------------------------------------------------------------------------------------------

  protected attach(session: Session): void {
    this.#link = session.attachReceiver(this.options.linkName, this, this.#makeAttach());
    this.#settling.reset(this.#link);
    this.#link?.offerCredit(this.options.credit);
    this.#planDrain();
  }

  #makeAttach(): Partial<Attach> {
    const { channel, isPresettled, isSecond, defaultsToReleased } = this.options;
    return {
      source: new Source({
        address: channel === null ? null : this.random.pick(channel.forms),
        dynamic: channel === null,
        defaultOutcome: defaultsToReleased ? new Released() : null,
      }),
      sndSettleMode: isPresettled ? 1 : this.random.pick([0, 2]),
      rcvSettleMode: isSecond ? 1 : 0,
    };
  }

  protected detach(): void {
    this.#link?.detach(null, this.random.chance(0.7));
  }

  protected forget(): void {
    this.#link = null;
    this.#settling.reset(null);
    this.#parts = [];
    this.#isInMiddle = false;
    this.#isDraining = false;
  }

  handleAttached(link: IncomingLink, attach: Attach): void {
    if (link !== this.#link || attach.source === null) return;
    if (this.stealNow(this.options.stealRate)) {
      this.forget();
      this.attach(link.session);
      return;
    }
    const address = asText(attach.source.address);
    if (address !== null) this.onAddress?.(address);
  }

  handleDetached(link: IncomingLink, cause: DetachCause): void {
    if (link === this.#link) this.handleGone(cause);
  }

  override calm(): void {
    super.calm();
    this.#settling.calm();
  }

  pump(): void {
    // What it does it does when messages come.
  }

  // --- what arrives ------------------------------------------------------------------------------------------------

  handleTransfer(
    link: IncomingLink,
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: TransferFields,
    isFirst: boolean,
  ): void {
    if (link !== this.#link) return;
    if (isFirst) this.#parts = [];
    this.#isInMiddle = fields.more && !fields.aborted;
    if (fields.aborted) return this.#aborted(link);
    this.#parts.push(bytes.slice(start, end));
    if (fields.more) return;
    const { deliveryId, deliverySettled } = link;
    const message = this.#content.receive(this.name, this.#parts);
    this.#parts = [];
    if (message !== null) this.onMessage?.(message);
    this.#settling.add(deliveryId, deliverySettled);
  }

  #aborted(link: IncomingLink): void {
    this.#content.receivePart(this.name, this.#parts);
    this.#parts = [];
    const { incoming } = link.session;
    const slot = incoming.find(link.deliveryId);
    if (slot >= 0) {
      incoming.free(slot);
      link.unsettledCount--;
    }
    link.releasePlace();
  }

  handleSettledBySender(link: IncomingLink, deliveryId: number): void {
    if (link === this.#link) this.#settling.handleSettledBySender(deliveryId);
  }

  // --- drain -------------------------------------------------------------------------------------------------------

  #planDrain(): void {
    const { drainEveryMs } = this.options;
    const link = this.#link;
    if (drainEveryMs === 0 || this.isCalm) return;
    this.client.after(this.random.between(1, drainEveryMs * 2), () => {
      if (link === null || link !== this.#link || this.isCalm) return;
      this.#drain(link);
      this.#planDrain();
    });
  }

  #drain(link: IncomingLink): void {
    if (!link.isAttached || link.credit === 0 || this.#isDraining) return;
    this.#isDraining = true;
    link.withdrawCredit();
    this.#watchDrain(link);
  }

  /** When the credit came back, or was used, it is offered again after a pause. */
  #watchDrain(link: IncomingLink): void {
    this.client.after(20, () => {
      if (link !== this.#link) return;
      if (link.credit > 0 || this.#isInMiddle) return this.#watchDrain(link);
      this.#isDraining = false;
      this.client.after(this.isCalm ? 0 : this.random.between(0, 300), () => {
        if (link === this.#link && !this.#isDraining) link.offerCredit(this.options.credit);
      });
    });
  }
}
