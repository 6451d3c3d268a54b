// Figures as people read them.
import { type ApplicationFigures, type ChannelFigures, type Loss, outcomesOf, type Snapshot } from './snapshot.ts';

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

/** What became of a channel's messages: `all accepted`, or those that were not: `4.9% rejected, 2 modified`. */
export function outcomeText(figures: ChannelFigures): string {
  if (figures.publishers.every(({ application }) => application.isPresettled === true))
    return 'pre-settled: no outcome';
  const { accepted, rejected, released, modified } = outcomesOf(figures);
  const all = accepted + rejected + released + modified;
  if (all === 0) return 'no outcome yet';
  if (accepted === all) return 'all accepted';
  const others = [
    rejected > 0 ? `${shareText(rejected, all)} rejected` : '',
    released > 0 ? `${countText(released)} released` : '',
    modified > 0 ? `${countText(modified)} modified` : '',
  ];
  return others.filter((one) => one !== '').join(', ');
}

/** `resumed after 18 ms, 4 modified, 0 released`: the deliveries between the clouds. */
export function healingText({ resumedAfterMs, modified, released }: Loss): string {
  const resumed =
    resumedAfterMs === null ? 'not yet resumed' : `resumed after ${countText(Math.max(1, resumedAfterMs))} ms`;
  return `${resumed}, ${countText(modified)} modified, ${countText(released)} released`;
}

/** `north-1 killed 3 s ago: resumed …`, or what is to come; '' for nothing. */
export function lastEventText({ uptimeSeconds, losses, nextKillAtSeconds }: Snapshot): string {
  const loss = losses.at(-1);
  if (loss !== undefined)
    return `${loss.router} killed ${Math.floor(uptimeSeconds - loss.atSeconds)} s ago: ${healingText(loss)}`;
  if (nextKillAtSeconds === null) return '';
  return `The busiest interior router will be killed in ${Math.max(1, Math.ceil(nextKillAtSeconds - uptimeSeconds))} s.`;
}

/** For a client that gets answers: how long they take. */
export function answerText({ application, counts, latencyMs }: ApplicationFigures): string {
  const asks = application.role === 'publishes' && counts.received > 0 && latencyMs !== null;
  return asks ? `, answer ${msText(latencyMs.p50)} ms` : '';
}
