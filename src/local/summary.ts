// What is printed now and then where there is no terminal, and at the end.
import { clockText, countText, healingText, msText, outcomeText, rateText, shareText } from './figure-text.ts';
import { type ChannelFigures, outcomesOf, type Snapshot } from './snapshot.ts';

/** After so long applications have reported what the loss of a router did. */
const allKnownSeconds = 1;

/** One line for the routers, and one a channel. */
export function progressLines({ uptimeSeconds, routers, channels }: Snapshot): string[] {
  const states = routers.map(
    ({ router, state, deliveriesPerSecond }) =>
      `${router.name} ${state === 'up' ? `${rateText(deliveriesPerSecond)}/s` : state}`,
  );
  const ofChannels = channels.map((figures) => {
    const { channel, publishedPerSecond, latencyMs } = figures;
    const latency = latencyMs === null ? '' : `p50 ${msText(latencyMs.p50)} p99 ${msText(latencyMs.p99)} ms, `;
    const rate = `${rateText(publishedPerSecond)}/s`.padStart(9);
    return `${clockText(uptimeSeconds)} ${channel.name.padEnd(9)} ${rate}  ${latency}${outcomeText(figures)}; ${whoConsumes(figures)}`;
  });
  return [`${clockText(uptimeSeconds)} routers   ${states.join(', ')}`, ...ofChannels];
}

/** What happened to the routers, as far as it is known at the time; a line never changes once it is there. */
export function eventLines({ uptimeSeconds, losses }: Snapshot): string[] {
  return losses.flatMap((loss) => {
    const { router, atSeconds, resumedAfterMs, backAfterSeconds } = loss;
    const at = clockText(atSeconds);
    const lines = [`${at} ${router} was killed`];
    if (resumedAfterMs !== null && uptimeSeconds >= atSeconds + allKnownSeconds)
      lines.push(`${at} deliveries ${healingText(loss)}`);
    if (backAfterSeconds !== null) lines.push(`${clockText(atSeconds + backAfterSeconds)} ${router} is up again`);
    return lines;
  });
}

/** `packing-1 46.1%, packing-2 53.9%`, or for a multicast `dashboard, alarms`: everyone gets everything. */
function whoConsumes({ channel, consumers, delivered }: ChannelFigures): string {
  if (channel.distribution === 'multicast')
    return `to ${consumers.map(({ application }) => application.name).join(', ')}`;
  return consumers
    .map(({ application, counts }) => `${application.name} ${shareText(counts.received, delivered)}`)
    .join(', ');
}

/** What the run came to, as a table of at most 80 columns. */
export function summaryLines(snapshot: Snapshot): string[] {
  const { uptimeSeconds, losses, channels, problems } = snapshot;
  return [
    '',
    `Ran ${Math.round(uptimeSeconds)} s.${verdict(snapshot)}`,
    ...losses.map((loss) => `Lost ${loss.router}: deliveries ${healingText(loss)}.`),
    tableLine('', ['sent', 'arrived', 'accepted', 'rejected', 'released', 'modified', 'p50 ms', 'p99 ms']),
    ...channels.map(summaryLine),
    ...missingLines(snapshot),
    ...problems.map((problem) => `Problem: ${problem}`),
  ];
}

function verdict({ channels, problems }: Snapshot): string {
  const unsettled = channels.reduce((sum, one) => sum + one.unsettled, 0);
  if (unsettled !== 0 || problems.length > 0) return '';
  const outcomes = channels.reduce((sum, one) => sum + Object.values(outcomesOf(one)).reduce((a, b) => a + b, 0), 0);
  return ` Each of ${countText(outcomes)} unsettled messages ended in exactly one outcome.`;
}

function summaryLine(figures: ChannelFigures): string {
  const { accepted, rejected, released, modified } = outcomesOf(figures);
  const { channel, published, delivered, latencyMs } = figures;
  const counts = [published, delivered, accepted, rejected, released, modified].map(countText);
  const latency = latencyMs === null ? ['-', '-'] : [msText(latencyMs.p50), msText(latencyMs.p99)];
  return tableLine(channel.name, [...counts, ...latency]);
}

function tableLine(name: string, cells: readonly string[]): string {
  return name.padEnd(10) + cells.map((cell, index) => cell.padStart(index < 2 || index > 5 ? 8 : 9)).join('');
}

/** Of what was sent pre-settled nobody is told that it was lost; we see both ends. */
function missingLines({ channels, losses }: Snapshot): string[] {
  return channels.flatMap(({ channel, publishers, consumers, published, delivered }) => {
    const copies = published * (channel.distribution === 'multicast' ? consumers.length : 1);
    const isPresettled = publishers.every(({ application }) => application.isPresettled === true);
    if (!isPresettled || delivered >= copies || losses.length === 0) return [];
    const missing = `${countText(copies - delivered)} of ${countText(copies)} copies did not arrive`;
    return [`${channel.name}: ${missing}. What is sent pre-settled may be lost with a router.`];
  });
}
