// An application consumes from a channel: it takes its time over each message, rejects some, and answers those that ask.
//
//   message ──▶ waiting (at most the credit given) ──work──▶ answered, when there is credit for that ──▶ accepted or rejected
import type { Connection, Delivery, EventContext, Message, Receiver } from 'rhea';
import { trafficLimits } from './limits.ts';
import type { SampleUse } from './plan.ts';
import { type Arrival, machineMs } from './report.ts';
import { type LinkHost, SampleLink } from './sample-link.ts';
import { SampleSender } from './sample-sender.ts';
import type { UseTally } from './tally.ts';

interface Waiting {
  readonly receiver: Receiver;
  readonly delivery: Delivery;
  readonly message: Message;
}

export class Consuming {
  readonly #use: SampleUse;
  readonly #receivers: readonly ChannelReceiver[];
  readonly #answers: SampleSender | null;
  readonly #waiting: Waiting[] = [];
  #work: NodeJS.Timeout | null = null;
  #isWorkDone = false;
  /** In hundredths of a message. */
  #toReject = 0;

  constructor(host: LinkHost, use: SampleUse, tally: UseTally) {
    this.#use = use;
    const take = (waiting: Waiting): void => {
      tally.received(arrivalOf(waiting.message, host.router));
      this.#waiting.push(waiting);
      this.#proceed();
    };
    this.#receivers = use.addresses.map((address) => new ChannelReceiver(host, address, take));
    const sendable = (): void => this.#proceed();
    this.#answers = use.hasReplies ? new SampleSender(host, tally, { address: null, sendable }) : null;
  }

  tick(nowMs: number): void {
    for (const link of this.#links) link.tick(nowMs);
  }

  /** Answers without an outcome. */
  get openDeliveries(): number {
    return this.#waiting.length + (this.#answers?.openDeliveries ?? 0);
  }

  /** The connection is no more: what waits here was not settled, and its senders are told so by the router. */
  end(): void {
    if (this.#work !== null) clearTimeout(this.#work);
    this.#work = null;
    this.#waiting.length = 0;
    this.#isWorkDone = false;
    for (const link of this.#links) link.end();
  }

  /** One message after the other. */
  #proceed(): void {
    const { workMs } = this.#use.traffic;
    while (this.#work === null && this.#waiting.length > 0) {
      if (workMs > 0 && !this.#isWorkDone) {
        this.#work = setTimeout(() => {
          this.#work = null;
          this.#isWorkDone = true;
          this.#proceed();
        }, workMs);
        return;
      }
      const { receiver, delivery, message } = this.#waiting[0] as Waiting;
      if (this.#answers !== null && message.reply_to !== undefined) {
        if (!this.#answers.canSend) return; // goes on when there is credit
        this.#answers.send(answerTo(message, this.#use));
      }
      this.#waiting.shift();
      this.#isWorkDone = false;
      this.#settle(delivery);
      receiver.add_credit(1);
    }
  }

  #settle(delivery: Delivery): void {
    // Nobody asks; but until it is settled here, too, it takes up the window of the session.
    if (delivery.remote_settled) return delivery.accept();
    const { rejectPercent } = this.#use.traffic;
    this.#toReject += rejectPercent;
    if (this.#toReject < 100) return delivery.accept();
    this.#toReject -= 100;
    const description = `${this.#use.application} rejects ${rejectPercent} of 100 messages (traffic.rejectPercent)`;
    delivery.reject({ condition: 'amqp:precondition-failed', description });
  }

  get #links(): readonly { tick(nowMs: number): void; end(): void }[] {
    return this.#answers === null ? this.#receivers : [...this.#receivers, this.#answers];
  }
}

function answerTo({ reply_to: to, message_id: question }: Message, { application }: SampleUse): Message {
  return {
    to: to as string,
    ...(question === undefined ? {} : { correlation_id: question }),
    subject: 'sample',
    body: `a sample answer of ${application}`,
  };
}

function arrivalOf({ application_properties: said }: Message, router: string): Arrival | null {
  const sentAtMs: unknown = said?.['sentAt'];
  if (typeof sentAtMs !== 'number') return null;
  return { sentAtMs, receivedAtMs: machineMs(), isAcross: said?.['router'] !== router };
}

class ChannelReceiver extends SampleLink<Receiver> {
  readonly #address: string;
  readonly #take: (waiting: Waiting) => void;

  constructor(host: LinkHost, address: string, take: (waiting: Waiting) => void) {
    super(host, `subscribe to ${address}`);
    this.#address = address;
    this.#take = take;
  }

  protected override attach(connection: Connection): Receiver {
    // Credit is given back with each message that is done, not with each that came: so at most that many wait.
    const receiver = connection.open_receiver({ source: this.#address, credit_window: 0, autoaccept: false });
    receiver.once('receiver_open', () => receiver.add_credit(trafficLimits.creditMax));
    receiver.on('message', ({ message, delivery }: EventContext) => {
      this.#take({ receiver, delivery: delivery as Delivery, message: message as Message });
    });
    return receiver;
  }

  protected override handleEnd(): void {
    // Deliveries that wait here lose their link: settling them says nothing to anybody, and does no harm.
  }
}
