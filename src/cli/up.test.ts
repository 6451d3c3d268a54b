// `weft up` as people run it: real processes, from the mesh that `weft mesh init` writes.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readUpFile } from '../local/work-folder.ts';
import { consume, MeshApplication, Publisher } from './testing/mesh-application.ts';
import { portsOf } from './testing/up-ports.ts';
import { WeftProcess, weft } from './testing/weft-process.ts';

const patienceMs = 20_000;
vi.setConfig({ testTimeout: 90_000 });

let folder: string;
let work: string;
const meshes: WeftProcess[] = [];
const applications: MeshApplication[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-up-test-'));
  work = join(folder, 'work');
  expect(await weft('mesh', 'init', join(folder, 'mesh'))).toMatchObject({ code: 0 });
});
afterEach(async () => {
  for (const application of applications.splice(0)) application.close();
  for (const mesh of meshes.splice(0)) {
    mesh.signal('SIGTERM');
    await mesh.ended();
  }
  await rm(folder, { recursive: true });
});

/** In a folder of temporary files that is this test's own. */
function up(...words: string[]): WeftProcess {
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  const mesh = new WeftProcess(['up', join(folder, 'mesh'), ...words], { TMPDIR: join(folder, 'tmp') });
  meshes.push(mesh);
  return mesh;
}
const isUp = (mesh: WeftProcess) => mesh.printed(/certificates are in/);
const leftFiles = (): string[] => readdirSync(join(folder, 'tmp'));

/** By router. */
function pidsIn({ stdout }: WeftProcess): number[] {
  return [...stdout.matchAll(/process (\d+)/g)].map(([, pid]) => Number(pid));
}
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Changes a file of the mesh as editors do that save whole. */
function edit(name: string, from: string | RegExp, to: string): void {
  const file = join(folder, 'mesh', name);
  const text = readFileSync(file, 'utf8');
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  writeFileSync(`${file}~`, changed);
  renameSync(`${file}~`, file);
}

function application(name: string, ...routers: string[]): MeshApplication {
  const made = new MeshApplication({ pki: join(work, 'pki'), name, ports: portsOf(work, ...routers) });
  applications.push(made);
  return made;
}

/** What is open at a router, as its management tells it: told apart by identity. */
async function connectionsAt(router: string): Promise<string[]> {
  const pki = join(work, 'pki');
  const own = join(pki, 'apps/platform/console');
  const { stdout, stderr } = await weft(
    ...['manage', 'QUERY', '--type=connection', '-b', `amqps://localhost:${portsOf(work, router)[0]}`],
    ...['--ssl-trustfile', join(pki, 'ca.pem')],
    ...['--ssl-certificate', join(own, 'cert.pem'), '--ssl-key', join(own, 'key.pem')],
  );
  expect(stderr).toBe('');
  const rows = JSON.parse(stdout) as { identity: string; container: string; host: string }[];
  const others = rows.filter(({ container }) => !container.startsWith('weft-'));
  return others.map(({ identity, container, host }) => `${identity} ${container} ${host}`).sort();
}

describe('weft up', () => {
  test('runs for the time given, and leaves neither process nor file behind', async () => {
    const mesh = up('--for', '1');
    expect(await mesh.ended()).toBe(0);
    const pids = pidsIn(mesh);
    expect(pids).toHaveLength(6);
    for (const pid of pids) expect(isAlive(pid)).toBe(false);
    expect(leftFiles()).toEqual([]);
    expect(mesh.stderr).toBe('');
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends well by %s', async (signal) => {
    const mesh = up();
    await isUp(mesh);
    mesh.signal(signal);
    expect(await mesh.ended()).toBe(0);
    for (const pid of pidsIn(mesh)) expect(isAlive(pid)).toBe(false);
    expect(leftFiles()).toEqual([]);
  });

  test('ends at once by a second signal, and leaves nothing either', async () => {
    const mesh = up();
    await isUp(mesh);
    mesh.signal('SIGINT');
    mesh.signal('SIGINT');
    expect([0, 1]).toContain(await mesh.ended()); // signals of one kind that come together may be one
    await vi.waitFor(() => expect(pidsIn(mesh).filter(isAlive)).toEqual([]), patienceMs);
    expect(leftFiles()).toEqual([]);
  });

  test('leaves no router behind when it is killed itself', async () => {
    const mesh = up();
    await isUp(mesh);
    mesh.signal('SIGKILL');
    await mesh.ended();
    await vi.waitFor(() => expect(pidsIn(mesh).filter(isAlive)).toEqual([]), patienceMs);
  });

  test('ends when nobody reads what it prints', async () => {
    const mesh = up('--lose', 'aws-1', '--after', '0.1');
    await isUp(mesh);
    const pids = pidsIn(mesh);
    mesh.closeOutput();
    expect(await mesh.ended()).toBe(0);
    for (const pid of pids) expect(isAlive(pid)).toBe(false);
    expect(leftFiles()).toEqual([]);
  });

  test.runIf(process.platform !== 'win32' && spawnSync('ps').status === 0)(
    'ends when npm is killed, though the shell between them stays',
    async () => {
      const command = fileURLToPath(new URL('../../bin/weft.js', import.meta.url));
      const words = ['-c', `"${process.execPath}" "${command}" up "${join(folder, 'mesh')}"; true`];
      const npm = `require('node:child_process').spawn('sh', ${JSON.stringify(words)}, { stdio: 'inherit' })`;
      mkdirSync(join(folder, 'tmp'));
      const env = { ...process.env, npm_lifecycle_event: 'start', TMPDIR: join(folder, 'tmp') };
      const child = spawn(process.execPath, ['-e', npm], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      while (!output.includes('certificates are in')) await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child.stdout, 'close'); // by all who had it
      for (const [, pid] of output.matchAll(/process (\d+)/g)) expect(isAlive(Number(pid))).toBe(false);
      expect(leftFiles()).toEqual([]);
    },
  );

  test('keeps ports, certificates and logs in a folder, in which one mesh runs at a time', async () => {
    const first = up('--dir', work);
    await isUp(first);
    const { ports, pid } = readUpFile(work) ?? {};
    expect(pid).toBe(first.pid);
    expect(statSync(work).mode & 0o777).toBe(0o700);
    expect(statSync(join(work, 'up.json')).mode & 0o777).toBe(0o600);
    const second = await weft('up', join(folder, 'mesh'), '--dir', work);
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`already (process ${first.pid})`) });
    first.signal('SIGTERM');
    expect(await first.ended()).toBe(0);
    const certificate = readFileSync(join(work, 'pki/routers/aws-1/cert.pem'), 'utf8');
    const third = up('--dir', work, '--for', '1');
    expect(await third.ended()).toBe(0);
    expect(readUpFile(work)).toMatchObject({ ports, pid: null });
    expect(readFileSync(join(work, 'pki/routers/aws-1/cert.pem'), 'utf8')).toBe(certificate);
    expect(readFileSync(join(work, 'routers/aws-1.log'), 'utf8')).toContain('Operational');
    const foreign = await weft('up', join(folder, 'mesh'), '--dir', folder);
    expect(foreign).toMatchObject({ code: 1, stderr: expect.stringContaining('holds something else') });
  });

  test('tells all faults of the mesh, and starts nothing; warnings are faults with --strict', async () => {
    edit('mesh.yaml', 'to: aws', 'to: asw');
    edit('teams/shop.yaml', 'subscribes: [shop.prices]', 'subscribes: [shop.nothing]');
    const { code, stderr } = await weft('up', join(folder, 'mesh'));
    expect([
      code,
      stderr.match(/mesh\.yaml:\d+:\d+ .*asw/),
      stderr.match(/shop\.yaml:\d+:\d+ .*shop\.nothing/),
    ]).toEqual([1, expect.anything(), expect.anything()]);
    edit('mesh.yaml', 'to: asw', 'to: aws');
    edit('teams/shop.yaml', '[shop.nothing]', '[]');
    const warned = await weft('up', join(folder, 'mesh'), '--for', '0.1');
    expect(warned).toMatchObject({ code: 0, stderr: expect.stringContaining('shop.prices') });
    expect(await weft('up', join(folder, 'mesh'), '--for', '0.1', '--strict')).toMatchObject({ code: 1 });
  });

  test('loses the routers that are named, and starts them again', async () => {
    const mesh = up('--dir', work, '--lose', 'busiest', '--after', '0.5', '--every', '1');
    await mesh.printed(/(?:(?:aws|azure)-[12] was killed[\s\S]*){2}/);
    await mesh.printed(/(?:aws|azure)-[12] is back/);
    mesh.signal('SIGTERM');
    expect(await mesh.ended()).toBe(0);
  });

  test.each([
    [['--lose', 'aws-9'], 'there is no router aws-9 to lose; there are aws-1, aws-2, azure-1'],
    [['--for', 'ever'], 'Give a number above 0.'],
    [['--sideways'], "unknown option '--sideways'"],
  ])('%j is wrong usage', async (words, message) => {
    const ended = await weft('up', join(folder, 'mesh'), ...words);
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});

describe('changed files', () => {
  test('are applied to the running mesh; what they do not touch stays as it is', async () => {
    edit('mesh.yaml', 'include: teams/*.yaml', 'include: teams/*.yaml\noperators: [platform/console]');
    const mesh = up('--dir', work);
    await isUp(mesh);
    const pids = pidsIn(mesh);
    const orders = consume(application('warehouse/packing', 'warehouse-azure'), 'shop.orders');
    const publisher = new Publisher(application('shop/web', 'shop-aws'), 'shop.orders');
    await vi.waitFor(() => expect(publisher.outcomes.accepted).toBeGreaterThan(100), patienceMs);
    const routers = ['aws-1', 'azure-1', 'shop-aws', 'warehouse-azure'];
    const before = await Promise.all(routers.map(connectionsAt));

    // A new file, a new channel in it, and a grant of it: half of it first, and faulty.
    const team = 'team: billing\nedges: {}\nchannels:\n  billing.invoices: {}\n';
    writeFileSync(
      join(folder, 'mesh/teams/billing.yaml'),
      `${team}applications:\n  ledger: { environment: nowhere }\n`,
    );
    await mesh.printed(/billing\.yaml:\d+:\d+ .*nowhere[\s\S]*The mesh was not changed/);
    const rest = 'applications:\n  ledger: { environment: aws, publishes: [billing.invoices] }\n';
    const grant = 'grants:\n  - { channel: billing.invoices, to: shop, may: subscribe }\n';
    writeFileSync(join(folder, 'mesh/teams/billing.yaml'), team + rest + grant);
    await mesh.printed(
      /\+ channel +billing\.invoices[\s\S]*certificates made: billing\/ledger[\s\S]*changed while they run: aws-1, aws-2/,
    );
    const invoices = consume(application('shop/web', 'aws-1'), 'billing.invoices');
    const ledger = new Publisher(application('billing/ledger', 'aws-2'), 'billing.invoices');
    await vi.waitFor(() => expect(ledger.outcomes.accepted).toBeGreaterThan(100), patienceMs);
    expect(invoices.count()).toBeGreaterThan(100);

    for (const [at, connections] of (await Promise.all(routers.map(connectionsAt))).entries())
      expect(connections).toEqual(expect.arrayContaining(before[at] as string[]));
    expect(pids.every(isAlive)).toBe(true);
    publisher.stop();
    await vi.waitFor(() => expect(publisher.open).toBe(0), patienceMs);
    expect(publisher.outcomes).toEqual({ accepted: publisher.sent, rejected: 0, released: 0, modified: 0 });
    expect(orders.count()).toBe(publisher.sent);
  });

  test('bring routers in and take them out, while messages go on', async () => {
    const mesh = up('--dir', work);
    await isUp(mesh);
    consume(application('warehouse/packing', 'warehouse-azure'), 'shop.orders');
    const publisher = new Publisher(application('shop/web', 'shop-aws'), 'shop.orders');
    await vi.waitFor(() => expect(publisher.outcomes.accepted).toBeGreaterThan(100), patienceMs);
    edit('mesh.yaml', 'routers: 2 # interior', 'routers: 3 # interior');
    await mesh.printed(/\+ router +aws-3[\s\S]*started: aws-3[\s\S]*changed while they run/);
    expect(portsOf(work, 'aws-3')[0]).toBeGreaterThan(0);
    edit('mesh.yaml', 'routers: 3 # interior', 'routers: 2 # interior');
    await mesh.printed(/- router +aws-3[\s\S]*drained and stopped: aws-3[\s\S]*changed while they run/);
    expect(existsSync(join(work, 'routers/aws-3.yaml'))).toBe(false);
    const before = publisher.outcomes.accepted;
    await vi.waitFor(() => expect(publisher.outcomes.accepted).toBeGreaterThan(before + 100), patienceMs);
    publisher.stop();
    await vi.waitFor(() => expect(publisher.open).toBe(0), patienceMs);
    expect(publisher.outcomes).toEqual({ accepted: publisher.sent, rejected: 0, released: 0, modified: 0 });
  });

  test('that take away what applications use are refused, unless that is allowed', async () => {
    const mesh = up('--dir', work);
    await isUp(mesh);
    const configuration = readFileSync(join(work, 'routers/azure-1.yaml'), 'utf8');
    const publish = /, shop\.prices\]/;
    const grant = / {2}- channel: shop\.prices\n.*\n.*may: publish\n/;
    // The use stays in the mesh that runs: it is the files that go first.
    edit('teams/shop.yaml', grant, '');
    edit('teams/warehouse.yaml', publish, ']');
    await mesh.printed(
      /- right +warehouse\/packing publish shop\.prices {2}IN USE[\s\S]*--allow-removal[\s\S]*was not changed/,
    );
    expect(readFileSync(join(work, 'routers/azure-1.yaml'), 'utf8')).toBe(configuration);
    mesh.signal('SIGTERM');
    await mesh.ended();

    edit(
      'teams/shop.yaml',
      'grants:\n',
      'grants:\n  - { channel: shop.prices, to: warehouse/packing, may: publish }\n',
    );
    edit('teams/warehouse.yaml', '[warehouse.shipped]', '[warehouse.shipped, shop.prices]');
    const allowing = up('--dir', work, '--allow-removal');
    await isUp(allowing);
    edit('teams/shop.yaml', '  - { channel: shop.prices, to: warehouse/packing, may: publish }\n', '');
    edit('teams/warehouse.yaml', publish, ']');
    await allowing.printed(/- right +warehouse\/packing publish shop\.prices[\s\S]*changed while they run/);
    const packing = application('warehouse/packing', 'azure-1');
    const [{ sender }] = (await once(packing.connection.open_sender('shop.prices'), 'sender_error')) as [
      { sender: { error: { condition: string } } },
    ];
    expect(sender.error.condition).toBe('amqp:unauthorized-access');
  });
});
