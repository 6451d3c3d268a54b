// Figures as people read them.
import type { Loss } from '../router-loss.ts';
import { type ChannelTraffic, type Outcomes, outcomeCount, type UseFigures } from '../traffic/figures.ts';

/** `12,345` */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `1 router`, `2 routers` */
export function plural(count: number, what: string): string {
  return `${countText(count)} ${what}${count === 1 ? '' : 's'}`;
}

/** `aws-1`, `aws-1 and aws-2`, `aws-1, aws-2, aws-3 and 4 others` */
export function listed(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} others`] : [...names];
  const last = shown.pop() ?? 'nothing';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

/** `0.31`, `4.2`, `1,250`: milliseconds in three digits or so. */
export function msText(ms: number): string {
  if (ms < 1) return ms.toFixed(2);
  return ms < 100 ? ms.toFixed(1) : countText(ms);
}

export function secondsText(seconds: number): string {
  return seconds < 100 ? seconds.toFixed(1) : countText(seconds);
}

export function rateText(perSecond: number): string {
  return perSecond < 1000 ? perSecond.toFixed(1) : countText(perSecond);
}

/** `00:01:12` */
export function clockText(seconds: number): string {
  const whole = Math.floor(seconds);
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** `95.1%`; whole when it is. */
export function shareText(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (part * 100) / whole;
  if (percent === 0 || percent === 100) return `${percent}%`;
  return `${Math.min(99.9, Math.max(0.1, percent)).toFixed(1)}%`;
}

/** What became of messages: `all accepted`, or those that were not: `4.9% rejected, 2 modified`. */
export function outcomeText(outcomes: Outcomes): string {
  const { accepted, rejected, released, modified, unknown } = outcomes;
  const all = outcomeCount(outcomes);
  if (all === 0) return 'no outcome yet';
  if (accepted === all) return 'all accepted';
  const others = [
    rejected > 0 ? `${shareText(rejected, all)} rejected` : '',
    released > 0 ? `${countText(released)} released` : '',
    modified > 0 ? `${countText(modified)} modified` : '',
    unknown > 0 ? `${countText(unknown)} unknown` : '',
  ];
  return others.filter((one) => one !== '').join(', ');
}

/** Of all its publishers. */
export function channelOutcomeText(channel: ChannelTraffic): string {
  const { publishers, consumers } = channel;
  if (publishers.length === 0) return 'nobody publishes';
  if (publishers.every(({ isPresettled }) => isPresettled)) return 'pre-settled';
  const text = outcomeText(channel.outcomes);
  return consumers.length === 0 && text === 'no outcome yet' ? 'nobody consumes' : text;
}

/** Of one that publishes. Who asks: how long answers take, too. */
export function publisherText({ isPresettled, counts, latencyMs }: UseFigures): string {
  if (isPresettled) return 'pre-settled';
  const answer = counts.received > 0 && latencyMs !== null ? `answer ${msText(latencyMs.p50)} ms, ` : '';
  return answer + outcomeText(counts);
}

/** `resumed after 18 ms, 4 modified, 0 released` */
export function lossText({ resumedAfterMs, waitsFor, modified, released, unknown }: Loss): string {
  const inDoubt = unknown > 0 ? `, ${countText(unknown)} unknown` : '';
  const ends = `${countText(modified)} modified, ${countText(released)} released${inDoubt}`;
  if (resumedAfterMs !== null) return `resumed after ${countText(Math.max(1, resumedAfterMs))} ms, ${ends}`;
  return waitsFor.length === 0 ? 'were not measured' : `have not resumed, ${ends}`;
}
