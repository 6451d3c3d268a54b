// The channels of a mesh, as lines: by the sample applications where there are any, else by the counters of the routers.
import type { ChannelRates } from '../mesh-figures.ts';
import type { ChannelTraffic, TrafficFigures, UseFigures } from '../traffic/figures.ts';
import { channelOutcomeText, countText, msText, publisherText, rateText, shareText } from './figure-text.ts';
import { bad, bold, type Column, dim, good, type Line, plain, type Row, type Span, table } from './lines.ts';

const left = (head: string, most = 24): Column => ({ head, align: 'left', most });
const right = (head: string, least = 7): Column => ({ head, align: 'right', least });

const useColumns = [
  left('CHANNEL'),
  left('APPLICATION'),
  left('IN', 12),
  right('MSG/S'),
  right('TOTAL'),
  right('P50 MS', 6),
  right('P99 MS', 6),
];

/**
 * Who publishes, who consumes, how fast, and what became of it: a line for each application of each channel.
 *
 *   CHANNEL      APPLICATION  IN       MSG/S    TOTAL  P50 MS  P99 MS
 *   shop.orders  shop/web     aws      300.8    1,721  1 modified
 *    balanced    shop/packing aws      245.3    1,384     3.0    90.1
 */
export function useLines({ channels }: TrafficFigures): Line[] {
  const rows = channels.flatMap((channel) =>
    [...channel.publishers, ...channel.consumers].map((one, at) => {
      const first = at === 0 ? bold(channel.name) : dim(at === 1 ? ` ${channel.distribution}` : '');
      return useRow(first, one);
    }),
  );
  return table(useColumns, rows);
}

/** Of who publishes, what became of it stands where others have their latencies. */
function useRow(first: Span, one: UseFigures): Row {
  const sends = one.right === 'publish';
  const cells = [
    first,
    plain(one.application),
    one.router === null ? bad(one.environment) : plain(one.environment),
    plain(rateText(sends ? one.sentPerSecond : one.receivedPerSecond)),
    plain(countText(sends ? one.counts.sent : one.counts.received)),
  ];
  if (sends) return { cells, note: outcomeSpan(publisherText(one)) };
  if (one.latencyMs === null) return { cells };
  return { cells: [...cells, plain(msText(one.latencyMs.p50)), plain(msText(one.latencyMs.p99))] };
}

const outcomeSpan = (text: string): Span => (/rejected|released|modified|unknown/.test(text) ? bad(text) : good(text));

const trafficColumns = [
  left('CHANNEL'),
  left('HOW'),
  right('SENT/S'),
  right('GOT/S'),
  right('P50 MS', 6),
  right('P99 MS', 6),
  left('OUTCOMES', 80),
];

/** A line for each channel, at most `rows` with the head; of too many those that carry most, the others are counted. */
export function channelLines({ channels }: TrafficFigures, rows: number): Line[] {
  return busiest(trafficColumns, channels, rows, ({ deliveredPerSecond }) => deliveredPerSecond, trafficCells);
}

function trafficCells(channel: ChannelTraffic): Span[] {
  const { name, distribution, publishedPerSecond, deliveredPerSecond, latencyMs } = channel;
  return [
    bold(name),
    plain(distribution),
    plain(rateText(publishedPerSecond)),
    plain(rateText(deliveredPerSecond)),
    plain(latencyMs === null ? '' : msText(latencyMs.p50)),
    plain(latencyMs === null ? '' : msText(latencyMs.p99)),
    outcomeSpan(channelOutcomeText(channel)),
  ];
}

const rateColumns = [left('CHANNEL', 40), left('HOW'), right('IN/S'), right('OUT/S'), right('CONSUMERS')];

/** As {@link channelLines}, by the counters of the routers. */
export function rateLines(channels: readonly ChannelRates[], rows: number): Line[] {
  return busiest(
    rateColumns,
    channels,
    rows,
    ({ inPerSecond, outPerSecond, consumers }) => inPerSecond + outPerSecond + consumers / 1e6,
    ({ name, distribution, inPerSecond, outPerSecond, consumers }) => [
      bold(name),
      plain(distribution),
      plain(rateText(inPerSecond)),
      plain(rateText(outPerSecond)),
      plain(countText(consumers)),
    ],
  );
}

function busiest<T>(
  columns: readonly Column[],
  all: readonly T[],
  rows: number,
  weightOf: (one: T) => number,
  cellsOf: (one: T) => Span[],
): Line[] {
  const rowOf = (one: T): Row => ({ cells: cellsOf(one) });
  if (all.length < rows) return table(columns, all.map(rowOf));
  const ranked = [...all].sort((a, b) => weightOf(b) - weightOf(a));
  const shown = new Set(ranked.slice(0, Math.max(0, rows - 2)));
  const others = all.filter((one) => !shown.has(one));
  const active = others.filter((one) => weightOf(one) >= 0.05).length;
  const count = `… and ${countText(others.length)} more channel${others.length === 1 ? '' : 's'}`;
  const text = active === 0 ? `${count} without messages` : `${count}, ${countText(active)} of them with messages`;
  return [...table(columns, all.filter((one) => shown.has(one)).map(rowOf)), [dim(text)]];
}

/** Whom the sample traffic leaves out; null for nobody. */
export function leftOutLine({ applications, leftOut, rateShare }: TrafficFigures): Line | null {
  const texts = [
    leftOut > 0 ? `${countText(applications)} of ${countText(applications + leftOut)} applications are imitated` : '',
    rateShare < 1 ? `each sends at ${shareText(rateShare, 1)} of its rate` : '',
  ].filter((text) => text !== '');
  return texts.length === 0 ? null : [dim(`Bounded on this machine: ${texts.join('; ')}.`)];
}
