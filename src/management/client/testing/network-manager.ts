// A management client at one router of a network in memory. Replies are promises, so somebody must let time go by until they come.
import type { RouterConnection } from '../../../router/router-connection.ts';
import type { NetworkBench } from '../../../router/testing/network-bench.ts';
import { ManagementConnection } from '../management-connection.ts';
import type { Ask } from '../management-node.ts';

const stepMs = 50;
const patienceMs = 60_000;

export class NetworkManager {
  readonly #net: NetworkBench;
  readonly #client: ManagementConnection;
  readonly #router: RouterConnection;
  /** How long a reply may take. */
  timeoutMs = 2_000;

  constructor(net: NetworkBench, id: string) {
    const node = net.node(id);
    this.#net = net;
    const login = { containerId: 'manager', hostname: 'router', user: '', password: '', hasCertificate: false };
    this.#client = new ManagementConnection({ ...login, mechanisms: null }, net.now, () => undefined);
    this.#router = node.router.acceptConnection(node.listener('normal'), 'manager', net.now) as RouterConnection;
  }

  readonly ask: Ask = (to, request) => this.#client.ask(to, request, this.#net.now + this.timeoutMs);

  /** Lets time go by until `promise` is settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isOver = false;
    const finish = (): void => {
      isOver = true;
    };
    promise.then(finish, finish);
    for (const end = this.#net.now + patienceMs; !isOver && this.#net.now < end; ) {
      this.#pump();
      await Promise.resolve();
      for (let ticks = 0; ticks < 20; ticks++) await Promise.resolve();
      if (isOver) break;
      this.#net.pass(stepMs);
      this.#client.handleTimeout(this.#net.now);
    }
    return promise;
  }

  /** Moves bytes until neither has more to say. */
  #pump(): void {
    for (let moved = true; moved; ) {
      moved = false;
      const up = this.#client.takeOutput();
      if (up !== null) {
        this.#router.handleBytes(up.slice(), this.#net.now);
        this.#client.outputWritten(this.#net.now);
        moved = true;
      }
      this.#net.run();
      const down = this.#router.takeOutput();
      if (down === null) continue;
      this.#client.handleBytes(down.slice(), this.#net.now);
      this.#router.outputWritten(this.#net.now);
      moved = true;
    }
  }
}
