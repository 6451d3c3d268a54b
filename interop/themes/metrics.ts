// What a listener with `http: yes` shows to the tools that read it: promtool judges the text of /metrics, and a Prometheus scrapes it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { dispatchGauges } from '../../src/host/metrics/dispatch-metrics.ts';
import type { Case } from '../case.ts';
import { startChild } from '../child.ts';
import type { Place, RouterProcess } from '../router-process.ts';
import type { World } from '../world.ts';

const urlOf = ({ host, port }: Place): string => `http://${host}:${port}`;

/** A router with a door for AMQP and one for HTTP, over which `count` messages have passed. */
async function startBusy(world: World, count: number): Promise<{ router: RouterProcess; address: string }> {
  const router = await world.ownRouter({ listeners: { main: {}, web: { http: true } } });
  const address = world.address();
  const connection = world.client('rhea').startConnect(router.place());
  const receiver = await connection.receiver(address, { autoAccept: true });
  const sender = await connection.sender(address);
  await sender.hasCredit();
  for (let n = 0; n < count; n++) assert.equal((await sender.sendPatterned(100).outcome()).outcome, 'accepted');
  assert.equal(receiver.messages.length, count);
  return { router, address };
}

/** The one thing of which promtool complains: Dispatch calls gauges `…_total`. */
const complaints = dispatchGauges
  .map((name) => `${name} non-counter metrics should not have "_total" suffix`)
  .sort((a, b) => (a < b ? -1 : 1));

async function judgedByPromtool(world: World): Promise<void> {
  const { router } = await startBusy(world, 3);
  const response = await fetch(`${urlOf(router.place('web'))}/metrics`);
  assert.equal(response.status, 200);
  const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: await response.text(),
    encoding: 'utf8',
  });
  assert.deepEqual(`${stdout}${stderr}`.split('\n').filter(Boolean).sort(), complaints);
}

/** Nobody listens there now; Prometheus cannot choose a port by itself. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A Prometheus that scrapes `target` every second. Gives the base of its API. */
async function startPrometheus(world: World, { host, port }: Place): Promise<string> {
  const folder = join(world.folder, `prometheus-${world.address().replace('/', '-')}`);
  mkdirSync(folder);
  const file = join(folder, 'prometheus.yml');
  const job = `  - job_name: weft\n    static_configs:\n      - targets: ['${host}:${port}']\n`;
  writeFileSync(file, `global:\n  scrape_interval: 1s\nscrape_configs:\n${job}`);
  const api = `127.0.0.1:${await freePort()}`;
  const { watch } = world;
  const child = startChild(
    'prometheus',
    [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=${api}`],
    {
      onLine: (line) => watch.note(`prometheus: ${line}`),
      onErrorLine: (line) => watch.note(`prometheus: ${line}`),
      onExit: (code) => watch.note(`prometheus ended (${code})`),
    },
  );
  world.after(() => void child.kill('SIGKILL'));
  return `http://${api}/api/v1/query`;
}

interface Answer {
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/** Asks until Prometheus knows the value. */
async function untilKnown(world: World, api: string, query: string, value: string): Promise<void> {
  let known = '';
  const ask = async (): Promise<void> => {
    const response = await fetch(`${api}?query=${encodeURIComponent(query)}`).catch(() => null); // it is starting
    const answer = response === null ? {} : ((await response.json()) as Answer);
    const now = answer.data?.result[0]?.value[1] ?? 'nothing';
    if (now !== known) world.watch.note(`prometheus says ${query} = ${now}`);
    known = now;
    world.watch.wake();
  };
  const asking = setInterval(() => void ask(), 250);
  try {
    await world.watch.until(`Prometheus says that ${query} is ${value}`, () => known === value || null);
  } finally {
    clearInterval(asking);
  }
}

async function scrapedByPrometheus(world: World): Promise<void> {
  const { router, address } = await startBusy(world, 7);
  const api = await startPrometheus(world, router.place('web'));
  const labels = `address="${address}",direction="out"`;
  await untilKnown(world, api, `weft_address_deliveries_total{${labels}}`, '7');
  await untilKnown(world, api, 'qdr_accepted_deliveries_total', '7');
  await untilKnown(world, api, 'up{job="weft"}', '1');
  await untilKnown(world, api, 'histogram_quantile(1, weft_settle_seconds_bucket{to="client"}) >= bool 0', '1');
}

async function endsWithScrapesOpen(world: World): Promise<void> {
  const router = await world.ownRouter({ listeners: { main: {}, web: { http: true } } });
  const url = urlOf(router.place('web'));
  await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/metrics`))); // not read: their connections stay open
  const readings = await Promise.all(['/healthz', '/readyz'].map((path) => fetch(url + path)));
  assert.deepEqual(
    readings.map(({ status }) => status),
    [200, 200],
  );
  router.signal('SIGINT');
  assert.deepEqual(await router.ended(), { code: 0, signal: null });
}

export const metricsCases: readonly Case[] = [
  {
    name: 'metrics: promtool finds no fault with /metrics but the names that are those of Dispatch',
    needs: ['prometheus'],
    run: judgedByPromtool,
  },
  {
    name: 'metrics: a Prometheus scrapes the router, and answers with its figures',
    needs: ['prometheus'],
    run: scrapedByPrometheus,
  },
  { name: 'metrics: a router ends while its pages are being read', run: endsWithScrapesOpen },
];
