// What a listener with `http: yes` shows, asked by fetch, or by bare sockets where fetch is too well-behaved.
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  defaultConfiguration,
  type ListenerEntity,
  makeListener,
  makeLog,
  makeRouter,
} from '../../schema/configuration.ts';
import { limits } from '../limits.ts';
import { NodeRouter } from '../node-router.ts';
import { makeVerifier } from '../scram-verifier.ts';
import { startRouter } from '../start-router.ts';
import { FakeRouter } from '../testing/fake-router.ts';
import { changeUsersFile } from '../users-file.ts';

let folder: string;
let node: NodeRouter;
let fake: FakeRouter;
let site: string;
const sockets: Socket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-http-'));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  node.kill();
  await node.log.close();
  await rm(folder, { recursive: true });
});

const configurationOf = (listener: Partial<ListenerEntity>, usersFile = '') => ({
  ...defaultConfiguration(),
  router: makeRouter({ id: 'R', usersFile }),
  listeners: [makeListener({ name: 'web', host: '127.0.0.1', port: '0', http: true, ...listener })],
  logs: [makeLog({ module: 'DEFAULT', outputFile: join(folder, 'log'), includeTimestamp: false })],
});

/** A router that is a fake: ready, and forbidding, as the test says. */
async function startFake(listener: Partial<ListenerEntity> = {}, usersFile = ''): Promise<void> {
  node = await NodeRouter.start(configurationOf(listener, usersFile), ({ configuration, host }) => {
    fake = new FakeRouter(configuration, host);
    return fake;
  });
  site = `http://${node.addresses[0]}`;
}

async function startReal(listener: Partial<ListenerEntity> = {}): Promise<void> {
  node = await startRouter(configurationOf(listener), { version: '1.2.3' });
  site = `http://${node.addresses[0]}`;
}

const get = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(site + path, init);
  return [response.status, await response.text()] as const;
};

async function dial(): Promise<Socket> {
  const { hostname, port } = new URL(site);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** Sends `text` and reads until the router ends the connection. */
async function say(text: string): Promise<string> {
  const socket = await dial();
  socket.write(text);
  let heard = '';
  for await (const chunk of socket) heard += chunk;
  return heard;
}

describe('probes', () => {
  test('/healthz is OK as long as the router turns', async () => {
    await startFake();
    const response = await fetch(`${site}/healthz`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'OK\n',
    ]);
  });

  test('/readyz tells what is missing, line by line', async () => {
    await startFake();
    expect(await get('/readyz')).toEqual([200, 'OK\n']);
    fake.reasons = ['connector B is not up', 'listener x is not bound yet'];
    expect(await get('/readyz')).toEqual([503, 'connector B is not up\nlistener x is not bound yet\n']);
  });

  test('a real router is ready when its listeners are bound', async () => {
    await startReal();
    expect(await get('/readyz')).toEqual([200, 'OK\n']);
  });

  test('pages that are switched off are not there', async () => {
    await startFake({ healthz: false, metrics: false });
    for (const path of ['/healthz', '/readyz', '/metrics']) expect((await get(path))[0]).toBe(404);
  });
});

describe('requests that are not as they should be', () => {
  test('other methods are told which there are', async () => {
    await startFake();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${site}/healthz`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      await response.text();
    }
  });

  test('HEAD is GET without the body', async () => {
    await startFake();
    const response = await fetch(`${site}/healthz`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '3', '']);
  });

  test('an unknown path is told what there is', async () => {
    await startFake();
    expect(await get('/nope')).toEqual([404, 'nothing is here; this listener has /healthz, /readyz, /metrics\n']);
  });

  test.each([
    ['garbage', '\x16\x03\x01hello\r\n\r\n', '400'],
    ['a header that never ends', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}`, '431'],
    ['a request without a host', 'GET /healthz HTTP/1.1\r\n\r\n', '400'],
    ['a path that is none', 'GET /%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', '400'],
    ['AMQP', 'AMQP\x00\x01\x00\x00', '400'],
  ])('%s costs its connection', async (_what, text, status) => {
    await startFake();
    expect(await say(text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await get('/healthz'))[0]).toBe(200);
  });

  test('an upgrade to HTTP/2, which some clients offer with every request, is passed over', async () => {
    await startFake();
    const heard = await say(
      'GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n\r\n',
    );
    expect(heard).toMatch(/^HTTP\/1.1 200 OK\r\n[\s\S]*\r\n\r\nOK\n$/);
  });

  test('connections beyond their number are turned away, and the others go on', async () => {
    await startFake();
    const idle: Socket[] = [];
    for (let n = 0; n < limits.httpConnectionsMax; n++) idle.push(await dial());
    const first = idle[0] as Socket;
    first.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(String((await once(first, 'data'))[0])).toMatch(/^HTTP\/1.1 200/);
    expect(await say('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')).toBe('');
    (idle.pop() as Socket).destroy();
    await expect.poll(() => get('/healthz').catch(() => null)).toEqual([200, 'OK\n']);
  });
});

describe('files of httpRootDir', () => {
  beforeEach(async () => {
    await mkdir(join(folder, 'root/sub'), { recursive: true });
    await writeFile(join(folder, 'root/index.html'), '<h1>hello</h1>');
    await writeFile(join(folder, 'root/app.js'), 'x'.repeat(300_000));
    await writeFile(join(folder, 'root/a b.txt'), 'blank');
    await writeFile(join(folder, 'root/empty'), '');
    await writeFile(join(folder, 'root/.secret'), 'secret');
    await writeFile(join(folder, 'secret'), 'secret');
    await symlink(join(folder, 'secret'), join(folder, 'root/link'));
    await symlink(join(folder, 'root/app.js'), join(folder, 'root/sub/inside.js'));
    await startFake({ http: false, httpRootDir: join(folder, 'root') });
  });

  test.each([
    ['/', 'text/html; charset=utf-8', 14],
    ['/index.html', 'text/html; charset=utf-8', 14],
    ['/app.js', 'text/javascript; charset=utf-8', 300_000],
    ['/sub/inside.js', 'text/javascript; charset=utf-8', 300_000],
    ['/a%20b.txt?x=1', 'text/plain; charset=utf-8', 5],
    ['/empty', 'application/octet-stream', 0],
  ])('%s is served', async (path, type, length) => {
    const response = await fetch(site + path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect((await response.arrayBuffer()).byteLength).toBe(length);
    const head = await fetch(site + path, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(length));
  });

  test.each([
    '/../secret',
    '/%2e%2e/secret',
    '/..%2fsecret',
    '/sub/../../secret',
    '/..%5csecret',
    '/link',
    '/.secret',
    '/sub',
    '/sub/',
    '/app.js/',
    '/app.js/x',
    `/${'x'.repeat(5000)}`,
  ])('%s leads nowhere', async (path) => {
    const heard = await say(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(heard).toMatch(/^HTTP\/1.1 404 /);
    expect(heard).toMatch(/\r\n\r\nnothing is here[^\n]*\n$/);
  });
});

test('a folder that is not there keeps the router from its start', async () => {
  await startFake();
  const starting = NodeRouter.start(configurationOf({ httpRootDir: join(folder, 'none') }), (options) => {
    return new FakeRouter(options.configuration, options.host);
  });
  await expect(starting).rejects.toMatchObject({
    code: 'WEFT_CANNOT_LISTEN',
    message: expect.stringContaining('no such file or directory'),
  });
});

describe('who asks', () => {
  const basic = (user: string, password: string) => ({
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
  });
  const usersFile = () => join(folder, 'users');
  beforeEach(async () => {
    const verifier = (await makeVerifier('pen:cil', limits.scramIterationsMin))!;
    await changeUsersFile(usersFile(), (table) => table.set('bob', verifier));
  });

  test('names himself by password where the listener wants a name; probes need none', async () => {
    await startFake({ authenticatePeer: true }, usersFile());
    expect((await get('/healthz'))[0]).toBe(200);
    const response = await fetch(`${site}/nope`);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="weft", charset="UTF-8"',
    ]);
    expect(await get('/nope', basic('bob', 'pencil'))).toEqual([401, 'user or password is wrong\n']);
    expect(await get('/nope', basic('eve', 'pen:cil'))).toEqual([401, 'user or password is wrong\n']);
    expect((await get('/nope', { headers: { authorization: 'Bearer x' } }))[0]).toBe(401);
    expect((await get('/nope', { headers: { authorization: 'Basic !!' } }))[0]).toBe(401);
    expect((await get('/nope', basic('bob', 'pen:cil')))[0]).toBe(404);
    expect(fake.requests.map(({ user, path, hostname }) => [user, path, hostname])).toEqual([
      ['bob', '/nope', '127.0.0.1'],
    ]);
    await node.log.close();
    const log = await readFile(join(folder, 'log'), 'utf8');
    expect(log).toMatch(
      /HTTP \(info\) Request of 127\.0\.0\.1:\d+ to web for "\/nope" refused: user or password is wrong/,
    );
    expect(log).not.toContain('pen');
  });

  test('a wrong password is wrong even where no name is needed', async () => {
    await startFake({}, usersFile());
    expect((await get('/nope'))[0]).toBe(404);
    expect((await get('/nope', basic('bob', 'wrong')))[0]).toBe(401);
    expect((await get('/nope', basic('bob', 'pen:cil')))[0]).toBe(404);
    expect(fake.requests.map(({ user }) => user)).toEqual(['', 'bob']);
  });

  test('passwords are not taken where PLAIN is not', async () => {
    await startFake({ authenticatePeer: true, saslMechanisms: 'EXTERNAL' }, usersFile());
    expect(await get('/nope', basic('bob', 'pen:cil'))).toEqual([401, 'the listener takes no passwords\n']);
  });

  test('may be forbidden by a rule of the policy, which is told', async () => {
    await startFake();
    fake.forbidden.set('/metrics', 'group "staff": its sources do not allow $management');
    expect(await get('/metrics')).toEqual([403, 'forbidden: group "staff": its sources do not allow $management\n']);
  });
});

describe('the end', () => {
  test('a router that drains answers until it ends, and ends with requests open', async () => {
    await startFake();
    const silent = await dial();
    const half = await dial();
    half.write('GET /metrics HTTP/1.1\r\nhost: x\r\n'); // never finished
    const reading = await dial();
    reading.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n'); // the fake never answers it
    let finish = (): void => undefined;
    fake.onDrain = () => {
      finish = () => fake.host?.stopped();
    };
    const ended = node.stop();
    fake.reasons = ['this router is shutting down'];
    expect(await get('/readyz')).toEqual([503, 'this router is shutting down\n']);
    const closed = [silent, half, reading].map((socket) => once(socket.resume(), 'close'));
    finish();
    await ended;
    await Promise.all(closed);
  });
});
