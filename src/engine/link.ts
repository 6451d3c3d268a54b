// A link (§2.6): what its two ends have in common. IncomingLink receives, OutgoingLink sends.
//
//   peer attaches:   Attaching ──accept──▶ Attached ──detach either way──▶ Detached
//   we attach:       Attaching ──peer's attach──▶ Attached
//   after our own detach frames of the peer that crossed it are dropped until its answer: Detaching
import { Attach, type Coordinator, Detach, type ErrorInfo, type Source, type Target } from '../amqp/performatives.ts';
import type { IncomingLink } from './incoming-link.ts';
import type { OutgoingLink } from './outgoing-link.ts';
import type { DetachCause } from './owner.ts';
import type { Session } from './session.ts';
import { SettleRate } from './settle-rate.ts';
import type { UnsettledRing } from './unsettled-ring.ts';

export const LinkState = { Attaching: 0, Attached: 1, Detaching: 2, Detached: 3 } as const;
export type LinkState = (typeof LinkState)[keyof typeof LinkState];

export type { IncomingLink, OutgoingLink };
export type Link = IncomingLink | OutgoingLink;

/** What both ends have in common. Counters are what management shows. */
export abstract class LinkEnd {
  readonly session: Session;
  readonly name: string;
  /** By which management knows it; never given again. */
  readonly identity: number;
  /** Our handle. */
  readonly handle: number;
  /** The peer's handle, -1 until its attach came. */
  remoteHandle = -1;
  state: LinkState = LinkState.Attaching;
  /** Our attach went out first; the peer's is the answer. */
  readonly isInitiator: boolean;
  /** §2.8.2, §2.8.3: mixed and first unless the attach says otherwise. */
  senderSettleMode = 2;
  receiverSettleMode = 0;
  /** Int32 serial (§2.6.7). */
  deliveryCount = 0;
  /** Messages that the sender may still send. */
  credit = 0;
  /** Since when there is no credit (monotonic ms), -1 while there is some. */
  zeroCreditSinceMs: number;
  /** How long there was none before that. */
  #zeroCreditMs = 0;
  /** Deliveries whose outcome is open. */
  unsettledCount = 0;
  /** Queued in the session for a flow at the end of the turn. */
  isFlowDue = false;

  deliveries = 0;
  presettled = 0;
  accepted = 0;
  rejected = 0;
  released = 0;
  modified = 0;
  /** Settled later than one, and later than ten seconds after they came. */
  delayed1Sec = 0;
  delayed10Sec = 0;
  #rate: SettleRate | null = null;

  constructor(session: Session, name: string, handle: number, isInitiator: boolean) {
    this.session = session;
    this.name = name;
    this.identity = session.connection.identities.take();
    this.handle = handle;
    this.isInitiator = isInitiator;
    this.zeroCreditSinceMs = session.connection.clock.nowMs;
  }

  /** For how long in all the sender had no credit, milliseconds. */
  get zeroCreditMs(): number {
    const { nowMs } = this.session.connection.clock;
    return this.#zeroCreditMs + (this.zeroCreditSinceMs < 0 ? 0 : nowMs - this.zeroCreditSinceMs);
  }

  /** The last credit is used up, or taken back. hot */
  protected creditGone(): void {
    if (this.zeroCreditSinceMs < 0) this.zeroCreditSinceMs = this.session.connection.clock.nowMs;
  }

  /** There is credit. */
  protected creditCame(): void {
    if (this.zeroCreditSinceMs < 0) return;
    this.#zeroCreditMs += this.session.connection.clock.nowMs - this.zeroCreditSinceMs;
    this.zeroCreditSinceMs = -1;
  }

  /** For how long there has been no credit now; 0 while there is some. */
  get zeroCreditSeconds(): number {
    const { nowMs } = this.session.connection.clock;
    return this.zeroCreditSinceMs < 0 ? 0 : Math.trunc((nowMs - this.zeroCreditSinceMs) / 1000);
  }

  /** Deliveries settled a second, of late. */
  get settleRate(): number {
    return this.#rate?.perSecond(this.session.connection.clock.nowSeconds) ?? 0;
  }

  /** A delivery is settled now. hot */
  countSettled(nowSeconds: number): void {
    if (this.#rate === null) this.#rate = new SettleRate();
    this.#rate.count(nowSeconds);
  }

  get isAttached(): boolean {
    return this.state === LinkState.Attached;
  }

  /** Counts a terminal outcome (§3.4). hot */
  countOutcome(outcome: number): void {
    switch (outcome) {
      case 0x24:
        this.accepted++;
        break;
      case 0x25:
        this.rejected++;
        break;
      case 0x26:
        this.released++;
        break;
      case 0x27:
        this.modified++;
        break;
    }
  }

  /** Counts a late settlement. hot */
  countAge(ageMs: number): void {
    if (ageMs <= 1000) return;
    if (ageMs > 10_000) this.delayed10Sec++;
    else this.delayed1Sec++;
  }

  // --- attach and detach -------------------------------------------------------------------------------------------

  protected writeAttach(
    role: boolean,
    source: Source | null,
    target: Target | Coordinator | null,
    maxMessageSize: number,
    more: Partial<Attach>,
  ): void {
    this.session.write(
      new Attach({
        name: this.name,
        handle: this.handle,
        role,
        sndSettleMode: this.senderSettleMode,
        rcvSettleMode: this.receiverSettleMode,
        source,
        target,
        initialDeliveryCount: role ? null : this.deliveryCount >>> 0,
        maxMessageSize,
        ...more,
      }),
    );
  }

  /** Refuses the peer's attach: an answer without termini, then a closing detach (§2.6.3). */
  abstract refuse(error: ErrorInfo): void;

  /**
   * Detaches from our side. The owner is not told: it has settled before what it could. Whatever is still unsettled is
   * forgotten.
   */
  detach(error: ErrorInfo | null, closed = true): void {
    if (this.state !== LinkState.Attached && this.state !== LinkState.Attaching) return;
    this.sendDetach(error, closed);
    this.dropOwner();
    this.dropDeliveries();
  }

  /** The peer broke the protocol on this link: it is detached, and the owner told. */
  fault(error: ErrorInfo): void {
    if (this.state !== LinkState.Attached) return;
    this.sendDetach(error, true);
    this.handleGone({ by: 'fault', error });
  }

  /** The peer detached: answers it, and tells the owner. */
  handleDetach(error: ErrorInfo | null, closed: boolean): void {
    if (this.state !== LinkState.Attached && this.state !== LinkState.Attaching) return;
    this.sendDetach(null, closed);
    this.handleGone({ by: 'peer', error, closed });
  }

  protected sendDetach(error: ErrorInfo | null, closed: boolean): void {
    this.session.write(new Detach({ handle: this.handle, closed, error }));
    this.state = LinkState.Detaching;
    this.session.connection.names.remove(this as unknown as Link);
  }

  /** The link is gone: tells the owner, once, which may still read the ring; then forgets what is unsettled. */
  handleGone(cause: DetachCause): void {
    this.credit = 0;
    this.tellDetached(cause);
    this.dropDeliveries();
  }

  protected abstract tellDetached(cause: DetachCause): void;

  /** The owner has done with the link. */
  protected abstract dropOwner(): void;

  protected abstract dropDeliveries(): void;

  protected dropUnsettled(ring: UnsettledRing): void {
    if (this.unsettledCount > 0) {
      for (const id of ring.ids()) {
        const slot = ring.find(id);
        if (ring.links[slot] === (this as unknown as Link)) ring.free(slot);
      }
    }
    this.unsettledCount = 0;
    this.credit = 0;
  }
}
