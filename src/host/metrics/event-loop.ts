// How long the event loop keeps what is due waiting: a timer of Node that should fire every 20 ms, and how much later it did.
import { type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { counter, type Metric, type Sample } from './metric.ts';

const resolutionMs = 20;
const quantiles = [0.5, 0.9, 0.99, 1] as const;

export class EventLoopWatch {
  readonly #delays: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });
  #count = 0;
  #sumSeconds = 0;

  constructor() {
    this.#delays.enable();
  }

  /** The quantiles are those since the last time. */
  metrics(): Metric[] {
    const delays = this.#delays;
    const samples: Sample[] = quantiles.map((quantile) => ({
      labels: { quantile: String(quantile) },
      value: delays.count === 0 ? 0 : toLateness(quantile === 1 ? delays.max : delays.percentile(quantile * 100)),
    }));
    if (delays.count > 0) {
      this.#count += delays.count;
      this.#sumSeconds += toLateness(delays.mean) * delays.count;
    }
    delays.reset();
    const { active } = performance.eventLoopUtilization();
    return [
      {
        name: 'weft_event_loop_delay_seconds',
        help: 'How much later than due a timer fired; the quantiles are those since the last scrape, 1 is the longest',
        type: 'summary',
        samples: [
          ...samples,
          { labels: {}, value: this.#sumSeconds, suffix: '_sum' },
          { labels: {}, value: this.#count, suffix: '_count' },
        ],
      },
      counter('weft_event_loop_busy_seconds_total', 'Time in which the event loop was busy', active / 1000),
    ];
  }

  close(): void {
    this.#delays.disable();
  }
}

/** Node notes the whole interval, nanoseconds. */
function toLateness(intervalNs: number): number {
  return Math.max(0, intervalNs / 1e9 - resolutionMs / 1000);
}
