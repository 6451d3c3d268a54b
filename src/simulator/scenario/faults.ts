// What befalls a world while it is not calm: now and then one thing happens to one client.
import type { Random } from '../../kit/random.ts';
import type { Client } from '../clients/client.ts';
import type { SimulatedClock } from '../clock.ts';
import type { SimulatedNetwork } from '../network/network.ts';

const kinds = ['reset', 'silence', 'stall', 'hang', 'crash'] as const;
type Kind = (typeof kinds)[number];

export class Faults {
  /** How often each thing happened. */
  readonly counts: Record<Kind, number> = { reset: 0, silence: 0, stall: 0, hang: 0, crash: 0 };
  readonly #clock: SimulatedClock;
  readonly #network: SimulatedNetwork;
  readonly #random: Random;
  readonly #clients: readonly Client[];
  readonly #kinds: readonly Kind[];
  readonly #everyMs: number;
  #isOver = false;

  constructor(clock: SimulatedClock, network: SimulatedNetwork, random: Random, clients: readonly Client[]) {
    this.#clock = clock;
    this.#network = network;
    this.#random = random;
    this.#clients = clients;
    this.#kinds = kinds.filter(() => random.chance(0.4));
    this.#everyMs = random.pick([100, 500, 2_000]);
    network.failureRate = random.chance(0.3) ? 0.3 : 0;
  }

  start(): void {
    if (this.#kinds.length === 0) return;
    this.#clock.after(this.#random.between(1, this.#everyMs * 2), () => {
      if (this.#isOver) return;
      this.#happen(this.#random.pick(this.#kinds), this.#random.pick(this.#clients));
      this.start();
    });
  }

  /** No more of it. Cables that were cut stay cut: on one side at least somebody has to notice. */
  stop(routerNotices: boolean): void {
    this.#isOver = true;
    this.#network.failureRate = 0;
    for (const wire of this.#network.wires) wire.isWeak = false;
    for (const client of this.#clients) {
      const end = client.wireEnd;
      if (end?.wire.isSilent === true) end.destroy('the cable was cut');
    }
    if (!routerNotices) for (const wire of this.#network.wires) if (wire.isSilent) wire.reset();
  }

  #happen(kind: Kind, client: Client): void {
    this.counts[kind]++;
    const random = this.#random;
    const wire = client.wireEnd?.wire;
    switch (kind) {
      case 'reset':
        return random.chance(0.5) ? wire?.reset() : wire?.weaken();
      case 'silence':
        client.say('its cable is cut');
        return wire?.silence();
      case 'stall':
        return wire?.stall(random.between(1, 1_500));
      case 'hang':
        return client.hang(random.between(1, random.pick([100, 4_000])));
      case 'crash':
        return client.crash(random.between(1, 1_000));
    }
  }
}
