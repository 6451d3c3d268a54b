// Where the sockets of a listener with `http: yes` go once they are accepted, and their TLS handshake is over:
//
//   socket ──▶ request ──▶ page (pages.ts)
//                 └─ upgrade ──▶ WebSocket ──▶ connection of the router
//
// Node's HTTP server does the parsing. It never listens: the acceptor and the TLS door are those of every listener.
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { TransportSecurity } from '../../router/ports.ts';
import type { ListenerEntity } from '../../schema/configuration.ts';
import { limits } from '../limits.ts';
import type { Pages } from './pages.ts';
import { refuseUpgrade } from './reply.ts';
import { WebSocketDoor } from './web-socket-door.ts';

/** Who is at the other end of a socket. */
export interface Visitor {
  readonly remote: string;
  /** null in clear. */
  readonly security: TransportSecurity | null;
}

export interface HttpDoorEvents {
  /** An open WebSocket without listeners that speaks AMQP. */
  entered(socket: WebSocket, visitor: Visitor): void;
  /** A peer came no further. */
  turnedAway(remote: string, reason: string): void;
  /** Whether the router takes nobody in any more. */
  isDraining(): boolean;
}

/** How long a client may take. Milliseconds. */
export interface HttpPatience {
  /** For the head of a request. */
  readonly headersMs: number;
  /** For a whole request. */
  readonly requestMs: number;
  /** Without a byte in either direction while a request is under way. */
  readonly idleMs: number;
  /** Between requests. */
  readonly keepAliveMs: number;
}

export class HttpDoor {
  readonly #server: Server;
  readonly #webSockets: WebSocketDoor;
  readonly #pages: Pages;
  readonly #events: HttpDoorEvents;
  readonly #visitors = new Map<Duplex, Visitor>();

  constructor(listener: ListenerEntity, pages: Pages, events: HttpDoorEvents, patience: HttpPatience = limits.http) {
    this.#pages = pages;
    this.#events = events;
    this.#webSockets = new WebSocketDoor(listener);
    this.#server = createServer({
      maxHeaderSize: limits.httpHeadBytesMax,
      headersTimeout: patience.headersMs,
      requestTimeout: patience.requestMs,
      keepAliveTimeout: patience.keepAliveMs,
      connectionsCheckingInterval: Math.min(patience.headersMs, 1000),
    });
    this.#server.maxHeadersCount = limits.httpHeadersMax;
    this.#server.timeout = patience.idleMs;
    this.#server.on('request', (request, response) => this.#handleRequest(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#handleUpgrade(request, socket, head));
    // Node begins to watch its two timeouts when the server says that it listens.
    this.#server.emit('listening');
  }

  /** Takes over an open socket. */
  receive(socket: Socket, visitor: Visitor): void {
    if (this.#visitors.size >= limits.httpConnectionsMax) {
      socket.on('error', () => undefined).destroy();
      this.#events.turnedAway(visitor.remote, `${limits.httpConnectionsMax} HTTP connections are open already`);
      return;
    }
    this.#visitors.set(socket, visitor);
    socket.once('close', () => this.#visitors.delete(socket));
    this.#server.emit('connection', socket);
  }

  /** Cuts every request off. WebSockets go on. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #handleRequest(request: IncomingMessage, response: ServerResponse): void {
    const visitor = this.#visitors.get(request.socket);
    if (visitor === undefined) request.socket.destroy();
    else this.#pages.serve({ request, response }, visitor);
  }

  #handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const visitor = this.#visitors.get(socket);
    if (visitor === undefined) {
      socket.destroy();
      return;
    }
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
      this.#handleIgnoredUpgrade(request, socket as Socket);
      return;
    }
    if (this.#events.isDraining()) {
      refuseUpgrade(socket, 503, 'this router is shutting down');
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#visitors.delete(socket);
      this.#events.entered(webSocket, visitor);
    });
  }

  /** Some clients offer HTTP/2 with every request (`Upgrade: h2c`); it is answered as if they had not (RFC 9110, §7.8). */
  #handleIgnoredUpgrade(request: IncomingMessage, socket: Socket): void {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => socket.end());
    socket.on('error', () => undefined);
    this.#handleRequest(request, response);
  }
}
