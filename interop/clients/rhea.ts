// A client on rhea that does what the suite tells it (../protocol.ts): commands in, events out, one JSON object a line. It
// can be a server, too, which a router's connector dials.
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import rhea, {
  type Connection,
  type Container,
  type Delivery,
  type EventContext,
  type link as Link,
  type Receiver,
  type Sender,
  type Session,
} from 'rhea';
import type { AttachOptions, Command, ConnectOptions, Event, Failure, State, Terminus } from '../protocol.ts';
import { type Json, patternedBytes } from '../values.ts';
import { report, reportMessage, toMessage, toValue } from './rhea-values.ts';

type CommandNamed<N extends Command['do']> = Extract<Command, { do: N }>;
type Untyped = { [key: string]: unknown };

const settleModes = { unsettled: 0, settled: 1, mixed: 2 };
const connections = new Map<number, Connection>();
const links = new Map<number, Link>();
const linkNumbers = new Map<object, number>();
const deliveries = new Map<string, Delivery>();
const deliveryNumbers = new Map<object, number>();
const autoAccepting = new Set<number>();
const servers = new Map<number, { server: Server; sockets: Set<Socket> }>();
let received = 0;
let accepted = 1_000_000;

const tell = (event: Event): void => void process.stdout.write(`${JSON.stringify(event)}\n`);

function failureOf(error: unknown): Failure {
  const { condition, description, message } = (error ?? {}) as {
    condition?: unknown;
    description?: unknown;
    message?: unknown;
  };
  const text = description ?? message;
  return {
    condition: condition === undefined || condition === null ? null : String(condition),
    description: text === undefined || text === null ? null : String(text),
  };
}

// --- connections -----------------------------------------------------------------------------------------------------

function connect({ connection: number, ...options }: CommandNamed<'connect'>): void {
  const container = rhea.create_container({ id: options.containerId ?? 'rhea' });
  const connection = container.create_connection(connectionOptions(options) as never);
  watchConnection(connection, number);
  connection.connect();
}

function connectionOptions({ host, port, path, ...options }: ConnectOptions): Untyped {
  const sasl = options.sasl !== false;
  return {
    host: host ?? '127.0.0.1',
    port,
    reconnect: false,
    // rhea speaks SASL when it has a user's name; without a password that is ANONYMOUS.
    ...(sasl ? { username: options.user ?? 'anonymous', password: options.password } : {}),
    ...(options.idleTimeoutMs === undefined ? {} : { idle_time_out: options.idleTimeoutMs }),
    ...(options.maxFrameSize === undefined ? {} : { max_frame_size: options.maxFrameSize }),
    ...(options.properties === undefined ? {} : { properties: toValue(options.properties) }),
    ...(path === undefined
      ? {}
      : {
          connect: (_port: unknown, _host: unknown, _options: unknown, ready: () => void) => connectSocket(path, ready),
        }),
  };
}

function watchConnection(connection: Connection, number: number): void {
  connections.set(number, connection);
  connection.on('connection_open', () => tellOpen(connection, number));
  let failure: unknown = null;
  connection.on('connection_error', (context: EventContext & { error?: unknown }) => {
    failure = context.error;
  });
  connection.on('connection_close', () => {
    // rhea calls a failed login the same as a Close with an error; only the latter was said by the peer.
    if (connection.is_remote_open() || connection.error !== undefined)
      tell({ on: 'close', connection: number, ...failureOf(connection.error) });
    else tell({ on: 'disconnected', connection: number, ...failureOf(failure) });
  });
  connection.on('disconnected', (context: EventContext & { error?: unknown }) =>
    tell({ on: 'disconnected', connection: number, ...failureOf(context.error) }),
  );
  connection.on('protocol_error', (error: unknown) =>
    tell({ on: 'disconnected', connection: number, condition: null, description: String(error) }),
  );
  connection.on('error', (error: unknown) => tell({ on: 'fault', text: `rhea: ${error}` }));
  watchLinks(connection);
}

function tellOpen(connection: Connection, number: number): void {
  const { container_id, properties, offered_capabilities } = connection as unknown as Untyped;
  const capabilities = report(offered_capabilities);
  tell({
    on: 'open',
    connection: number,
    containerId: (container_id as string | undefined) ?? null,
    properties: (report(properties) ?? {}) as { [key: string]: Json },
    capabilities: (Array.isArray(capabilities)
      ? capabilities
      : capabilities === null
        ? []
        : [capabilities]) as string[],
  });
}

// --- links -----------------------------------------------------------------------------------------------------------

function attach({ connection, link: number, role, ...options }: CommandNamed<'attach'>): void {
  if (options.coordinator || options.holds) throw new Error('rhea has no coordinators, and reads what arrives');
  const one = connections.get(connection) as Connection;
  const on: { attach_sender(o: unknown): Link; attach_receiver(o: unknown): Link } = options.newSession
    ? newSession(one)
    : one;
  const settings = linkOptions(number, options);
  const node = {
    address: options.address ?? undefined,
    dynamic: options.dynamic ?? false,
    capabilities: options.capabilities,
  };
  const link =
    role === 'sender'
      ? on.attach_sender({ ...settings, target: node, treat_modified_as_released: false })
      : on.attach_receiver({ ...settings, source: node, credit_window: 0, autoaccept: false, autosettle: false });
  links.set(number, link);
  linkNumbers.set(link, number);
  if (options.autoAccept) autoAccepting.add(number);
  if (options.credit) (link as Receiver).add_credit(options.credit);
}

function newSession(connection: Connection): Session {
  const session = connection.create_session();
  session.begin();
  return session;
}

function linkOptions(number: number, { name, senderSettleMode, receiverSettleMode }: AttachOptions): Untyped {
  return {
    name: name ?? `link-${number}`,
    ...(senderSettleMode === undefined ? {} : { snd_settle_mode: settleModes[senderSettleMode] }),
    ...(receiverSettleMode === undefined ? {} : { rcv_settle_mode: receiverSettleMode === 'second' ? 1 : 0 }),
  };
}

const terminus = (one: unknown): Terminus | null => {
  const { address, dynamic } = (one ?? {}) as { address?: unknown; dynamic?: boolean };
  return one ? { address: address ? String(address) : null, dynamic: dynamic === true } : null;
};

function watchLinks(connection: Connection): void {
  for (const role of ['sender', 'receiver'] as const) {
    const watch = (event: string, act: (link: Link, number: number) => void): void => {
      connection.on(`${role}_${event}`, (context: EventContext) => {
        const number = linkNumbers.get(context[role] as Link);
        if (number !== undefined) act(context[role] as Link, number);
      });
    };
    watch('open', (link, number) =>
      tell({
        on: 'attached',
        link: number,
        source: terminus(link.source),
        target: terminus(link.target),
        maxMessageSize: Number(link.max_message_size ?? 0),
      }),
    );
    watch('error', () => undefined); // told with the close
    watch('close', (link, number) => {
      const { closed } = (link as unknown as { remote: { detach: { closed?: boolean } } }).remote.detach;
      tell({ on: 'detached', link: number, closed: closed === true, ...failureOf(link.error) });
    });
    watch('flow', (link, number) => tellCredit(link as Sender & Receiver, number, role));
  }
  connection.on('receiver_drained', ({ receiver }: EventContext) => {
    (receiver as Receiver).drain = false;
    tell({ on: 'drained', link: linkNumbers.get(receiver as Receiver) as number });
  });
  watchDeliveries(connection);
}

function tellCredit(link: Sender & Receiver, number: number, role: 'sender' | 'receiver'): void {
  const { credit, _draining } = link as unknown as { credit: number; _draining: boolean };
  const drain = role === 'sender' && _draining === true;
  tell({ on: 'credit', link: number, credit, drain });
  if (drain) answerDrain(link);
}

/** Waiting for the end of what they send. */
const draining = new Set<Sender>();

/** rhea stops in the middle of a delivery when its credit is given back, so the answer to a drain waits for the end. */
function answerDrain(sender: Sender): void {
  const { outgoing } = sender.session as unknown as {
    outgoing: { next_pending_delivery: number; next_delivery_id: number };
  };
  if (outgoing.next_pending_delivery < outgoing.next_delivery_id) draining.add(sender);
  else {
    draining.delete(sender);
    sender.set_drained(true);
  }
}

// --- deliveries ------------------------------------------------------------------------------------------------------

const deliveryKey = (link: number, number: number): string => `${link}/${number}`;

function rememberDelivery(link: number, number: number, delivery: Delivery): void {
  deliveries.set(deliveryKey(link, number), delivery);
  deliveryNumbers.set(delivery, number);
}

function send({ link: number, delivery, message, raw, messageFormat, size, to, settled }: CommandNamed<'send'>): void {
  const link = links.get(number) as Sender;
  const tag = Buffer.from(`d-${delivery}`);
  const content =
    size === undefined ? toMessage(message ?? {}) : { to, body: rhea.message.data_section(patternedBytes(size)) };
  const sent =
    raw === undefined
      ? link.send(content as never, tag)
      : link.send(Buffer.from(raw, 'base64'), tag, messageFormat ?? 0);
  if (settled) (sent as { settled: boolean }).settled = true;
  rememberDelivery(number, delivery, sent);
}

function watchDeliveries(connection: Connection): void {
  connection.on('message', ({ receiver, delivery, message }: EventContext) => {
    const link = linkNumbers.get(receiver as Receiver) as number;
    const one = delivery as Delivery;
    const number = ++received;
    rememberDelivery(link, number, one);
    const messageFormat = one.format ?? 0;
    const content =
      messageFormat === 0
        ? { message: reportMessage(message as unknown as Untyped) }
        : { raw: Buffer.from(message as unknown as Buffer).toString('base64') };
    tell({ on: 'message', link, delivery: number, settled: one.remote_settled, messageFormat, ...content });
    if (autoAccepting.has(link)) one.update(true, describedState({ outcome: 'accepted' }));
  });
  for (const outcome of ['accepted', 'rejected', 'released', 'modified'] as const) {
    connection.on(outcome, ({ sender, delivery }: EventContext) => {
      if (!(delivery as Delivery).remote_settled) tellOutcome(sender as Sender, delivery as Delivery);
    });
  }
  connection.on('settled', ({ sender, receiver, delivery }: EventContext) => {
    if (sender) {
      tellOutcome(sender, delivery as Delivery);
      if (draining.has(sender)) answerDrain(sender);
    } else
      tell({
        on: 'settled',
        link: linkNumbers.get(receiver as Receiver) as number,
        delivery: deliveryNumbers.get(delivery as Delivery) as number,
      });
  });
}

function tellOutcome(sender: Sender, delivery: Delivery): void {
  const number = deliveryNumbers.get(delivery);
  if (number !== undefined)
    tell({
      on: 'outcome',
      link: linkNumbers.get(sender) as number,
      delivery: number,
      settled: delivery.remote_settled,
      state: stateOf(delivery.remote_state),
    });
}

function stateOf(state: Untyped | undefined): State {
  const outcome = (state?.constructor as { composite_type?: State['outcome'] } | undefined)?.composite_type ?? 'none';
  if (outcome === 'rejected') {
    const error = state?.['error'] as Untyped | undefined;
    return { outcome, ...failureOf(error), info: report(error?.['info']) };
  }
  if (outcome !== 'modified') return { outcome };
  const { delivery_failed, undeliverable_here, message_annotations } = state as Untyped;
  return {
    outcome,
    deliveryFailed: delivery_failed === true,
    undeliverableHere: undeliverable_here === true,
    annotations: report(message_annotations),
  };
}

function describedState(state: State): unknown {
  const { message } = rhea as unknown as {
    message: { [outcome: string]: (fields?: unknown) => { described(): unknown } };
  };
  const make = (fields?: unknown): unknown => message[state.outcome]?.(fields).described();
  if (state.outcome === 'modified') {
    return make({
      delivery_failed: state.deliveryFailed,
      undeliverable_here: state.undeliverableHere,
      message_annotations: toValue(state.annotations),
    });
  }
  if (state.outcome !== 'rejected' || !state.condition) return make();
  return make({ error: { condition: state.condition, description: state.description, info: toValue(state.info) } });
}

// --- a server --------------------------------------------------------------------------------------------------------

function listen({ server: number, port, user, password, properties }: CommandNamed<'listen'>): void {
  const container: Container = rhea.create_container({ id: `rhea-server-${number}` });
  if (user !== undefined)
    container.sasl_server_mechanisms.enable_plain((name: string, word: string) => name === user && word === password);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const connection = container.create_connection({
      ...(properties === undefined ? {} : { properties: toValue(properties) }),
    } as never);
    const connectionNumber = ++accepted;
    connection.once('connection_open', () => tell({ on: 'accepted', server: number, connection: connectionNumber }));
    watchConnection(connection, connectionNumber);
    (connection as unknown as { accept(socket: Socket): void }).accept(socket);
  });
  servers.set(number, { server, sockets });
  server.listen(port, '127.0.0.1', () =>
    tell({ on: 'listening', server: number, port: (server.address() as { port: number }).port }),
  );
}

/** As if the process had died: no Close, and nobody listens any more. */
function unlisten({ server: number }: CommandNamed<'unlisten'>): void {
  const { server, sockets } = servers.get(number) as { server: Server; sockets: Set<Socket> };
  server.close();
  for (const socket of sockets) socket.destroy();
}

// --- commands --------------------------------------------------------------------------------------------------------

const receiverOf = (number: number): Receiver => links.get(number) as Receiver;
const deliveryOf = (link: number, number: number): Delivery => deliveries.get(deliveryKey(link, number)) as Delivery;

const commands: { [N in Command['do']]: (command: CommandNamed<N>) => void } = {
  connect,
  attach,
  send,
  listen,
  unlisten,
  close: ({ connection }) => connections.get(connection)?.close(),
  state: ({ link, delivery, state, settle }) => deliveryOf(link, delivery).update(settle, describedState(state)),
  settle: ({ link, delivery }) => deliveryOf(link, delivery).update(true),
  credit: ({ link, credit }) => receiverOf(link).add_credit(credit),
  drain: ({ link, credit }) => {
    receiverOf(link).add_credit(credit);
    receiverOf(link).drain_credit();
  },
  end: ({ link }) => links.get(link)?.session.close(),
  detach: ({ link, closed }) => (closed ? links.get(link)?.close() : links.get(link)?.detach()),
  part: () => unsupported('sends whole messages'),
  abort: () => unsupported('sends whole messages'),
  read: () => unsupported('reads what arrives'),
};

function unsupported(what: string): never {
  throw new Error(`rhea ${what}`);
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const command = JSON.parse(line) as Command;
    try {
      (commands[command.do] as (command: Command) => void)(command);
    } catch (error) {
      tell({ on: 'fault', text: String(error) });
    }
  })
  .on('close', () => process.exit(0));
