// What a case has at hand: client programs of each library, a router that all cases share, and routers of its own. What a
// case opened is closed after it.
import { join } from 'node:path';
import { Client, type Library } from './client.ts';
import type { ClientConnection } from './connection.ts';
import type { ReceiverLink, SenderLink } from './link.ts';
import { Network } from './mesh/network.ts';
import { untilReady } from './mesh/ready.ts';
import type { Topology } from './mesh/topology.ts';
import type { AttachOptions, ConnectOptions } from './protocol.ts';
import { type RouterConfiguration, RouterProcess } from './router-process.ts';
import { SampleMesh } from './samples/sample-mesh.ts';
import type { Watch } from './watch.ts';

/** How to start the client of each library that is here. */
export type Programs = ReadonlyMap<Library, readonly string[]>;

/** The router that cases share: one address prefix for each distribution. */
export const sharedConfiguration: RouterConfiguration = {
  addresses: [
    { prefix: 'closest', distribution: 'closest' },
    { prefix: 'multicast', distribution: 'multicast' },
    { prefix: 'unavailable', distribution: 'unavailable' },
    { prefix: 'waypoint', waypoint: true },
    { pattern: '*/events/#', distribution: 'multicast' },
    { pattern: 'events/quiet', distribution: 'unavailable' },
  ],
};

export interface Pair {
  readonly sender: SenderLink;
  readonly receiver: ReceiverLink;
}

export class World {
  readonly watch: Watch;
  /** A folder for files of the suite; removed at its end. */
  readonly folder: string;
  readonly #programs: Programs;
  readonly #shared = new Map<Library, Client>();
  #router: RouterProcess | null = null;
  #network: Network | null = null;
  #sampleMesh: SampleMesh | null = null;
  #sampleMeshes = 0;
  /** Networks of the case. */
  #networks: Network[] = [];
  #cleanups: (() => Promise<void> | void)[] = [];
  #addressCount = 0;

  constructor(programs: Programs, folder: string, watch: Watch) {
    this.#programs = programs;
    this.folder = folder;
    this.watch = watch;
  }

  /** An address that no other case uses. */
  address(prefix = 'queue'): string {
    return `${prefix}/${++this.#addressCount}`;
  }

  // --- clients -----------------------------------------------------------------------------------------------------

  /** The library's client that all cases share. */
  client(library: Library): Client {
    let client = this.#shared.get(library);
    if (client === undefined || client.hasEnded) {
      client = this.#start(library);
      this.#shared.set(library, client);
    }
    return client;
  }

  /** A client of the case's own, to be killed or stopped as it likes. */
  ownClient(library: Library): Client {
    const client = this.#start(library);
    this.#cleanups.push(() => client.kill());
    return client;
  }

  #start(library: Library): Client {
    return new Client(library, this.#programs.get(library) as readonly string[], this.watch);
  }

  // --- routers -----------------------------------------------------------------------------------------------------

  async sharedRouter(): Promise<RouterProcess> {
    if (this.#router === null || this.#router.exit !== null)
      this.#router = await RouterProcess.start(sharedConfiguration, this.folder, this.watch);
    return this.#router;
  }

  async ownRouter(configuration: RouterConfiguration): Promise<RouterProcess> {
    const router = await RouterProcess.start(configuration, this.folder, this.watch);
    this.#cleanups.push(() => router.kill());
    return router;
  }

  // --- networks ----------------------------------------------------------------------------------------------------

  /** The network of this topology that cases share, ready. Only one runs at a time: the one before is ended. */
  async sharedNetwork(topology: Topology): Promise<Network> {
    if (this.#network === null || this.#network.topology !== topology || !this.#network.isWhole) {
      const before = this.#network;
      this.#network = null;
      await before?.stop();
      this.#network = await this.#startNetwork(topology);
    } else this.#networks.push(this.#network);
    return this.#network;
  }

  /** One of the case's own, ready, in which routers may be killed. */
  async ownNetwork(topology: Topology): Promise<Network> {
    const network = await this.#startNetwork(topology);
    this.#cleanups.push(() => network.killAll());
    return network;
  }

  async #startNetwork(topology: Topology): Promise<Network> {
    const network = new Network(topology, this.folder, this.watch);
    this.#networks.push(network);
    try {
      await network.start();
      await untilReady(network, this.client('rhea'));
    } catch (error) {
      network.killAll();
      throw error;
    }
    return network;
  }

  /** The mesh of `weft up` that the cases of the samples share. */
  async sampleMesh(): Promise<SampleMesh> {
    if (this.#sampleMesh === null || this.#sampleMesh.hasEnded)
      this.#sampleMesh = await SampleMesh.start(join(this.folder, `samples-${++this.#sampleMeshes}`), this.watch);
    return this.#sampleMesh;
  }

  /** Logs of the routers of this case's networks, also of those that ended. */
  get networkLogs(): { id: string; log: readonly string[] }[] {
    return this.#networks.flatMap(({ started }) => started);
  }

  // --- short cuts --------------------------------------------------------------------------------------------------

  /** A connection of the shared client of a library to the shared router. */
  async connect(library: Library, options: ConnectOptions = {}): Promise<ClientConnection> {
    const router = await this.sharedRouter();
    return await this.client(library).connect({ ...router.place(), ...options });
  }

  /** A sender and a receiver of the same address, on connections of their own; the sender has credit. */
  async pair(
    from: Library,
    to: Library,
    {
      prefix = 'queue',
      sender = {},
      receiver = {},
    }: { prefix?: string; sender?: AttachOptions; receiver?: AttachOptions } = {},
  ): Promise<Pair> {
    const address = this.address(prefix);
    const receiving = await (await this.connect(to)).receiver(address, receiver);
    const sending = await (await this.connect(from)).sender(address, sender);
    await sending.hasCredit();
    return { sender: sending, receiver: receiving };
  }

  // --- the end of a case -------------------------------------------------------------------------------------------

  /** Does this when the case is over. */
  after(cleanup: () => Promise<void> | void): void {
    this.#cleanups.push(cleanup);
  }

  /** Closes what the case opened. Throws when the router does not answer that as it should. */
  async endCase(): Promise<void> {
    const cleanups = this.#cleanups.reverse();
    this.#cleanups = [];
    this.#networks = [];
    for (const client of this.#shared.values()) {
      await Promise.all([...client.connections.values()].map((connection) => connection.close()));
      client.connections.clear();
      client.links.clear();
    }
    for (const cleanup of cleanups) await cleanup();
  }

  /** After a failure nobody can be trusted: all start anew. */
  abandonCase(): void {
    for (const client of this.#shared.values()) client.kill();
    this.#shared.clear();
    this.#router?.kill();
    this.#router = null;
    this.#network?.killAll();
    this.#network = null;
    this.#networks = [];
    this.#sampleMesh?.end();
    this.#sampleMesh = null;
    for (const cleanup of this.#cleanups) void cleanup();
    this.#cleanups = [];
  }
}
