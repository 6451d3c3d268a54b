// Several whole routers joined in memory, with clients around them. The test says when bytes move and time passes, and what happens
// to the wires in between.
//
//   client ─▶ Router A ═══ wire ═══ Router B ─▶ client        run(): until nobody has more to say; pass(ms): time goes by
//
// Every router listens for clients, for routers and for edge routers; those that a link names first dial.
import type { ErrorInfo } from '../../amqp/performatives.ts';
import { Clock } from '../../engine/clock.ts';
import type { EndpointOptions } from '../../engine/testing/endpoint.ts';
import type { Sender, Sent } from '../../engine/testing/sender.ts';
import type {
  AddressEntity,
  Configuration,
  ConnectorEntity,
  ListenerEntity,
  RouterEntity,
} from '../../schema/configuration.ts';
import { Router } from '../router.ts';
import type { RouterConnection } from '../router-connection.ts';
import { FakeHost } from './fake-host.ts';
import { type End, Wire } from './network-wire.ts';
import { type BenchOptions, Client, makeConfiguration } from './router-bench.ts';

/** What wall clocks showed when the bench began. */
const epochMs = 1_700_000_000_000;
const ports = { normal: '5000', 'inter-router': '5001', edge: '5002', annotated: '5003' } as const;

/** The dialling router first. Two links between the same two are two connections. */
export type Link = readonly [from: string, to: string, connector?: Partial<ConnectorEntity>];

export interface NetworkOptions {
  readonly links: readonly Link[];
  /** Ids of edge routers; all others are interior routers. */
  readonly edges?: readonly string[];
  /** Rules that every router has. */
  readonly addresses?: readonly Partial<AddressEntity>[];
  /** What one router has beside that, by id. */
  readonly routers?: Readonly<Record<string, NodeOptions>>;
  /** What all listeners have. */
  readonly listener?: Partial<ListenerEntity>;
}

export interface NodeOptions {
  readonly router?: Partial<RouterEntity>;
  readonly addresses?: readonly Partial<AddressEntity>[];
  readonly listener?: Partial<ListenerEntity>;
  readonly policy?: BenchOptions['policy'];
  readonly vhosts?: BenchOptions['vhosts'];
}

class NetworkHost extends FakeHost {
  readonly #clock: Clock;
  /** No two hosts have the same time. */
  readonly #skewMs: number;

  constructor(clock: Clock, skewMs: number) {
    super();
    this.#clock = clock;
    this.#skewMs = skewMs;
  }

  override wallTimeMs(): number {
    return epochMs + this.#skewMs + this.#clock.nowMs;
  }
}

/** One router and its host. */
export class Node {
  readonly id: string;
  readonly configuration: Configuration;
  readonly clock: Clock;
  host: NetworkHost;
  router: Router;
  /** Its process is dead. */
  isDead = false;
  /** Its process stands still. */
  isFrozen = false;
  readonly #skewMs: number;

  constructor(id: string, configuration: Configuration, clock: Clock, skewMs: number) {
    this.id = id;
    this.configuration = configuration;
    this.clock = clock;
    this.#skewMs = skewMs;
    this.host = new NetworkHost(clock, skewMs);
    this.router = this.#start();
  }

  #start(): Router {
    const { configuration, host } = this;
    const router = new Router({ configuration, host, now: this.clock.nowMs });
    router.start(this.clock.nowMs);
    return router;
  }

  /** A new process in the place of the old one. */
  restart(): void {
    this.isDead = this.isFrozen = false;
    this.host = new NetworkHost(this.clock, this.#skewMs);
    this.router = this.#start();
  }

  get isAwake(): boolean {
    return !this.isDead && !this.isFrozen;
  }

  listener(role: keyof typeof ports): ListenerEntity {
    const found = this.configuration.listeners.find(({ port }) => port === ports[role]);
    if (found === undefined) throw new Error(`${this.id} has no listener for ${role}`);
    return found;
  }
}

export class NetworkBench {
  readonly clock = new Clock();
  readonly nodes = new Map<string, Node>();
  readonly wires: Wire[] = [];
  readonly clients: Client[] = [];
  /** How long bytes are on wires that come up from now on. */
  delayMs = 0;
  readonly #nodeOf = new Map<Client, Node>();
  /** Pairs between which no dial succeeds, `A B`. */
  readonly #severed = new Set<string>();

  /** All links are up, and everybody knows everybody, when this returns. */
  constructor(options: NetworkOptions) {
    const ids = new Set([
      ...options.links.flatMap(([from, to]) => [from, to] as const),
      ...Object.keys(options.routers ?? {}),
    ]);
    for (const id of ids)
      this.nodes.set(id, new Node(id, configurationOf(id, options), this.clock, this.nodes.size * 7));
    this.pass(3_000);
  }

  get now(): number {
    return this.clock.nowMs;
  }

  node(id: string): Node {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`there is no router ${id}`);
    return node;
  }

  router(id: string): Router {
    return this.node(id).router;
  }

  /** Log lines of a router that contain this. */
  logged(id: string, text: string): string[] {
    return this.node(id)
      .host.logged(text)
      .map((line) => line.text);
  }

  // --- clients -----------------------------------------------------------------------------------------------------

  /** A client of this router, opened. `role`: the listener to which it goes; `annotated` strips nothing. */
  client(id: string, options: EndpointOptions = {}, role: keyof typeof ports = 'normal'): Client {
    const node = this.node(id);
    const client = new Client({ clock: this.clock, ...options });
    client.router = node.router.acceptConnection(node.listener(role), 'client', this.now) as RouterConnection;
    client.connection.start();
    this.clients.push(client);
    this.#nodeOf.set(client, node);
    this.run();
    return client;
  }

  /** A sender to `address` on a connection of its own, attached. */
  sender(id: string, address: string | null, options: Parameters<Client['send']>[1] = {}): Sender {
    const sender = this.client(id).send(address, options);
    this.run();
    return sender;
  }

  /** A receiver on a connection of its own; the other routers know of it. */
  receiver(id: string, address: string | null, options: Parameters<Client['receive']>[1] = {}) {
    const receiver = this.client(id).receive(address, options);
    this.pass(300);
    return receiver;
  }

  // --- wires -------------------------------------------------------------------------------------------------------

  /** The connections between two routers that are up, the oldest first. */
  between(a: string, b: string): Wire[] {
    return this.wires.filter((wire) => wire.joins(a, b));
  }

  wire(a: string, b: string): Wire {
    const [first] = this.between(a, b);
    if (first === undefined) throw new Error(`nothing joins ${a} and ${b}`);
    return first;
  }

  /** One connection breaks; it is dialled again. Both ends hear of it in this turn. */
  cut(wire: Wire): void {
    wire.cut(this.now, (end) => this.#isAwake(end));
    this.wires.splice(this.wires.indexOf(wire), 1);
    this.#flushAll();
  }

  /** All connections between two routers break, and no new one comes about until {@link mend}. */
  sever(a: string, b: string): void {
    this.#severed.add(`${a} ${b}`).add(`${b} ${a}`);
    for (const wire of this.between(a, b)) this.cut(wire);
  }

  mend(a: string, b: string): void {
    this.#severed.delete(`${a} ${b}`);
    this.#severed.delete(`${b} ${a}`);
  }

  // --- processes ---------------------------------------------------------------------------------------------------

  /** The process is gone: everybody who was connected hears of it in this turn. */
  kill(id: string): void {
    const node = this.node(id);
    node.isDead = true;
    for (const wire of this.wires.filter(({ ends }) => ends.some((end) => end.id === id))) this.cut(wire);
    for (const client of this.clients) if (this.#nodeOf.get(client) === node) this.#lose(client);
    this.#flushAll();
  }

  /** The process stands still; its sockets stay open, and fill. */
  freeze(id: string): void {
    this.node(id).isFrozen = true;
  }

  /** It goes on: it is called late, then reads what lies in its sockets. */
  thaw(id: string): void {
    const node = this.node(id);
    node.isFrozen = false;
    node.router.handleTimeout(this.now);
    this.run();
  }

  /** {@link kill} and a new process in its place. */
  restart(id: string): void {
    if (!this.node(id).isDead) this.kill(id);
    this.node(id).restart();
  }

  // --- bytes -------------------------------------------------------------------------------------------------------

  /** Moves bytes until nobody has more to say in this moment. */
  run(): void {
    for (let turns = 0; this.turn(); turns++) if (turns > 50_000) throw new Error('they never stop talking');
  }

  /** One turn of everybody; false when nothing moved. */
  turn(): boolean {
    this.#answerDials();
    this.#flushAll();
    let moved = false;
    for (const wire of [...this.wires]) {
      if (wire.isCut) continue;
      if (wire.move(this.now, (end) => this.#isAwake(end))) moved = true;
      if (wire.isOver) {
        this.cut(wire);
        moved = true;
      }
    }
    for (const client of this.clients) if (this.#moveClient(client)) moved = true;
    this.#flushAll();
    return moved;
  }

  #moveClient(client: Client): boolean {
    const { router } = client;
    const node = this.#nodeOf.get(client) as Node;
    if (router === null || !node.isAwake) return false;
    let moved = client.hear(this.now);
    if (router.wantsBytes) {
      const bytes = client.takeBytes();
      if (bytes !== null) {
        router.handleBytes(bytes, this.now);
        moved = true;
      }
    }
    node.router.flush(this.now);
    const isOver = router.isFinished && router.connection.outputBytes === 0;
    const hasLeft = client.connection.isFinished && client.connection.outputBytes === 0;
    if (isOver || hasLeft) this.#lose(client);
    return moved;
  }

  /** The transport of a client breaks. */
  lose(client: Client): void {
    this.#lose(client);
    this.#flushAll();
  }

  #lose(client: Client): void {
    const { router } = client;
    if (router === null) return;
    client.router = null;
    if (this.#nodeOf.get(client)?.isAwake) router.handleClosed('lost', this.now);
    client.connection.handleClosed(this.now);
  }

  #isAwake({ id, router }: End): boolean {
    const node = this.node(id);
    return node.isAwake && node.router === router;
  }

  #flushAll(): void {
    for (const node of this.nodes.values()) if (node.isAwake) node.router.flush(this.now);
  }

  #answerDials(): void {
    for (const node of this.nodes.values()) {
      if (!node.isAwake) continue;
      for (const dial of node.host.dials.splice(0)) {
        const far = this.nodes.get(dial.host);
        const listener = far?.configuration.listeners.find(({ port }) => port === dial.port);
        const isListening = far?.host.listening.some(({ identity }) => identity === listener?.identity) ?? false;
        if (!far?.isAwake || !isListening || listener === undefined || this.#severed.has(`${node.id} ${far.id}`)) {
          node.router.dialFailed(dial, 'connection refused', this.now);
          continue;
        }
        const dialling = node.router.dialSucceeded(dial, far.id, this.now) as RouterConnection;
        const accepting = far.router.acceptConnection(listener, node.id, this.now) as RouterConnection;
        const wire = new Wire(
          { id: node.id, router: node.router, connection: dialling },
          { id: far.id, router: far.router, connection: accepting },
          dial,
        );
        wire.delayMs = this.delayMs;
        this.wires.push(wire);
      }
    }
  }

  // --- time --------------------------------------------------------------------------------------------------------

  /** Lets time pass; timeouts are handled, and bytes arrive, as they come. */
  pass(ms: number): void {
    const until = this.now + ms;
    this.run();
    for (;;) {
      const next = Math.max(this.now, this.#nextEvent());
      if (next > until) break;
      this.clock.set(next);
      for (const node of this.nodes.values())
        if (node.isAwake && node.router.nextDeadline() <= next) node.router.handleTimeout(next);
      for (const { connection } of this.clients) connection.handleTimeout(next);
      this.run();
    }
    this.clock.set(until);
  }

  #nextEvent(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const node of this.nodes.values()) if (node.isAwake) next = Math.min(next, node.router.nextDeadline());
    for (const { connection } of this.clients) next = Math.min(next, connection.nextDeadline);
    for (const wire of this.wires) next = Math.min(next, wire.nextArrival(this.now));
    return next;
  }

  // --- what must hold ----------------------------------------------------------------------------------------------

  /** Errors that clients found in what routers sent, and that routers found in what other routers sent. There must be none. */
  faults(): ErrorInfo[] {
    const found = this.clients.flatMap(({ ended }) =>
      ended?.by === 'us' && ended.error !== null ? [ended.error] : [],
    );
    for (const { ends } of this.wires)
      for (const { connection } of ends)
        if (connection.connection.lastError !== null) found.push(connection.connection.lastError);
    return found;
  }

  /** Deliveries of which anything is left at any router; all 0 when everything is settled and everybody served. */
  residue(): Record<string, number> {
    const left = { heldBytes: 0, backlogBytes: 0, unsettled: 0, open: 0, waiting: 0, flowing: 0, outstanding: 0 };
    for (const { router, isDead } of this.nodes.values()) {
      if (isDead) continue;
      const { core } = router;
      left.heldBytes += core.orphanBytes;
      left.flowing += core.flowing.size;
      left.waiting += core.waitingAddresses.size;
      for (const { connection, context } of router.connections) {
        left.backlogBytes += (context.peer?.backlog.bytes ?? 0) + (context.edge?.backlog.bytes ?? 0);
        for (const session of connection.sessions) {
          left.heldBytes += session.heldBytes;
          left.unsettled += session.incoming.size + session.outgoing.size;
        }
      }
      for (const { link } of core.producers) left.open += link.openCount;
      for (const { remotes } of core.addresses.all)
        for (const way of remotes?.ways ?? []) left.outstanding += way.outstanding;
    }
    return left;
  }
}

/** What {@link NetworkBench.residue} is when nothing is left. */
export const nothingLeftAnywhere = {
  heldBytes: 0,
  backlogBytes: 0,
  unsettled: 0,
  open: 0,
  waiting: 0,
  flowing: 0,
  outstanding: 0,
};

function configurationOf(id: string, options: NetworkOptions): Configuration {
  const own = options.routers?.[id] ?? {};
  const isEdge = options.edges?.includes(id) ?? false;
  const listener = { ...options.listener, ...own.listener };
  const listeners: Partial<ListenerEntity>[] = [
    { ...listener, port: ports.normal },
    { ...listener, port: ports.annotated, stripAnnotations: 'no' },
  ];
  if (!isEdge)
    listeners.push(
      { ...listener, port: ports['inter-router'], role: 'inter-router' },
      { ...listener, port: ports.edge, role: 'edge' },
    );
  const connectors = options.links
    .filter(([from]) => from === id)
    .map(([, to, connector], at): Partial<ConnectorEntity> => {
      const role = isEdge ? 'edge' : 'inter-router';
      return {
        ...options.listener,
        name: `link-${at}`,
        host: to,
        port: ports[role],
        role,
        ...connector,
      } as Partial<ConnectorEntity>;
    });
  return makeConfiguration({
    router: { id, mode: isEdge ? 'edge' : 'interior', ...own.router },
    addresses: [...(own.addresses ?? []), ...(options.addresses ?? [])],
    listeners,
    connectors,
    ...(own.policy === undefined ? {} : { policy: own.policy }),
    ...(own.vhosts === undefined ? {} : { vhosts: own.vhosts }),
  });
}

/** Outcomes of everything that was sent here. */
export function outcomesAt(sender: Sender): (number | null)[] {
  return sender.sent.map(({ outcome }: Sent) => outcome);
}
