// How often something happens a second, from a running total that is looked at now and then.

/** Over the last few seconds; older samples are forgotten. */
export class RateWindow {
  readonly #windowMs: number;
  readonly #samples: { readonly atMs: number; readonly total: number }[] = [];

  constructor(windowMs = 5000) {
    this.#windowMs = windowMs;
  }

  /** `total` was reached at `nowMs`, which never goes backwards. */
  add(total: number, nowMs: number): void {
    this.#samples.push({ atMs: nowMs, total });
    // The newest sample that is older than the window stays: the rate is measured from it.
    while (this.#samples.length > 2 && (this.#samples[1] as { atMs: number }).atMs <= nowMs - this.#windowMs)
      this.#samples.shift();
  }

  /** 0 until there are two samples at different times. */
  get perSecond(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
    return ((last.total - first.total) * 1000) / (last.atMs - first.atMs);
  }
}
