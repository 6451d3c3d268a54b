import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChannelTable } from '../../mesh/model/channel-table.ts';
import { readMesh } from '../../mesh/model/read-mesh.ts';
import { arbitraryMesh } from '../../mesh/testing/arbitrary-mesh.ts';
import { largeMesh } from '../../mesh/testing/large-mesh.ts';
import { meshOf, meshOfText } from '../../mesh/testing/starter-mesh.ts';
import { exampleMesh, nowhere } from '../testing/snapshots.ts';
import { trafficLimits } from './limits.ts';
import { planTraffic, type TrafficPlan } from './plan.ts';

const usesOf = ({ applications }: TrafficPlan) => applications.flatMap(({ uses }) => uses);
const using = (plan: TrafficPlan, key: string) => usesOf(plan).find((one) => one.key === key);

function deliveriesPerSecond(plan: TrafficPlan): number {
  const uses = usesOf(plan);
  const consumersOf = (address: string): number =>
    uses.filter(({ right, addresses }) => right === 'subscribe' && addresses.includes(address)).length;
  return uses
    .filter(({ right }) => right === 'publish')
    .flatMap(({ addresses, distribution, traffic }) =>
      addresses.map((one) => traffic.ratePerSecond * (distribution === 'multicast' ? consumersOf(one) : 1)),
    )
    .reduce((a, b) => a + b, 0);
}

describe('the plan of sample traffic', () => {
  test('is the mesh: who does what, and as its file says', () => {
    const plan = planTraffic(exampleMesh(), nowhere);
    expect(plan).toMatchObject({ leftOut: 0, rateShare: 1 });
    expect(plan.applications).toHaveLength(12);
    expect(plan.channels.map(({ name }) => name)).toEqual([
      ...['shop.orders', 'shop.invoices', 'shop.prices', 'stock.telemetry'],
    ]);
    expect(using(plan, 'stock/old-line subscribe shop.orders')?.traffic.workMs).toBe(50);
    expect(using(plan, 'stock/tills publish shop.prices')).toMatchObject({ hasReplies: true, right: 'publish' });
  });

  test('has who subscribes to all of a prefix attach to each address below it', () => {
    const plan = planTraffic(exampleMesh(), nowhere);
    expect(using(plan, 'shop/dashboard subscribe stock.telemetry')?.addresses).toEqual(['stock.telemetry.belt']);
    const both = meshOfText(`
mesh: m
environments: { e: {} }
teams: { t: {} }
channels: { t.all: { owner: t, match: prefix } }
applications:
  t/a: { environment: e, publishes: [t.all] }
  t/b: { environment: e, subscribes: [t.all] }
`);
    for (const { addresses } of usesOf(planTraffic(both, nowhere))) expect(addresses).toEqual(['t.all']);
  });

  test('of a mesh with very many applications takes publishers and consumers of as many channels as fit', () => {
    const mesh = meshOf(largeMesh({ environments: 20, teams: 400, channelsOfTeam: 5 }));
    const plan = planTraffic(mesh, nowhere);
    expect(plan.applications).toHaveLength(trafficLimits.applicationsMax);
    const users = [...mesh.applications.values()].filter(({ uses }) => uses.length > 0);
    expect(plan.leftOut).toBe(users.length - trafficLimits.applicationsMax);
    const published = new Set(usesOf(plan).flatMap(({ right, channel }) => (right === 'publish' ? channel : [])));
    const consumed = usesOf(plan).filter(({ right, channel }) => right === 'subscribe' && published.has(channel));
    expect(consumed.length).toBeGreaterThan(trafficLimits.applicationsMax / 4);
  });

  test('is bounded, whatever the mesh', () => {
    fc.assert(
      fc.property(arbitraryMesh, fc.integer({ min: 1, max: 1000 }), (files, rate) => {
        const { mesh } = readMesh(files);
        if (mesh === null) return;
        for (const one of mesh.applications.values())
          Object.assign(one, { traffic: { ...one.traffic, ratePerSecond: rate } });
        const plan = planTraffic(mesh, nowhere);
        expect(deliveriesPerSecond(plan)).toBeLessThanOrEqual(trafficLimits.deliveriesPerSecondMax * 1.000_001);
        const uses = usesOf(plan);
        expect(new Set(uses.map(({ key }) => key)).size).toBe(uses.length);
        const table = new ChannelTable(mesh.channels);
        for (const { addresses, channel } of uses)
          for (const address of addresses) expect(table.find(address)?.name).toBe(channel);
      }),
    );
  });
});
