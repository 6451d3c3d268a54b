// What a sample application tells about itself, a few times a second.

export interface ApplicationCounts {
  readonly sent: number;
  readonly received: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly released: number;
  readonly modified: number;
}

export interface ApplicationReport {
  /** Since the application started. */
  readonly counts: ApplicationCounts;
  /** From sending to receiving, of the messages received since the last report; milliseconds. */
  readonly latenciesMs: readonly number[];
  /** A few words on its traffic, '' for none. */
  readonly note: string;
}

export const noCounts: ApplicationCounts = { sent: 0, received: 0, accepted: 0, rejected: 0, released: 0, modified: 0 };
