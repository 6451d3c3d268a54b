// What the witness writes down: links, the deliveries that came to the router over them, and the copies that it passed on.
//
//   Message ◀── Arrival (link from a sender, outcome that the sender was told)
//           ◀── Copy …  (link to a consumer, what the consumer said)
import type { Channel } from '../channel.ts';
import type { Message } from '../messages.ts';
import type { LinkKind } from './link-kind.ts';
import { Recognition } from './recognition.ts';
import type { WitnessedConnection } from './witnessed-connection.ts';
import type { WitnessedSession } from './witnessed-session.ts';

/** Descriptor codes of delivery states (§3.4); 0 is none. */
export const State = {
  None: 0,
  Received: 0x23,
  Accepted: 0x24,
  Rejected: 0x25,
  Released: 0x26,
  Modified: 0x27,
} as const;

/** A state as somebody told it. */
export interface Told {
  readonly code: number;
  /** The encoded state; empty for none. */
  readonly bytes: Uint8Array;
}

/** A link between the router and a peer; without an answer to its attach it is no link yet. */
export class WitnessedLink {
  readonly session: WitnessedSession;
  readonly name: string;
  /** The peer sends, the router receives. */
  readonly isFromSender: boolean;
  /** null: anonymous, or dynamic and not answered yet. */
  channel: Channel | null;
  readonly kind: LinkKind;
  /** The edge router to which all that is addressed to it goes by this link; null for every other link. */
  downlinkTo: string | null = null;
  /** The receiver wants everything settled (§2.8.2). */
  isPresettled = false;
  /** §3.5.3; 0 when it set none. */
  defaultOutcome = 0;
  /** The router has attached it too, and did not refuse it. */
  isAnswered = false;
  answeredAt = 0;
  /** When it was over for the router: detached by either side, or lost with its session or connection. */
  endedAt = -1;
  /** It carried a message that is too large, for which the router detaches it. */
  hasOffended = false;
  /** A detach of the peer that the router has not answered. */
  owesDetach = false;

  // Credit (§2.6.7), as serial numbers from the initial delivery-count.
  initialCount = 0;
  /** Deliveries begun. */
  deliveries = 0;
  /** The last of them has not come to its end. */
  isInMiddle = false;
  /** delivery-count + link-credit of the receiver's last flow. */
  limit = 0;
  /** The highest of all. */
  limitMax = 0;
  /** The receiver asked for a drain that has not been answered. */
  isDrainOpen = false;

  // Incoming: places in the sender's credit.
  /** Unsettled deliveries that came in and have no outcome. */
  openCount = 0;
  /** Deliveries whose place came back without an outcome on the wire (settled, aborted, settled by the sender). */
  irregularCount = 0;
  #waitingBytes = 0;

  constructor(
    session: WitnessedSession,
    name: string,
    isFromSender: boolean,
    channel: Channel | null,
    kind: LinkKind = 'client',
  ) {
    this.session = session;
    this.name = name;
    this.isFromSender = isFromSender;
    this.channel = channel;
    this.kind = kind;
  }

  /** So many more bytes wait; what a link that is gone has left is not counted. */
  hold(bytes: number): void {
    if (this.endedAt >= 0) return;
    this.#waitingBytes += bytes;
    this.session.waitingBytes += bytes;
  }

  end(now: number): void {
    this.hold(-this.#waitingBytes);
    this.endedAt = now;
  }

  get connection(): WitnessedConnection {
    return this.session.connection;
  }

  /** Its receiver takes what comes for a channel, and is no router. */
  get isConsumer(): boolean {
    return this.isLive && !this.isFromSender && this.kind === 'client' && this.channel !== null;
  }

  get isLive(): boolean {
    return this.isAnswered && this.endedAt < 0;
  }

  describe(): string {
    return `link ${JSON.stringify(this.name)} of ${this.connection.label}`;
  }
}

/** A delivery that came to the router. */
export class Arrival {
  readonly link: WitnessedLink;
  readonly deliveryId: number;
  settled: boolean;
  readonly recognition = new Recognition();
  size = 0;
  readonly begunAt: number;
  /** Unsettled, and nobody has got a byte of it yet: the router holds all of it. */
  isWaiting: boolean;
  /** When its last frame came, -1 before. */
  completeAt = -1;
  isAborted = false;
  isSettledBySender = false;
  /** It came when its link had cost itself already. */
  mayBeVoid = false;
  /** What the router told the sender, and how often it settled. */
  outcome: Told | null = null;
  settlements = 0;

  constructor(link: WitnessedLink, deliveryId: number, settled: boolean, now: number) {
    this.link = link;
    this.deliveryId = deliveryId;
    this.settled = settled;
    this.isWaiting = !settled;
    this.begunAt = now;
  }

  /** It goes on, or need not: the router does not hold all of it any more. */
  stopWaiting(): void {
    if (!this.isWaiting) return;
    this.isWaiting = false;
    this.link.hold(-this.size);
  }

  get message(): Message | null {
    return this.recognition.message;
  }

  /** Its sender waits for an outcome, or for the rest of its own message. */
  get isOpen(): boolean {
    const isOver = this.settled || this.isAborted || this.isSettledBySender || this.settlements > 0;
    return !isOver && this.link.endedAt < 0;
  }

  /** Larger than the router takes. */
  get isTooLarge(): boolean {
    const { maxMessageSize } = this.link.connection.router.entity;
    return maxMessageSize > 0 && this.size > maxMessageSize;
  }

  describe(): string {
    const name = this.message === null ? `delivery ${this.deliveryId}` : `m${this.message.id}`;
    return `${name} of ${this.link.describe()}`;
  }
}

/** A delivery that the router passed on. */
export class Copy {
  readonly link: WitnessedLink;
  readonly deliveryId: number;
  readonly settled: boolean;
  readonly recognition = new Recognition();
  size = 0;
  isComplete = false;
  isAborted = false;
  /** What the consumer said last, and whether it settled with it. */
  said: Told | null = null;
  /** The codes of all that it has said: a router may have one state to pass on, and hear the next before it has. */
  readonly saidCodes: number[] = [];
  isSettled = false;
  /** The router settled it towards the consumer. */
  isSettledByRouter = false;

  constructor(link: WitnessedLink, deliveryId: number, settled: boolean) {
    this.link = link;
    this.deliveryId = deliveryId;
    this.settled = settled;
  }

  get message(): Message | null {
    return this.recognition.message;
  }
}

/** Everything that one router's door knows of one message. */
export interface Story {
  readonly message: Message;
  /** Each time that it came: once, but for what loops and what comes over several ways between routers. */
  readonly arrivals: Arrival[];
  readonly copies: Copy[];
}
