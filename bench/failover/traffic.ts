// A sender at a fixed rate and a receiver elsewhere in the network, both rhea clients of this process, so that every message is known
// with its times: sent, received, outcome. A millisecond is fine enough here.
import rhea, { type Connection, type ConnectionOptions, type Delivery, type EventContext, type Sender } from 'rhea';
import { routersOf } from './trace.ts';

export type Outcome = 'accepted' | 'rejected' | 'released' | 'modified';

/** One message, by its number. Times in milliseconds of `performance.now()`; -1: not yet. */
export interface Sent {
  readonly sentAt: number;
  outcome: Outcome | null;
  outcomeAt: number;
  copies: number;
}

const patienceMs = 10_000;
const outcomes = ['accepted', 'rejected', 'released', 'modified'] as const;

function open(port: number, name: string): Promise<Connection> {
  const options: ConnectionOptions & { username: string } = {
    ...{
      host: '127.0.0.1',
      port,
      reconnect: false,
      username: 'anonymous',
      container_id: `${name}-${process.pid}-${port}`,
    },
  };
  const connection = rhea.create_container().connect(options);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name}: no open from the router`)), patienceMs);
    connection.once('connection_open', () => {
      clearTimeout(timer);
      resolve(connection);
    });
    connection.on('connection_error', () => undefined);
    connection.on('error', (error: Error) => reject(error));
    connection.on('disconnected', () => reject(new Error(`${name}: connection lost`)));
  });
}

export class Traffic {
  readonly sent: Sent[] = [];
  /** When messages came, each in its turn. */
  readonly arrivals: number[] = [];
  /** Ids of the routers that the newest message has passed before the last one. */
  path: readonly string[] = [];
  readonly #rate: number;
  readonly #connections: readonly Connection[];
  readonly #sender: Sender;
  readonly #numbers = new Map<Delivery, number>();
  #timer: NodeJS.Timeout | null = null;

  private constructor(sending: Connection, receiving: Connection, address: string, rate: number) {
    this.#rate = rate;
    this.#connections = [sending, receiving];
    const receiver = receiving.open_receiver({ source: address, credit_window: 1_000 });
    receiver.on('message', (context: EventContext) => this.#received(context));
    // Not in rhea's types: what is modified is told as such.
    const options = { target: address, treat_modified_as_released: false };
    this.#sender = sending.open_sender(options as Parameters<Connection['open_sender']>[0]);
    for (const outcome of outcomes)
      this.#sender.on(outcome, (context: EventContext) => this.#settled(context.delivery as Delivery, outcome));
  }

  /** Connects both; ready when the sender has credit, which says that the receiver is known. */
  static async connect(sendPort: number, receivePort: number, address: string, rate: number): Promise<Traffic> {
    const [sending, receiving] = await Promise.all([open(sendPort, 'sender'), open(receivePort, 'receiver')]);
    const traffic = new Traffic(sending, receiving, address, rate);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the sender gets no credit')), patienceMs);
      traffic.#sender.once('sendable', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    return traffic;
  }

  /** Sends at the rate from now on; what credit did not allow is sent as soon as it does. */
  start(): void {
    const began = performance.now();
    const before = this.sent.length;
    this.#timer = setInterval(() => {
      const due = before + ((performance.now() - began) * this.#rate) / 1000;
      while (this.sent.length < due && this.#sender.sendable()) this.#send();
    }, 1);
  }

  #send(): void {
    const number = this.sent.length;
    this.sent.push({ sentAt: performance.now(), outcome: null, outcomeAt: -1, copies: 0 });
    this.#numbers.set(this.#sender.send({ message_id: number, body: 'x'.repeat(100) }), number);
  }

  #received({ message }: EventContext): void {
    this.arrivals.push(performance.now());
    (this.sent[Number(message!.message_id)] as Sent).copies++;
    this.path = routersOf(message!.message_annotations);
  }

  #settled(delivery: Delivery, outcome: Outcome): void {
    const number = this.#numbers.get(delivery);
    if (number === undefined) return;
    this.#numbers.delete(delivery);
    const one = this.sent[number] as Sent;
    one.outcome = outcome;
    one.outcomeAt = performance.now();
  }

  /** Sends no more, and waits a while for the outcomes that are missing. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const began = Date.now(); this.#numbers.size > 0 && Date.now() - began < patienceMs; )
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const connection of this.#connections) connection.close();
  }
}
