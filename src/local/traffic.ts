// Gathers the reports of the sample applications into figures of each channel.
import { type ApplicationReport, noCounts } from './application-report.ts';
import { LatencyWindow, percentilesOf } from './latency-window.ts';
import { RateWindow } from './rate-window.ts';
import type { SampleApplication, SampleChannel } from './sample-applications.ts';
import type { ApplicationFigures, ChannelFigures, Snapshot } from './snapshot.ts';

class ApplicationTraffic {
  readonly application: SampleApplication;
  readonly sent = new RateWindow();
  readonly received = new RateWindow();
  readonly latency = new LatencyWindow();
  counts = noCounts;
  note = '';

  constructor(application: SampleApplication) {
    this.application = application;
  }

  add({ counts, arrivals, note }: ApplicationReport, nowMs: number): void {
    this.counts = counts;
    this.note = note;
    this.sent.add(counts.sent, nowMs);
    this.received.add(counts.received, nowMs);
    const latenciesMs = arrivals.map(({ sentAtMs, receivedAtMs }) => receivedAtMs - sentAtMs);
    this.latency.add(latenciesMs, nowMs);
  }

  get figures(): ApplicationFigures {
    const { application, counts, note } = this;
    return {
      ...{ application, counts, note },
      sentPerSecond: this.sent.perSecond,
      receivedPerSecond: this.received.perSecond,
      latencyMs: percentilesOf(this.latency.samplesMs),
    };
  }
}

export class Traffic {
  readonly #channels: readonly SampleChannel[];
  readonly #applications: ReadonlyMap<string, ApplicationTraffic>;

  constructor(channels: readonly SampleChannel[], applications: readonly SampleApplication[]) {
    this.#channels = channels;
    this.#applications = new Map(applications.map((one) => [one.name, new ApplicationTraffic(one)]));
  }

  /** `name`: of one of the applications given at the start. */
  handleReport(name: string, report: ApplicationReport, nowMs: number): void {
    this.#applications.get(name)?.add(report, nowMs);
  }

  /** Messages of all publishers that ended in doubt, and that nobody got. */
  get outcomes(): { readonly modified: number; readonly released: number } {
    const all = [...this.#applications.values()];
    return { modified: sum(all, ({ counts }) => counts.modified), released: sum(all, ({ counts }) => counts.released) };
  }

  snapshot(of: Omit<Snapshot, 'channels'>): Snapshot {
    return { ...of, channels: this.#channels.map((channel) => this.#channelFigures(channel)) };
  }

  #channelFigures(channel: SampleChannel): ChannelFigures {
    const own = [...this.#applications.values()].filter(({ application }) => application.channel === channel.name);
    const publishers = own.filter(({ application }) => application.role === 'publishes');
    const consumers = own.filter(({ application }) => application.role === 'consumes');
    return {
      channel,
      published: sum(publishers, ({ counts }) => counts.sent),
      publishedPerSecond: sum(publishers, ({ sent }) => sent.perSecond),
      delivered: sum(consumers, ({ counts }) => counts.received),
      deliveredPerSecond: sum(consumers, ({ received }) => received.perSecond),
      latencyMs: percentilesOf(consumers.flatMap(({ latency }) => latency.samplesMs)),
      unsettled: sum(publishers, unsettledOf),
      publishers: publishers.map(({ figures }) => figures),
      consumers: consumers.map(({ figures }) => figures),
    };
  }
}

function unsettledOf({ application, counts }: ApplicationTraffic): number {
  if (application.isPresettled === true) return 0;
  return counts.sent - counts.accepted - counts.rejected - counts.released - counts.modified;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
