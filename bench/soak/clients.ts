// rhea connections as the soak's clients: they come, and they leave politely or without a word.
import rhea, {
  type Connection,
  type ConnectionOptions,
  type Delivery,
  type EventContext,
  type Receiver,
  type Sender,
} from 'rhea';
import type { Consumer, Ledger, Outcome } from './ledger.ts';

/** What all actors share. */
export interface Stage {
  readonly port: number;
  readonly ledger: Ledger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Something went wrong that is no breach of a promise but must not be overlooked (a refused link, a lost connection). */
  readonly trouble: (what: string) => void;
}

const openPatienceMs = 10_000;
let containers = 0;

/** Opens a connection. Rejects when the router does not open within ten seconds. */
export function open(stage: Stage, name: string): Promise<Connection> {
  const options: ConnectionOptions & { username: string } = {
    ...{ host: '127.0.0.1', port: stage.port, reconnect: false, username: 'anonymous' },
    container_id: `soak-${name}-${containers++}`,
  };
  const connection = rhea.create_container().connect(options);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name}: no open from the router`)), openPatienceMs);
    connection.once('connection_open', () => {
      clearTimeout(timer);
      resolve(connection);
    });
    // Unheard, rhea would throw these at the whole process.
    connection.on('error', (error: Error) => stage.trouble(`${name}: ${error.message}`));
    connection.on('connection_error', (context: EventContext) => stage.trouble(`${name}: ${context.connection.error}`));
    connection.on('disconnected', () => undefined);
  });
}

/** Cuts the connection as a crash would: no detach, no close, unsent bytes lost. */
export function cut(connection: Connection): void {
  (connection as unknown as { socket: { destroy(): void } }).socket.destroy();
}

/** Closes politely, and waits for the router's close. */
export function close(connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      cut(connection);
      resolve();
    }, 3_000);
    const ended = () => {
      clearTimeout(timer);
      resolve();
    };
    connection.once('connection_close', ended);
    connection.once('disconnected', ended);
    connection.close();
  });
}

/** Sends booked messages and tells the ledger what becomes of them. */
export class SoakSender {
  readonly sender: Sender;
  readonly #stage: Stage;
  readonly #numbers = new Map<Delivery, number>();

  constructor(stage: Stage, connection: Connection, address: string | null, settled: boolean) {
    this.#stage = stage;
    this.sender = connection.open_sender({
      // Without an address the link is anonymous: each message says in `to` where it goes.
      target: address === null ? {} : { address },
      snd_settle_mode: settled ? 1 : 0,
      treat_modified_as_released: false,
    } as Parameters<Connection['open_sender']>[0]);
    this.sender.on('sender_error', () => stage.trouble(`sender to ${address}: ${this.sender.error}`));
    this.sender.on('sender_draining', (context: EventContext) => context.sender!.set_drained(true));
    for (const outcome of ['accepted', 'rejected', 'released', 'modified'] as const) {
      this.sender.on(outcome, (context: EventContext) => this.#conclude(context.delivery!, outcome));
    }
  }

  /** Sends when there is credit; says whether it did. The message's number travels as its message-id. */
  send(pattern: Parameters<Ledger['book']>[0], address: string, message: object): boolean {
    if (!this.sender.sendable()) return false;
    const settled = this.sender.options.snd_settle_mode === 1;
    const number = this.#stage.ledger.book(pattern, address, settled, this.#stage.now());
    const delivery = this.sender.send({ body: null, ...message, message_id: number });
    if (!settled) this.#numbers.set(delivery, number);
    return true;
  }

  /** Messages whose outcome is still awaited. */
  get waiting(): number {
    return this.#numbers.size;
  }

  /** The connection is about to be cut: nobody will learn the outcomes. */
  forget(): void {
    this.#stage.ledger.senderLost(this.#numbers.values());
    this.#numbers.clear();
  }

  #conclude(delivery: Delivery, outcome: Outcome): void {
    const number = this.#numbers.get(delivery);
    // After `forget` late outcomes may still be read from a socket that is being closed.
    if (number === undefined) return;
    this.#numbers.delete(delivery);
    this.#stage.ledger.concluded(number, outcome, this.#stage.now());
  }
}

interface Decision {
  readonly number: number;
  readonly delivery: Delivery;
  readonly outcome: Outcome;
}

/**
 * Settles deliveries with chosen outcomes, one outcome a turn: rhea 3.0.5 writes the first outcome for the second of two
 * neighbouring deliveries that are settled in one turn (session.js, `write_dispositions`: no comparison while the range
 * holds one delivery).
 */
export class Settler {
  readonly #ledger: Ledger;
  readonly #consumer: Consumer;
  readonly #queue: Decision[] = [];

  constructor(ledger: Ledger, consumer: Consumer) {
    this.#ledger = ledger;
    this.#consumer = consumer;
  }

  settle(number: number, delivery: Delivery, outcome: Outcome): void {
    this.#queue.push({ number, delivery, outcome });
    if (this.#queue.length === 1) setImmediate(() => this.#settleSome());
  }

  #settleSome(): void {
    const outcome = this.#queue[0]!.outcome;
    while (this.#queue[0]?.outcome === outcome) this.#settleOne(this.#queue.shift()!);
    if (this.#queue.length > 0) setImmediate(() => this.#settleSome());
  }

  #settleOne({ number, delivery, outcome }: Decision): void {
    if (this.#consumer.lost) return;
    this.#ledger.decided(number, this.#consumer, outcome);
    if (outcome === 'accepted') delivery.accept();
    else if (outcome === 'rejected') delivery.reject({ condition: 'soak:rejected', description: `message ${number}` });
    else if (outcome === 'released') delivery.release();
    else delivery.modified({ delivery_failed: true, undeliverable_here: false });
  }
}

/** Opens a receiver whose messages are booked; what to do with each unsettled one is `handle`'s business. */
export function receive(
  stage: Stage,
  connection: Connection,
  options: { readonly source: object; readonly settled?: boolean; readonly credit: number },
  consumer: Consumer,
  pattern: Parameters<Ledger['book']>[0],
  handle: (number: number, context: EventContext) => void,
): Receiver {
  const receiver = connection.open_receiver({
    source: options.source,
    ...{ credit_window: options.credit, autoaccept: false, snd_settle_mode: options.settled ? 1 : 2 },
  } as Parameters<Connection['open_receiver']>[0]);
  receiver.on('receiver_error', () => stage.trouble(`${consumer.name}: ${receiver.error}`));
  receiver.on('message', (context: EventContext) => {
    const number = Number(context.message!.message_id);
    const delivery = context.delivery!;
    stage.ledger.delivered(number, consumer, pattern);
    // rhea counts even a pre-settled delivery against its session window until the application settles it.
    if (delivery.remote_settled) delivery.accept();
    else handle(number, context);
  });
  return receiver;
}
