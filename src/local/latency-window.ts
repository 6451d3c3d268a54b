// Latencies of the last seconds, and their percentiles. Slices of a second are forgotten one by one.

const sliceMs = 1000;

interface Slice {
  readonly fromMs: number;
  readonly samplesMs: number[];
}

export class LatencyWindow {
  readonly #windowMs: number;
  readonly #samplesMax: number;
  #slices: Slice[] = [];

  /** Of each second at most `samplesMax` samples are kept: the first ones. */
  constructor(windowMs = 10_000, samplesMax = 5_000) {
    this.#windowMs = windowMs;
    this.#samplesMax = samplesMax;
  }

  add(samplesMs: readonly number[], nowMs: number): void {
    this.#forget(nowMs);
    let slice = this.#slices.at(-1);
    if (slice === undefined || nowMs - slice.fromMs >= sliceMs) {
      slice = { fromMs: nowMs, samplesMs: [] };
      this.#slices.push(slice);
    }
    slice.samplesMs.push(...samplesMs.slice(0, this.#samplesMax - slice.samplesMs.length));
  }

  samplesMs(nowMs: number): number[] {
    this.#forget(nowMs);
    return this.#slices.flatMap((slice) => slice.samplesMs);
  }

  #forget(nowMs: number): void {
    this.#slices = this.#slices.filter(({ fromMs }) => fromMs > nowMs - this.#windowMs);
  }
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** Null without samples. */
export function percentilesOf(samplesMs: readonly number[]): Percentiles | null {
  if (samplesMs.length === 0) return null;
  const sorted = Float64Array.from(samplesMs).sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
  return { p50: at(0.5), p99: at(0.99) };
}
