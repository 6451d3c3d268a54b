// A TCP relay between two routers: the cable that can be cut.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Place } from '../router-process.ts';

export class Relay {
  readonly #to: Place;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #place: Place | null = null;

  constructor(to: Place) {
    this.#to = to;
    this.#server = createServer((near) => {
      const far = connect(to.port, to.host);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.setNoDelay(true);
        one.on('error', () => undefined); // a router was killed, or we cut it
        one.once('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
  }

  /** Where to connect instead; the same each time. */
  async open(): Promise<Place> {
    this.#server.listen(this.#place?.port ?? 0, this.#to.host);
    await once(this.#server, 'listening');
    this.#place = { host: this.#to.host, port: (this.#server.address() as AddressInfo).port };
    return this.#place;
  }

  /** Whether somebody is connected. */
  get isUsed(): boolean {
    return this.#sockets.size > 0;
  }

  /** Ends every connection and takes no new one until it is opened again. */
  async cut(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await once(this.#server, 'close');
  }
}
