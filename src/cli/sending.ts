// Sends messages on one link, as fast as credit and the rate allow, and counts their outcomes.
import type { Connection, Delivery, EventContext, Message, Sender, Source } from 'rhea';
import { closeConnection, describeAmqpError, openConnection } from './amqp-connection.ts';
import type { AmqpTarget } from './amqp-target.ts';
import { Latency } from './latency.ts';

export interface SendingOptions {
  readonly target: AmqpTarget;
  readonly count: number;
  /** Messages a second; null is as fast as it goes. */
  readonly rate: number | null;
  /** Send pre-settled: no outcome comes back. */
  readonly isSettled: boolean;
  /** Makes message number `index`, from 0. `replyTo` is null unless replies are wanted. */
  readonly makeMessage: (index: number, replyTo: string | null) => Partial<Message>;
  /** Called with each reply; null: ask for none. */
  readonly onReply: ((reply: Message) => void) | null;
}

export const outcomes = ['accepted', 'released', 'rejected', 'modified'] as const;
type Outcome = (typeof outcomes)[number];

/** What rhea keeps of a sender (§2.6.7), but does not declare. */
type CountingSender = Sender & { readonly credit: number; readonly delivery_count: number };

/** One run. Start it with {@link run}; the counters may be read at any time. */
export class Sending {
  readonly counts: Record<Outcome, number> = { accepted: 0, released: 0, rejected: 0, modified: 0 };
  /** From handing a message to the socket until its outcome. */
  readonly latency = new Latency();
  sent = 0;
  replies = 0;
  /** Why messages were refused: the first reason given. */
  refusal = '';
  startedAt = 0;
  readonly #options: SendingOptions;
  readonly #sentAt = new Map<Delivery, number>();
  #sender: CountingSender | null = null;
  #replyTo: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #finish: (reason: string) => void = () => undefined;

  constructor(options: SendingOptions) {
    this.#options = options;
  }

  get settled(): number {
    return this.#options.isSettled ? this.sent : outcomes.reduce((sum, outcome) => sum + this.counts[outcome], 0);
  }

  /** Whether the router would take another message now. */
  get hasCredit(): boolean {
    return this.sent < this.#creditLimit;
  }

  /** Resolves with '' when all is done, or with why it ended before. Throws WEFT_CANNOT_CONNECT. */
  async run(): Promise<string> {
    const finished = new Promise<string>((resolve) => {
      this.#finish = resolve;
    });
    const connection = await openConnection(this.#options.target, (reason) => this.#finish(reason));
    this.startedAt = performance.now();
    this.#attach(connection);
    const reason = await finished;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#sender = null;
    if (connection.is_open()) await closeConnection(connection);
    return reason;
  }

  /** Ends the run before its time. */
  stop(reason: string): void {
    this.#finish(reason);
  }

  #attach(connection: Connection): void {
    connection.on('settled', (context: EventContext) => this.#handleSettled(context));
    connection.on('sendable', () => this.#pump());
    const { target, isSettled, onReply } = this.#options;
    const openSender = (): void => {
      const options = { target: target.address, snd_settle_mode: isSettled ? 1 : 0 } as const;
      this.#sender = connection.open_sender(options) as CountingSender;
    };
    if (onReply === null) return openSender();
    const receiver = connection.open_receiver({ source: { dynamic: true } as Source });
    receiver.once('receiver_open', () => {
      this.#replyTo = receiver.source.address;
      openSender();
    });
    connection.on('message', ({ message }: EventContext) => {
      this.replies++;
      if (message !== undefined) onReply(message);
      this.#finishIfDone();
    });
  }

  /**
   * How many messages the router has allowed so far. `sendable()` does not tell: rhea counts a message only when it writes it,
   * and what it holds back beyond the credit would be lost with our close.
   */
  get #creditLimit(): number {
    return this.#sender === null ? 0 : this.#sender.delivery_count + this.#sender.credit;
  }

  #pump(): void {
    const { count, rate, makeMessage } = this.#options;
    const elapsedMs = performance.now() - this.startedAt;
    const due = rate === null ? count : Math.min(count, Math.floor((elapsedMs * rate) / 1000) + 1);
    while (this.sent < Math.min(due, this.#creditLimit) && this.#sender?.sendable()) {
      const delivery = this.#sender.send(makeMessage(this.sent, this.#replyTo) as Message);
      this.sent++;
      if (!this.#options.isSettled) this.#sentAt.set(delivery, performance.now());
    }
    if (this.sent === due && due < count && this.#timer === null) {
      const waitMs = (due * 1000) / (rate as number) - elapsedMs;
      this.#timer = setTimeout(
        () => {
          this.#timer = null;
          this.#pump();
        },
        Math.max(waitMs, 1),
      );
    }
    this.#finishIfDone();
  }

  #handleSettled({ delivery }: EventContext): void {
    if (delivery === undefined) return;
    const sentAt = this.#sentAt.get(delivery);
    if (sentAt === undefined) return;
    this.#sentAt.delete(delivery);
    this.latency.add(performance.now() - sentAt);
    const state = delivery.remote_state;
    const type = (state?.constructor as { composite_type?: string } | undefined)?.composite_type;
    // Settled without an outcome says nothing: in doubt, as `modified` says.
    const outcome = outcomes.find((name) => name === type) ?? 'modified';
    this.counts[outcome]++;
    if (outcome === 'rejected') this.refusal ||= describeAmqpError(state?.['error']);
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    const { count, onReply } = this.#options;
    if (this.settled < count || (onReply !== null && this.replies < count)) return;
    // No outcome tells when a pre-settled message has left; rhea's count of written ones does.
    if (this.#sender !== null && this.#sender.delivery_count < count)
      this.#timer = setTimeout(() => this.#finishIfDone(), 1);
    else this.#finish('');
  }
}
