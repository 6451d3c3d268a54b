// The figures of whole routers: what a survey gathers, and what is at hand.
import { expect, test } from 'vitest';
import { Source } from '../../amqp/performatives.ts';
import { NetworkBench } from '../testing/network-bench.ts';
import { RouterBench } from '../testing/router-bench.ts';
import { AddressSum, LinkSum, type SurveyFigures } from './survey.ts';

function survey({ router, now }: RouterBench, bite = 1000): SurveyFigures {
  router.flush(now);
  const walk = router.monitor.survey();
  for (;;) {
    const figures = walk.step(bite);
    if (figures !== null) return figures;
  }
}

/** ingress, egress, transit, then accepted, rejected, released, modified of senders and of consumers. */
const sumsOf = (figures: SurveyFigures, address: string | null): number[] => [
  ...(figures.addresses.find((one) => one.address === address)?.sums ?? []),
];
const containerOf = (figures: SurveyFigures, container: string | null, direction: 'in' | 'out') =>
  figures.containers.find((one) => one.container === container && one.direction === direction);

test('deliveries and outcomes are counted by address and by container, also those of links that are gone', () => {
  const bench = new RouterBench();
  survey(bench);
  const client = bench.connect({ open: { containerId: 'shop' } });
  bench.run();
  const receiver = client.receive('orders', { outcome: null, credit: 10 });
  const other = client.receive('stock', { credit: 10 });
  const sender = client.send('orders');
  bench.run();
  for (let n = 0; n < 3; n++) sender.send(Uint8Array.of(0, 0x53, 0x77, 0x40));
  bench.run();
  receiver.settle(receiver.received[0] as never, 0x24);
  receiver.settle(receiver.received[1] as never, 0x26);
  bench.run();
  const figures = survey(bench, 1);
  expect(sumsOf(figures, 'orders')).toEqual([3, 3, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
  expect(figures).toMatchObject({ links: 3, linksBlocked: 0, stuck: 0 });
  expect(containerOf(figures, 'shop', 'in')).toMatchObject({ links: 1, unsettled: 1 });
  expect(containerOf(figures, 'shop', 'out')).toMatchObject({ links: 2, unsettled: 1, credit: 17 });

  bench.pass(11_000);
  expect(survey(bench)).toMatchObject({ stuck: 2, linksBlocked: 0 });

  sender.link?.detach(null);
  receiver.link?.detach(null);
  bench.run();
  const after = survey(bench);
  expect(sumsOf(after, 'orders')).toEqual([]); // its record has left the table
  expect(sumsOf(after, null)).toEqual([...new Array(10).fill(0), 1]); // what the consumer had ended modified as it left
  expect(containerOf(after, 'shop', 'in')).toBeUndefined();
  const out = containerOf(after, 'shop', 'out');
  expect(out?.links).toBe(1);
  expect([out?.sums[LinkSum.deliveries], out?.sums[LinkSum.accepted]]).toEqual([3, 1]);
  expect(other.link?.isAttached).toBe(true);
});

test('a consumer that gives no credit counts as blocked after ten seconds, and its time is counted', () => {
  const bench = new RouterBench();
  survey(bench);
  const client = bench.connect({ open: { containerId: 'slow' } });
  bench.run();
  client.receive('orders', { credit: 0 });
  bench.run();
  bench.pass(9_000);
  expect(survey(bench).linksBlocked).toBe(0);
  bench.pass(1_000);
  const figures = survey(bench);
  expect(figures.linksBlocked).toBe(1);
  expect(containerOf(figures, 'slow', 'out')?.sums[LinkSum.zeroCreditMs]).toBe(10_000);
});

test('made-up reply addresses have no line of their own', () => {
  const bench = new RouterBench();
  survey(bench);
  const client = bench.connect();
  bench.run();
  const replies = client.receive(null, { attach: { source: new Source({ dynamic: true }) } });
  bench.run();
  const name = String(replies.attached?.source?.address);
  const sender = client.send(name);
  bench.run();
  sender.send(Uint8Array.of(0, 0x53, 0x77, 0x40));
  bench.run();
  const figures = survey(bench);
  expect(figures.addresses.map(({ address }) => address)).toEqual([null]);
  expect(sumsOf(figures, null)[AddressSum.ingress]).toBe(1);
});

test('of many addresses two hundred have lines, and a survey of them comes in bites', () => {
  const bench = new RouterBench();
  survey(bench);
  const client = bench.connect({ open: { containerId: 'many' } });
  bench.run();
  for (let n = 0; n < 300; n++) {
    client.receive(`q${n}`, { credit: 1000 });
    const sender = client.send(`q${n}`);
    bench.run();
    for (let sent = 0; sent < (n % 3) + 1; sent++) sender.send(Uint8Array.of(0, 0x53, 0x77, 0x40), true);
  }
  bench.run();
  const walk = bench.router.monitor.survey();
  let figures = walk.step(100);
  let bites = 1;
  for (; figures === null; bites++) figures = walk.step(100);
  expect(bites).toBeGreaterThan(9);
  expect(figures.addresses).toHaveLength(201);
  const total = figures.addresses.reduce((sum, { sums }) => sum + (sums[AddressSum.ingress] as number), 0);
  expect(total).toBe(600);
  expect(sumsOf(figures, null)[AddressSum.ingress]).toBe(100); // those with one delivery each
});

test('names that peers choose neither pass for all others nor make lines without end', () => {
  const bench = new RouterBench();
  survey(bench);
  const long = 'x'.repeat(3_000);
  for (const containerId of ['_other', `${long}1`, `${long}2`]) {
    const client = bench.connect({ open: { containerId } });
    bench.run();
    for (const address of ['_other', long]) client.receive(address, { credit: 10 });
    const sender = client.send('_other');
    bench.run();
    sender.send(Uint8Array.of(0, 0x53, 0x77, 0x40), true);
    client.send(long);
    bench.run();
  }
  const figures = survey(bench);
  expect(figures.addresses.map(({ address }) => address)).toEqual([null]);
  const containers = figures.containers.map(({ container, direction }) => `${direction} ${container}`);
  expect(containers).toEqual([`in ${'x'.repeat(128)}`, 'in null', `out ${'x'.repeat(128)}`, 'out null']);
});

test('what is at hand tells of the mesh', () => {
  const bench = new NetworkBench({
    links: [
      ['A', 'B', { name: 'to-b', cost: 3 }],
      ['B', 'C', { cost: 2 }],
    ],
  });
  const figures = bench.router('A').monitor.figures();
  expect(figures).toMatchObject({
    id: 'A',
    mode: 'interior',
    routers: 2,
    neighbours: 1,
    connections: { normal: 0, 'inter-router': 1, 'route-container': 0, edge: 0 },
    connectors: [{ name: 'to-b', role: 'inter-router', isUp: true }],
    nodes: [
      { id: 'B', nextHop: 'B', cost: 3 },
      { id: 'C', nextHop: 'B', cost: 5 },
    ],
  });
  expect([...figures.backlogBytes]).toEqual([['B', 0]]);
  bench.sever('A', 'B');
  bench.pass(5_000);
  expect(bench.router('A').monitor.figures()).toMatchObject({
    neighbours: 0,
    connectors: [{ isUp: false }],
    nodes: [
      { id: 'B', nextHop: '' },
      { id: 'C', nextHop: '' },
    ],
  });
});

test('settled deliveries that are lost are counted by cause', () => {
  const bench = new RouterBench({ listeners: [{ maxMessageSize: 100 }] });
  const client = bench.connect();
  bench.run();
  const receiver = client.receive('orders', { credit: 10 });
  const sender = client.send('orders');
  const anonymous = client.send(null);
  bench.run();
  sender.send(new Uint8Array(1000), true);
  anonymous.send(Uint8Array.of(0, 0x53, 0x77, 0x40), true); // it names no address
  bench.run();
  expect(bench.router.monitor.figures().dropped).toEqual({
    noConsumer: 0,
    refused: 2,
    overload: 0,
    slowConsumer: 0,
    interrupted: 0,
  });
  expect(receiver.received).toEqual([]);
});
