// How often something that costs may happen: the first time at once, then not before an interval has passed, unless it is urgent.
//
//   wanted   |        | |  |                       |
//   done     |               |                     |        (interval: ├─────────────┤)

export class Pace {
  readonly #intervalMs: number;
  #lastAt = Number.NEGATIVE_INFINITY;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** When what has to wait may be done, Infinity when nothing waits. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** Nothing that can wait is done before `until`. */
  hold(until: number): void {
    this.#lastAt = Math.max(this.#lastAt, until - this.#intervalMs);
  }

  /** Whether to do it now; if so, it counts as done. */
  permits(isWanted: boolean, isUrgent: boolean, now: number): boolean {
    const earliestAt = this.#lastAt + this.#intervalMs;
    const isDone = isUrgent || (isWanted && now >= earliestAt);
    if (isDone) this.#lastAt = now;
    this.#dueAt = isWanted && !isDone ? earliestAt : Number.POSITIVE_INFINITY;
    return isDone;
  }
}
