// How long deliveries took, in constant memory: a histogram whose steps are 1/16 of a power of two, so every figure is
// right within 4 %.

const stepsPerOctave = 16;
const octaves = 40; // from a microsecond to twelve days

export class Latency {
  readonly #counts = new Uint32Array(stepsPerOctave * octaves);
  #count = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  add(ms: number): void {
    const step = Math.floor(Math.log2(Math.max(ms * 1000, 1)) * stepsPerOctave);
    this.#counts[Math.min(step, this.#counts.length - 1)]!++;
    this.#count++;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  /** The time within which `share` (0..1) of all were done, in milliseconds; 0 without any. */
  percentileMs(share: number): number {
    let left = Math.max(1, Math.ceil(share * this.#count));
    for (let step = 0; step < this.#counts.length; step++) {
      left -= this.#counts[step]!;
      // The middle of the step, but never more than was seen.
      if (left <= 0) return Math.min(2 ** ((step + 0.5) / stepsPerOctave) / 1000, this.#maxMs);
    }
    return 0;
  }
}
