// Dials one peer, once, TLS handshake included. When to dial again, and whom, the router decides.
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Dial, TransportSecurity } from '../router/ports.ts';
import { formatHostPort, portNumber, unixPathOf } from './endpoint-address.ts';
import { describeSystemError } from './errors.ts';
import { limits } from './limits.ts';
import { describeTlsError } from './tls/tls-error.ts';
import type { TlsProfile } from './tls/tls-profile.ts';

/** The end of a dial, told once and never before `startDial` has returned. */
export interface DialEvents {
  /** An open socket without listeners, made with `allowHalfOpen`; `security` is null in clear. */
  connected(socket: Socket, security: TransportSecurity | null): void;
  failed(reason: string): void;
}

/** How far a dial is: `readyEvent` of the socket tells that it may be written. */
interface Opening {
  readonly socket: Socket;
  readonly readyEvent: 'connect' | 'secureConnect';
  readonly security: () => TransportSecurity | null;
}

/** Starts to dial, in clear when `profile` is null. The returned function gives up: nothing is told after it. */
export function startDial(dial: Dial, profile: TlsProfile | null, events: DialEvents): () => void {
  let opening: Opening;
  try {
    opening = profile === null ? openSocket(dial) : openTlsSocket(dial, profile);
  } catch (error) {
    const telling = setImmediate(() => events.failed(describeSystemError(error)));
    return () => clearImmediate(telling);
  }
  const { socket, readyEvent, security } = opening;
  const succeed = (): void => {
    forget();
    events.connected(socket, security());
  };
  const fail = (error: unknown): void => {
    abandon();
    events.failed(typeof error === 'string' ? error : describeTlsError(error));
  };
  const timeout = setTimeout(fail, limits.dialTimeoutMs, `no answer within ${limits.dialTimeoutMs / 1000} seconds`);
  const forget = (): void => {
    clearTimeout(timeout);
    socket.off(readyEvent, succeed).off('error', fail);
  };
  const abandon = (): void => {
    forget();
    socket.on('error', () => undefined); // what goes wrong while it is destroyed has nobody left to tell
    socket.destroy();
  };
  socket.once(readyEvent, succeed).once('error', fail);
  return abandon;
}

function openSocket(dial: Dial): Opening {
  return { socket: connect(placeOf(dial)), readyEvent: 'connect', security: () => null };
}

/** The peer must show a certificate of an authority that we trust and, unless told otherwise, for the host dialled. */
function openTlsSocket(dial: Dial, profile: TlsProfile): Opening {
  const { connector, host } = dial;
  const { material } = profile;
  const socket: TLSSocket = connectTls({
    ...placeOf(dial),
    secureContext: material.secureContext,
    rejectUnauthorized: true,
    // An address is no name that a server could choose a certificate by (RFC 6066, §3).
    ...(isIP(host) !== 0 || unixPathOf(host) !== null ? {} : { servername: host }),
    ...(connector.verifyHostname ? {} : { checkServerIdentity: () => undefined }),
  });
  socket.setNoDelay(true);
  return { socket, readyEvent: 'secureConnect', security: () => profile.describe(socket, material) };
}

function placeOf({ connector, host, port }: Dial) {
  const path = unixPathOf(host);
  if (path !== null) return { path, allowHalfOpen: true };
  const family = { '': 0, IPv4: 4, IPv6: 6 }[connector.protocolFamily];
  return { host, port: portNumber(port), family, allowHalfOpen: true, noDelay: true };
}

/** The peer's address as people read it. */
export function remoteOf(socket: Socket, unixHost: string): string {
  if (socket.remoteAddress === undefined) return unixHost; // Unix sockets have no address of their own
  return formatHostPort(socket.remoteAddress, socket.remotePort ?? 0);
}
