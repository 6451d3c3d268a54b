// Sample applications at real routers: TLS, EXTERNAL and policy, in one process.
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { meshOfText } from '../../mesh/testing/starter-mesh.ts';
import { MeshInProcess } from '../testing/mesh-in-process.ts';
import { planTraffic, type SampleApplicationPlan } from './plan.ts';
import { SampleApplications } from './sample-applications.ts';
import { Traffic } from './traffic.ts';

const mesh = meshOfText(`
mesh: samples
environments: { here: { routers: 2 } }
teams: { shop: {}, stock: {} }
channels:
  orders: { owner: shop }
  prices: { owner: shop, replies: true, distribution: closest }
  telemetry: { owner: stock, match: prefix, distribution: multicast }
  secrets: { owner: shop }
applications:
  shop/web: { environment: here, publishes: [orders, prices], traffic: { ratePerSecond: 100 } }
  shop/pricing: { environment: here, subscribes: [prices] }
  stock/packing: { environment: here, subscribes: [orders], traffic: { rejectPercent: 20, workMs: 1 } }
  stock/belt: { environment: here, publishes: [telemetry.belt], traffic: { ratePerSecond: 800, presettled: true } }
  stock/archive: { environment: here, subscribes: [telemetry] }
  shop/screen: { environment: here, subscribes: [telemetry] }
grants:
  - { channel: orders, to: stock, may: subscribe }
  - { channel: telemetry, to: shop, may: subscribe }
`);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function startMesh(): Promise<MeshInProcess> {
  const running = await MeshInProcess.start(mesh);
  closing.push(() => running.stop());
  return running;
}

/** Stands between shop/web and its router. */
async function startProxy(running: MeshInProcess) {
  const [endpoint] = running.endpointsOf('shop/web');
  const proxy = {
    sockets: new Set<Socket>(),
    accepted: 0,
    throughIt: (plan: SampleApplicationPlan): SampleApplicationPlan =>
      plan.name === 'shop/web' ? { ...plan, endpoints: [{ ...endpoint!, port }, ...plan.endpoints] } : plan,
  };
  const server = createServer((near) => {
    proxy.accepted++;
    const far = connect(endpoint!.port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      proxy.sockets.add(one);
      one.pipe(other).on('error', () => undefined);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  closing.push(async () => void server.close());
  return proxy;
}

class Samples {
  readonly traffic = new Traffic();
  readonly problems: string[] = [];
  readonly applications: SampleApplications;
  routers = new Map<string, string | null>();

  constructor(places: MeshInProcess, change: (plan: SampleApplicationPlan) => SampleApplicationPlan = (plan) => plan) {
    this.applications = new SampleApplications((report) => {
      this.traffic.handleReport(report, performance.now());
      this.problems.push(...report.problems);
      this.routers = new Map(report.routers);
    });
    const plan = planTraffic(mesh, places);
    const applications = plan.applications.map(change);
    this.traffic.plan({ ...plan, applications });
    void this.applications.apply(applications);
    closing.push(() => this.applications.stop());
  }

  channel(name: string) {
    return this.traffic.figures(performance.now()).channels.find((one) => one.name === name)!;
  }

  async until(isTrue: () => boolean): Promise<void> {
    await vi.waitFor(() => expect(isTrue()).toBe(true), { timeout: 20_000, interval: 20 });
  }
}

describe('sample applications', () => {
  test('publish, consume, reject, ask and answer; every message ends in one outcome', async () => {
    const samples = new Samples(await startMesh());
    await samples.until(() => samples.channel('orders').publishers[0]!.counts.rejected >= 5);
    await samples.until(() => samples.channel('prices').publishers[0]!.counts.received >= 20);
    // To two consumers, each over a session whose window is 2,048.
    await samples.until(() => samples.channel('telemetry').delivered >= 2 * 2_100);
    await samples.applications.stop();
    expect(samples.problems).toEqual([]);
    const [orders, prices, telemetry] = ['orders', 'prices', 'telemetry'].map((name) => samples.channel(name));
    const { sent, accepted, rejected } = orders!.publishers[0]!.counts;
    expect(accepted + rejected).toBe(sent);
    expect(rejected).toBe(Math.floor(sent / 5));
    expect([orders!, prices!, telemetry!].map(({ unsettled }) => unsettled)).toEqual([0, 0, 0]);
    // Those that answer are told what became of their answers, too.
    expect(prices!.consumers[0]!.counts).toMatchObject({ accepted: prices!.consumers[0]!.counts.received });
    expect(telemetry!.consumers.every(({ counts }) => counts.received > 0)).toBe(true);
    const belt = telemetry!.publishers[0]!.counts;
    expect(belt).toMatchObject({ presettled: belt.sent, accepted: 0 });
    expect(orders!.latencyMs?.p50).toBeGreaterThan(0);
  });

  test('that are refused say who, what, and by which rule', async () => {
    const running = await startMesh();
    const samples = new Samples(running, (plan) => ({
      ...plan,
      uses: plan.uses.map((use) => ({
        ...use,
        addresses: plan.name === 'stock/packing' ? ['secrets'] : use.addresses,
      })),
    }));
    await samples.until(() => samples.problems.length > 0);
    expect(samples.problems[0]).toMatch(/^stock\/packing may not subscribe to secrets: amqp:unauthorized-access: /);
  });

  test('go on to the next endpoint when there is nobody, or the router leaves', async () => {
    const running = await startMesh();
    const nobody = { router: 'nobody', host: '127.0.0.1', port: 1 };
    const samples = new Samples(running, (plan) => ({ ...plan, endpoints: [nobody, ...plan.endpoints] }));
    await samples.until(() => samples.routers.get('shop/web') === 'here-1');
    await samples.until(() => samples.channel('orders').delivered > 0);
    await running.routers.get('here-1')!.stop();
    await samples.until(() => [...samples.routers.values()].every((router) => router === 'here-2'));
    const before = samples.channel('orders').delivered;
    await samples.until(() => samples.channel('orders').delivered > before + 10);
    await samples.applications.stop();
    expect(samples.problems).toEqual([]);
    expect(samples.traffic.counts.unknown).toBe(0);
    expect(samples.channel('orders').unsettled).toBe(0);
  });

  test('count as unknown what was under way when the connection broke', async () => {
    const running = await startMesh();
    const { sockets, throughIt } = await startProxy(running);
    const samples = new Samples(running, throughIt);
    await samples.until(() => samples.channel('orders').delivered > 0);
    // What was sent stays without an outcome: nothing comes back any more.
    for (const socket of sockets) socket.unpipe();
    await samples.until(() => samples.channel('orders').unsettled > 5);
    for (const socket of sockets) socket.destroy();
    await samples.until(() => samples.traffic.counts.unknown > 5);
    const before = samples.channel('orders').delivered;
    await samples.until(() => samples.channel('orders').delivered > before + 10);
    await samples.applications.stop();
    expect(samples.channel('orders').unsettled).toBe(0);
  });

  test('that are planned as before go on when others come and go', async () => {
    const running = await startMesh();
    const proxy = await startProxy(running);
    const samples = new Samples(running, proxy.throughIt);
    await samples.until(() => samples.channel('orders').delivered > 0);
    const { applications } = planTraffic(mesh, running);
    const others = applications.filter(({ name }) => name !== 'stock/archive');
    await samples.applications.apply(others.map(proxy.throughIt).map((plan) => ({ ...plan, endpoints: [] })));
    await samples.until(() => samples.routers.size === applications.length - 1);
    expect(samples.routers.get('shop/web')).toBe('here-1');
    expect(proxy.accepted).toBe(1);
  });
});
