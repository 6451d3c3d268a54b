import { expect, test } from 'vitest';
import { message } from '../router/testing/messages.ts';
import { RouterBench } from '../router/testing/router-bench.ts';

const groupOf = (address: string): string | null => (address.startsWith('shop.') ? 'shop' : null);

test('what clients publish and receive is summed by group, over links that are there and that are gone', () => {
  const bench = new RouterBench();
  const traffic = bench.router.monitor.clientTraffic(groupOf);
  expect([...traffic.totals()]).toEqual([]);
  const client = bench.opened();
  const consumers = [client.receive('shop.orders', { credit: 10 }), client.receive('shop.prices', { credit: 10 })];
  client.receive('other', { credit: 10 });
  const senders = ['shop.orders', 'shop.orders', 'shop.prices', 'other'].map((address) => client.send(address));
  bench.run();
  for (const sender of senders) sender.send(message());
  bench.run();
  expect([...traffic.totals()]).toEqual([['shop', { in: 3, out: 3, consumers: 2 }]]);
  senders[0]?.link?.detach(null);
  consumers[0]?.link?.detach(null);
  bench.run();
  expect([...traffic.totals()]).toEqual([['shop', { in: 3, out: 3, consumers: 1 }]]);
});

test('other groups count for what is asked from then on, and what was counted stays', () => {
  const bench = new RouterBench();
  bench.router.monitor.clientTraffic(groupOf);
  const client = bench.opened();
  client.receive('shop.orders', { credit: 10 });
  const sender = client.send('shop.orders');
  bench.run();
  sender.send(message());
  bench.run();
  sender.link?.detach(null);
  bench.run();
  const traffic = bench.router.monitor.clientTraffic((address) => (address === 'shop.orders' ? 'orders' : null));
  expect([...traffic.totals()]).toEqual([
    ['shop', { in: 1, out: 0, consumers: 0 }],
    ['orders', { in: 0, out: 1, consumers: 1 }],
  ]);
});
