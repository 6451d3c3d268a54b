// The state of the sample traffic at one moment: what is drawn, printed, or given out as JSON.
import type { ApplicationCounts } from './application-report.ts';
import type { Percentiles } from './latency-window.ts';
import type { SampleApplication, SampleChannel } from './sample-applications.ts';

export interface ApplicationFigures {
  readonly application: SampleApplication;
  readonly counts: ApplicationCounts;
  readonly sentPerSecond: number;
  readonly receivedPerSecond: number;
  /** Null while nothing was measured. A client's is from its request to the answer. */
  readonly latencyMs: Percentiles | null;
  readonly note: string;
}

export interface ChannelFigures {
  readonly channel: SampleChannel;
  /** Messages published, and deliveries of them to consumers: a multicast message is delivered several times. */
  readonly published: number;
  readonly publishedPerSecond: number;
  readonly delivered: number;
  readonly deliveredPerSecond: number;
  /** From publisher to consumer, over all consumers. */
  readonly latencyMs: Percentiles | null;
  /** Sent unsettled, and no outcome yet. */
  readonly unsettled: number;
  readonly publishers: readonly ApplicationFigures[];
  readonly consumers: readonly ApplicationFigures[];
}

export interface Snapshot {
  readonly uptimeSeconds: number;
  readonly url: string;
  readonly routerPid: number;
  readonly channels: readonly ChannelFigures[];
  /** What went wrong so far; each a sentence. */
  readonly problems: readonly string[];
}

/** Outcomes that the publishers of a channel have seen. */
export function outcomesOf({ publishers }: ChannelFigures): Omit<ApplicationCounts, 'sent' | 'received'> {
  const sum = (name: 'accepted' | 'rejected' | 'released' | 'modified'): number =>
    publishers.reduce((total, { counts }) => total + counts[name], 0);
  return {
    accepted: sum('accepted'),
    rejected: sum('rejected'),
    released: sum('released'),
    modified: sum('modified'),
  };
}
