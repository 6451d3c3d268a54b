// The network between the machines of a simulated world: who listens where, and every wire that is up.
import type { Random } from '../../kit/random.ts';
import type { SimulatedClock } from '../clock.ts';
import { type Demands, drawProfile, type WireProfile } from './profile.ts';
import { Wire, type WireEnd } from './wire.ts';

/** Takes a connection that somebody dialled. */
export type Accept = (end: WireEnd, remote: string) => void;

/** What comes of a dial. */
export interface DialAnswer {
  connected(end: WireEnd, remote: string): void;
  failed(reason: string): void;
}

export class SimulatedNetwork {
  readonly #clock: SimulatedClock;
  readonly #random: Random;
  readonly #listeners = new Map<string, Accept>();
  readonly #wires = new Set<Wire>();
  /** Every dial fails in this share of the cases. */
  failureRate = 0;
  demands: Demands = { bytesPerMs: 0, bufferBytes: 0 };
  /** Whether nothing gets from one host to the other. */
  isParted: (one: string, other: string) => boolean = () => false;
  /** The wires between two hosts are alike; null: each is drawn anew. */
  profileBetween: (one: string, other: string) => WireProfile | null = () => null;
  #ports = 40_000;

  constructor(clock: SimulatedClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  get wires(): readonly Wire[] {
    return [...this.#wires];
  }

  /** `place`: `host:port`. False when somebody listens there already. */
  listen(place: string, accept: Accept): boolean {
    if (this.#listeners.has(place)) return false;
    this.#listeners.set(place, accept);
    return true;
  }

  unlisten(place: string): void {
    this.#listeners.delete(place);
  }

  /** `from`: the host that dials. The answer comes after a round trip. */
  dial(from: string, place: string, answer: DialAnswer): void {
    const to = hostOf(place);
    const profile = this.profileBetween(from, to) ?? drawProfile(this.#random, this.demands);
    this.#clock.after(profile.latencyMs * 2, () => {
      if (this.isParted(from, to)) return answer.failed('No route to host');
      const accept = this.#listeners.get(place);
      if (accept === undefined) return answer.failed('Connection refused');
      if (this.#random.chance(this.failureRate)) return answer.failed('No route to host');
      const wire = new Wire(this.#clock, this.#random, profile, [from, to], (gone) => this.#wires.delete(gone));
      this.#wires.add(wire);
      const port = ++this.#ports;
      accept(wire.b, `${from}:${port}`);
      answer.connected(wire.a, place);
    });
  }
}

function hostOf(place: string): string {
  return place.slice(0, place.lastIndexOf(':'));
}
