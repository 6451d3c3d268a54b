// What is printed now and then where there is no terminal, and at the end.
import { clockText, countText, msText, outcomeText, rateText, shareText } from './figure-text.ts';
import { type ChannelFigures, outcomesOf, type Snapshot } from './snapshot.ts';

/** One line a channel. */
export function progressLines({ uptimeSeconds, channels }: Snapshot): string[] {
  return channels.map((figures) => {
    const { channel, publishedPerSecond, latencyMs } = figures;
    const latency = latencyMs === null ? '' : `p50 ${msText(latencyMs.p50)} p99 ${msText(latencyMs.p99)} ms, `;
    const rate = `${rateText(publishedPerSecond)}/s`.padStart(9);
    return `${clockText(uptimeSeconds)} ${channel.name.padEnd(9)} ${rate}  ${latency}${outcomeText(figures)}; ${whoConsumes(figures)}`;
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
  const { uptimeSeconds, channels, problems } = snapshot;
  const columns = ['published', 'delivered', 'accepted', 'rejected', 'returned', 'p50 ms', 'p99 ms'];
  return [
    '',
    `Ran ${Math.round(uptimeSeconds)} s.${verdict(snapshot)}`,
    `${''.padEnd(10)}${columns.map((name) => name.padStart(name.endsWith('ms') ? 8 : 10)).join('')}`,
    ...channels.map(summaryLine),
    ...problems.map((problem) => `Problem: ${problem}`),
  ];
}

function verdict({ channels, problems }: Snapshot): string {
  const unsettled = channels.reduce((sum, one) => sum + one.unsettled, 0);
  if (unsettled > 0 || problems.length > 0) return '';
  const outcomes = channels.reduce((sum, one) => sum + Object.values(outcomesOf(one)).reduce((a, b) => a + b, 0), 0);
  return ` Each of ${countText(outcomes)} unsettled messages ended in exactly one outcome.`;
}

function summaryLine(figures: ChannelFigures): string {
  const { accepted, rejected, released, modified } = outcomesOf(figures);
  const { channel, published, delivered, latencyMs } = figures;
  const counts = [published, delivered, accepted, rejected, released + modified];
  const latency = latencyMs === null ? ['-', '-'] : [msText(latencyMs.p50), msText(latencyMs.p99)];
  return (
    channel.name.padEnd(10) +
    counts.map((count) => countText(count).padStart(10)).join('') +
    latency.map((text) => text.padStart(8)).join('')
  );
}
