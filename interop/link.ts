// The links that a client program has, and the deliveries on them, as the program tells it.
import type { ClientConnection } from './connection.ts';
import type { AttachedEvent, Event, Failure, MessageEvent, SendOptions, State } from './protocol.ts';
import type { Message } from './values.ts';

export type Detached = Failure & { readonly closed: boolean };
type LinkEvent = Extract<Event, { link: number }>;

abstract class Link {
  readonly connection: ClientConnection;
  readonly number: number;
  attachment: AttachedEvent | null = null;
  detachment: Detached | null = null;

  constructor(connection: ClientConnection, number: number) {
    this.connection = connection;
    this.number = number;
  }

  handle(event: LinkEvent): void {
    if (event.on === 'attached') this.attachment = event;
    else if (event.on === 'detached') {
      this.detachment = { closed: event.closed, condition: event.condition, description: event.description };
    }
  }

  /** Waits for the peer's attach that means yes. A refusal is an attach without termini (§2.6.3): see `detached`. */
  async attached(): Promise<AttachedEvent> {
    return await this.until('is attached', () => {
      if (this.detachment !== null)
        throw new Error(`${this} was refused: ${this.detachment.condition} ${this.detachment.description}`);
      return this.attachment;
    });
  }

  async detached(): Promise<Detached> {
    return await this.until('is detached by the router', () => this.detachment);
  }

  /** Closes (or only detaches) and waits for the answer. */
  async close(closed = true): Promise<Detached> {
    this.connection.client.do({ do: 'detach', link: this.number, closed });
    return await this.until('is detached', () => this.detachment);
  }

  /** Ends the link's session; nothing more is heard of the link. */
  endSession(): void {
    this.connection.client.do({ do: 'end', link: this.number });
  }

  until<T>(what: string, look: () => T | undefined | null | false, ms?: number): Promise<T> {
    return this.connection.client.watch.until(`${this} ${what}`, look, ms);
  }

  toString(): string {
    return `link ${this.number} of ${this.connection.client.library}`;
  }
}

let deliveryCount = 0;

export class SenderLink extends Link {
  credit = 0;
  /** How often the router asked for the credit back. */
  drains = 0;
  readonly sent = new Map<number, SentDelivery>();

  override handle(event: LinkEvent): void {
    super.handle(event);
    if (event.on === 'credit') {
      this.credit = event.drain ? 0 : event.credit; // the program gives it back at once
      if (event.drain) this.drains++;
    } else if (event.on === 'outcome') this.sent.get(event.delivery)?.handle(event);
  }

  /** Sends; the library waits for credit itself. */
  send(message: Message, options: SendOptions = {}): SentDelivery {
    return this.#send({ ...options, message });
  }

  /** Sends these sections as they are. */
  sendRaw(sections: Uint8Array, messageFormat = 0): SentDelivery {
    return this.#send({
      raw: Buffer.from(sections).toString('base64'),
      ...(messageFormat === 0 ? {} : { messageFormat }),
    });
  }

  /** Sends a body of so many patterned bytes. */
  sendPatterned(size: number, options: SendOptions = {}): SentDelivery {
    return this.#send({ ...options, size });
  }

  /** Sends a part of a delivery, of a new one unless it is named. */
  sendPart(bytes: Uint8Array, last: boolean, delivery = this.#track()): SentDelivery {
    const raw = Buffer.from(bytes).toString('base64');
    this.connection.client.do({ do: 'part', link: this.number, delivery: delivery.number, raw, last });
    return delivery;
  }

  abort(delivery: SentDelivery): void {
    this.connection.client.do({ do: 'abort', link: this.number, delivery: delivery.number });
  }

  async hasCredit(credit?: number): Promise<void> {
    const what = credit === undefined ? 'has credit' : `has a credit of ${credit}`;
    await this.until(what, () => (credit === undefined ? this.credit > 0 : this.credit === credit));
  }

  #send(options: SendOptions): SentDelivery {
    const delivery = this.#track();
    this.connection.client.do({ do: 'send', link: this.number, delivery: delivery.number, ...options });
    return delivery;
  }

  #track(): SentDelivery {
    const delivery = new SentDelivery(this, ++deliveryCount);
    this.sent.set(delivery.number, delivery);
    return delivery;
  }
}

export class SentDelivery {
  readonly link: SenderLink;
  readonly number: number;
  /** The last state that the receiver told. */
  state: State | null = null;
  isSettled = false;

  constructor(link: SenderLink, number: number) {
    this.link = link;
    this.number = number;
  }

  handle(event: Extract<Event, { on: 'outcome' }>): void {
    this.state = event.state;
    this.isSettled ||= event.settled;
  }

  /** Waits until the receiver has settled it, and gives the outcome. */
  async outcome(ms?: number): Promise<State> {
    return await this.link.until(`delivery ${this.number} is settled`, () => this.isSettled && this.state, ms);
  }

  settle(): void {
    this.link.connection.client.do({ do: 'settle', link: this.link.number, delivery: this.number });
  }
}

export class ReceiverLink extends Link {
  /** What arrived and was not taken by `next`. */
  readonly messages: ReceivedDelivery[] = [];
  /** Bytes that are here of the delivery that arrives in parts, and its number. */
  partialBytes = 0;
  #partialDelivery = 0;
  aborted = 0;
  drained = 0;
  readonly settledBySender = new Set<number>();

  override handle(event: LinkEvent): void {
    super.handle(event);
    if (event.on === 'message') this.messages.push(new ReceivedDelivery(this, event));
    else if (event.on === 'partial') this.#takePart(event.delivery, event.bytes);
    else if (event.on === 'aborted') this.aborted++;
    else if (event.on === 'drained') this.drained++;
    else if (event.on === 'settled') this.settledBySender.add(event.delivery);
  }

  #takePart(delivery: number, bytes: number): void {
    this.#partialDelivery = delivery;
    this.partialBytes = bytes;
  }

  /** Settles the delivery that still arrives. */
  settlePartial(state: State): void {
    this.connection.client.do({
      do: 'state',
      link: this.number,
      delivery: this.#partialDelivery,
      state,
      settle: true,
    });
  }

  get address(): string {
    return this.attachment?.source?.address ?? '';
  }

  /** The next delivery, taken off the list. */
  async next(ms?: number): Promise<ReceivedDelivery> {
    return await this.until('receives a message', () => this.messages.shift(), ms);
  }

  grant(credit: number): void {
    this.connection.client.do({ do: 'credit', link: this.number, credit });
  }

  /** Grants `credit` and waits until the router has used it or given it back. */
  async drain(credit: number): Promise<void> {
    const { drained } = this;
    this.connection.client.do({ do: 'drain', link: this.number, credit });
    await this.until('gets its drain answered', () => this.drained > drained);
  }

  /** For links that hold: from now on what arrives is read. */
  read(): void {
    this.connection.client.do({ do: 'read', link: this.number });
  }
}

export class ReceivedDelivery {
  readonly link: ReceiverLink;
  readonly event: MessageEvent;

  constructor(link: ReceiverLink, event: MessageEvent) {
    this.link = link;
    this.event = event;
  }

  get message(): Message {
    return this.event.message ?? {};
  }

  /** Tells a state, and settles unless told otherwise. */
  state(state: State, settle = true): void {
    this.link.connection.client.do({
      do: 'state',
      link: this.link.number,
      delivery: this.event.delivery,
      state,
      settle,
    });
  }

  accept(): void {
    this.state({ outcome: 'accepted' });
  }

  /** Settles without another state. */
  settle(): void {
    this.link.connection.client.do({ do: 'settle', link: this.link.number, delivery: this.event.delivery });
  }

  async settledBySender(): Promise<void> {
    await this.link.until(`sees its sender settle delivery ${this.event.delivery}`, () =>
      this.link.settledBySender.has(this.event.delivery),
    );
  }
}
