// /metrics of a whole router, with traffic.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultConfiguration, makeListener, makeLog, makeRouter, makeSslProfile } from '../../schema/configuration.ts';
import type { NodeRouter } from '../node-router.ts';
import { startRouter } from '../start-router.ts';
import { TestAuthority } from '../testing/certificates.ts';
import { dispatchGauges } from './dispatch-metrics.ts';
import { EventLoopWatch } from './event-loop.ts';
import { counter, gauge, histogramSamples, metricsText } from './metric.ts';

describe('the text', () => {
  test('has help, type and samples, and labels that cannot break out', async () => {
    const text = await metricsText([
      counter('a_total', 'Some help', [{ labels: { name: 'x"y\\z\nw' }, value: 3 }]),
      gauge('b', 'Other help', Number.POSITIVE_INFINITY),
      {
        name: 'c_seconds',
        help: 'Times',
        type: 'histogram',
        samples: histogramSamples({ to: 'x' }, [0.001, 1], [5, 2, 1], 9.5),
      },
    ]);
    expect(text.split('\n').filter(Boolean)).toEqual([
      '# HELP a_total Some help',
      '# TYPE a_total counter',
      'a_total{name="x\\"y\\\\z\\nw"} 3',
      '# HELP b Other help',
      '# TYPE b gauge',
      'b +Inf',
      '# HELP c_seconds Times',
      '# TYPE c_seconds histogram',
      'c_seconds_bucket{to="x",le="0.001"} 5',
      'c_seconds_bucket{to="x",le="1"} 7',
      'c_seconds_bucket{to="x",le="+Inf"} 8',
      'c_seconds_sum{to="x"} 9.5',
      'c_seconds_count{to="x"} 8',
    ]);
  });
});

test('an event loop that stands still is seen', async () => {
  const watch = new EventLoopWatch();
  const longest = (): number =>
    watch.metrics()[0]?.samples.find(({ labels }) => labels['quantile'] === '1')?.value as number;
  const standStillMs = 200;
  let polls = 0;
  // Its timer ticks between two polls: looked at in one of them, kept from ticking in the next.
  await expect
    .poll(() => {
      if (polls++ % 2 === 0) return longest();
      const until = performance.now() + standStillMs;
      while (performance.now() < until);
      return 0;
    })
    .toBeGreaterThan((standStillMs / 1000) * 0.8);
  watch.close();
});

describe('of a router', () => {
  const authority = new TestAuthority();
  let folder: string;
  let node: NodeRouter;
  const connections: Connection[] = [];
  const pathOf = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-metrics-'));
    const own = authority.issue([['CN', 'router']], { hosts: ['127.0.0.1'] });
    await writeFile(pathOf('cert.pem'), own.certificate);
    await writeFile(pathOf('key.pem'), own.key);
    node = await startRouter(
      {
        ...defaultConfiguration(),
        router: makeRouter({ id: 'R' }),
        sslProfiles: [makeSslProfile({ name: 'tls', certFile: pathOf('cert.pem'), privateKeyFile: pathOf('key.pem') })],
        listeners: [
          makeListener({ name: 'amqp', host: '127.0.0.1', port: '0' }),
          makeListener({ name: 'web', host: '127.0.0.1', port: '0', http: true }),
        ],
        logs: [makeLog({ module: 'DEFAULT', outputFile: pathOf('log') })],
      },
      { version: '1.2.3' },
    );
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.close();
    node.kill();
    await node.log.close();
    await rm(folder, { recursive: true });
  });

  async function connect(container: string): Promise<Connection> {
    const [host, port] = (node.addresses[0] as string).split(':');
    const options = { host, port: Number(port), container_id: container, reconnect: false };
    const connection = rhea.create_container().connect(options as unknown as ConnectionOptions);
    connections.push(connection);
    await once(connection, 'connection_open');
    return connection;
  }

  const scrape = async () => {
    const response = await fetch(`http://${node.addresses[1]}/metrics`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    return (await response.text()).split('\n');
  };

  test('names, types and figures are those of Dispatch and ours', async () => {
    const shop = await connect('shop');
    const receiver = shop.open_receiver('orders');
    await once(receiver, 'receiver_open');
    const sender = (await connect('app')).open_sender('orders');
    await once(sender, 'sendable');
    const arrived = once(receiver, 'message') as Promise<[EventContext]>;
    sender.send({ body: 'one' });
    await Promise.all([arrived, once(sender, 'accepted')]);

    const lines = await scrape();
    const certificateEnd = lines.find((line) => line.startsWith('weft_certificate_expiry_timestamp_seconds{'));
    expect(Number(certificateEnd?.split(' ')[1]) * 1000 - Date.now()).toBeLessThan(86_400_000);
    expect(lines).toEqual(
      expect.arrayContaining([
        'qdr_connections_total 2',
        'qdr_links_total 2',
        'qdr_accepted_deliveries_total 1',
        'qdr_deliveries_ingress_total 1',
        'qdr_deliveries_egress_total 1',
        'weft_build_info{version="1.2.3",router="R",mode="standalone"} 1',
        'weft_connections{role="normal"} 2',
        'weft_address_deliveries_total{address="orders",phase="0",direction="in"} 1',
        'weft_address_deliveries_total{address="orders",phase="0",direction="out"} 1',
        'weft_address_outcomes_total{address="orders",phase="0",side="sender",outcome="accepted"} 1',
        'weft_address_outcomes_total{address="orders",phase="0",side="consumer",outcome="accepted"} 1',
        'weft_link_deliveries_total{container="app",direction="in"} 1',
        'weft_link_deliveries_total{container="shop",direction="out"} 1',
        'weft_settle_seconds_count{to="client"} 1',
      ]),
    );
    const gaugesOfTotals = lines.flatMap((line) => /^# TYPE (\w+_total) gauge$/.exec(line)?.[1] ?? []);
    expect(gaugesOfTotals).toEqual(dispatchGauges);
    const typed = lines.flatMap((line) => /^# TYPE (\w+) /.exec(line)?.[1] ?? []);
    expect(typed.filter((name) => !/^(qdr|weft|process)_/.test(name))).toEqual([]);
  });

  test('many who ask at once get one text', async () => {
    const pages = await Promise.all(Array.from({ length: 10 }, () => scrape()));
    expect(new Set(pages.map((lines) => lines.join('\n'))).size).toBe(1);
  });
});
