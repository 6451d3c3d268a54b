// The reports of the sample applications, gathered into figures of each channel.
import { LatencyWindow, percentilesOf } from '../latency-window.ts';
import { RateWindow } from '../rate-window.ts';
import {
  type ChannelTraffic,
  outcomeCount,
  outcomesOf,
  sumOfCounts,
  type TrafficFigures,
  type UseFigures,
} from './figures.ts';
import type { PlannedChannel, SampleUse, TrafficPlan } from './plan.ts';
import { noCounts, type TrafficReport, type UseCounts } from './report.ts';

export class Traffic {
  #plan: TrafficPlan = { applications: [], channels: [], leftOut: 0, rateShare: 1 };
  /** Of all that were ever planned: they may come again. */
  readonly #uses = new Map<string, UseTraffic>();
  #byChannel = new Map<string, UseTraffic[]>();
  readonly #routers = new Map<string, string | null>();

  /** Who is planned as before keeps its figures. */
  plan(plan: TrafficPlan): void {
    for (const traffic of this.#uses.values()) traffic.isPlanned = false;
    for (const use of plan.applications.flatMap(({ uses }) => uses)) {
      const traffic = this.#uses.get(use.key);
      if (traffic === undefined) this.#uses.set(use.key, new UseTraffic(use));
      else Object.assign(traffic, { use, isPlanned: true });
    }
    this.#byChannel = new Map();
    for (const traffic of this.#uses.values()) {
      const { channel } = traffic.use;
      const list = this.#byChannel.get(channel);
      if (list === undefined) this.#byChannel.set(channel, [traffic]);
      else list.push(traffic);
    }
    this.#plan = plan;
  }

  handleReport({ uses, routers }: TrafficReport, nowMs: number): void {
    for (const { key, counts, arrivals } of uses) {
      const latenciesMs = arrivals.map(({ sentAtMs, receivedAtMs }) => receivedAtMs - sentAtMs);
      this.#uses.get(key)?.add(counts, latenciesMs, nowMs);
    }
    for (const [application, router] of routers) this.#routers.set(application, router);
  }

  /** The channel of a use. */
  channelOf(key: string): string {
    return this.#uses.get(key)?.use.channel ?? '';
  }

  /** Of all applications since the run began. */
  get counts(): UseCounts {
    return sumOfCounts([...this.#uses.values()].map(({ counts }) => counts));
  }

  figures(nowMs: number): TrafficFigures {
    const { applications, channels, leftOut, rateShare } = this.#plan;
    return {
      channels: channels.map((channel) => this.#channelTraffic(channel, nowMs)),
      applications: applications.length,
      ...{ leftOut, rateShare },
    };
  }

  #channelTraffic({ name, distribution }: PlannedChannel, nowMs: number): ChannelTraffic {
    const uses = this.#byChannel.get(name) ?? [];
    const publishers = uses.filter(({ use }) => use.right === 'publish');
    const consumers = uses.filter(({ use }) => use.right === 'subscribe');
    const figuresOf = (one: UseTraffic): UseFigures =>
      one.figures(this.#routers.get(one.use.application) ?? null, nowMs);
    const published = sumOfCounts(publishers.map(({ counts }) => counts));
    return {
      ...{ name, distribution },
      published: published.sent,
      publishedPerSecond: sum(publishers, ({ sent }) => sent.perSecond),
      delivered: sum(consumers, ({ counts }) => counts.received),
      deliveredPerSecond: sum(consumers, ({ received }) => received.perSecond),
      latencyMs: percentilesOf(consumers.flatMap(({ latency }) => latency.samplesMs(nowMs))),
      outcomes: outcomesOf(published),
      unsettled: sum(uses, ({ counts }) => counts.sent - counts.presettled - outcomeCount(counts)),
      settled: sum(uses, ({ counts }) => outcomeCount(counts) - counts.unknown),
      publishers: publishers.filter(({ isPlanned }) => isPlanned).map(figuresOf),
      consumers: consumers.filter(({ isPlanned }) => isPlanned).map(figuresOf),
    };
  }
}

class UseTraffic {
  use: SampleUse;
  isPlanned = true;
  counts: UseCounts = noCounts;
  readonly sent = new RateWindow();
  readonly received = new RateWindow();
  readonly latency = new LatencyWindow();

  constructor(use: SampleUse) {
    this.use = use;
  }

  add(counts: UseCounts, latenciesMs: readonly number[], nowMs: number): void {
    this.counts = sumOfCounts([this.counts, counts]);
    this.#pace(nowMs);
    this.latency.add(latenciesMs, nowMs);
  }

  #pace(nowMs: number): void {
    this.sent.add(this.counts.sent, nowMs);
    this.received.add(this.counts.received, nowMs);
  }

  /** Nothing is reported of who does nothing: the rates come down as time passes. */
  figures(router: string | null, nowMs: number): UseFigures {
    this.#pace(nowMs);
    const { application, environment, right, traffic } = this.use;
    return {
      ...{ application, environment, router, right, isPresettled: traffic.presettled, counts: this.counts },
      sentPerSecond: this.sent.perSecond,
      receivedPerSecond: this.received.perSecond,
      latencyMs: percentilesOf(this.latency.samplesMs(nowMs)),
    };
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
