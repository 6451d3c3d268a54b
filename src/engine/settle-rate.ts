// How many deliveries a second a link has settled of late: one count for each of the last five seconds.

const seconds = 5;

export class SettleRate {
  readonly #counts = new Uint32Array(seconds);
  #second = 0;

  /** One more is settled. hot */
  count(nowSeconds: number): void {
    if (nowSeconds !== this.#second) this.#moveTo(nowSeconds);
    this.#counts[nowSeconds % seconds]++;
  }

  /** Settled a second, on average over five seconds. */
  perSecond(nowSeconds: number): number {
    this.#moveTo(nowSeconds);
    let sum = 0;
    for (const count of this.#counts) sum += count;
    return Math.trunc(sum / seconds);
  }

  #moveTo(nowSeconds: number): void {
    const steps = Math.min(nowSeconds - this.#second, seconds);
    for (let step = 0; step < steps; step++) this.#counts[(nowSeconds - step) % seconds] = 0;
    this.#second = nowSeconds;
  }
}
