// A connection that a client program has, as the program tells it.
import type { Client } from './client.ts';
import { ReceiverLink, SenderLink } from './link.ts';
import type { AttachOptions, Event, Failure, OpenEvent } from './protocol.ts';

let linkCount = 0;

export class ClientConnection {
  readonly client: Client;
  readonly number: number;
  /** The peer's Open. */
  open: OpenEvent | null = null;
  /** The peer's Close, with its error if it had one. */
  closed: Failure | null = null;
  /** The transport is gone; what the library says of it. */
  disconnected: Failure | null = null;

  constructor(client: Client, number: number) {
    this.client = client;
    this.number = number;
  }

  handle(event: Extract<Event, { connection: number }>): void {
    if (event.on === 'open') this.open = event;
    else if (event.on === 'close') this.closed ??= { condition: event.condition, description: event.description };
    else if (event.on === 'disconnected')
      this.disconnected ??= { condition: event.condition, description: event.description };
  }

  /** Whether the peer, or the network, has ended it. */
  get isOver(): boolean {
    return this.closed !== null || this.disconnected !== null;
  }

  async opened(): Promise<OpenEvent> {
    return await this.client.watch.until(`${this} opens`, () => {
      if (this.open === null && this.isOver)
        throw new Error(`${this} ended instead of opening: ${describe(this.disconnected ?? this.closed)}`);
      return this.open;
    });
  }

  /** Waits until it is over; the error of the Close, or else what the library made of the loss. */
  async ended(ms?: number): Promise<Failure> {
    return await this.client.watch.until(`${this} ends`, () => this.closed ?? this.disconnected, ms);
  }

  /** Asks for a link without waiting for the answer. */
  startSender(options: AttachOptions): SenderLink {
    const link = new SenderLink(this, ++linkCount);
    this.#attach(link, 'sender', options);
    return link;
  }

  startReceiver(options: AttachOptions): ReceiverLink {
    const link = new ReceiverLink(this, ++linkCount);
    this.#attach(link, 'receiver', options);
    return link;
  }

  /** A sending link, attached; `address` null: an anonymous one. */
  async sender(address: string | null, options: AttachOptions = {}): Promise<SenderLink> {
    const link = this.startSender({ ...options, address });
    await link.attached();
    return link;
  }

  /** A receiving link, attached, with a credit of 100 unless told otherwise. */
  async receiver(address: string | null, options: AttachOptions = {}): Promise<ReceiverLink> {
    const link = this.startReceiver({ credit: 100, ...options, address });
    await link.attached();
    return link;
  }

  /**
   * Makes a round trip: when it is over, everything that the router had sent on this connection before has arrived. So
   * that something is not there can be known without waiting for time to pass.
   */
  async fence(): Promise<void> {
    const link = this.startReceiver({ dynamic: true });
    await link.attached();
    await link.close();
  }

  /** Closes and waits for the peer's Close. */
  async close(): Promise<void> {
    if (this.isOver || this.client.hasEnded) return;
    this.client.do({ do: 'close', connection: this.number });
    await this.ended();
  }

  #attach(link: SenderLink | ReceiverLink, role: 'sender' | 'receiver', options: AttachOptions): void {
    this.client.links.set(link.number, link);
    this.client.do({ do: 'attach', connection: this.number, link: link.number, role, ...options });
  }

  toString(): string {
    return `connection ${this.number} of ${this.client.library}`;
  }
}

export function describe(failure: Failure | null): string {
  if (failure === null) return 'nothing was said';
  return `${failure.condition ?? 'no condition'} ${failure.description ?? ''}`.trim();
}
