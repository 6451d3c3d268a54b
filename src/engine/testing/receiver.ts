// A link on which an Endpoint receives. Accepts what comes, or leaves it to the test.
import { type Attach, type DeliveryState, encodeState } from '../../amqp/performatives.ts';
import type { TransferFields } from '../../amqp/transfer.ts';
import { Writer } from '../../amqp/writer.ts';
import type { IncomingLink } from '../incoming-link.ts';
import type { DetachCause, IncomingLinkOwner } from '../owner.ts';
import type { Session } from '../session.ts';
import { concat } from './wire.ts';

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
export class Received {
  readonly id: number;
  /** Settled in its first frame. */
  readonly isPresettled: boolean;
  settled: boolean;
  /** The last frame came. */
  isComplete = false;
  isAborted = false;
  /** Settled by us, or by the sender, or gone. */
  isDone: boolean;
  #parts: Uint8Array[] = [];

  constructor(id: number, settled: boolean) {
    this.id = id;
    this.isPresettled = this.settled = this.isDone = settled;
  }

  append(part: Uint8Array): void {
    this.#parts.push(part);
  }

  /** What came of it so far. */
  get bytes(): Uint8Array {
    if (this.#parts.length !== 1) this.#parts = [concat(...this.#parts)];
    return this.#parts[0] as Uint8Array;
  }
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
      const state = encoded(outcome);
      link.settleWithState(received.id, 0, state, 0, state.length);
    }
  }

  /** Settles a delivery that may not have come to its end, at once: our engine would wait for that, others do not. */
  settleEarly(received: Received, outcome: number): void {
    const link = this.link as IncomingLink;
    if (received.isComplete) return this.settle(received, outcome);
    const ring = link.session.incoming;
    const slot = ring.find(received.id);
    if (received.isDone || slot < 0) return;
    received.isDone = true;
    ring.free(slot);
    link.unsettledCount--;
    link.releasePlace();
    link.session.queueDisposition(received.id, outcome);
  }

  /** Tells a state and does not settle. */
  tell(received: Received, state: DeliveryState): void {
    const bytes = encoded(state);
    (this.link as IncomingLink).session.writeStateDisposition(true, received.id, false, bytes, 0, bytes.length);
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
    if (isFirst) this.received.push(new Received(link.deliveryId, link.deliverySettled));
    const received = this.received.at(-1) as Received;
    if (fields.aborted) {
      received.isAborted = true;
      this.#end(link, received);
      return;
    }
    received.append(bytes.slice(start, end));
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

function encoded(state: DeliveryState): Uint8Array {
  const writer = new Writer(64);
  encodeState(writer, state);
  return writer.written();
}
