import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Configuration,
  defaultConfiguration,
  makeConnector,
  makeListener,
  makeLog,
  makeRouter,
} from '../schema/configuration.ts';
import type { WeftError } from './errors.ts';
import { limits } from './limits.ts';
import { NodeRouter } from './node-router.ts';
import { makeVerifier } from './scram-verifier.ts';
import { FakeRouter } from './testing/fake-router.ts';
import { changeUsersFile } from './users-file.ts';

let folder: string;
let logFile: string;
let fake: FakeRouter;
const started: NodeRouter[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-node-'));
  logFile = join(folder, 'log');
});
afterEach(async () => {
  for (const node of started.splice(0)) {
    node.kill();
    await node.log.close();
  }
  await rm(folder, { recursive: true });
});

const configure = (parts: Partial<Configuration> = {}): Configuration => ({
  ...defaultConfiguration(),
  listeners: [makeListener({ host: '127.0.0.1', port: '0', name: 'first' })],
  logs: [makeLog({ module: 'DEFAULT', outputFile: logFile, includeTimestamp: false })],
  ...parts,
});

async function start(configuration = configure(), prepare = (_: FakeRouter): void => undefined): Promise<NodeRouter> {
  const node = await NodeRouter.start(configuration, (options) => {
    fake = new FakeRouter(options.configuration, options.host);
    prepare(fake);
    return fake;
  });
  started.push(node);
  return node;
}

const dialTo = (address: string | undefined) => {
  const [host, port] = (address as string).split(':');
  return connect(Number(port), host).on('error', () => undefined);
};
const readLog = async (node: NodeRouter): Promise<string[]> => {
  await node.log.close();
  return (await readFile(logFile, 'utf8')).split('\n').slice(0, -1);
};

test('operational is told once all listeners are bound, with what scripts wait for', async () => {
  const node = await start(configure({ router: makeRouter({ id: 'R' }) }));
  expect(node.addresses).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
  expect(await readLog(node)).toEqual([
    'SERVER (info) Container Name: R',
    `SERVER (notice) Listening on ${node.addresses[0]}`,
    `SERVER (notice) Operational, 1 Threads Running (process ID ${process.pid})`,
  ]);
});

test('a router without an id gets one, and keeps it over a reload', async () => {
  const node = await start();
  const id = fake.configuration?.router.id;
  expect(id).toMatch(/^Standalone_[A-Za-z0-9+_]{15}$/);
  await node.reload(configure());
  expect(fake.configuration?.router.id).toBe(id);
});

test('connections reach the router with the address of the peer', async () => {
  const node = await start();
  const peer = dialTo(node.addresses[0]);
  await once(peer, 'connect');
  const ours = await fake.connection();
  expect(ours.remote).toBe(`127.0.0.1:${peer.localPort}`);
  peer.end();
  expect(await ours.closed()).toBe('closed by the peer');
});

test('one listener that cannot be bound stops the start, and nothing stays open', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as { port: number };
  const path = join(folder, 'router.sock');
  const listeners = [
    makeListener({ host: `unix:${path}` }),
    makeListener({ host: '127.0.0.1', port: String(port) }),
    makeListener({ host: '192.0.2.1', port: '0' }),
  ];
  const error = await start(configure({ listeners })).catch((reason: WeftError) => reason);
  expect(error).toMatchObject({ code: 'WEFT_CANNOT_LISTEN' });
  expect(String(error)).toContain(`127.0.0.1:${port}: the address is in use`);
  expect(String(error)).toContain('192.0.2.1:0: no such address');
  expect(existsSync(path)).toBe(false);
  blocker.close();
});

test.each([
  ['a missing users file', { router: makeRouter({ usersFile: '/no/such/users' }) }, 'WEFT_USERS_FILE_UNREADABLE'],
  ['a log in no folder', { logs: [makeLog({ module: 'DEFAULT', outputFile: '/no/such/log' })] }, 'WEFT_LOG_UNWRITABLE'],
  [
    'a password variable that is not set',
    { connectors: [makeConnector({ saslUsername: 'u', saslPassword: 'env:WEFT_TEST_UNSET' })] },
    'WEFT_PASSWORD_UNAVAILABLE',
  ],
])('%s stops the start before anything listens', async (_, parts, code) => {
  await expect(start(configure(parts))).rejects.toMatchObject({ code });
});

test('passwords of connectors are resolved, in all forms', async () => {
  const secret = join(folder, 'secret');
  await writeFile(secret, 'from file\nmore\n');
  process.env['WEFT_TEST_PASSWORD'] = 'from environment';
  const forms = ['env: WEFT_TEST_PASSWORD', `file:${secret}`, 'pass:a:b', 'literal:env:X', 'bare', ''];
  const connectors = forms.map((saslPassword) => makeConnector({ saslPassword }));
  await start(configure({ connectors }));
  delete process.env['WEFT_TEST_PASSWORD'];
  expect(fake.configuration?.connectors.map((one) => one.saslPassword)).toEqual([
    'from environment',
    'from file',
    'a:b',
    'env:X',
    'bare',
    '',
  ]);
});

test('a listener that fails later is told to the router, which goes on', async () => {
  const node = await start();
  const failed = once(fake, 'listenFailed');
  fake.host?.listen(makeListener({ host: '192.0.2.1', port: '0' }));
  expect(await failed).toEqual(['cannot listen on 192.0.2.1:0: no such address on this machine (EADDRNOTAVAIL)']);
  expect(node.addresses).toHaveLength(1);
});

test('a reload opens new listeners and closes old ones; their connections go on', async () => {
  const node = await start();
  const [old] = node.addresses;
  const peer = dialTo(old);
  const ours = await fake.connection();
  const second = makeListener({ host: '127.0.0.1', port: '0', name: 'second' });
  expect(await node.reload(configure({ listeners: [second] }))).toEqual(['applied']);
  const refused = dialTo(old);
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
  peer.write('still here');
  await ours.receivedAtLeast(10);
  peer.destroy();
});

test('a dial that succeeds becomes a connection', async () => {
  const server = createServer((socket) => socket.end('welcome').resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const dial = { connector: makeConnector(), host: '127.0.0.1', port: String(port) };
  await start(configure({ listeners: [] }), (router) => void router.dials.push(dial));
  const ours = await fake.connection();
  await ours.receivedAtLeast(7);
  expect([ours.remote, ours.receivedText]).toEqual([`127.0.0.1:${port}`, 'welcome']);
  await ours.closed();
  server.close();
});

test.each([
  ['127.0.0.1', '1', 'connection refused (ECONNREFUSED)'],
  ['127.0.0.1', 'nosuch', 'unknown port nosuch'],
  ['unix:/no/such/socket', 'amqp', 'no such file or directory (ENOENT)'],
])('a dial to %s:%s fails in a later turn: %s', async (host, port, reason) => {
  await start(configure({ listeners: [] }), (router) => {
    router.dials.push({ connector: makeConnector(), host, port });
  });
  if (fake.dialFailures.length === 0) await once(fake, 'dialFailed');
  expect(fake.dialFailures).toEqual([reason]);
});

test('passwords are checked against the users file in a later turn', async () => {
  const usersFile = join(folder, 'users');
  const verifier = (await makeVerifier('pencil', limits.scramIterationsMin))!;
  await changeUsersFile(usersFile, (table) => table.set('user', verifier));
  await start(configure({ router: makeRouter({ usersFile }) }));
  expect(fake.host?.canVerifyPasswords).toBe(true);
  const ask = (password: string) => new Promise((resolve) => fake.host?.verifyPassword('user', password, resolve));
  expect([await ask('pencil'), await ask('pen')]).toEqual([true, false]);
});

test('what the router says to an answer leaves at once', async () => {
  const node = await start();
  const peer = dialTo(node.addresses[0]);
  const ours = await fake.connection();
  fake.host?.verifyPassword('user', 'wrong', () => ours.sendText('no'));
  const [reply] = await once(peer, 'data');
  expect(String(reply)).toBe('no');
  peer.destroy();
});

test('without a users file there is no PLAIN', async () => {
  await start();
  expect(fake.host?.canVerifyPasswords).toBe(false);
  expect(await new Promise((resolve) => fake.host?.verifyPassword('user', '', resolve))).toBe(false);
});

test('a reload that the environment does not allow changes nothing', async () => {
  const node = await start();
  const before = fake.configuration;
  const usersFile = join(folder, 'users');
  await writeFile(usersFile, '');
  await chmod(usersFile, 0o666);
  await expect(node.reload(configure({ router: makeRouter({ usersFile }) }))).rejects.toMatchObject({
    code: 'WEFT_USERS_FILE_EXPOSED',
  });
  expect(fake.configuration).toBe(before);
});

test('stopping waits for the drain, lets last bytes leave, and removes socket files', async () => {
  const path = join(folder, 'router.sock');
  const node = await start(configure({ listeners: [makeListener({ host: `unix:${path}` })] }));
  const peer = connect(path);
  const ours = await fake.connection();
  fake.onDrain = () => {
    ours.sendPattern(8_000_000);
    ours.set({ isFinished: true });
    fake.host?.stopped();
  };
  void node.stop();
  let count = 0;
  for await (const chunk of peer as AsyncIterable<Buffer>) count += chunk.length;
  await node.ended;
  expect(count).toBe(8_000_000);
  expect(existsSync(path)).toBe(false);
  expect((await readLog(node)).at(-1)).toBe('SERVER (notice) Shut Down');
});

test('killing cuts connections at once', async () => {
  const node = await start();
  fake.onDrain = () => undefined; // never done
  const peer = dialTo(node.addresses[0]);
  const ours = await fake.connection();
  void node.stop();
  node.kill();
  await node.ended;
  expect(await ours.closed()).toBe('router stopped');
  peer.destroy();
});
