// What the loss of a router cost, computed from the times of all messages. Pure.
import type { Sent } from './traffic.ts';

/** One loss, as sender and receiver saw it. */
export interface Loss {
  /** The longest time between two deliveries around the loss, milliseconds. */
  readonly gapMs: number;
  readonly released: number;
  readonly modified: number;
  readonly rejected: number;
  /** Messages without an outcome when all was over. */
  readonly lost: number;
  /** Copies beyond the first one. */
  readonly duplicates: number;
  /** Without outcome at the loss, or sent before it was noticed: `modified` may be no more than these. */
  readonly inDoubt: number;
  /** Messages that were modified though they were sent after the loss had been noticed. */
  readonly modifiedLate: number;
  /** Messages that were not accepted while the router came back. */
  readonly failedOnReturn: number;
}

/** When a loss happened, and when the router was started again or woken, milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** When it had been back for a while. */
  readonly backAt?: number;
}

/** The longest time without a delivery inside the span. */
export function longestGap(arrivals: readonly number[], { from, to }: Span): number {
  const times = [from, ...arrivals.filter((at) => at > from && at < to), to];
  return times.reduce((longest, at, place) => Math.max(longest, at - (times[place - 1] ?? from)), 0);
}

/** Counts what became of the messages that were sent or settled in the span. Call it when nothing is outstanding any more. */
export function lossOf(sent: readonly Sent[], arrivals: readonly number[], span: Span): Loss {
  const { from, to, backAt = to } = span;
  const concerned = sent.filter(
    ({ sentAt, outcome, outcomeAt, copies }) =>
      sentAt <= to && (outcome === null || (outcomeAt > from && outcomeAt <= to) || copies > 1),
  );
  const count = (wanted: (one: Sent) => boolean) => concerned.filter(wanted).length;
  const failed = concerned.filter(({ outcome }) => outcome === 'modified');
  const noticedAt = Math.min(...failed.map(({ outcomeAt }) => outcomeAt), span.to);
  return {
    gapMs: longestGap(arrivals, span),
    released: count(({ outcome }) => outcome === 'released'),
    modified: failed.length,
    rejected: count(({ outcome }) => outcome === 'rejected'),
    lost: count(({ outcome }) => outcome === null),
    duplicates: concerned.reduce((sum, { copies }) => sum + Math.max(0, copies - 1), 0),
    inDoubt: count(
      ({ sentAt, outcome, outcomeAt }) => sentAt <= noticedAt && (outcome === null || outcomeAt > span.from),
    ),
    failedOnReturn: sent.filter(
      ({ outcome, outcomeAt }) => outcome !== 'accepted' && outcomeAt > to && outcomeAt <= backAt,
    ).length,
    modifiedLate: failed.filter(({ sentAt }) => sentAt > noticedAt).length,
  };
}
