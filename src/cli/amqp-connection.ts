// Opens a connection with rhea, and says in one sentence why it did not open or why it ended.
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import { WeftError } from '../host/errors.ts';
import { describeTlsError } from '../host/tls/tls-error.ts';
import type { AmqpTarget } from './amqp-target.ts';
import { formatTarget } from './amqp-target.ts';
import { firstEndpoint } from './bundle-folder.ts';

export interface AmqpError {
  readonly condition?: string;
  readonly description?: string;
  /** Of a refusal by policy: the rule, and whose it is. */
  readonly info?: { readonly rule?: unknown; readonly vhost?: unknown; readonly group?: unknown } | null;
}

/** `amqp:not-found: no such address`, as much of it as there is. */
export function describeAmqpError(error: AmqpError | Error | undefined): string {
  if (error === undefined) return 'no reason given';
  const { condition, description, info } = error as AmqpError;
  if (condition === undefined)
    return error instanceof Error
      ? describeTlsError(error).replace('caCertFile', 'ca.pem')
      : (description ?? 'no reason given');
  const { rule, vhost, group } = info ?? {};
  const places = [rule && `rule ${rule}`, group && `group ${group}`, vhost && `vhost ${vhost}`].filter(Boolean);
  const why = places.length === 0 ? '' : ` (${places.join(', ')})`;
  return description ? `${condition}: ${description}${why}` : `${condition}${why}`;
}

/**
 * Resolves when the connection is open; throws WEFT_CANNOT_CONNECT. `ended` is called once if it ends later without our
 * close, or if the peer ends the session or a link with an error.
 */
export function openConnection(target: AmqpTarget, ended: (reason: string) => void): Promise<Connection> {
  if (target.bundle === undefined) return openAt(target, ended);
  return firstEndpoint(target.bundle, ({ host, port }) => openAt({ ...target, host, port }, ended));
}

function openAt(target: AmqpTarget, ended: (reason: string) => void): Promise<Connection> {
  const container = rhea.create_container({ id: `weft-${process.pid}-${randomBytes(4).toString('hex')}` });
  return new Promise((resolve, reject) => {
    let isOpen = false;
    let isOver = false;
    const end = (reason: string): void => {
      if (isOver) return;
      isOver = true;
      if (isOpen) ended(reason);
      else reject(cannotConnect(target, reason));
    };
    const onError = ({ error }: EventContext): void => end(describeAmqpError(error as AmqpError | Error | undefined));
    container.on('connection_error', onError);
    container.on('error', (error: AmqpError) => end(describeAmqpError(error)));
    container.on('disconnected', ({ error }: EventContext) =>
      end(error === undefined ? 'the router ended the connection' : describeAmqpError(error)),
    );
    container.on('session_error', ({ session }: EventContext) => end(describeAmqpError(session?.error)));
    container.on('sender_error', ({ sender }: EventContext) => end(describeAmqpError(sender?.error)));
    container.on('receiver_error', ({ receiver }: EventContext) => end(describeAmqpError(receiver?.error)));
    container.on('sender_close', () => end('the router closed the link'));
    container.on('receiver_close', () => end('the router closed the link'));
    container.on('connection_close', () => end('the router closed the connection'));
    container.on('connection_open', ({ connection }: EventContext) => {
      isOpen = true;
      resolve(connection);
    });
    container.connect(connectionOptions(target));
  });
}

/** Closes and waits until the peer has closed, too: everything sent before has arrived there then. */
export function closeConnection(connection: Connection): Promise<void> {
  return new Promise((resolve) => {
    connection.once('connection_close', () => resolve());
    connection.once('disconnected', () => resolve());
    connection.close();
  });
}

function connectionOptions({ host, port, isTls, user, password, bundle }: AmqpTarget): ConnectionOptions {
  const common = { host, port, reconnect: false, tcp_no_delay: true };
  // An address is no name that a server could choose a certificate by (RFC 6066, §3); rhea would give it as one.
  const servername = isIP(host) === 0 ? host : '';
  if (bundle !== undefined) {
    const tls = { transport: 'tls' as const, servername, enable_sasl_external: true, ...bundle.credentials };
    return { ...tls, ...common };
  }
  // Any name without a password makes rhea speak SASL ANONYMOUS; none at all would leave SASL out.
  const login = user === '' ? { username: 'anonymous' } : { username: user, password: password ?? '' };
  const known = { ...common, ...login };
  return isTls ? { ...known, transport: 'tls' as const, servername } : { ...known, transport: 'tcp' as const };
}

function cannotConnect(target: AmqpTarget, reason: string): WeftError {
  const where = formatTarget({ ...target, address: '' }).slice(0, -1);
  const remedies: [RegExp, string][] = [
    [/ECONNREFUSED/, `Nothing listens there. Start a router: weft router --listen ${target.host}:${target.port}`],
    [/unauthorized|auth|mechanism/i, 'Check user and password: amqp://USER:PASSWORD@HOST/ADDRESS'],
    [/ENOTFOUND|EAI_AGAIN/, 'Check the host name.'],
  ];
  const remedy = remedies.find(([pattern]) => pattern.test(reason))?.[1] ?? '';
  return new WeftError('WEFT_CANNOT_CONNECT', `cannot connect to ${where}: ${reason}`, remedy);
}
