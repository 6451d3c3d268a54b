// An application publishes to a channel, at its pace; where consumers answer, it asks and waits for the answers.
import type { Connection, EventContext, Message, Receiver, Source } from 'rhea';
import { trafficLimits } from './limits.ts';
import type { SampleUse } from './plan.ts';
import { machineMs } from './report.ts';
import { type LinkHost, SampleLink } from './sample-link.ts';
import { SampleSender } from './sample-sender.ts';
import type { UseTally } from './tally.ts';

export class Publishing {
  readonly #use: SampleUse;
  readonly #host: LinkHost;
  readonly #senders: readonly SampleSender[];
  readonly #answers: AnswerReceiver | null;
  readonly #fromMs = performance.now();
  /** Of each address. */
  #done = 0;
  #isStopped = false;

  constructor(host: LinkHost, use: SampleUse, tally: UseTally) {
    this.#host = host;
    this.#use = use;
    const isPresettled = use.traffic.presettled;
    this.#senders = use.addresses.map((address) => new SampleSender(host, tally, { address, isPresettled }));
    this.#answers = use.hasReplies ? new AnswerReceiver(host, tally) : null;
  }

  tick(nowMs: number): void {
    for (const link of this.#links) link.tick(nowMs);
    if (this.#isStopped || (this.#answers !== null && this.#answers.address === null)) return;
    // What could not be done within a second is not made up for.
    const { ratePerSecond } = this.#use.traffic;
    const due = Math.floor(((nowMs - this.#fromMs) * ratePerSecond) / 1000);
    this.#done = Math.max(this.#done, due - Math.ceil(ratePerSecond));
    for (; this.#done < due; this.#done++) for (const sender of this.#senders) if (sender.canSend) this.#send(sender);
  }

  #send(sender: SampleSender): void {
    const { application } = this.#use;
    const question = this.#answers?.ask();
    const message: Message = {
      ...(question ?? {}),
      subject: 'sample',
      application_properties: { from: application, router: this.#host.router, sentAt: machineMs() },
      body: `a sample message of ${application}`,
    };
    sender.send(message);
  }

  /** Sends no more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Messages without an outcome, and questions without an answer for which it is not too late. */
  get openDeliveries(): number {
    return this.#senders.reduce((sum, one) => sum + one.openDeliveries, this.#answers?.awaited ?? 0);
  }

  /** The connection is no more. */
  end(): void {
    for (const link of this.#links) link.end();
  }

  get #links(): readonly { tick(nowMs: number): void; end(): void }[] {
    return this.#answers === null ? this.#senders : [...this.#senders, this.#answers];
  }
}

/** The router makes up the address for the answers: nobody has to agree on one. */
class AnswerReceiver extends SampleLink<Receiver> {
  readonly #tally: UseTally;
  /** By message id, in the order of asking: when. */
  readonly #askedAt = new Map<number, number>();
  #asked = 0;

  constructor(host: LinkHost, tally: UseTally) {
    super(host, 'receive answers');
    this.#tally = tally;
  }

  /** Null while there is none. */
  get address(): string | null {
    return this.link?.is_open() === true ? (this.link.source?.address ?? null) : null;
  }

  get awaited(): number {
    this.#forgetLate();
    return this.#askedAt.size;
  }

  /** What makes a message a question. */
  ask(): Pick<Message, 'message_id' | 'reply_to'> {
    this.#forgetLate();
    this.#askedAt.set(++this.#asked, machineMs());
    return { message_id: this.#asked, reply_to: this.address as string };
  }

  #forgetLate(): void {
    const since = machineMs() - trafficLimits.answerMs;
    for (const [id, at] of this.#askedAt) {
      if (at > since) break;
      this.#askedAt.delete(id);
    }
  }

  protected override attach(connection: Connection): Receiver {
    const receiver = connection.open_receiver({
      source: { dynamic: true } as Source,
      credit_window: trafficLimits.answerCreditMax,
    });
    receiver.on('message', ({ message }: EventContext) => {
      const id = message?.correlation_id as number;
      const sentAtMs = this.#askedAt.get(id);
      this.#askedAt.delete(id);
      this.#tally.received(sentAtMs === undefined ? null : { sentAtMs, receivedAtMs: machineMs(), isAcross: false });
    });
    return receiver;
  }

  protected override handleEnd(): void {
    this.#askedAt.clear();
  }
}
