// Which copies of a flooded message are handed on.
//
// A router hands a flooded message to every neighbour that is not in its trace. By that alone a message takes every path
// through the network that visits no router twice: their number grows with the power of the length. So each router hands a
// message on once, and again only for a copy that came over fewer routers: a router far away drops what has come further than
// its own radius, and the copy over the shortest way must not be the one that is held back.
import { floodWindowMs } from './limits.ts';

interface Seen {
  sequences: readonly number[];
  hops: number;
  at: number;
}

export class FloodFilter {
  /** By opcode, id and instance of the maker. */
  readonly #seen = new Map<string, Seen>();

  /**
   * Whether this copy is to be handed on.
   * @param maker opcode, id and instance
   * @param sequences all sequence numbers in it; what has none higher than a copy that was seen is no news
   * @param hops routers that it has come over
   */
  admits(maker: string, sequences: readonly number[], hops: number, clock: number): boolean {
    const seen = this.#seen.get(maker);
    if (seen === undefined || clock - seen.at > floodWindowMs || isNewer(sequences, seen.sequences)) {
      this.#seen.set(maker, { sequences, hops, at: clock });
      return true;
    }
    if (isNewer(seen.sequences, sequences) || hops >= seen.hops) return false;
    seen.hops = hops;
    return true;
  }

  /** Forgets what is too old to have copies on the way. */
  tick(clock: number): void {
    for (const [maker, seen] of this.#seen) if (clock - seen.at > floodWindowMs) this.#seen.delete(maker);
  }
}

function isNewer(sequences: readonly number[], than: readonly number[]): boolean {
  return sequences.some((sequence, at) => sequence > (than[at] as number));
}
