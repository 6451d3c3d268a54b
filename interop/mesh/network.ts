// A network of router processes on loopback, made from a topology. The listeners of each router:
//
//   main     for clients                       places of router number n:  127.(n+1).x.1, .2, …, each port
//   traced   for clients that see `x-opt-qd.…`  as the system gave it, and kept when the router is started again; x is of this process
//   inter-router, edge    for other routers that dial it
import assert from 'node:assert/strict';
import { type Entity, type Place, type RouterConfiguration, RouterProcess } from '../router-process.ts';
import type { Watch } from '../watch.ts';
import { Relay } from './relay.ts';
import { isEdge, type Topology, type Trunk } from './topology.ts';

/** Distributions by address prefix, alike on every router. */
const addresses: readonly Entity[] = [
  { prefix: 'closest', distribution: 'closest' },
  { prefix: 'multicast', distribution: 'multicast' },
  { prefix: 'unavailable', distribution: 'unavailable' },
];

export class Network {
  readonly topology: Topology;
  /** Those that run, by id. */
  readonly routers = new Map<string, RouterProcess>();
  /** All that ever ran: their logs are the report of a failure. */
  readonly started: RouterProcess[] = [];
  /** What goes over a relay, in the order of the topology. */
  readonly relays: Relay[] = [];
  /** Where relays listen, by trunk. */
  readonly #relayed = new Map<Trunk, Place>();
  /** Where listeners are, by router and name. */
  readonly #places = new Map<string, ReadonlyMap<string, Place>>();
  readonly #folder: string;
  readonly #watch: Watch;

  /** @param folder takes the configurations */
  constructor(topology: Topology, folder: string, watch: Watch) {
    this.topology = topology;
    this.#folder = folder;
    this.#watch = watch;
  }

  /** All routers run when this is over, but may not have found each other: see `untilReady` in ready.ts. */
  async start(): Promise<void> {
    for (const id of this.topology.routers) await this.startRouter(id);
  }

  /** Where clients of router `id` connect. */
  place(id: string, listener: 'main' | 'traced' | Trunk['role'] = 'main'): Place {
    const place = this.#places.get(id)?.get(listener);
    assert.ok(place !== undefined, `router ${id} was started`);
    return place;
  }

  router(id: string): RouterProcess {
    const router = this.routers.get(id);
    assert.ok(router !== undefined, `router ${id} runs`);
    return router;
  }

  /** Whether all its routers run. */
  get isWhole(): boolean {
    return this.topology.routers.every((id) => this.routers.get(id)?.exit === null);
  }

  /** Starts router `id`; at the same ports as before, when it ran before. */
  async startRouter(id: string): Promise<void> {
    const router = RouterProcess.begin(this.#configurationOf(id), this.#folder, this.#watch);
    this.routers.set(id, router);
    this.started.push(router);
    await router.isOperational();
    this.#places.set(id, router.places);
    for (const trunk of this.topology.trunks) {
      if (trunk.isRelayed && this.#dials(trunk.between)[1] === id && !this.#relayed.has(trunk))
        await this.#relay(trunk);
    }
  }

  async #relay(trunk: Trunk): Promise<void> {
    const relay = new Relay(this.place(this.#dials(trunk.between)[1], trunk.role));
    this.relays.push(relay);
    this.#relayed.set(trunk, await relay.open());
  }

  #configurationOf(id: string): RouterConfiguration {
    const { trunks } = this.topology;
    const mode = trunks.length === 0 ? 'standalone' : isEdge(this.topology, id) ? 'edge' : 'interior';
    const answered = new Set(trunks.flatMap(({ between, role }) => (this.#dials(between)[1] === id ? [role] : [])));
    const listeners: [string, Entity][] = [
      ['main', {}],
      ['traced', { stripAnnotations: 'in' }],
      ...[...answered].map((role): [string, Entity] => [role, { role }]),
    ];
    const connectors = trunks.flatMap((trunk, index) => {
      const { between, role, cost } = trunk;
      const [dialler, other] = this.#dials(between);
      if (dialler !== id) return [];
      const { host, port } = this.#relayed.get(trunk) ?? this.place(other, role);
      return [[`${index}-to-${other}`, { role, host, port, ...(role === 'inter-router' ? { cost } : {}) }] as const];
    });
    return {
      router: { id, mode },
      listeners: Object.fromEntries(
        listeners.map(([name, own], index) => [name, { ...this.#listener(id, name, index), ...own }]),
      ),
      connectors: Object.fromEntries(connectors),
      addresses,
    };
  }

  /** Who dials, and whom. */
  #dials([one, other]: Trunk['between']): [string, string] {
    const { routers } = this.topology;
    return routers.indexOf(one) > routers.indexOf(other) ? [one, other] : [other, one];
  }

  #listener(id: string, name: string, index: number): Entity {
    const host = `127.${this.topology.routers.indexOf(id) + 1}.${(process.pid % 250) + 1}.${index + 1}`;
    return { host, ...this.#places.get(id)?.get(name) };
  }

  /** kill -9; over when the process is gone. */
  async kill(id: string): Promise<void> {
    const router = this.router(id);
    router.kill();
    await router.ended();
    this.routers.delete(id);
  }

  /** Ends it as an operator does; over when it has drained. */
  async drain(id: string): Promise<void> {
    const router = this.router(id);
    router.signal('SIGTERM');
    assert.deepEqual(await router.ended(), { code: 0, signal: null }, `router ${id} ends well`);
    this.routers.delete(id);
  }

  /** Ends all of them well. */
  async stop(): Promise<void> {
    await Promise.all([...this.routers.keys()].map((id) => this.drain(id)));
    await this.#closeRelays();
  }

  /** No matter how. */
  killAll(): void {
    for (const router of this.routers.values()) router.kill();
    this.routers.clear();
    void this.#closeRelays();
  }

  async #closeRelays(): Promise<void> {
    await Promise.all(this.relays.splice(0).map((relay) => relay.cut()));
  }
}
