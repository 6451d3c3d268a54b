// A simulated world: routers, the network between them, and clients, all drawn from one seed, and the checkers around them.
// What happens in it is told by course.ts.
import { Random } from '../kit/random.ts';
import type { Router } from '../router/router.ts';
import type { Configuration } from '../schema/configuration.ts';
import { Breaches } from './breaches.ts';
import { type Channel, Channels } from './channel.ts';
import { ContentChecker } from './checkers/content.ts';
import { GentleDrain } from './checkers/gentle-drain.ts';
import { Journeys } from './checkers/journeys.ts';
import { NeedlessRelease } from './checkers/needless-release.ts';
import { OrderChecker } from './checkers/order.ts';
import { Probing } from './checkers/probing.ts';
import { demandsOf, type SizeStyle } from './clients/sizes.ts';
import { SimulatedClock } from './clock.ts';
import { closingMs, drainLookMs } from './limits.ts';
import { Messages } from './messages.ts';
import { SimulatedNetwork } from './network/network.ts';
import { TrunkProfiles } from './network/trunk-profiles.ts';
import { drawConfigurations } from './scenario/configuration.ts';
import { Faults } from './scenario/faults.ts';
import { NetworkFaults } from './scenario/network-faults.ts';
import { Population } from './scenario/population.ts';
import type { Life } from './sites/life.ts';
import { Reach } from './sites/reach.ts';
import { Site } from './sites/site.ts';
import { Unrest } from './sites/unrest.ts';
import type { Topology } from './topology/topology.ts';
import { Trace } from './trace.ts';
import type { WitnessedLink } from './witness/records.ts';

export interface WorldOptions {
  /** Gets a line for everything that happens; null: nobody reads them. */
  readonly write: ((line: string) => void) | null;
  /** Called with each router before it starts: tests break it here, to see whether a checker finds out. */
  readonly tamper: ((router: Router) => void) | null;
}

const sizeStyles: readonly SizeStyle[] = [
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
];

export class World {
  readonly random: Random;
  readonly clock: SimulatedClock;
  readonly trace: Trace;
  readonly breaches: Breaches;
  readonly network: SimulatedNetwork;
  readonly messages = new Messages();
  readonly content: ContentChecker;
  readonly journeys: Journeys;
  readonly probing: Probing;
  readonly sites: readonly Site[];
  readonly reach: Reach;
  readonly population: Population;
  readonly faults: Faults;
  readonly networkFaults: NetworkFaults;
  readonly topology: Topology;
  readonly #startsAt: number;
  readonly #unrest: Unrest;
  /** No message makes others give way. */
  readonly #areSmall: boolean;

  constructor(random: Random, topology: Topology, { write, tamper }: WorldOptions) {
    this.random = random;
    this.topology = topology;
    this.#startsAt = random.pick([1_000, 2 ** 31 - 5_000, 2 ** 33]);
    this.clock = new SimulatedClock(this.#startsAt);
    this.trace = new Trace(this.#startsAt, write);
    this.breaches = new Breaches(() => this.elapsedMs);
    this.content = new ContentChecker(this.messages, this.breaches);
    const channels = new Channels();
    this.network = new SimulatedNetwork(this.clock, fork(random));
    const sizes = random.pick(sizeStyles);
    this.network.demands = demandsOf(sizes);
    if (this.isNetwork) new TrunkProfiles(fork(random), topology.routers).install(this.network);
    const configurations = drawConfigurations(random, channels, sizes, topology);
    const sites: Site[] = [];
    this.sites = sites;
    this.reach = new Reach(sites);
    this.#unrest = new Unrest(sites);
    this.#areSmall = sizes === 'small' || sizes === 'mixed';
    this.journeys = new Journeys({
      breaches: this.breaches,
      hasRestedSince: (time) => this.#unrest.hasRestedSince(time),
      hasLostSettledConsumer: (...since) =>
        this.allLives.some(({ witness }) => witness.hasLostSettledConsumer(...since)),
    });
    this.probing = this.#newProbing();
    for (const configuration of configurations) {
      const site = this.#newSite(configuration, channels, tamper);
      site.onChange = () => this.#unrest.look(site, this.clock.now);
      sites.push(site);
    }
    const surroundings = { ...this.#shared(), network: this.network };
    this.population = new Population(
      { surroundings, configurations, channels, messages: this.messages, content: this.content, sizes },
      random,
    );
    this.faults = new Faults(this.clock, this.network, fork(random), this.population.clients);
    this.networkFaults = new NetworkFaults(this.clock, this.network, fork(random), sites);
  }

  #newSite(configuration: Configuration, channels: Channels, tamper: WorldOptions['tamper']): Site {
    const { journeys, breaches } = this;
    const drains = new GentleDrain({ journeys, breaches, mayBeCut: (link) => this.#mayBeCut(link) });
    const releases = new NeedlessRelease({
      journeys,
      breaches,
      hasRestedSince: (time) => this.#areSmall && this.isNetwork && this.#unrest.hasRestedSince(time),
      consumersFor: (channel, from) => this.#consumersFor(channel, from, ({ isDraining }) => !isDraining),
      hasLostConsumer: (channel, time) =>
        this.allLives.some(({ witness }) => witness.consumersOf(channel).some(({ endedAt }) => endedAt >= time)),
    });
    const checkers = [
      journeys,
      new OrderChecker(journeys, breaches, (since) => this.isNetwork && !this.#unrest.hasRestedSince(since)),
      drains,
      releases,
    ];
    const surroundings = { ...this.#shared(), network: this.network, channels, checkers, tamper };
    const name = this.isNetwork ? `${configuration.router.id} ` : '';
    const isConsumed = (channel: Channel, at: Site) => this.reach.isConsumed(channel, at);
    return new Site(surroundings, fork(this.random), configuration, name, isConsumed);
  }

  /** By a fault, or by a router whose time to stop was over. */
  #mayBeCut({ endedAt, connection: { witness, router, isOfEdge } }: WitnessedLink): boolean {
    if (isOfEdge) return true; // edges are not told, and send until they are cut off
    const isEnd = (at: number) => at - drainLookMs <= endedAt && endedAt <= at + closingMs;
    const ends = this.sites.filter(
      ({ id, lives }) => id === router.connection.remoteContainerId || lives.some((life) => life.witness === witness),
    );
    return !this.networkFaults.areGentle || ends.some(({ drainEnds }) => drainEnds.some(isEnd));
  }

  /** Consumers that there is a way to, for what came in over `from`, at these sites. */
  #consumersFor(channel: Channel, from: WitnessedLink, at: (site: Site) => boolean): WitnessedLink[] {
    const siteOf = (link: WitnessedLink) => this.sites.find(({ life }) => life?.witness === link.connection.witness);
    const site = siteOf(from);
    const links = site === undefined || !at(site) ? [] : this.reach.consumersFor(channel, site);
    return links.filter((link) => at(siteOf(link) as Site));
  }

  #newProbing(): Probing {
    const { journeys, breaches } = this;
    return new Probing({
      journeys,
      breaches,
      consumersFor: (channel, from) => this.#consumersFor(channel, from, () => true),
      droppedCount: () =>
        this.lives.reduce((sum, { node }) => sum + (node.router.describe().droppedPresettled ?? 0), 0),
    });
  }

  #shared() {
    const { clock, trace, breaches, messages } = this;
    return { clock, trace, breaches, messages };
  }

  /** More than one router. */
  get isNetwork(): boolean {
    return this.topology.routers.length > 1;
  }

  get elapsedMs(): number {
    return this.clock.now - this.#startsAt;
  }

  /** Of all routers that are up. */
  get lives(): Life[] {
    return this.sites.flatMap(({ life }) => (life === null ? [] : [life]));
  }

  /** Of all that there have been. */
  get allLives(): Life[] {
    return this.sites.flatMap(({ lives }) => lives);
  }
}

/** Dice of its own for each, so that one's throws do not shift another's. */
function fork(random: Random): Random {
  return new Random(random.uint32());
}
