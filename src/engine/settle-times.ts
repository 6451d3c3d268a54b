// How long deliveries wait for their outcome, from the turn in which they were sent to the turn in which their receiver settled
// them: a histogram of plain numbers, shared by many connections.
//
// A delivery carries the millisecond of its turn as a mark, so a time is true to one millisecond and costs no clock reading:
// that is the finest bound there is.

/** Upper bounds of the buckets, milliseconds; a last bucket takes what is longer. */
export const settleBoundsMs = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000] as const;

export class SettleTimes {
  /** Deliveries by bucket, not cumulative; one more than there are bounds. */
  readonly counts = new Float64Array(settleBoundsMs.length + 1);
  sumMs = 0;

  /** hot */
  add(ageMs: number): void {
    this.sumMs += ageMs;
    let bucket = 0;
    while (bucket < settleBoundsMs.length && ageMs > (settleBoundsMs[bucket] as number)) bucket++;
    this.counts[bucket]++;
  }
}
