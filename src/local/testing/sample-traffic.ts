// Traffic as the sample applications would report it after some seconds, for tests of what is shown.
import { noCounts } from '../application-report.ts';
import { sampleApplications, sampleChannels } from '../sample-applications.ts';
import { sampleRouters } from '../sample-mesh.ts';
import type { Loss, RouterFigures, Snapshot } from '../snapshot.ts';
import { Traffic } from '../traffic.ts';

/** South-1 was killed after ten seconds, and is down since. */
const loss: Loss = {
  ...{ router: 'south-1', atSeconds: 10, resumedAfterMs: 18.24, backAfterSeconds: null },
  ...{ modified: 4, released: 0 },
};
const urls: Readonly<Record<string, string>> = {
  'north-edge': 'amqp://127.0.0.1:20123',
  'south-edge': 'amqp://127.0.0.1:20124',
};

function routersAfter(uptimeSeconds: number): RouterFigures[] {
  return sampleRouters.map((router, index) => {
    const isUp = router.name !== loss.router || uptimeSeconds < loss.atSeconds;
    const ofUp = { pid: 4711 + index, deliveriesPerSecond: 100 * index, uptimeSeconds };
    const ofDown = { pid: null, deliveriesPerSecond: 0, uptimeSeconds: 0 };
    return { router, state: isUp ? 'up' : 'killed', url: urls[router.name] ?? null, ...(isUp ? ofUp : ofDown) };
  });
}

const arrivals = [0.25, 0.5, 12.5].map((latencyMs) => ({ sentAtMs: 1000, receivedAtMs: 1000 + latencyMs }));

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
      traffic.handleReport(name, { counts, arrivals, note: '' }, second * 1000);
    }
  }
  return traffic;
}

export function snapshotAfter(uptimeSeconds: number, problems: string[] = []): Snapshot {
  return trafficAfter(uptimeSeconds).snapshot({
    ...{ uptimeSeconds, problems, routers: routersAfter(uptimeSeconds) },
    losses: uptimeSeconds < loss.atSeconds ? [] : [loss],
    nextKillAtSeconds: uptimeSeconds < loss.atSeconds ? loss.atSeconds : null,
  });
}
