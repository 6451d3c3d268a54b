// The state of the sample traffic at one moment: what is drawn, printed, or given out as JSON.
import type { ApplicationCounts } from './application-report.ts';
import type { Percentiles } from './latency-window.ts';
import type { Cloud, SampleApplication, SampleChannel } from './sample-applications.ts';
import type { SampleRouter } from './sample-mesh.ts';

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

/** `killed` by us, `failed` by itself: both are waiting to be started again. */
export type RouterState = 'starting' | 'up' | 'killed' | 'failed' | 'restarting' | 'stopped';

export interface RouterFigures {
  readonly router: SampleRouter;
  readonly state: RouterState;
  /** Where applications connect; null for a router that has none. */
  readonly url: string | null;
  /** Null while there is no process. */
  readonly pid: number | null;
  /** By its own counters: deliveries that came from applications, went to them, or passed from router to router. */
  readonly deliveriesPerSecond: number;
  /** Since it became operational; 0 while it is not up. */
  readonly uptimeSeconds: number;
}

/** A router was killed; what that did to the traffic between the clouds. */
export interface Loss {
  readonly router: string;
  /** Seconds since the run began. */
  readonly atSeconds: number;
  /** From the kill until every channel had delivered, to the other cloud, a message sent after it. Null: not yet. */
  readonly resumedAfterMs: number | null;
  /** Messages with such an outcome since. */
  readonly modified: number;
  readonly released: number;
  /** From the kill until the router was operational again. Null: not yet. */
  readonly backAfterSeconds: number | null;
}

export interface Snapshot {
  readonly uptimeSeconds: number;
  readonly routers: readonly RouterFigures[];
  /** Every kill so far. */
  readonly losses: readonly Loss[];
  /** When the next router will be killed, in seconds since the run began. Null: not at all. */
  readonly nextKillAtSeconds: number | null;
  readonly channels: readonly ChannelFigures[];
  /** What went wrong so far; each a sentence. */
  readonly problems: readonly string[];
}

/** Where applications of a cloud connect. */
export function urlOf({ routers }: Snapshot, cloud: Cloud): string {
  return routers.find(({ router, url }) => router.cloud === cloud && url !== null)?.url ?? '';
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
