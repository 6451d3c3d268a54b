import { expect, test } from 'vitest';
import { exampleMesh, nowhere } from '../testing/snapshots.ts';
import { planTraffic } from './plan.ts';
import { noCounts, type UseCounts } from './report.ts';
import { Traffic } from './traffic.ts';

const plan = planTraffic(exampleMesh(), nowhere);
const without = { ...plan, applications: plan.applications.filter(({ name }) => name !== 'stock/old-line') };
const key = 'stock/old-line subscribe shop.orders';

function report(traffic: Traffic, counts: Partial<UseCounts>, atMs: number): void {
  traffic.handleReport(
    { uses: [{ key, counts: { ...noCounts, ...counts }, arrivals: [] }], routers: [], problems: [] },
    atMs,
  );
}
const orders = (traffic: Traffic, atMs: number) =>
  traffic.figures(atMs).channels.find(({ name }) => name === 'shop.orders');

test('who leaves is not shown any more, but what it did still counts; it goes on there when it comes again', () => {
  const traffic = new Traffic();
  traffic.plan(plan);
  report(traffic, { received: 30 }, 1000);
  expect(orders(traffic, 1000)?.consumers.map(({ application }) => application)).toContain('stock/old-line');
  traffic.plan(without);
  report(traffic, { received: 2 }, 1250); // its last one
  expect(orders(traffic, 1250)?.consumers.map(({ application }) => application)).not.toContain('stock/old-line');
  expect(orders(traffic, 1250)?.delivered).toBe(32);
  traffic.plan(plan);
  report(traffic, { received: 8 }, 2000);
  expect(orders(traffic, 2000)?.delivered).toBe(40);
});

test('rates come down when nothing is reported', () => {
  const traffic = new Traffic();
  traffic.plan(plan);
  for (let atMs = 0; atMs <= 5000; atMs += 250) report(traffic, { received: 25 }, atMs);
  expect(orders(traffic, 5000)?.deliveredPerSecond).toBeCloseTo(100);
  for (let atMs = 5250; atMs <= 12_000; atMs += 250) orders(traffic, atMs);
  expect(orders(traffic, 12_000)?.deliveredPerSecond).toBe(0);
});
