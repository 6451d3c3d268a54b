// Sends, and counts what becomes of each message.
import type { Connection, Delivery, Message, Sender } from 'rhea';
import { type LinkHost, SampleLink } from './sample-link.ts';
import type { Outcome, UseTally } from './tally.ts';

const outcomes: readonly Outcome[] = ['accepted', 'rejected', 'released', 'modified'];

export interface SampleSenderOptions {
  /** Null: each message says where it goes. */
  readonly address: string | null;
  readonly isPresettled?: boolean;
  /** Called when there is credit again. */
  readonly sendable?: () => void;
}

export class SampleSender extends SampleLink<Sender> {
  readonly #options: SampleSenderOptions;
  readonly #tally: UseTally;
  /** Sent over this link, without an outcome so far. */
  readonly #open = new Set<Delivery>();

  constructor(host: LinkHost, tally: UseTally, options: SampleSenderOptions) {
    super(host, options.address === null ? 'answer questions' : `publish to ${options.address}`);
    this.#options = options;
    this.#tally = tally;
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
    const { isPresettled = false } = this.#options;
    if (!isPresettled) this.#open.add(delivery);
    this.#tally.sent(isPresettled);
  }

  protected override attach(connection: Connection): Sender {
    const { address, isPresettled = false, sendable } = this.#options;
    const target = address === null ? {} : { address };
    // `modified` means in doubt, and is not to be mistaken for `released`: nobody got it.
    const modes = {
      snd_settle_mode: isPresettled ? (1 as const) : (0 as const),
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
    if (sendable !== undefined) sender.on('sendable', sendable);
    // A router that is to end asks its credit back. Each message is given to the socket at once, so none is left; but who answers has
    // more to send as long as there may be questions: they would wait for their answers until it has ended.
    if (address !== null)
      sender.on('sender_draining', () => {
        sender.set_drained(true);
        // rhea gives the credit back with the next frame that it has to write. That may be a message, and many of them.
        (sender.connection as unknown as { _register(): void })._register();
      });
    return sender;
  }

  protected override handleEnd(): void {
    this.#tally.ended('unknown', this.#open.size);
    this.#open.clear();
  }
}
