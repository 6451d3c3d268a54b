// What is printed now and then where there is no terminal, and at the end.
import type { ChannelTraffic } from '../traffic/figures.ts';
import { leftOutLine } from './channel-lines.ts';
import { channelOutcomeText, clockText, countText, lossText, msText, plural, rateText } from './figure-text.ts';
import { type Column, plain, table, textOf } from './lines.ts';
import { linksLine } from './router-lines.ts';
import { verdict } from './shortcomings.ts';
import type { Snapshot } from './snapshot.ts';

/** Routers and channels of one report; the others are counted. */
const shownMax = 20;

/** How the run begins: what there is, and where. */
export function introduction({ mesh, environments, teams, figures, traffic, folder }: Snapshot): string[] {
  const { routers, channels } = figures;
  const of = `${plural(routers.length, 'router')} in ${plural(environments, 'environment')}, ${plural(channels.length, 'channel')}, ${plural(teams, 'team')}`;
  return [
    `Weft runs ${mesh} on this machine: ${of}${traffic === null ? '' : `, ${plural(traffic.applications, 'sample application')}`}.`,
    ...routers.map(({ id, mode, environment, url, pid }) => {
      const clients = url === null ? '' : `, applications at ${url}`;
      return `  ${id}: ${mode === 'edge' ? 'edge' : 'interior router'} in ${environment}, process ${pid ?? '-'}${clients}`;
    }),
    ...(traffic === null ? [] : [leftOutLine(traffic)].flatMap((line) => (line === null ? [] : [`  ${textOf(line)}`]))),
    `Ports are in ${folder}/up.json, certificates are in ${folder}/pki.`,
    '',
  ];
}

/** One line for the routers, one for the links, and one a channel. */
export function progressLines(snapshot: Snapshot): string[] {
  const { uptimeSeconds, figures } = snapshot;
  const clock = clockText(uptimeSeconds);
  const named = figures.routers.slice(0, shownMax);
  const states = named.map(
    ({ id, state, deliveriesPerSecond }) => `${id} ${state === 'up' ? `${rateText(deliveriesPerSecond)}/s` : state}`,
  );
  const rest = figures.routers.length - named.length;
  if (rest > 0) states.push(`and ${countText(rest)} more`);
  const lines = channelTexts(snapshot);
  const hidden = lines.splice(shownMax).length;
  if (hidden > 0) lines.push(`and ${plural(hidden, 'more channel')}`);
  return [`routers  ${states.join(', ')}`, textOf(linksLine(figures)), ...lines].map((line) => `${clock} ${line}`);
}

function channelTexts({ figures, traffic }: Snapshot): string[] {
  if (traffic === null)
    return figures.channels.map(({ name, inPerSecond, outPerSecond, consumers }) => {
      return `${name}  ${rateText(inPerSecond)}/s in, ${rateText(outPerSecond)}/s out, ${plural(consumers, 'consumer')}`;
    });
  return traffic.channels.map((channel) => {
    const { name, publishedPerSecond, deliveredPerSecond, latencyMs } = channel;
    const latency = latencyMs === null ? '' : `, p50 ${msText(latencyMs.p50)} p99 ${msText(latencyMs.p99)} ms`;
    const rates = `${rateText(publishedPerSecond)}/s sent, ${rateText(deliveredPerSecond)}/s got`;
    return `${name}  ${rates}${latency}, ${channelOutcomeText(channel)}`;
  });
}

const columns: readonly Column[] = [
  { head: 'CHANNEL', align: 'left', most: 20 },
  ...['SENT', 'GOT', 'ACCEPTED', 'REJECTED', 'RELEASED', 'MODIFIED', 'P99 MS'].map(
    (head): Column => ({ head, align: 'right' }),
  ),
];

/** What the run came to. */
export function summaryLines(snapshot: Snapshot): string[] {
  const { uptimeSeconds, losses, problems } = snapshot;
  const lost = losses.map((loss) => `Lost ${loss.router}: deliveries ${lossText(loss)}.`);
  return [
    '',
    `Ran ${Math.round(uptimeSeconds)} s. ${verdict(snapshot)}`.trimEnd(),
    ...lost.slice(-shownMax),
    ...trafficTable(snapshot),
    ...missingLines(snapshot),
    ...problems.map((problem) => `Problem: ${problem}`),
  ];
}

function trafficTable({ traffic }: Snapshot): string[] {
  if (traffic === null) return [];
  const channels = traffic.channels.slice(0, shownMax);
  const lines = table(
    columns,
    channels.map((channel) => ({ cells: summaryCells(channel).map(plain) })),
    Number.POSITIVE_INFINITY,
  );
  const hidden = traffic.channels.length - channels.length;
  return [...lines.map((line) => textOf(line)), ...(hidden > 0 ? [`… and ${plural(hidden, 'more channel')}`] : [])];
}

function summaryCells(channel: ChannelTraffic): string[] {
  const { accepted, rejected, released, modified } = channel.outcomes;
  const { name, published, delivered, latencyMs } = channel;
  const counts = [published, delivered, accepted, rejected, released, modified].map(countText);
  return [name, ...counts, latencyMs === null ? '-' : msText(latencyMs.p99)];
}

/** Of what was sent pre-settled nobody is told that it was lost; we see both ends. */
function missingLines({ traffic, losses }: Snapshot): string[] {
  if (losses.length === 0) return [];
  return (traffic?.channels ?? []).flatMap(({ name, distribution, publishers, consumers, published, delivered }) => {
    const copies = published * (distribution === 'multicast' ? consumers.length : 1);
    const isPresettled = publishers.every((one) => one.isPresettled);
    if (!isPresettled || consumers.length === 0 || delivered >= copies) return [];
    return [
      `${countText(copies - delivered)} of ${countText(copies)} copies of ${name} were lost: they are sent pre-settled.`,
    ];
  });
}
