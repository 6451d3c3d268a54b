// Connections of the client on rhea: those that it opens, and those that a router opens to it.
import { readFileSync } from 'node:fs';
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import rhea, { type Connection, type Container, type EventContext } from 'rhea';
import type { ConnectOptions, TlsFiles } from '../protocol.ts';
import type { Json } from '../values.ts';
import { type CommandNamed, connections, failureOf, tell, type Untyped } from './rhea-known.ts';
import { watchLinks } from './rhea-links.ts';
import { report, toValue } from './rhea-values.ts';

const servers = new Map<number, { server: Server; sockets: Set<Socket> }>();
let acceptedCount = 1_000_000;

export function connect({ connection: number, ...options }: CommandNamed<'connect'>): void {
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
    // rhea renews its session window only between messages: one of more frames than this would never end.
    session_buffer_size: { incoming: 16_384, outgoing: 2_048 },
    // rhea speaks SASL when it has a user's name; without a password that is ANONYMOUS.
    ...(sasl ? { username: options.user ?? 'anonymous', password: options.password } : {}),
    ...(options.tls === undefined ? {} : tlsOptions(options.tls)),
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

function tlsOptions({ ca, certificate, key }: TlsFiles): Untyped {
  const own =
    certificate === undefined || key === undefined
      ? {}
      : { cert: readFileSync(certificate), key: readFileSync(key), enable_sasl_external: true };
  return { transport: 'tls', ca: readFileSync(ca), ...own };
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

// --- a server --------------------------------------------------------------------------------------------------------

export function listen({ server: number, port, user, password, properties }: CommandNamed<'listen'>): void {
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
    const connectionNumber = ++acceptedCount;
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
export function unlisten({ server: number }: CommandNamed<'unlisten'>): void {
  const { server, sockets } = servers.get(number) as { server: Server; sockets: Set<Socket> };
  server.close();
  for (const socket of sockets) socket.destroy();
}
