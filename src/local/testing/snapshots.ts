// Runs at one moment, as routers and sample applications would report them: for tests of what is shown.
import { fileURLToPath } from 'node:url';
import { readMeshFiles } from '../../cli/mesh-files.ts';
import type { Mesh } from '../../mesh/model/mesh.ts';
import { meshOf } from '../../mesh/testing/starter-mesh.ts';
import type { ChannelRates, LinkFigures, MeshFigures, RouterFigures } from '../mesh-figures.ts';
import type { Loss } from '../router-loss.ts';
import { planTraffic } from '../traffic/plan.ts';
import { noCounts, type UseReport } from '../traffic/report.ts';
import { Traffic } from '../traffic/traffic.ts';
import type { Snapshot } from '../view/snapshot.ts';

export function exampleMesh(): Mesh {
  return meshOf(readMeshFiles(fileURLToPath(new URL('../../../examples/two-clouds', import.meta.url))));
}

export const nowhere = {
  endpointsOf: () => [{ router: 'shop-aws', host: '127.0.0.1', port: 1 }],
  credentialsOf: () => ({ ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' }),
};

/** Azure-1 is killed after ten seconds, and down since. */
export const loss: Loss = {
  ...{ router: 'azure-1', atSeconds: 10, resumedAfterMs: 18.24, waitsFor: [], backAfterSeconds: null },
  ...{ modified: 4, released: 0, unknown: 0 },
};

/** After `seconds` of a hundred messages a second on every channel of the example; orders are shared 50:40:10. */
export function trafficAfter(seconds: number): Traffic {
  const plan = planTraffic(exampleMesh(), nowhere);
  const traffic = new Traffic();
  traffic.plan(plan);
  const uses = plan.applications.flatMap((application) => application.uses);
  for (let second = 0; second <= seconds; second++) {
    const reports = uses.map(({ key, application, channel, right, hasReplies, traffic: how }): UseReport => {
      const share = { 'stock/packing': 0.5, 'shop/pickup': 0.4, 'stock/old-line': 0.1 }[application] ?? 1;
      const count = second === 0 ? 0 : 100 * share;
      const rejected = channel === 'shop.invoices' ? count / 20 : 0;
      const outcomes = how.presettled ? { presettled: count } : { accepted: count - rejected, rejected };
      const sent = { sent: count, ...outcomes };
      const got = { received: count, ...(hasReplies ? { sent: count, accepted: count } : {}) };
      const counts = { ...noCounts, ...(right === 'publish' ? { ...sent, received: hasReplies ? count : 0 } : got) };
      const arrivals = [0.25, 0.5, 12.5].map((latencyMs) => {
        return { sentAtMs: 1000, receivedAtMs: 1000 + latencyMs, isAcross: true };
      });
      return { key, counts, arrivals };
    });
    const routers = plan.applications.map(({ name }) => [name, 'shop-aws'] as const);
    traffic.handleReport({ uses: reports, routers, problems: [] }, second * 1000);
  }
  return traffic;
}

export function figuresOf(mesh: Mesh, down: ReadonlySet<string> = new Set()): MeshFigures {
  const routers = [...mesh.routers.values()].map(({ id, mode, environment }, at): RouterFigures => {
    const isUp = !down.has(id);
    const ofUp = { state: 'up', pid: 4711 + at, deliveriesPerSecond: 100 * at, uptimeSeconds: 75 } as const;
    const ofDown = { state: 'killed', pid: null, deliveriesPerSecond: 0, uptimeSeconds: 0 } as const;
    const url = `amqps://127.0.0.1:${20_000 + at}`;
    return { id, mode, environment, url, applications: mode === 'edge' ? 6 : 0, ...(isUp ? ofUp : ofDown) };
  });
  const links = [...mesh.routers.values()].flatMap(({ id, uplinks }) =>
    uplinks.map((to, at): LinkFigures => {
      const state = down.has(id) || down.has(to) ? 'down' : at === 0 ? 'up' : 'standby';
      return { from: id, to, cost: null, state };
    }),
  );
  const between: LinkFigures = { from: 'azure-1', to: 'aws-1', cost: 10, state: down.has('azure-1') ? 'down' : 'up' };
  const channels = [...mesh.channels.values()].map(({ name, distribution }, at): ChannelRates => {
    return { name, distribution, inPerSecond: at * 10, outPerSecond: at * 20, consumers: 2 };
  });
  return { routers, links: [between, ...links], channels };
}

export function snapshotAfter(uptimeSeconds: number, changes: Partial<Snapshot> = {}): Snapshot {
  const isLost = uptimeSeconds >= loss.atSeconds;
  const mesh = exampleMesh();
  const killed = { atSeconds: loss.atSeconds, text: 'azure-1 killed', isProblem: false };
  return {
    ...{ mesh: mesh.name, environments: mesh.environments.size, teams: mesh.teams.size, folder: '/tmp/weft-up-1' },
    uptimeSeconds,
    figures: figuresOf(mesh, isLost ? new Set([loss.router]) : new Set()),
    traffic: trafficAfter(uptimeSeconds).figures(uptimeSeconds * 1000),
    losses: isLost ? [loss] : [],
    nextLoss: isLost ? null : { routers: ['busiest'], atSeconds: loss.atSeconds },
    events: isLost ? [killed] : [],
    eventsTold: isLost ? 1 : 0,
    problems: [],
    ...changes,
  };
}
