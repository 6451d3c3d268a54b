// Figures as people read them.
import { type ApplicationFigures, type ChannelFigures, outcomesOf } from './snapshot.ts';

/** `12,345` */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `0.31`, `4.2`, `1,250`: milliseconds in three digits or so. */
export function msText(ms: number): string {
  if (ms < 1) return ms.toFixed(2);
  return ms < 100 ? ms.toFixed(1) : countText(ms);
}

export function rateText(perSecond: number): string {
  return perSecond < 10_000 ? perSecond.toFixed(1) : countText(perSecond);
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

/** What became of a channel's messages: `accepted 95.1%, rejected 4.9%`. Returned: released or modified. */
export function outcomeText(figures: ChannelFigures): string {
  if (figures.publishers.every(({ application }) => application.isPresettled === true))
    return 'pre-settled: no outcome';
  const { accepted, rejected, released, modified } = outcomesOf(figures);
  const all = accepted + rejected + released + modified;
  if (all === 0) return 'no outcome yet';
  const kinds = { accepted, rejected, returned: released + modified };
  return Object.entries(kinds)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${shareText(count, all)}`)
    .join(', ');
}

/** For a client that gets answers: how long they take. */
export function answerText({ application, counts, latencyMs }: ApplicationFigures): string {
  const asks = application.role === 'publishes' && counts.received > 0 && latencyMs !== null;
  return asks ? `, answer ${msText(latencyMs.p50)} ms` : '';
}
