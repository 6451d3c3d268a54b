// A whole router with clients around it, and nothing in between: the test says when bytes move and time passes.
//
//   client A ─▶ Router ─▶ client B        run(): until nobody has more to say
//
// The clients are engines themselves, so what the router does wrong costs it the connection: `check` looks for that.
import { decodeState, type ErrorInfo } from '../../amqp/performatives.ts';
import { Clock } from '../../engine/clock.ts';
import { Endpoint, type EndpointOptions } from '../../engine/testing/endpoint.ts';
import type { Sent } from '../../engine/testing/sender.ts';
import {
  type AddressEntity,
  type Configuration,
  type ConnectorEntity,
  defaultConfiguration,
  type ListenerEntity,
  makeAddress,
  makeConnector,
  makeListener,
  makePolicy,
  makeRouter,
  makeVhost,
  type PolicyEntity,
  type RouterEntity,
  type VhostEntity,
} from '../../schema/configuration.ts';
import type { Dial } from '../ports.ts';
import { Router } from '../router.ts';
import type { RouterConnection } from '../router-connection.ts';
import { FakeHost } from './fake-host.ts';

/** What {@link RouterBench.residue} is when everything is settled and everybody served. */
export const nothingLeft = {
  heldBytes: 0,
  unsettled: 0,
  open: 0,
  waiting: 0,
  flowing: 0,
  heldUp: 0,
  lookAgain: 0,
};

export function outcomesOf(sent: readonly Sent[]): (number | null)[] {
  return sent.map(({ outcome }) => outcome);
}

/** The state that came last, decoded. */
export function stateOf(sent: Sent | undefined): unknown {
  const state = sent?.state ?? new Uint8Array(0);
  return decodeState(state, 0, state.length);
}

export interface BenchOptions {
  readonly router?: Partial<RouterEntity>;
  readonly addresses?: readonly Partial<AddressEntity>[];
  readonly listeners?: readonly Partial<ListenerEntity>[];
  readonly connectors?: readonly Partial<ConnectorEntity>[];
  readonly users?: ReadonlyMap<string, string>;
  readonly policy?: Partial<PolicyEntity>;
  readonly vhosts?: readonly (Partial<VhostEntity> & { readonly hostname: string })[];
}

export function makeConfiguration(options: BenchOptions): Configuration {
  const listeners = options.listeners ?? [{}];
  return {
    ...defaultConfiguration(),
    router: makeRouter({ id: 'R', ...options.router }),
    addresses: (options.addresses ?? []).map((address, index) => makeAddress(address, index)),
    listeners: listeners.map((listener, at) => makeListener({ port: String(5000 + at), ...listener })),
    connectors: (options.connectors ?? []).map((connector) => makeConnector(connector)),
    policy: makePolicy(options.policy),
    vhosts: (options.vhosts ?? []).map((vhost) => makeVhost(vhost)),
  };
}

/** A client and the router's end of its connection. */
export class Client extends Endpoint {
  router: RouterConnection | null = null;
  /** The router's writes to it do not drain. */
  isSlow = false;
  /** What the router is writing. */
  #stuck: Uint8Array | null = null;

  /** Takes what the router writes now; true when there was something. */
  hear(now: number): boolean {
    const { router } = this;
    if (router === null) return false;
    if (this.#stuck === null) this.#stuck = router.takeOutput();
    if (this.#stuck === null || this.isSlow) return false;
    const bytes = this.#stuck.slice();
    this.#stuck = null;
    router.outputWritten(now);
    this.connection.handleBytes(bytes, now);
    return true;
  }
}

export class RouterBench {
  readonly clock = new Clock();
  readonly host = new FakeHost();
  readonly configuration: Configuration;
  readonly router: Router;
  readonly clients: Client[] = [];

  constructor(options: BenchOptions = {}) {
    this.configuration = makeConfiguration(options);
    if (options.users !== undefined) this.host.users = options.users;
    this.router = new Router({ configuration: this.configuration, host: this.host, now: 0 });
    this.router.start(0);
  }

  get now(): number {
    return this.clock.nowMs;
  }

  /** A client that has connected to the listener with this number. It has opened after {@link run}. */
  connect(options: EndpointOptions = {}, listener = 0): Client {
    const client = new Client({ clock: this.clock, ...options });
    const entity = this.configuration.listeners[listener] as ListenerEntity;
    client.router = this.router.acceptConnection(entity, 'client', this.now) as RouterConnection;
    client.connection.start();
    this.clients.push(client);
    return client;
  }

  /** A peer that listens and that the router has dialled. */
  answerDial(dial: Dial, options: EndpointOptions = {}): Client {
    const client = new Client({ clock: this.clock, isInitiator: false, ...options });
    client.router = this.router.dialSucceeded(dial, 'peer', this.now) as RouterConnection;
    this.clients.push(client);
    return client;
  }

  /** As {@link connect}, opened. */
  opened(options: EndpointOptions = {}, listener = 0): Client {
    const client = this.connect(options, listener);
    this.run();
    return client;
  }

  /** Goes over to another configuration; what was done, in lines. */
  reload(options: BenchOptions): string[] {
    const lines = this.router.reload(makeConfiguration(options), this.now);
    this.run();
    return lines;
  }

  /** Moves bytes until nobody has more to say. */
  run(): void {
    for (let turns = 0; this.turn(); turns++) if (turns > 20_000) throw new Error('they never stop talking');
  }

  /** One turn: every client says what it has, the router answers. False when nothing moved. */
  turn(): boolean {
    let moved = false;
    this.router.flush(this.now);
    for (const client of this.clients) {
      if (client.hear(this.now)) moved = true;
      if (client.router?.wantsBytes) {
        const bytes = client.takeBytes();
        if (bytes !== null) {
          client.router.handleBytes(bytes, this.now);
          moved = true;
        }
      }
      this.router.flush(this.now);
      this.#end(client);
    }
    return moved;
  }

  /** Ends the transport of a client when either side is through. */
  #end(client: Client): void {
    const { router } = client;
    if (router === null) return;
    const isOver = router.isFinished && router.connection.outputBytes === 0;
    const hasLeft = client.connection.isFinished && client.connection.outputBytes === 0;
    if (isOver || hasLeft) this.lose(client);
  }

  /** The transport of a client breaks. */
  lose(client: Client): void {
    const { router } = client;
    if (router === null) return;
    client.router = null;
    router.handleClosed('lost', this.now);
    client.connection.handleClosed(this.now);
    this.router.flush(this.now);
  }

  /** Lets time pass; timeouts are handled as they come. */
  pass(ms: number): void {
    const until = this.now + ms;
    this.run();
    for (;;) {
      const next = Math.max(this.now, this.#nextDeadline());
      if (next > until) break;
      this.clock.set(next);
      this.router.handleTimeout(next);
      for (const { connection } of this.clients) connection.handleTimeout(next);
      this.run();
    }
    this.clock.set(until);
  }

  #nextDeadline(): number {
    let next = this.router.nextDeadline();
    for (const { connection } of this.clients) next = Math.min(next, connection.nextDeadline);
    return next;
  }

  /** Errors that clients found in what the router sent. There must be none. */
  faults(): ErrorInfo[] {
    return this.clients.flatMap(({ ended }) => (ended?.by === 'us' && ended.error !== null ? [ended.error] : []));
  }

  /** What is left in the router of deliveries; nothing, once everything is settled and everybody served. */
  residue(): Record<string, number> {
    const { core } = this.router;
    let heldBytes = core.orphanBytes;
    let unsettled = 0;
    for (const { connection } of this.router.connections) {
      for (const session of connection.sessions) {
        heldBytes += session.heldBytes;
        unsettled += session.incoming.size + session.outgoing.size;
      }
    }
    let open = 0;
    for (const { link } of core.producers) open += link.openCount;
    let waiting = 0;
    for (const address of core.addresses.all) if (address.hasWaiting) waiting++;
    const { flowing, heldUp, lookAgain } = core;
    return {
      heldBytes,
      unsettled,
      open,
      waiting,
      flowing: flowing.size,
      heldUp: heldUp.size,
      lookAgain: lookAgain.size,
    };
  }
}
