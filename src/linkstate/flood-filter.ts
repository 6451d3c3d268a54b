// Which copies of a flooded message are handed on.
//
// A router hands a flooded message to every neighbour that is not in its trace. By that alone a message takes every path
// through the network that visits no router twice: their number grows with the power of the length. So each router hands a
// message on once. An RA again when a copy came over fewer routers: a router of Dispatch that is far away drops what has come further than
// its own radius, and the copy over the shortest way must not be the one that is held back. LSU and MAU need not be handed on again:
// whoever has dropped them is told so by the RA that follows, and asks.
import { floodWindowMs } from './limits.ts';

/** What may be sent to every router. */
export type FloodedOpcode = 'RA' | 'LSU' | 'MAU';

/** Who made a flooded message, and what tells one from the next. */
export interface FloodNews {
  readonly opcode: FloodedOpcode;
  readonly id: string;
  /** 0 in a MAU. */
  readonly instance: number;
  /** The only one in the message, or that of the link state in an RA. */
  readonly sequence: number;
  /** In an RA, else 0. */
  readonly mobileSequence: number;
}

/** The latest message of one maker. */
interface Seen {
  readonly instance: number;
  sequence: number;
  mobileSequence: number;
  hops: number;
  at: number;
  /** That of another instance. */
  next: Seen | null;
}

export class FloodFilter {
  /** By id of the maker. */
  readonly #seen = { RA: new Map<string, Seen>(), LSU: new Map<string, Seen>(), MAU: new Map<string, Seen>() };

  /**
   * Whether this is a copy of what was handed on already: it says nothing new, and came over as many routers, if that matters.
   * @param hops routers that it has come over
   */
  isCopy(news: FloodNews, hops: number, clock: number): boolean {
    const seen = this.#find(news);
    if (seen === null || clock - seen.at > floodWindowMs || isNewer(news, seen)) return false;
    return news.opcode !== 'RA' || isNewer(seen, news) || hops >= seen.hops;
  }

  /** Notes that it is handed on. */
  note(news: FloodNews, hops: number, clock: number): void {
    const { opcode, id, instance, sequence, mobileSequence } = news;
    const seen = this.#find(news);
    if (seen !== null) Object.assign(seen, { sequence, mobileSequence, hops, at: clock });
    else {
      const next = this.#seen[opcode].get(id) ?? null;
      this.#seen[opcode].set(id, { instance, sequence, mobileSequence, hops, at: clock, next });
    }
  }

  /** Forgets what is too old to have copies on the way. */
  tick(clock: number): void {
    for (const makers of Object.values(this.#seen))
      for (const [id, latest] of makers) {
        let newest = Number.NEGATIVE_INFINITY;
        for (let seen: Seen | null = latest; seen !== null; seen = seen.next) newest = Math.max(newest, seen.at);
        if (clock - newest > floodWindowMs) makers.delete(id);
      }
  }

  #find({ opcode, id, instance }: FloodNews): Seen | null {
    let seen = this.#seen[opcode].get(id) ?? null;
    while (seen !== null && seen.instance !== instance) seen = seen.next;
    return seen;
  }
}

type Sequences = Pick<FloodNews, 'sequence' | 'mobileSequence'>;

function isNewer(one: Sequences, other: Sequences): boolean {
  return one.sequence > other.sequence || one.mobileSequence > other.mobileSequence;
}
