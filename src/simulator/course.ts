// What happens in a world, from its beginning to its end.
//
//   chaos ──▶ calm: everything outstanding resolves ──▶ probe: all credit is there ──▶ end: nothing is left
import { Convergence } from './checkers/convergence.ts';
import { wrongEdges } from './checkers/edge-routers.ts';
import {
  chaosMsMax,
  closingMs,
  convergenceMsMax,
  endingMs,
  lookEveryMs,
  restMs,
  settlingMsMax,
  stuckMs,
} from './limits.ts';
import type { Wire } from './network/wire.ts';
import { missingLinks } from './sites/live-links.ts';
import type { World } from './world.ts';

/** A frame without a body: these come and go as long as there are connections. */
const heartbeatBytes = 8;
/** What routers tell each other in a turn though nothing has happened: HELLO, RA, and the credit for them. */
const chatterBytes = 4_096;

export class Course {
  readonly #world: World;
  readonly convergence: Convergence;

  constructor(world: World) {
    this.#world = world;
    this.convergence = new Convergence(world.sites);
  }

  run(): void {
    const { sites, population, faults, networkFaults, random, breaches, isNetwork } = this.#world;
    for (const site of sites) site.start();
    for (const client of population.clients) client.start();
    faults.start();
    networkFaults.start();
    this.#pass(random.between(isNetwork ? 1_500 : 500, chaosMsMax));
    if (!breaches.any) this.#calm();
    if (!breaches.any) this.#probe();
    if (!breaches.any) this.#end();
  }

  #pass(ms: number): void {
    const { clock, breaches } = this.#world;
    clock.run(clock.now + ms, () => breaches.any);
  }

  #say(what: string): void {
    const { trace, clock } = this.#world;
    if (trace.isOn) trace.line(clock.now, '════', what);
  }

  // --- calm --------------------------------------------------------------------------------------------------------

  #calm(): void {
    this.#say('faults stop, clients behave');
    const { sites, faults, networkFaults, population } = this.#world;
    networkFaults.stop();
    const endpoints = sites.flatMap(({ configuration: { listeners, connectors } }) => [...listeners, ...connectors]);
    faults.stop(endpoints.every(({ idleTimeoutSeconds }) => idleTimeoutSeconds > 0));
    for (const client of population.clients) client.calm();
    this.#settle();
  }

  /** Time passes until nothing is under way any more, and nothing begins either: who was just out of reach may send the moment after. */
  #settle(): void {
    const { clock, breaches } = this.#world;
    const end = clock.now + settlingMsMax;
    for (let moved = -1; moved !== this.#movements && clock.now < end; ) {
      const outstanding = this.#awaitNothing(end);
      if (breaches.any) return;
      for (const text of outstanding) breaches.report('promise 6', `in spite of calm: ${text}`);
      if (breaches.any) return;
      moved = this.#movements;
      this.#pass(restMs);
      if (breaches.any) return;
    }
    for (const { promise3, promise4 } of this.#world.lives) {
      promise3.handleQuiet();
      promise4.handleQuiet();
    }
  }

  /** What is still under way at the end, or when nothing moves any more. As long as messages move nothing is stuck, however slow the wires are. */
  #awaitNothing(end: number): string[] {
    const { clock, breaches } = this.#world;
    for (let movedAt = clock.now, moved = -1; ; ) {
      this.#pass(lookEveryMs);
      if (breaches.any) return [];
      const outstanding = this.#outstanding();
      if (outstanding.length === 0 || this.#failsToConverge()) return outstanding;
      if (this.#movements !== moved) movedAt = clock.now;
      moved = this.#movements;
      if (clock.now >= movedAt + stuckMs || clock.now >= end) return outstanding;
    }
  }

  #failsToConverge(): boolean {
    const { breaches, clock } = this.#world;
    const { wrong, sameSince } = this.convergence;
    if (wrong.length === 0 || clock.now - sameSince < convergenceMsMax) return false;
    for (const text of wrong)
      breaches.report('convergence', `${Math.round(clock.now - sameSince)} ms after the last change ${text}`);
    return true;
  }

  /** Grows with everything that gets on. */
  get #movements(): number {
    const { messages, allLives } = this.#world;
    return allLives.reduce((sum, { witness }) => sum + witness.copiesBegun + witness.outcomesTold, messages.count);
  }

  #outstanding(): string[] {
    const { clock, sites, lives, reach, population, network, networkFaults, topology } = this.#world;
    const { clients, publishers, subscribers } = population;
    const isWaiting = (publisher: (typeof publishers)[number]): boolean =>
      publisher.isReachable(reach) ? !publisher.isIdle : !publisher.isSettled;
    this.convergence.look(clock.now);
    return [
      ...network.wires
        .filter(({ isSilent }) => isSilent)
        .map(({ hosts }) => `${hosts.join(' and ')} have not noticed a cut`),
      ...network.wires
        .filter((wire) => this.#isBusy(wire))
        .map(({ bytesUnderWay }) => `${bytesUnderWay} bytes are on a wire`),
      ...networkFaults.awaited.map(({ id }) => `${id} is not back yet`),
      ...sites.filter(({ isHung }) => isHung).map(({ id }) => `${id} hangs`),
      ...sites.filter(({ isDraining }) => isDraining).map(({ id }) => `${id} has not stopped yet`),
      ...network.wires.filter(({ isStalled }) => isStalled).map(({ hosts }) => `nothing leaves ${hosts.join(' or ')}`),
      ...missingLinks(topology, sites).map(({ from, to }) => `the link from ${from} to ${to} is not up`),
      ...this.convergence.wrong,
      ...wrongEdges(sites),
      ...clients.filter((client) => !client.isCalmedDown).map(({ options }) => `${options.name} is not back yet`),
      ...clients
        .filter((client) => client.isOpened === client.isIntruder)
        .map(({ options, isOpened }) => `${options.name} is ${isOpened ? '' : 'not '}connected`),
      ...subscribers.filter((one) => !one.isReceiving || !one.isIdle).map((one) => one.describe()),
      ...publishers.filter(isWaiting).map((one) => one.describe()),
      ...lives.flatMap(({ promise6 }) => promise6.stuck()),
    ];
  }

  #isBusy({ bytesUnderWay, hosts }: Wire): boolean {
    const { topology } = this.#world;
    const isTrunk = hosts.every((host) => topology.routers.includes(host));
    return bytesUnderWay > (isTrunk ? chatterBytes : heartbeatBytes);
  }

  // --- probe and end -----------------------------------------------------------------------------------------------

  /** Every sender uses up its credit once: if some had leaked, the next grant would show it. And all of it gets through. */
  #probe(): void {
    this.#say('probe');
    const { messages, population, reach, probing, breaches } = this.#world;
    probing.begin(messages.count);
    for (const publisher of population.publishers) publisher.probe(reach);
    this.#settle();
    if (!breaches.any) probing.handleThrough();
  }

  /** Either the clients leave, or all routers are told to stop. */
  #end(): void {
    const { random, population, breaches } = this.#world;
    const isStop = random.chance(0.4);
    this.#say(isStop ? 'the routers are told to stop' : 'clients leave');
    if (isStop) this.#stop();
    for (const client of population.clients) client.leave();
    this.#pass(endingMs);
    if (!breaches.any) for (const { promise6 } of this.#world.lives) promise6.handleAllGone();
  }

  #stop(): void {
    const { sites, breaches } = this.#world;
    const left = new Set(sites.filter(({ life }) => life !== null));
    for (const site of left) site.drain(() => left.delete(site));
    const drainSeconds = Math.max(...sites.map(({ configuration }) => configuration.router.drainSeconds));
    this.#pass(drainSeconds * 1000 + closingMs);
    for (const { id } of left) breaches.report('promise 6', `${id} was told to stop, and has not`);
  }
}
