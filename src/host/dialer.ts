// Dials one peer, once. When to dial again, and whom, the router decides.
import { connect, type Socket } from 'node:net';
import type { Dial } from '../router/ports.ts';
import { formatHostPort, portNumber, unixPathOf } from './endpoint-address.ts';
import { describeSystemError } from './errors.ts';
import { limits } from './limits.ts';

/** The end of a dial, told once and never before `startDial` has returned. */
export interface DialEvents {
  /** An open socket without listeners, made with `allowHalfOpen`. */
  connected(socket: Socket): void;
  failed(reason: string): void;
}

/** Starts to dial. The returned function gives up: nothing is told after it. */
export function startDial(dial: Dial, events: DialEvents): () => void {
  let socket: Socket;
  try {
    socket = openSocket(dial);
  } catch (error) {
    const telling = setImmediate(() => events.failed(describeSystemError(error)));
    return () => clearImmediate(telling);
  }
  const succeed = (): void => {
    forget();
    events.connected(socket);
  };
  const fail = (error: unknown): void => {
    abandon();
    events.failed(typeof error === 'string' ? error : describeSystemError(error));
  };
  const timeout = setTimeout(fail, limits.dialTimeoutMs, `no answer within ${limits.dialTimeoutMs / 1000} seconds`);
  const forget = (): void => {
    clearTimeout(timeout);
    socket.off('connect', succeed).off('error', fail);
  };
  const abandon = (): void => {
    forget();
    socket.on('error', () => undefined); // what goes wrong while it is destroyed has nobody left to tell
    socket.destroy();
  };
  socket.once('connect', succeed).once('error', fail);
  return abandon;
}

function openSocket({ connector, host, port }: Dial): Socket {
  const path = unixPathOf(host);
  if (path !== null) return connect({ path, allowHalfOpen: true });
  const family = { '': 0, IPv4: 4, IPv6: 6 }[connector.protocolFamily];
  return connect({ host, port: portNumber(port), family, allowHalfOpen: true, noDelay: true });
}

/** The peer's address as people read it. */
export function remoteOf(socket: Socket, unixHost: string): string {
  if (socket.remoteAddress === undefined) return unixHost; // Unix sockets have no address of their own
  return formatHostPort(socket.remoteAddress, socket.remotePort ?? 0);
}
