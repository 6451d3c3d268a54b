// The way of a listener's WebSockets from the upgrade of HTTP to a connection of the router. Clients ask for the subprotocol
// `amqp`, older ones for `binary`; both mean the same. The path means nothing, as with Dispatch.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ListenerEntity } from '../../schema/configuration.ts';
import { limits } from '../limits.ts';
import { refuseUpgrade } from './reply.ts';

const subprotocols = ['amqp', 'binary'] as const;
/** RFC 6455, §7.4.1: what Dispatch answers where `websockets` is off. */
const unexpectedCondition = 1011;

export class WebSocketDoor {
  readonly #server: WebSocketServer;
  readonly #isOpen: boolean;

  constructor(listener: ListenerEntity) {
    this.#isOpen = listener.websockets;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // A message may hold many frames, and must hold one of the largest that we take.
      maxPayload: Math.max(limits.webSocketMessageBytesMax, 2 * listener.maxFrameSize),
      handleProtocols: (offered) => subprotocols.find((one) => offered.has(one)) ?? false,
    });
  }

  /** Answers an upgrade; `entered` is called with an open WebSocket, without listeners, before it says anything. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, entered: (socket: WebSocket) => void): void {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
    if (!offered.some((one) => subprotocols.some((known) => known === one))) {
      refuseUpgrade(socket, 400, 'WebSockets here speak the subprotocol amqp, and the client does not ask for it');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      if (this.#isOpen) entered(webSocket);
      else webSocket.on('error', () => undefined).close(unexpectedCondition, 'cannot-upgrade');
    });
  }
}
