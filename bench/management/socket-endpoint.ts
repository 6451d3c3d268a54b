// An AMQP client of the bench on the engine: one connection over a socket. Leaner than a library, for there may be a hundred thousand links.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Endpoint, type EndpointOptions } from '../../src/engine/testing/endpoint.ts';

/** Often enough for the default idle timeout of a router. */
const heartbeatMs = 2_000;

export class SocketEndpoint extends Endpoint {
  readonly #socket: Socket;
  readonly #heartbeat: NodeJS.Timeout;
  #isFlushDue = false;
  /** Who waits for something to come. */
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket, options: EndpointOptions) {
    super(options);
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      const now = performance.now();
      this.connection.handleBytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), now);
      this.flush();
      this.#wake();
    });
    socket.on('error', () => undefined); // the close that follows is what counts
    socket.on('close', () => this.#wake());
    this.#heartbeat = setInterval(() => {
      this.connection.handleTimeout(performance.now());
      this.flush();
    }, heartbeatMs);
  }

  /** A connection that has opened. */
  static async open(host: string, port: number, options: EndpointOptions = {}): Promise<SocketEndpoint> {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, 'connect');
    const endpoint = new SocketEndpoint(socket, options);
    endpoint.connection.start();
    endpoint.flush();
    await endpoint.until(() => endpoint.opened !== null);
    return endpoint;
  }

  /** Writes what there is to say. */
  flush(): void {
    const bytes = this.takeBytes();
    if (bytes !== null) this.#socket.write(bytes);
  }

  /** What is said from now on goes out at the end of this turn of Node. */
  override handleDirty(): void {
    super.handleDirty();
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(() => {
      this.#isFlushDue = false;
      this.flush();
    });
  }

  /** Resolves when `is` holds, which is asked whenever something came. */
  async until(is: () => boolean): Promise<void> {
    while (!is()) {
      if (this.#socket.destroyed) throw new Error(`the router ended the connection: ${this.error?.description ?? ''}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#socket.destroy();
  }
}
