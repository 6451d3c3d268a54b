// What the thread of the sample applications and the run tell each other.
//
//   run     ─▶ { applications }     these from now on: who is new starts, who is gone stops, who is as before goes on
//           ─▶ 'stop'               senders first, then all
//   thread  ─▶ TrafficReport        a few times a second
//           ─▶ 'stopped'            the last report was the last
import type { SampleApplicationPlan } from './plan.ts';

export type TrafficOrder = { readonly applications: readonly SampleApplicationPlan[] } | 'stop';

/** Of what an application sends to, and gets from, one channel. One that answers sends answers, one that asks gets them. */
export interface UseCounts {
  readonly sent: number;
  /** Of those sent, the ones that were settled as they went: nobody tells what becomes of them. */
  readonly presettled: number;
  readonly received: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly released: number;
  readonly modified: number;
  /** Sent unsettled over a connection or link that ended before the outcome came. */
  readonly unknown: number;
}

export const noCounts: UseCounts = {
  sent: 0,
  presettled: 0,
  received: 0,
  accepted: 0,
  rejected: 0,
  released: 0,
  modified: 0,
  unknown: 0,
};

/** A sample message received, in milliseconds as `machineMs` tells them. An answer's is from the question. */
export interface Arrival {
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  /** Its publisher was at another router. */
  readonly isAcross: boolean;
}

export interface UseReport {
  readonly key: string;
  /** Since the last report, as the arrivals. */
  readonly counts: UseCounts;
  readonly arrivals: readonly Arrival[];
}

export interface TrafficReport {
  /** Of the uses that have something to tell. */
  readonly uses: readonly UseReport[];
  /** Where each application is connected; null: nowhere. */
  readonly routers: readonly (readonly [application: string, router: string | null])[];
  /** What is wrong, each a sentence, told once. */
  readonly problems: readonly string[];
}

/** Milliseconds since some moment that is the same in all threads and processes of this machine. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
