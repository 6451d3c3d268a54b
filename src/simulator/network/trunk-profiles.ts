// How the wires between routers behave: drawn once for each pair, since they cross the same distance each time.
import type { Random } from '../../kit/random.ts';
import type { SimulatedNetwork } from './network.ts';
import type { Demands, WireProfile } from './profile.ts';

export class TrunkProfiles {
  readonly #random: Random;
  readonly #routers: ReadonlySet<string>;
  readonly #profiles = new Map<string, WireProfile>();
  /** Some networks are slow as a whole. */
  readonly #isSlow: boolean;

  constructor(random: Random, routers: readonly string[]) {
    this.#random = random;
    this.#routers = new Set(routers);
    this.#isSlow = random.chance(0.2);
  }

  install(network: SimulatedNetwork): void {
    network.profileBetween = (one, other) => this.#between(one, other, network.demands);
  }

  #between(one: string, other: string, demands: Demands): WireProfile | null {
    if (!this.#routers.has(one) || !this.#routers.has(other)) return null;
    const key = one < other ? `${one}>${other}` : `${other}>${one}`;
    const known = this.#profiles.get(key);
    if (known !== undefined) return known;
    const profile = this.#draw(demands);
    this.#profiles.set(key, profile);
    return profile;
  }

  #draw({ bytesPerMs, bufferBytes }: Demands): WireProfile {
    const random = this.#random;
    const isFar = this.#isSlow || random.chance(0.2);
    const drawBuffer = () => Math.max(bufferBytes, random.pick([16_384, 65_536, 262_144]));
    return {
      latencyMs: isFar ? random.between(5, 60) : random.between(2, 200) / 100,
      jitterMs: random.chance(0.7) ? 0 : random.between(0, 5),
      bytesPerMs: Math.max(bytesPerMs, random.pick(isFar ? [1_000, 10_000] : [10_000, 100_000, 500_000])),
      sendBufferBytes: drawBuffer(),
      receiveBufferBytes: drawBuffer(),
      cut: random.pick(['whole', 'whole', 'whole', 'some', 'tiny']),
    };
  }
}
