// Traffic as the sample applications would report it after some seconds, for tests of what is shown.
import { noCounts } from '../application-report.ts';
import { sampleApplications, sampleChannels } from '../sample-applications.ts';
import type { Snapshot } from '../snapshot.ts';
import { Traffic } from '../traffic.ts';

export const of = { url: 'amqp://127.0.0.1:40123', routerPid: 4711, problems: [] };

/** After `seconds` of a hundred messages a second on every channel; the orders are shared 50:40:10. */
export function trafficAfter(seconds: number): Traffic {
  const traffic = new Traffic(sampleChannels, sampleApplications);
  for (let second = 0; second <= seconds; second++) {
    for (const { name, role, channel, isPresettled } of sampleApplications) {
      const share = { 'packing-1': 0.5, 'packing-2': 0.4, 'packing-slow': 0.1 }[name] ?? 1;
      const count = Math.round(second * 100 * share);
      const rejected = channel === 'invoices' ? count / 20 : 0;
      const sender = {
        sent: count,
        accepted: isPresettled ? 0 : count - rejected,
        rejected,
        received: name === 'tills' ? count : 0,
      };
      const counts = { ...noCounts, ...(role === 'publishes' ? sender : { received: count }) };
      traffic.handleReport(name, { counts, latenciesMs: [0.25, 0.5, 12.5], note: '' }, second * 1000);
    }
  }
  return traffic;
}

export function snapshotAfter(uptimeSeconds: number, problems: string[] = []): Snapshot {
  return trafficAfter(uptimeSeconds).snapshot({ ...of, uptimeSeconds, problems });
}
