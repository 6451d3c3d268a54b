// The authority and all certificates of a running mesh are replaced while messages pass between two clouds.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { consume, credentialsOf, MeshApplication, Publisher } from './testing/mesh-application.ts';
import { portsOf } from './testing/up-ports.ts';
import { WeftProcess, weft } from './testing/weft-process.ts';

let folder: string;
let up: WeftProcess;
const applications: MeshApplication[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-up-test-'));
  expect(await weft('mesh', 'init', join(folder, 'mesh'))).toMatchObject({ code: 0 });
});
afterEach(async () => {
  for (const application of applications.splice(0)) application.close();
  up.signal('SIGTERM');
  await up.ended();
  await rm(folder, { recursive: true });
});

test('no delivery ends other than accepted, and then the former authority is refused', {
  timeout: 180_000,
}, async () => {
  const work = join(folder, 'work');
  const pki = join(work, 'pki');
  up = new WeftProcess(['up', join(folder, 'mesh'), '--dir', work]);
  await up.printed(/certificates are in/);
  const application = (name: string, ...routers: string[]): MeshApplication => {
    const made = new MeshApplication({ pki, name, ports: portsOf(work, ...routers) });
    applications.push(made);
    return made;
  };
  const rotate = async (...words: string[]) => weft('pki', 'rotate', ...words, '--dir', pki);
  const former = credentialsOf({ pki, name: 'shop/web' });

  // Every endpoint of each application is drained once. Each link has a connection of its own: rhea loses count when a sender without credit shares
  // its session with others.
  const shop = ['shop-aws', 'aws-1', 'aws-2'] as const;
  const warehouse = ['warehouse-azure', 'azure-1', 'azure-2'] as const;
  const channelOf = (name: string, from: MeshApplication, ...to: MeshApplication[]) => {
    return { name, publisher: new Publisher(from, name), consumers: to.map((one) => consume(one, name)) };
  };
  const shopping = application('shop/web', ...shop);
  const packing = ['shop.prices', 'warehouse.shipped'].map(() => application('warehouse/packing', ...warehouse));
  const consuming = (name: string, routers: readonly string[]): MeshApplication[] => {
    return [application(name, ...routers), application(name, ...routers.slice(1))];
  };
  const channels = [
    channelOf('shop.orders', shopping, ...consuming('warehouse/packing', warehouse)),
    channelOf('shop.prices', packing[0] as MeshApplication, ...consuming('shop/pricing', shop)),
    channelOf('warehouse.shipped', packing[1] as MeshApplication, ...consuming('shop/web', shop)),
    channelOf(
      'warehouse.telemetry.scanner-1',
      application('warehouse/scanner', ...warehouse),
      ...consuming('warehouse/dashboard', warehouse),
    ),
  ];
  const passes = async (): Promise<void> => {
    const before = channels.map(({ publisher }) => publisher.outcomes.accepted);
    await vi.waitFor(() => {
      for (const [at, { name, publisher }] of channels.entries())
        expect([name, publisher.outcomes.accepted > (before[at] as number) + 200]).toEqual([name, true]);
    }, 20_000);
  };
  await passes();

  expect(await rotate()).toMatchObject({ code: 0 });
  await up.printed(/all routers trust authority 2 now/);
  await passes();
  expect(await rotate('--retire')).toMatchObject({ code: 1, stderr: expect.stringContaining('signed nothing yet') });
  expect(await rotate('--issue')).toMatchObject({ code: 0 });
  await up.printed(/every connection is made anew, one router at a time/);
  expect(await rotate('--retire')).toMatchObject({ code: 1, stderr: expect.stringContaining('weft up') });
  await up.printed(/every connection was made anew/);
  await passes();
  const status = await weft('pki', 'status', '--dir', pki);
  expect(status.stdout).toContain('no connection is left from before');
  expect(await rotate('--retire')).toMatchObject({ code: 0 });
  await up.printed(/all routers trust authority 2 only/);
  await passes();

  for (const { publisher } of channels) publisher.stop();
  for (const { publisher } of channels) await vi.waitFor(() => expect(publisher.open).toBe(0), 20_000);
  for (const { name, publisher, consumers } of channels) {
    const all = { accepted: publisher.sent, rejected: 0, released: 0, modified: 0 };
    expect([name, publisher.outcomes]).toEqual([name, all]);
    for (const consumer of consumers) expect(consumer.count()).toBeGreaterThan(0);
    const received = consumers.reduce((sum, one) => sum + one.count(), 0);
    if (!name.includes('telemetry')) expect([name, received]).toEqual([name, publisher.sent]);
  }

  const now = credentialsOf({ pki, name: 'shop/web' });
  const turnedAway = new MeshApplication({ pki, name: 'shop/web', ports: portsOf(work, 'shop-aws') }, () => {
    return { ...former, ca: now.ca };
  });
  applications.push(turnedAway);
  await vi.waitFor(() => expect(turnedAway.story.join()).toContain('disconnected'), 10_000);
  expect(turnedAway.story.join()).not.toContain('opened');
});

test('routers that are named are asked for connections from before, wherever the certificates are', {
  timeout: 120_000,
}, async () => {
  const work = join(folder, 'work');
  const file = join(folder, 'mesh/mesh.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('include:', 'operators: [platform/console]\ninclude:'));
  up = new WeftProcess(['up', join(folder, 'mesh'), '--dir', work]);
  await up.printed(/certificates are in/);
  applications.push(
    new MeshApplication({ pki: join(work, 'pki'), name: 'shop/web', ports: portsOf(work, 'shop-aws') }),
  );
  await vi.waitFor(() => expect(applications[0]?.story.join()).toContain('opened'), 10_000);

  const elsewhere = join(folder, 'pki');
  await cp(join(work, 'pki'), elsewhere, { recursive: true });
  const named = [
    ...[
      '--dir',
      elsewhere,
      '-b',
      `amqps://localhost:${portsOf(work, 'aws-1')[0]}`,
      '--ssl-trustfile',
      join(work, 'pki/ca.pem'),
    ],
    ...['--ssl-certificate', join(work, 'pki/apps/platform/console/cert.pem')],
    ...['--ssl-key', join(work, 'pki/apps/platform/console/key.pem')],
  ];
  expect(await weft('pki', 'rotate', '--dir', elsewhere)).toMatchObject({ code: 0 });
  const issued = await weft('pki', 'rotate', '--issue', ...named);
  expect(issued.stderr).toMatch(/connections from before, says amqps:/);
  const { stdout } = await weft('pki', 'status', ...named);
  for (const line of [
    /^aws-1 +inter-router +azure-1 /m,
    /^shop-aws +normal +shop\/web /m,
    /^warehouse-azure +edge +azure-[12] /m,
  ])
    expect(stdout).toMatch(line);
  const json = JSON.parse((await weft('pki', 'status', '--json', ...named)).stdout);
  expect(json.oldConnections.count).toBe(json.oldConnections.connections.length);
  expect(await weft('pki', 'rotate', '--retire', ...named)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/authority 1 cannot be retired: .*connections from before:[\s\S]*shop\/web/),
  });
  // Nobody runs by that folder, and nobody is named: it is the person who knows.
  expect(await weft('pki', 'rotate', '--retire', '--dir', elsewhere)).toMatchObject({ code: 0 });
});
