// What a sample application tells about itself, a few times a second.

export interface ApplicationCounts {
  readonly sent: number;
  readonly received: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly released: number;
  readonly modified: number;
}

/** A message received: when it was sent and when it came, in milliseconds as `machineMs` tells them. */
export interface Arrival {
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

export interface ApplicationReport {
  /** Since the application started. */
  readonly counts: ApplicationCounts;
  /** The messages received since the last report, in order. A client's are the answers, sent when it asked. */
  readonly arrivals: readonly Arrival[];
  /** A few words on its traffic, '' for none. */
  readonly note: string;
}

/** Milliseconds since some moment that is the same in all threads and processes of this machine. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export const noCounts: ApplicationCounts = { sent: 0, received: 0, accepted: 0, rejected: 0, released: 0, modified: 0 };
