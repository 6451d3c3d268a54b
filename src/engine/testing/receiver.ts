// A link on which an Endpoint receives. Accepts what comes, or leaves it to the test.
import { type Attach, type DeliveryState, encodeState } from '../../amqp/performatives.ts';
import type { TransferFields } from '../../amqp/transfer.ts';
import { Writer } from '../../amqp/writer.ts';
import type { IncomingLink } from '../incoming-link.ts';
import type { DetachCause, IncomingLinkOwner } from '../owner.ts';
import type { Session } from '../session.ts';

export interface ReceiverOptions {
  readonly name?: string;
  readonly session?: Session;
  readonly attach?: Partial<Attach>;
  /** Deliveries that may be open. Default 100. */
  readonly credit?: number;
  /** Outcome that everything gets at once; null leaves it to the test. Default accepted. */
  readonly outcome?: number | null;
}

/** One delivery from the receiver's view. */
export interface Received {
  readonly id: number;
  /** Settled in its first frame. */
  readonly isPresettled: boolean;
  settled: boolean;
  bytes: Uint8Array;
  /** The last frame came. */
  isComplete: boolean;
  isAborted: boolean;
  /** Settled by us, or by the sender, or gone. */
  isDone: boolean;
}

export class Receiver implements IncomingLinkOwner {
  link: IncomingLink | null = null;
  attached: Attach | null = null;
  detached: DetachCause | null = null;
  readonly received: Received[] = [];
  outcome: number | null;
  readonly #credit: number;

  constructor(options: ReceiverOptions = {}) {
    this.#credit = options.credit ?? 100;
    this.outcome = options.outcome === undefined ? 0x24 : options.outcome;
  }

  begin(link: IncomingLink): void {
    this.link = link;
    if (this.#credit > 0) link.offerCredit(this.#credit);
  }

  /** Deliveries that came whole. */
  get complete(): Received[] {
    return this.received.filter(({ isComplete }) => isComplete);
  }

  /** Settles a delivery: 0x24 accepted … or a state with details. */
  settle(received: Received, outcome: number | DeliveryState): void {
    const link = this.link as IncomingLink;
    if (received.isDone || !link.isAttached) return;
    received.isDone = true;
    const ring = link.session.incoming;
    const slot = ring.find(received.id);
    if (slot < 0) return;
    ring.free(slot);
    if (typeof outcome === 'number') link.settle(received.id, outcome);
    else {
      const writer = new Writer(64);
      encodeState(writer, outcome);
      link.settleWithState(received.id, 0, writer.bytes, 0, writer.position);
    }
  }

  /** Tells a state and does not settle. */
  tell(received: Received, state: DeliveryState): void {
    const writer = new Writer(64);
    encodeState(writer, state);
    const { session } = this.link as IncomingLink;
    session.writeStateDisposition(true, received.id, false, writer.bytes, 0, writer.position);
  }

  settleAll(outcome = 0x24): void {
    for (const received of this.received) if (received.isComplete) this.settle(received, outcome);
  }

  handleTransfer(
    link: IncomingLink,
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: TransferFields,
    isFirst: boolean,
  ): void {
    if (isFirst) {
      const { deliveryId: id, deliverySettled: settled } = link;
      this.received.push({
        id,
        settled,
        isPresettled: settled,
        bytes: new Uint8Array(0),
        isComplete: false,
        isAborted: false,
        isDone: settled,
      });
    }
    const received = this.received.at(-1) as Received;
    if (fields.aborted) {
      received.isAborted = true;
      this.#end(link, received);
      return;
    }
    const whole = new Uint8Array(received.bytes.length + end - start);
    whole.set(received.bytes);
    whole.set(bytes.subarray(start, end), received.bytes.length);
    received.bytes = whole;
    received.settled = link.deliverySettled;
    if (fields.more) return;
    received.isComplete = true;
    if (received.settled) this.#end(link, received);
    else if (this.outcome !== null) this.settle(received, this.outcome);
  }

  /** Gives back the place of a delivery that needs no outcome from us, once. */
  #end(link: IncomingLink, received: Received): void {
    const ring = link.session.incoming;
    const slot = ring.find(received.id);
    if (slot >= 0) {
      ring.free(slot);
      link.unsettledCount--;
      link.releasePlace();
    } else if (received.isPresettled) link.releasePlace();
    received.isDone = true;
  }

  handleSettledBySender(link: IncomingLink, deliveryId: number, _slot: number): void {
    const received = this.received.find(({ id }) => id === deliveryId);
    if (received !== undefined) received.isDone = true;
    link.releasePlace();
  }

  handleAttached(link: IncomingLink, attach: Attach): void {
    this.link = link;
    this.attached = attach;
  }

  handleDetached(_link: IncomingLink, cause: DetachCause): void {
    if (this.detached !== null) throw new Error('a link is detached once');
    this.detached = cause;
  }
}
