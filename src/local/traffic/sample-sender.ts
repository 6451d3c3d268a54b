// Sends, and counts what becomes of each message.
import type { Connection, Delivery, Message, Sender } from 'rhea';
import { type LinkHost, SampleLink } from './sample-link.ts';
import type { Outcome, UseTally } from './tally.ts';

const outcomes: readonly Outcome[] = ['accepted', 'rejected', 'released', 'modified'];

export class SampleSender extends SampleLink<Sender> {
  readonly #address: string | null;
  readonly #isPresettled: boolean;
  readonly #tally: UseTally;
  readonly #sendable: () => void;
  /** Sent over this link, without an outcome so far. */
  readonly #open = new Set<Delivery>();

  /**
   * @param address null: each message says where it goes
   * @param sendable called when there is credit again
   */
  constructor(
    host: LinkHost,
    address: string | null,
    isPresettled: boolean,
    tally: UseTally,
    sendable: () => void = () => undefined,
  ) {
    super(host, address === null ? 'answer questions' : `publish to ${address}`);
    this.#address = address;
    this.#isPresettled = isPresettled;
    this.#tally = tally;
    this.#sendable = sendable;
  }

  get openDeliveries(): number {
    return this.#open.size;
  }

  /** No credit: nobody consumes, or all are busy. The mesh never queues more than it can deliver, so who sends waits. */
  get canSend(): boolean {
    return this.link?.sendable() === true;
  }

  send(message: Message): void {
    const { link } = this;
    if (link === null) return;
    const delivery = link.send(message);
    if (!this.#isPresettled) this.#open.add(delivery);
    this.#tally.sent();
  }

  protected override attach(connection: Connection): Sender {
    const target = this.#address === null ? {} : { address: this.#address };
    // `modified` means in doubt, and is not to be mistaken for `released`: nobody got it.
    const modes = {
      snd_settle_mode: this.#isPresettled ? (1 as const) : (0 as const),
      treat_modified_as_released: false,
    };
    const sender = connection.open_sender({ target, ...modes });
    for (const outcome of outcomes)
      sender.on(outcome, ({ delivery }) => {
        if (delivery !== undefined && this.#open.delete(delivery)) this.#tally.ended(outcome);
      });
    // Settled without a state says nothing; after one that was counted it is not open any more.
    sender.on('settled', ({ delivery }) => {
      if (delivery !== undefined && this.#open.delete(delivery)) this.#tally.ended('unknown');
    });
    sender.on('sendable', this.#sendable);
    sender.on('sender_draining', () => sender.set_drained(true)); // each message is given to the socket at once: none is left
    return sender;
  }

  protected override handleEnd(): void {
    this.#tally.ended('unknown', this.#open.size);
    this.#open.clear();
  }
}
