// Receives messages on one link, accepts each, and gives credit as it goes.
import type { Connection, EventContext, Message, Receiver, Sender } from 'rhea';
import { closeConnection, openConnection } from './amqp-connection.ts';
import type { AmqpTarget } from './amqp-target.ts';

export interface ReceivingOptions {
  readonly target: AmqpTarget;
  /** Ends after so many; null: never. */
  readonly count: number | null;
  /** The most messages that may be on their way to us. */
  readonly credit: number;
  /** Ends when no message came for so long; null: never. */
  readonly timeoutMs: number | null;
  /** Ask for pre-settled messages: they are not accepted, and those in flight are lost with us. */
  readonly isSettled: boolean;
  readonly onMessage: (message: Message) => void;
  /** Makes the answer to a message that asks for one; null: answer nobody. */
  readonly makeReply: ((message: Message) => Partial<Message>) | null;
}

/** One run. Start it with {@link run}; the counters may be read at any time. */
export class Receiving {
  received = 0;
  replied = 0;
  startedAt = 0;
  /** When the first and the last message came; the rate is between them. */
  firstAt = 0;
  lastAt = 0;
  /** It ended because no message came for `timeoutMs`. */
  isTimedOut = false;
  readonly #options: ReceivingOptions;
  #receiver: Receiver | null = null;
  #creditLeft = 0;
  #timer: NodeJS.Timeout | null = null;
  #replies: Sender | null = null;
  #repliesWaiting: Message[] = [];
  #finish: (reason: string) => void = () => undefined;

  constructor(options: ReceivingOptions) {
    this.#options = options;
  }

  /** Resolves with '' when `count` came, or with why it ended before. Throws WEFT_CANNOT_CONNECT. */
  async run(): Promise<string> {
    const finished = new Promise<string>((resolve) => {
      this.#finish = resolve;
    });
    const connection = await openConnection(this.#options.target, (reason) => this.#finish(reason));
    this.startedAt = performance.now();
    this.#attach(connection);
    this.#restartTimer();
    const reason = await finished;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#receiver = null;
    if (connection.is_open()) await closeConnection(connection);
    return reason;
  }

  /** Ends the run before its time. */
  stop(reason: string): void {
    this.#finish(reason);
  }

  #attach(connection: Connection): void {
    const { target, isSettled, makeReply } = this.#options;
    connection.on('message', (context: EventContext) => this.#handleMessage(context));
    connection.on('sendable', () => this.#sendReplies());
    if (makeReply !== null) this.#replies = connection.open_sender({ target: {} });
    this.#receiver = connection.open_receiver({
      source: target.address,
      credit_window: 0, // we count, so that no message beyond `count` is taken from other consumers
      autoaccept: false,
      snd_settle_mode: isSettled ? 1 : 0,
    });
    this.#giveCredit();
  }

  #handleMessage({ message, delivery }: EventContext): void {
    if (this.#receiver === null || message === undefined) return;
    this.received++;
    this.#creditLeft--;
    this.lastAt = performance.now();
    if (this.received === 1) this.firstAt = this.lastAt;
    this.#options.onMessage(message);
    if (this.#options.makeReply !== null && message['reply_to']) this.#reply(message, this.#options.makeReply(message));
    delivery?.accept(); // a pre-settled one, too: rhea counts it against its session window until then
    this.#restartTimer();
    this.#giveCredit();
    this.#finishIfDone();
  }

  #giveCredit(): void {
    const { count, credit } = this.#options;
    if (this.#repliesWaiting.length >= credit) return; // whoever reads our replies slowly slows us down
    const wanted = Math.min(credit, count === null ? credit : count - this.received);
    // In steps of half the credit: not one flow frame a message.
    if (wanted - this.#creditLeft < Math.min(credit / 2, wanted)) return;
    this.#receiver?.add_credit(wanted - this.#creditLeft);
    this.#creditLeft = wanted;
  }

  #reply(request: Message, reply: Partial<Message>): void {
    const correlation = request['correlation_id'] ?? request['message_id'];
    const to = request['reply_to'] as string;
    this.#repliesWaiting.push({
      ...reply,
      to,
      ...(correlation === undefined ? {} : { correlation_id: correlation }),
    } as Message);
    this.#sendReplies();
  }

  #sendReplies(): void {
    while (this.#repliesWaiting.length > 0 && this.#replies?.sendable()) {
      this.#replies.send(this.#repliesWaiting.shift() as Message);
      this.replied++;
    }
    this.#giveCredit();
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.received === this.#options.count && this.#repliesWaiting.length === 0) this.#finish('');
  }

  #restartTimer(): void {
    const { timeoutMs } = this.#options;
    if (timeoutMs === null) return;
    if (this.#timer !== null) this.#timer.refresh();
    else this.#timer = setTimeout(() => this.#giveUp(timeoutMs), timeoutMs);
  }

  #giveUp(timeoutMs: number): void {
    this.isTimedOut = true;
    this.#finish(`no message for ${timeoutMs / 1000} seconds`);
  }
}
