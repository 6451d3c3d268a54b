// The channels of a mesh, as lines: by the sample applications where there are any, else by the counters of the routers.
import type { ChannelRates } from '../mesh-figures.ts';
import type { ChannelTraffic, TrafficFigures, UseFigures } from '../traffic/figures.ts';
import { channelOutcomeText, countText, msText, publisherText, rateText, shareText } from './figure-text.ts';
import { bad, bold, type Column, dim, good, type Line, plain, type Room, type Row, type Span, table } from './lines.ts';

const left = (head: string, most = 24): Column => ({ head, align: 'left', most });
const right = (head: string, least = 6): Column => ({ head, align: 'right', least });

const useColumns = [
  left('CHANNEL'),
  left('APPLICATION'),
  { ...left('IN', 12), goesAs: 1 },
  right('MSG/S'),
  { ...right('TOTAL', 7), goesAs: 2 },
  right('P50 MS'),
  right('P99 MS'),
];

/**
 * Who publishes, who consumes, how fast, and what became of it: a line for each application of each channel.
 *
 *   CHANNEL      APPLICATION    IN      MSG/S    TOTAL  P50 MS  P99 MS
 *   shop.orders  shop/web       aws     200.8    1,721  1 modified
 *    balanced    stock/packing  azure   145.3    1,384     3.0    90.1
 */
export function useLines({ channels }: TrafficFigures, width: number): Line[] {
  const rows = channels.flatMap((channel) =>
    [...channel.publishers, ...channel.consumers].map((one, at) => {
      const first = at === 0 ? bold(channel.name) : dim(at === 1 ? ` ${channel.distribution}` : '');
      return useRow(first, one);
    }),
  );
  return table(useColumns, rows, width);
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
  { ...left('HOW'), goesAs: 1 },
  right('SENT/S'),
  right('GOT/S'),
  right('P50 MS'),
  right('P99 MS'),
  left('OUTCOMES', 80),
];

/** A line for each channel; of too many those that carry most, the others are counted. */
export function channelLines({ channels }: TrafficFigures, room: Room): Line[] {
  return busiest(trafficColumns, channels, room, ({ deliveredPerSecond }) => deliveredPerSecond, trafficCells);
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

const rateColumns = [
  left('CHANNEL', 40),
  { ...left('HOW'), goesAs: 1 },
  right('IN/S'),
  right('OUT/S'),
  right('CONSUMERS'),
];

/** As {@link channelLines}, by the counters of the routers. */
export function rateLines(channels: readonly ChannelRates[], room: Room): Line[] {
  return busiest(
    rateColumns,
    channels,
    room,
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
  { columns: width, rows }: Room,
  weightOf: (one: T) => number,
  cellsOf: (one: T) => Span[],
): Line[] {
  const rowOf = (one: T): Row => ({ cells: cellsOf(one) });
  if (all.length < rows) return table(columns, all.map(rowOf), width);
  const ranked = [...all].sort((a, b) => weightOf(b) - weightOf(a));
  const shown = new Set(ranked.slice(0, Math.max(0, rows - 2)));
  const others = all.filter((one) => !shown.has(one));
  const active = others.filter((one) => weightOf(one) >= 0.05).length;
  const count = `… and ${countText(others.length)} more channel${others.length === 1 ? '' : 's'}`;
  const text = active === 0 ? `${count} without messages` : `${count}, ${countText(active)} of them with messages`;
  return [...table(columns, all.filter((one) => shown.has(one)).map(rowOf), width), [dim(text)]];
}

/** Whom the sample traffic leaves out; null for nobody. */
export function leftOutLine({ applications, leftOut, rateShare }: TrafficFigures): Line | null {
  const texts = [
    leftOut > 0 ? `${countText(applications)} of ${countText(applications + leftOut)} applications are imitated` : '',
    rateShare < 1 ? `each sends at ${shareText(rateShare, 1)} of its rate` : '',
  ].filter((text) => text !== '');
  return texts.length === 0 ? null : [dim(`Bounded on this machine: ${texts.join('; ')}.`)];
}
