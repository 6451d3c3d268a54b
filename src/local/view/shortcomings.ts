// What a run should not show at its end, though nobody told of a problem.
import { countText, listed, plural } from './figure-text.ts';
import type { Snapshot } from './snapshot.ts';

/** After so long every channel must have carried something. */
const trafficExpectedSeconds = 10;
const namedMax = 10;

/** Channels of which much was sent of late, and nothing arrived. `snapshot`: before the applications stop. */
export function silences({ traffic }: Snapshot): string[] {
  const silent = (traffic?.channels ?? []).filter(
    ({ publishedPerSecond, deliveredPerSecond, consumers }) =>
      publishedPerSecond >= 1 && deliveredPerSecond === 0 && consumers.length > 0,
  );
  if (silent.length === 0) return [];
  return [`nothing arrived of late on ${listed(silent.map(({ name }) => name))}, though messages were sent`];
}

/** `snapshot`: after the applications have stopped. */
export function shortcomings({ traffic, uptimeSeconds }: Snapshot): string[] {
  const found: string[] = [];
  for (const channel of traffic?.channels ?? []) {
    const { name, publishers, consumers, delivered, unsettled } = channel;
    const isExpected = publishers.length > 0 && consumers.length > 0 && uptimeSeconds >= trafficExpectedSeconds;
    if (isExpected && delivered === 0) found.push(`no message arrived on channel ${name}`);
    if (unsettled < 0) found.push(`channel ${name} has ${countText(-unsettled)} outcomes more than messages`);
    if (unsettled > 0) found.push(`${plural(unsettled, 'message')} on channel ${name} without an outcome`);
  }
  const rest = found.splice(namedMax);
  return rest.length === 0 ? found : [...found, `and ${countText(rest.length)} more of this kind`];
}

/** `Each of 12,345 unsettled messages ended in exactly one outcome.`, or '' when that cannot be said. */
export function verdict({ traffic, problems }: Snapshot): string {
  if (traffic === null || problems.length > 0) return '';
  const unknown = traffic.channels
    .flatMap(({ publishers, consumers }) => [...publishers, ...consumers])
    .filter(({ counts }) => counts.unknown > 0);
  const lost = unknown.reduce((sum, { counts }) => sum + counts.unknown, 0);
  const settled = traffic.channels.reduce((sum, channel) => sum + channel.settled, 0);
  if (lost === 0) return `Each of ${countText(settled)} unsettled messages ended in exactly one outcome.`;
  const whose = listed([...new Set(unknown.map(({ application }) => application))]);
  return `Each of ${countText(settled)} unsettled messages ended in exactly one outcome; of ${countText(lost)} it is unknown: ${whose} lost the connection to the router.`;
}
