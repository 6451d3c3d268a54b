// A link on which an Endpoint sends. What has no credit waits here.
import type { Attach } from '../../amqp/performatives.ts';
import type { OutgoingLink } from '../outgoing-link.ts';
import type { DetachCause, OutgoingLinkOwner } from '../owner.ts';
import type { Session } from '../session.ts';

export interface SenderOptions {
  readonly name?: string;
  readonly session?: Session;
  readonly attach?: Partial<Attach>;
}

/** One delivery from the sender's view. */
export class Sent {
  readonly payload: Uint8Array;
  readonly settled: boolean;
  /** -1 while it waits for credit. */
  id = -1;
  /** Every word of the receiver: code of the state, 0 for none. */
  readonly outcomes: number[] = [];
  /** The state that came last. */
  state: Uint8Array | null = null;
  isSettled = false;

  constructor(payload: Uint8Array, settled: boolean) {
    this.payload = payload;
    this.settled = settled;
  }

  get outcome(): number | null {
    return this.outcomes.at(-1) ?? null;
  }
}

export class Sender implements OutgoingLinkOwner {
  link: OutgoingLink | null = null;
  attached: Attach | null = null;
  detached: DetachCause | null = null;
  readonly sent: Sent[] = [];
  /** Whether a state without settlement is answered by settling. */
  settlesStates = true;
  /** Credit that remains is given up when a drain is asked for and nothing waits. */
  drains = 0;
  /** Many libraries leave the answer to their application. */
  answersDrains = true;
  readonly #waiting: Sent[] = [];

  get credit(): number {
    return this.link?.credit ?? 0;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Sends now or when credit comes. */
  send(payload: Uint8Array, settled = false): Sent {
    const sent = new Sent(payload, settled);
    this.sent.push(sent);
    this.#waiting.push(sent);
    this.pump();
    return sent;
  }

  /** Sends what credit, window and room allow. */
  pump(): void {
    const { link } = this;
    while (link?.isAttached && this.#waiting.length > 0 && link.canSend) {
      const [sent] = this.#waiting as [Sent];
      const { payload, settled } = sent;
      if (link.framesOf(payload.length) > link.session.remoteIncomingWindow) return;
      this.#waiting.shift();
      sent.id = link.send(payload, 0, payload.length, settled || link.isPresettled, sent, 0);
      if (settled || link.isPresettled) sent.isSettled = true;
    }
  }

  /** Starts a delivery of several parts; nothing is checked. Returns how to go on. */
  start(settled = false): { readonly sent: Sent; part(bytes: Uint8Array, more: boolean): void; abort(): void } {
    const link = this.link as OutgoingLink;
    const sent = new Sent(new Uint8Array(0), settled);
    this.sent.push(sent);
    sent.id = link.begin(settled, sent, 0);
    let isFirst = true;
    return {
      sent,
      part: (bytes, more) => {
        const frame = link.openPart(sent.id, settled, isFirst, more);
        link.session.connection.output().append(bytes);
        link.closePart(frame);
        isFirst = false;
      },
      abort: () => link.abort(sent.id, settled),
    };
  }

  handleCredit(link: OutgoingLink): void {
    this.pump();
    if (this.answersDrains && link.isDraining && this.#waiting.length === 0) {
      this.drains++;
      link.giveUpCredit();
    }
  }

  handleOutcome(
    link: OutgoingLink,
    deliveryId: number,
    peer: object | null,
    _peerId: number,
    settled: boolean,
    outcome: number,
    bytes: Uint8Array,
    stateStart: number,
    stateEnd: number,
  ): void {
    const sent = peer as Sent;
    if (sent.isSettled) throw new Error(`delivery ${deliveryId} was settled before`);
    sent.outcomes.push(outcome);
    sent.state = bytes.slice(stateStart, stateEnd);
    if (settled) sent.isSettled = true;
    else if (this.settlesStates && outcome !== 0x23) {
      link.session.settleOutgoing(deliveryId, outcome);
      link.forget(deliveryId);
      sent.isSettled = true;
    }
  }

  handleAttached(link: OutgoingLink, attach: Attach): void {
    this.link = link;
    this.attached = attach;
  }

  handleDetached(_link: OutgoingLink, cause: DetachCause): void {
    if (this.detached !== null) throw new Error('a link is detached once');
    this.detached = cause;
  }
}
