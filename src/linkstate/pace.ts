// How often something that costs may happen: the first time at once, then not before an interval has passed, unless it is urgent. With a
// burst a few happen at once, a gap apart, before that holds; after a while of rest there may be as many again.
//
//   wanted   |        | |  |                       |
//   done     |               |                     |        (interval: ├─────────────┤)

export class Pace {
  readonly #intervalMs: number;
  readonly #aheadMs: number;
  readonly #gapMs: number;
  #notBefore = Number.NEGATIVE_INFINITY;
  /** When as many as have happened would have, an interval apart. */
  #evenAt = Number.NEGATIVE_INFINITY;
  #dueAt = Number.POSITIVE_INFINITY;

  /** `burst`: how many may happen before the interval holds; at least `gapMs` lie between any two. */
  constructor(intervalMs: number, burst = 1, gapMs = 0) {
    this.#intervalMs = intervalMs;
    this.#aheadMs = (burst - 1) * intervalMs;
    this.#gapMs = gapMs;
  }

  /** When what has to wait may be done, Infinity when nothing waits. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** Nothing that can wait is done before `until`. */
  hold(until: number): void {
    this.#notBefore = Math.max(this.#notBefore, until);
  }

  /** Whether to do it now; if so, it counts as done. */
  permits(isWanted: boolean, isUrgent: boolean, now: number): boolean {
    const earliestAt = Math.max(this.#notBefore, this.#evenAt - this.#aheadMs);
    const isDone = isUrgent || (isWanted && now >= earliestAt);
    if (isDone) {
      const ahead = Math.min(Math.max(this.#evenAt - now, 0), this.#aheadMs); // what was urgent is not counted twice
      this.#evenAt = now + ahead + this.#intervalMs;
      this.#notBefore = Math.max(this.#notBefore, now + this.#gapMs);
    }
    this.#dueAt = isWanted && !isDone ? earliestAt : Number.POSITIVE_INFINITY;
    return isDone;
  }
}
