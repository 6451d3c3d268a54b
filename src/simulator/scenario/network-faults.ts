// What befalls the network between routers, and the routers themselves, while a world is not calm.
import type { Random } from '../../kit/random.ts';
import type { SimulatedClock } from '../clock.ts';
import type { SimulatedNetwork } from '../network/network.ts';
import type { Wire } from '../network/wire.ts';
import type { Site } from '../sites/site.ts';

const kinds = ['crash', 'hang', 'drain', 'reset', 'silence', 'stall', 'partition'] as const;
type Kind = (typeof kinds)[number];

export class NetworkFaults {
  /** How often each thing happened. */
  readonly counts: Record<Kind, number> = {
    crash: 0,
    hang: 0,
    drain: 0,
    reset: 0,
    silence: 0,
    stall: 0,
    partition: 0,
  };
  readonly #clock: SimulatedClock;
  readonly #network: SimulatedNetwork;
  readonly #random: Random;
  readonly #sites: readonly Site[];
  readonly #ids: ReadonlySet<string>;
  readonly #kinds: readonly Kind[];
  readonly #everyMs: number;
  /** It stays down for good, once it is. */
  readonly #doomed: Site | null;
  #isOver = false;

  constructor(clock: SimulatedClock, network: SimulatedNetwork, random: Random, sites: readonly Site[]) {
    this.#clock = clock;
    this.#network = network;
    this.#random = random;
    this.#sites = sites;
    this.#ids = new Set(sites.map(({ id }) => id));
    const drawn = kinds.filter(() => random.chance(0.35));
    this.#kinds = random.chance(0.1) ? ['drain'] : drawn;
    this.#everyMs = random.pick([500, 1_500, 4_000]);
    this.#doomed = random.chance(0.3) ? random.pick(sites) : null;
  }

  start(): void {
    if (this.#kinds.length === 0 || this.#sites.length < 2) return;
    this.#clock.after(this.#random.between(1, this.#everyMs * 2), () => {
      if (this.#isOver) return;
      this.#happen(this.#random.pick(this.#kinds));
      this.start();
    });
  }

  /** No more of it: everything is mended, but for the router that is to stay away. Wires that were cut are found out by routers. */
  stop(): void {
    this.#isOver = true;
    this.#heal();
    for (const site of this.#sites) this.#restart(site);
  }

  /** Nothing worse happens to routers than that they are told to stop. */
  get areGentle(): boolean {
    return this.#kinds.every((kind) => kind === 'drain');
  }

  /** Those that are down, and will be back. */
  get awaited(): Site[] {
    return this.#sites.filter((site) => site.life === null && site !== this.#doomed);
  }

  #happen(kind: Kind): void {
    this.counts[kind]++;
    const random = this.#random;
    const site = random.pick(this.#sites);
    const wires = this.#trunks();
    switch (kind) {
      case 'crash':
        return this.#crash(site);
      case 'hang':
        return site.hang(random.between(1, random.pick([300, 6_000])));
      case 'drain':
        return site.drain(() => this.#clock.after(random.between(1, 500), () => this.#restart(site)));
      case 'partition':
        return this.#part();
      case 'reset':
        if (wires.length === 0) return;
        return random.chance(0.5) ? random.pick(wires).reset() : random.pick(wires).weaken();
      case 'silence':
        if (wires.length > 0) random.pick(wires).silence();
        return;
      case 'stall':
        if (wires.length > 0) random.pick(wires).stall(random.between(1, random.pick([100, 3_000])));
        return;
    }
  }

  /** Often it is back before anybody could miss it. */
  #crash(site: Site): void {
    if (site.life === null) return;
    site.crash();
    const random = this.#random;
    this.#clock.after(random.pick([random.between(10, 200), random.between(200, 4_000)]), () => this.#restart(site));
  }

  #restart(site: Site): void {
    if (site.life === null && site !== this.#doomed) site.start();
  }

  /** Some routers do not reach the others any more. */
  #part(): void {
    const random = this.#random;
    const apart = new Set([...this.#ids].filter(() => random.chance(0.4)));
    const isLoud = random.chance(0.5);
    this.#network.isParted = (one, other) =>
      this.#ids.has(one) && this.#ids.has(other) && apart.has(one) !== apart.has(other);
    for (const wire of this.#trunks()) {
      if (!this.#network.isParted(...wire.hosts)) continue;
      if (isLoud) wire.reset();
      else wire.silence();
    }
    this.#clock.after(random.between(100, 5_000), () => this.#heal());
  }

  #heal(): void {
    this.#network.isParted = () => false;
  }

  #trunks(): Wire[] {
    return this.#network.wires.filter(({ hosts }) => hosts.every((host) => this.#ids.has(host)));
  }
}
