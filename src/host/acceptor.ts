// The listening sockets of one listener entity:
//
//   host ''          one socket for IPv6 and IPv4; where the machine has no IPv6, one for IPv4
//   0.0.0.0, ::      IPv4 only, IPv6 only (so both can be configured side by side, as with Dispatch)
//   an address       that address
//   a name           every address of the name, of the family that `socketAddressFamily` allows
//   unix:/path       a Unix socket
import { lookup } from 'node:dns/promises';
import { createServer, isIP, type Server, type Socket } from 'node:net';
import type { ListenerEntity } from '../schema/configuration.ts';
import { formatHostPort, portNumber, unixPathOf } from './endpoint-address.ts';
import { describeSystemError, systemCode, WeftError } from './errors.ts';
import { clearUnixPath } from './unix-socket.ts';

/** What to bind one socket to, as Node's `server.listen` takes it. */
type Binding = { readonly path: string } | { readonly host: string; readonly port: number; readonly ipv6Only: boolean };

export interface AcceptorEvents {
  /** An open socket that half-closes (`allowHalfOpen`), without delay for small writes. */
  accepted(socket: Socket): void;
  /** Accepting one connection failed (too many open files); the listener goes on. */
  acceptFailed(reason: string): void;
}

export class Acceptor {
  readonly #servers: Server[] = [];
  readonly #events: AcceptorEvents;
  /** Where it listens, with the real port: `127.0.0.1:5672`, `[::]:5672`, `unix:/path`. */
  readonly addresses: string[] = [];

  private constructor(events: AcceptorEvents) {
    this.#events = events;
  }

  /** Binds and listens. Throws WEFT_CANNOT_LISTEN; nothing stays bound then. */
  static async open(listener: ListenerEntity, events: AcceptorEvents): Promise<Acceptor> {
    const acceptor = new Acceptor(events);
    try {
      await acceptor.#bindAll(await bindingsOf(listener));
    } catch (error) {
      acceptor.close();
      throw error instanceof WeftError ? error : cannotListen(listener, error);
    }
    return acceptor;
  }

  /** Accepts nothing more; a Unix socket's file goes. Accepted connections stay. */
  close(): void {
    for (const server of this.#servers) server.close();
    this.#servers.length = 0;
  }

  async #bindAll(bindings: Binding[]): Promise<void> {
    let missing: unknown = null;
    for (const binding of bindings) {
      try {
        await this.#listen(binding);
      } catch (error) {
        // A name may have an IPv6 address on a machine without IPv6: one address that works is enough.
        if (!isFamilyMissing(error)) throw error;
        missing = error;
      }
    }
    if (this.#servers.length > 0 || missing === null) return;
    const [only] = bindings;
    const isDual = only !== undefined && 'port' in only && only.host === '::' && !only.ipv6Only;
    if (!isDual) throw missing;
    await this.#listen({ host: '0.0.0.0', port: only.port, ipv6Only: false });
  }

  /** Port 0 of a name with several addresses: all get the port that the first one got. */
  #withSamePort(binding: Binding): Binding {
    const first = this.#servers[0]?.address();
    if (!('port' in binding) || binding.port !== 0 || typeof first !== 'object' || first === null) return binding;
    return { ...binding, port: first.port };
  }

  #listen(binding: Binding): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, this.#events.accepted);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#withSamePort(binding), () => {
        server.off('error', reject);
        server.on('error', (error) => this.#events.acceptFailed(describeSystemError(error)));
        this.#servers.push(server);
        const address = server.address();
        if (typeof address === 'string') this.addresses.push(`unix:${address}`);
        else if (address !== null) this.addresses.push(formatHostPort(address.address, address.port));
        resolve();
      });
    });
  }
}

function isFamilyMissing(error: unknown): boolean {
  return ['EAFNOSUPPORT', 'EADDRNOTAVAIL'].includes(systemCode(error));
}

async function bindingsOf(listener: ListenerEntity): Promise<Binding[]> {
  const path = unixPathOf(listener.host);
  if (path !== null) {
    await clearUnixPath(path);
    return [{ path }];
  }
  const port = portNumber(listener.port);
  const family = listener.socketAddressFamily;
  if (listener.host === '') {
    if (family === 'IPv4') return [{ host: '0.0.0.0', port, ipv6Only: false }];
    return [{ host: '::', port, ipv6Only: family === 'IPv6' }];
  }
  if (isIP(listener.host) !== 0) return [{ host: listener.host, port, ipv6Only: true }];
  const wanted = family === '' ? 0 : family === 'IPv4' ? 4 : 6;
  const found = await lookup(listener.host, { all: true, family: wanted });
  return found.map(({ address }) => ({ host: address, port, ipv6Only: true }));
}

const remedies: Record<string, (listener: ListenerEntity) => string> = {
  EADDRINUSE: ({ port }) =>
    `Another process listens there: stop it (\`ss -ltnp\` shows it), or choose another port than ${port}.`,
  EACCES: ({ host }) =>
    unixPathOf(host) === null
      ? 'Ports below 1024 need the right to bind them: choose a higher one, or grant CAP_NET_BIND_SERVICE.'
      : 'Its folder must exist, and be writable for the user that the router runs as.',
  EADDRNOTAVAIL: () => 'Give an address of this machine, or leave `host` out to listen on all.',
  ENOTFOUND: () => 'Give an address, or a name that this machine can look up.',
  ENOENT: () => 'The folder of the socket must exist.',
};

function cannotListen(listener: ListenerEntity, error: unknown): WeftError {
  const place = unixPathOf(listener.host) === null ? formatHostPort(listener.host, listener.port) : listener.host;
  const remedy = remedies[systemCode(error)]?.(listener) ?? '';
  return new WeftError('WEFT_CANNOT_LISTEN', `cannot listen on ${place}: ${describeSystemError(error)}`, remedy, error);
}
