// A simulated world: one router, its network and its clients, all drawn from one seed, and the checkers around them.
//
//   chaos ──▶ calm: everything outstanding resolves ──▶ probe: all credit is there ──▶ end: nothing is left
import { Random } from '../kit/random.ts';
import type { Router } from '../router/router.ts';
import type { Configuration } from '../schema/configuration.ts';
import { Breaches } from './breaches.ts';
import { Channels } from './channel.ts';
import { ContentChecker } from './checkers/content.ts';
import { Promise3 } from './checkers/promise-3.ts';
import { Promise4 } from './checkers/promise-4.ts';
import { Promise6 } from './checkers/promise-6.ts';
import { user } from './clients/client-connection.ts';
import { demandsOf, type SizeStyle } from './clients/sizes.ts';
import { SimulatedClock } from './clock.ts';
import { chaosMsMax, closingMs, endingMs, lookEveryMs, restMs, settlingMsMax, stuckMs } from './limits.ts';
import { RouterNode } from './machine/router-node.ts';
import { Messages } from './messages.ts';
import { SimulatedNetwork } from './network/network.ts';
import { drawConfiguration } from './scenario/configuration.ts';
import { Faults } from './scenario/faults.ts';
import { Population } from './scenario/population.ts';
import { Trace } from './trace.ts';
import { Witness } from './witness/witness.ts';
import { WitnessedConnection } from './witness/witnessed-connection.ts';

export interface WorldOptions {
  /** Gets a line for everything that happens; null: nobody reads them. */
  readonly write: ((line: string) => void) | null;
  /** Called with the router before it starts: tests break it here, to see whether a checker finds out. */
  readonly tamper: ((router: Router) => void) | null;
}

/** A frame without a body: these come and go as long as there are connections. */
const heartbeatBytes = 8;

export class World {
  readonly breaches: Breaches;
  readonly trace: Trace;
  readonly clock: SimulatedClock;
  readonly messages = new Messages();
  readonly content: ContentChecker;
  readonly witness: Witness;
  readonly promise3: Promise3;
  readonly promise4: Promise4;
  readonly promise6: Promise6;
  readonly faults: Faults;
  readonly #startsAt: number;
  readonly #random: Random;
  readonly #configuration: Configuration;
  readonly #network: SimulatedNetwork;
  readonly #node: RouterNode;
  readonly #population: Population;

  constructor(seed: number, { write, tamper }: WorldOptions) {
    const random = new Random(seed);
    this.#random = random;
    this.#startsAt = random.pick([1_000, 2 ** 31 - 5_000, 2 ** 33]);
    this.clock = new SimulatedClock(this.#startsAt);
    this.trace = new Trace(this.#startsAt, write);
    this.breaches = new Breaches(() => this.elapsedMs);
    this.content = new ContentChecker(this.messages, this.breaches);
    const channels = new Channels();
    const network = new SimulatedNetwork(this.clock, new Random(random.uint32()));
    this.#network = network;
    const sizes = random.pick<SizeStyle>([
      'small',
      'small',
      'small',
      'mixed',
      'mixed',
      'mixed',
      'large',
      'large',
      'huge',
      'huge',
      'flood',
    ]);
    network.demands = demandsOf(sizes);
    this.#configuration = drawConfiguration(random, channels, sizes);
    this.witness = new Witness({ ...this.#shared(), name: '', channels });
    this.#node = new RouterNode({
      ...this.#shared(),
      configuration: this.#configuration,
      network,
      random: new Random(random.uint32()),
      passwords: new Map([[user.name, user.password]]),
      tap: (connection, socket) => {
        const witnessed = new WitnessedConnection(this.witness, connection, socket);
        this.witness.connections.add(witnessed);
        return witnessed;
      },
    });
    const { router, machine } = this.#node;
    machine.onTurnEnded = () => this.witness.endTurn();
    tamper?.(router);
    this.promise3 = new Promise3(this.witness, this.breaches);
    this.promise4 = new Promise4(this.witness, this.breaches, () => router.describe().droppedPresettled ?? 0);
    this.promise6 = new Promise6(this.witness, this.breaches, router);
    for (const checker of [this.promise3, this.promise4, this.promise6]) this.witness.add(checker);
    this.#population = new Population(
      {
        surroundings: { ...this.#shared(), network },
        configuration: this.#configuration,
        channels,
        messages: this.messages,
        content: this.content,
        sizes,
      },
      random,
    );
    this.faults = new Faults(this.clock, network, new Random(random.uint32()), this.#population.clients);
  }

  #shared() {
    const { clock, trace, breaches, messages } = this;
    return { clock, trace, breaches, messages };
  }

  get elapsedMs(): number {
    return this.clock.now - this.#startsAt;
  }

  get router(): Router {
    return this.#node.router;
  }

  // --- the course of a run -----------------------------------------------------------------------------------------

  run(): void {
    this.#node.start();
    for (const client of this.#population.clients) client.start();
    this.faults.start();
    this.#pass(this.#random.between(500, chaosMsMax));
    if (!this.breaches.any) this.#calm();
    if (!this.breaches.any) this.#probe();
    if (!this.breaches.any) this.#end();
  }

  #pass(ms: number): void {
    this.clock.run(this.clock.now + ms, () => this.breaches.any);
  }

  #say(what: string): void {
    if (this.trace.isOn) this.trace.line(this.clock.now, '════', what);
  }

  #calm(): void {
    this.#say('faults stop, clients behave');
    const { listeners, connectors } = this.#configuration;
    this.faults.stop([...listeners, ...connectors].every(({ idleTimeoutSeconds }) => idleTimeoutSeconds > 0));
    for (const client of this.#population.clients) client.calm();
    this.#settle();
  }

  /** Time passes until nothing is under way any more. As long as messages move nothing is stuck, however slow the wires are. */
  #settle(): void {
    const end = this.clock.now + settlingMsMax;
    let outstanding: string[] = [];
    for (let movedAt = this.clock.now, moved = -1; ; ) {
      this.#pass(lookEveryMs);
      if (this.breaches.any) return;
      outstanding = this.#outstanding();
      if (outstanding.length === 0) break;
      if (this.#movements !== moved) movedAt = this.clock.now;
      moved = this.#movements;
      if (this.clock.now >= movedAt + stuckMs || this.clock.now >= end) break;
    }
    for (const text of outstanding) this.breaches.report('promise 6', `in spite of calm: ${text}`);
    if (this.breaches.any) return;
    this.#pass(restMs);
    this.promise3.handleQuiet();
    this.promise4.handleQuiet();
  }

  /** Grows with everything that gets on. */
  get #movements(): number {
    return this.messages.count + this.witness.copiesBegun + this.witness.outcomesTold;
  }

  #outstanding(): string[] {
    const { clients, publishers, subscribers } = this.#population;
    const isWaiting = (publisher: (typeof publishers)[number]): boolean =>
      publisher.isReachable(this.witness) ? !publisher.isIdle : !publisher.isSettled;
    const wires = this.#network.wires.filter(({ bytesUnderWay }) => bytesUnderWay > heartbeatBytes);
    return [
      ...wires.map(({ bytesUnderWay }) => `${bytesUnderWay} bytes are on a wire`),
      ...clients.filter((client) => !client.isCalmedDown).map(({ options }) => `${options.name} is not back yet`),
      ...clients
        .filter((client) => client.isOpened === client.isIntruder)
        .map(({ options, isOpened }) => `${options.name} is ${isOpened ? '' : 'not '}connected`),
      ...subscribers.filter((one) => !one.isReceiving || !one.isIdle).map((one) => one.describe()),
      ...publishers.filter(isWaiting).map((one) => one.describe()),
      ...this.promise6.stuck(),
    ];
  }

  /** Every sender uses up its credit once: if some had leaked, the next grant would show it. */
  #probe(): void {
    this.#say('probe');
    for (const publisher of this.#population.publishers) publisher.probe(this.witness);
    this.#settle();
  }

  /** Either the clients leave, or the router is told to stop. */
  #end(): void {
    const isStop = this.#random.chance(0.4);
    this.#say(isStop ? 'the router is told to stop' : 'clients leave');
    if (isStop) {
      const { router, machine } = this.#node;
      machine.turn(() => router.drain(this.clock.now));
      this.#pass(this.#configuration.router.drainSeconds * 1000 + closingMs);
      if (!this.#node.isStopped) this.breaches.report('promise 6', 'the router was told to stop, and has not');
    }
    for (const client of this.#population.clients) client.leave();
    this.#pass(endingMs);
    if (!this.breaches.any) this.promise6.handleAllGone();
  }
}
