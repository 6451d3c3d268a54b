// Figures over time of many things, of which only the busiest have lines of their own; the others are counted together. A line
// that is read as a counter must never fall, so whatever changes its line takes along nothing and leaves nothing behind:
//
//   a thing gets a line    its line counts from there on (from its beginning when nothing was counted together so far);
//                          what it carried before stays with the others
//   a thing loses it       what its line had counted is left out for good; what it carries from there on goes to the others
//
// A line is given away only to a thing with more than twice the traffic, so that two of equal traffic do not take turns.

/** Where the figures of a thing come from. */
export interface SeriesSource<T> {
  /** How many sums there are. */
  readonly width: number;
  /** May have a line of its own. */
  mayStand(thing: T): boolean;
}

export interface SeriesLine<T> {
  readonly thing: T;
  readonly sums: Float64Array;
}

interface Member {
  /** What it had carried when it got its line. */
  readonly base: Float64Array;
  readonly now: Float64Array;
  traffic: number;
  isSeen: boolean;
}

interface Candidate<T> {
  readonly thing: T;
  readonly sums: Float64Array;
  readonly traffic: number;
}

export class TopSeries<T> {
  readonly #source: SeriesSource<T>;
  readonly #linesMax: number;
  readonly #members = new Map<T, Member>();
  /** What lines have counted that were given up. */
  readonly #retired: Float64Array;
  readonly #total: Float64Array;
  readonly #others: Float64Array;
  /** The busiest without a line, the busiest first. */
  #candidates: Candidate<T>[] = [];
  /** Something that might have a line was counted with the others in the last round. */
  #hadOthers = false;
  /** Things that might have a line and have none; as this round comes to its end. */
  #waiting = 0;

  constructor(source: SeriesSource<T>, linesMax: number) {
    this.#source = source;
    this.#linesMax = linesMax;
    this.#retired = new Float64Array(source.width);
    this.#total = new Float64Array(source.width);
    this.#others = new Float64Array(source.width);
  }

  /** Begins a round, in which {@link visit} is called for every thing there is. `gone`: what things that are no more have carried. */
  begin(gone: Float64Array): void {
    this.#total.set(gone);
    this.#candidates = [];
    this.#waiting = 0;
    for (const member of this.#members.values()) member.isSeen = false;
  }

  /** `sums` is only borrowed. `traffic` says how busy it is. */
  visit(thing: T, sums: Float64Array, traffic: number): void {
    addAll(this.#total, sums);
    const member = this.#members.get(thing);
    if (member !== undefined) {
      member.now.set(sums);
      member.traffic = traffic;
      member.isSeen = true;
    } else if (traffic > 0) this.#consider(thing, sums, traffic);
  }

  #consider(thing: T, sums: Float64Array, traffic: number): void {
    if (!this.#source.mayStand(thing)) return;
    this.#waiting++;
    const candidates = this.#candidates;
    const last = candidates.at(-1);
    if (candidates.length === this.#linesMax) {
      if (last === undefined || last.traffic >= traffic) return;
      candidates.pop();
    }
    let low = 0;
    for (let high = candidates.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((candidates[middle] as Candidate<T>).traffic >= traffic) low = middle + 1;
      else high = middle;
    }
    candidates.splice(low, 0, { thing, sums: sums.slice(), traffic });
  }

  /** Ends the round: lines are given up and given out. */
  end(): void {
    for (const [thing, member] of this.#members) if (!member.isSeen) this.#retire(thing, member);
    let given = 0;
    while (this.#members.size < this.#linesMax && given < this.#candidates.length)
      this.#promote(this.#candidates[given++] as Candidate<T>);
    this.#replaceIdle(given);
    this.#hadOthers = this.#waiting > given;
    const others = this.#total.slice();
    for (let at = 0; at < others.length; at++) others[at] = (others[at] as number) - (this.#retired[at] as number);
    for (const { base, now } of this.#members.values())
      for (let at = 0; at < others.length; at++)
        others[at] = (others[at] as number) - ((now[at] as number) - (base[at] as number));
    // Things come and go while a round is under way: what is missed now is there the next time.
    for (let at = 0; at < others.length; at++)
      this.#others[at] = Math.max(this.#others[at] as number, others[at] as number);
  }

  #promote({ thing, sums, traffic }: Candidate<T>): void {
    const base = this.#hadOthers ? sums.slice() : new Float64Array(this.#source.width);
    this.#members.set(thing, { base, now: sums, traffic, isSeen: true });
  }

  #retire(thing: T, { base, now }: Member): void {
    this.#members.delete(thing);
    for (let at = 0; at < now.length; at++)
      this.#retired[at] = (this.#retired[at] as number) + (now[at] as number) - (base[at] as number);
  }

  #replaceIdle(from: number): void {
    if (from >= this.#candidates.length) return;
    this.#hadOthers = true;
    const idlest = [...this.#members].sort(([, a], [, b]) => a.traffic - b.traffic);
    for (const [thing, member] of idlest) {
      const candidate = this.#candidates[from++];
      if (candidate === undefined || candidate.traffic <= 2 * member.traffic) return;
      this.#retire(thing, member);
      this.#promote(candidate);
    }
  }

  /** Things with lines of their own, of the last round. */
  get lines(): SeriesLine<T>[] {
    return [...this.#members].map(([thing, { base, now }]) => ({
      thing,
      sums: now.map((sum, at) => sum - (base[at] as number)),
    }));
  }

  /** All the others together, of the last round. */
  get others(): Float64Array {
    return this.#others;
  }
}

function addAll(sums: Float64Array, more: Float64Array): void {
  for (let at = 0; at < sums.length; at++) sums[at] = (sums[at] as number) + (more[at] as number);
}
