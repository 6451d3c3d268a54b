// What the sample applications of a run do, at one moment.
import type { Distribution, Right } from '../../mesh/model/mesh.ts';
import type { Percentiles } from '../latency-window.ts';
import { noCounts, type UseCounts } from './report.ts';

export interface UseFigures {
  readonly application: string;
  readonly environment: string;
  /** Where it is connected; null: nowhere. */
  readonly router: string | null;
  readonly right: Right;
  readonly isPresettled: boolean;
  readonly counts: UseCounts;
  readonly sentPerSecond: number;
  readonly receivedPerSecond: number;
  /** Null while nothing was measured. Of one that asks: from its question to the answer. */
  readonly latencyMs: Percentiles | null;
}

export interface ChannelTraffic {
  readonly name: string;
  readonly distribution: Distribution;
  /** Messages published, and deliveries of them to consumers: a multicast message is delivered several times. */
  readonly published: number;
  readonly publishedPerSecond: number;
  readonly delivered: number;
  readonly deliveredPerSecond: number;
  /** From publisher to consumer, over all consumers. */
  readonly latencyMs: Percentiles | null;
  /** What publishers have seen of what they published. */
  readonly outcomes: Outcomes;
  /** Messages sent unsettled, answers too, that have no outcome yet; and those of which a router told it. */
  readonly unsettled: number;
  readonly settled: number;
  /** Those that are there now; the sums count those that have left, too. */
  readonly publishers: readonly UseFigures[];
  readonly consumers: readonly UseFigures[];
}

export interface TrafficFigures {
  readonly channels: readonly ChannelTraffic[];
  readonly applications: number;
  /** Applications of the mesh that use a channel, and are not imitated because there are too many. */
  readonly leftOut: number;
  /** Of the rate that each should send at; 1 where that is not too much. */
  readonly rateShare: number;
}

export type Outcomes = Omit<UseCounts, 'sent' | 'presettled' | 'received'>;

export function outcomesOf({ accepted, rejected, released, modified, unknown }: UseCounts): Outcomes {
  return { accepted, rejected, released, modified, unknown };
}

/** Messages with an outcome. */
export function outcomeCount({ accepted, rejected, released, modified, unknown }: Outcomes): number {
  return accepted + rejected + released + modified + unknown;
}

export function sumOfCounts(all: readonly UseCounts[]): UseCounts {
  const sum: { -readonly [K in keyof UseCounts]: number } = { ...noCounts };
  for (const counts of all) for (const name of Object.keys(sum) as (keyof UseCounts)[]) sum[name] += counts[name];
  return sum;
}
