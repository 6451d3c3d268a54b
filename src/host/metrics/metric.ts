// A metric of Prometheus as plain data, and the text that prom-client makes of it. The figures are numbers of ours, copied when
// somebody asks, so prom-client's own counters and its global registry are not used.
import { setImmediate } from 'node:timers/promises';
import { type Metric as PromMetric, Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Behind the name: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string;
}

export interface Metric {
  readonly name: string;
  /** One sentence, without a full stop. */
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly samples: readonly Sample[];
}

export const metricsContentType = Registry.PROMETHEUS_CONTENT_TYPE;

export const noLabels: Labels = {};

export function counter(name: string, help: string, samples: readonly Sample[] | number): Metric {
  return { name, help, type: 'counter', samples: toSamples(samples) };
}

export function gauge(name: string, help: string, samples: readonly Sample[] | number): Metric {
  return { name, help, type: 'gauge', samples: toSamples(samples) };
}

/** Those of a map or object, with its keys as the values of one label. */
export function byLabel(label: string, values: Iterable<readonly [string, number]>): Sample[] {
  return [...values].map(([key, value]) => ({ labels: { [label]: key }, value }));
}

function toSamples(samples: readonly Sample[] | number): readonly Sample[] {
  return typeof samples === 'number' ? [{ labels: noLabels, value: samples }] : samples;
}

/** Samples of a histogram. `counts` are by bucket, not cumulative, and one more than there are bounds. */
export function histogramSamples(
  labels: Labels,
  bounds: readonly number[],
  counts: readonly number[],
  sum: number,
): Sample[] {
  let count = 0;
  const buckets = counts.map((inBucket, index): Sample => {
    count += inBucket;
    const bound = bounds[index];
    return { labels: { ...labels, le: bound === undefined ? '+Inf' : String(bound) }, value: count, suffix: '_bucket' };
  });
  return [...buckets, { labels, value: sum, suffix: '_sum' }, { labels, value: count, suffix: '_count' }];
}

/** The text format. The names must differ. Each metric is written in a turn of the event loop of its own: some have 2,000 lines. */
export async function metricsText(metrics: readonly Metric[]): Promise<string> {
  const registry = new Registry();
  // All that a registry asks of its metrics is `get`; its types name its own classes.
  for (const metric of metrics) registry.registerMetric(readableOf(metric) as unknown as PromMetric);
  const texts: string[] = [];
  for (const { name } of metrics) {
    texts.push(await registry.getSingleMetricAsString(name));
    await setImmediate();
  }
  return `${texts.join('\n\n')}\n`;
}

function readableOf({ name, help, type, samples }: Metric) {
  const get = async () => ({
    name,
    help,
    type,
    values: samples.map(({ labels, value, suffix }) => ({
      labels,
      value,
      ...(suffix === undefined ? {} : { metricName: name + suffix }),
    })),
  });
  return { name, get };
}
