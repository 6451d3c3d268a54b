// `weft stat`, `manage`, `explain` and `trace` as people run them, on a router with real sockets.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { limits } from '../host/limits.ts';
import type { NodeRouter } from '../host/node-router.ts';
import { makeVerifier } from '../host/scram-verifier.ts';
import { startRouter } from '../host/start-router.ts';
import { TestAuthority } from '../host/testing/certificates.ts';
import { changeUsersFile } from '../host/users-file.ts';
import { defaultConfiguration, makeListener, makeLog, makeRouter, makeSslProfile } from '../schema/configuration.ts';
import { ManagementSession } from './management/management-session.ts';
import { makeReport } from './stat/report.ts';
import { viewFlags } from './stat/views.ts';
import { WeftProcess, weft } from './testing/weft-process.ts';

let folder: string;
let node: NodeRouter;
/** In clear for anybody; over TLS with a password; over TLS with a certificate. */
let places: string[];
const children: WeftProcess[] = [];
const pathOf = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-manage-'));
  const authority = new TestAuthority();
  const files = {
    router: authority.issue([['CN', 'router']], { hosts: ['127.0.0.1'] }),
    ann: authority.issue([['CN', 'ann']]),
  };
  await writeFile(pathOf('ca.pem'), authority.certificate);
  for (const [name, { certificate, key }] of Object.entries(files)) {
    await writeFile(pathOf(`${name}.pem`), certificate);
    await writeFile(pathOf(`${name}.key`), key);
  }
  await writeFile(pathOf('password'), 'pencil\n');
  const verifier = (await makeVerifier('pencil', limits.scramIterationsMin))!;
  await changeUsersFile(pathOf('users'), (table) => table.set('bob', verifier));
  const tls = { host: '127.0.0.1', port: '0', sslProfile: 'tls', requireSsl: true, authenticatePeer: true };
  node = await startRouter(
    {
      ...defaultConfiguration(),
      router: makeRouter({ id: 'R', usersFile: pathOf('users') }),
      sslProfiles: [
        makeSslProfile({
          name: 'tls',
          caCertFile: pathOf('ca.pem'),
          certFile: pathOf('router.pem'),
          privateKeyFile: pathOf('router.key'),
        }),
      ],
      listeners: [
        makeListener({ host: '127.0.0.1', port: '0', name: 'open' }),
        makeListener({ ...tls, name: 'password', saslMechanisms: 'PLAIN' }),
        makeListener({ ...tls, name: 'certificate', saslMechanisms: 'EXTERNAL' }),
      ],
      logs: [makeLog({ module: 'DEFAULT', enable: 'none' })],
    },
    { version: 'test' },
  );
  places = node.addresses;
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.signal('SIGINT');
    await child.ended();
  }
});
afterAll(async () => {
  node.kill();
  await node.log.close();
  await rm(folder, { recursive: true });
});

const at = (...words: string[]) => weft(...words, '-b', `amqp://${places[0]}`);

/** A consumer of `address`; returns when the router has it. */
async function consume(address: string): Promise<void> {
  children.push(new WeftProcess(['receive', '-b', `amqp://${places[0]}`, '-a', address]).type());
  for (;;) {
    const { stdout } = await at('manage', 'query', '--type', 'router.address', 'name', 'subscriberCount');
    if (stdout.includes(`"M0${address}"`)) return;
  }
}

test('stat prints the tables of qdstat, CSV, or JSON', async () => {
  const { code, stdout, stderr } = await at('stat');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC\nR\n\nRouter Statistics\n {2}attr +value\n {2}=+\n/,
  );
  expect(stdout).toMatch(/\n {2}Router Id +R\n/);
  const csv = (await at('stat', '-c', '--csv')).stdout.split('\n');
  expect(csv.slice(3, 5)).toEqual(['Connections', expect.stringMatching(/^"id","host","container","role",/)]);
  const json = JSON.parse((await at('stat', '-l', '--json')).stdout);
  expect(json).toMatchObject({
    routerId: 'R',
    links: expect.arrayContaining([expect.objectContaining({ linkType: 'endpoint' })]),
  });
});

test('every view works on a router of Weft', async () => {
  const flags = { bus: `amqp://${places[0]}`, timeout: 5 };
  const session = await ManagementSession.open(flags);
  for (const [, , view] of viewFlags) {
    for (const isVerbose of [false, true]) {
      const options = { views: [view], isVerbose, limit: 0, format: 'text', hasHead: true, isSpaced: false } as const;
      const report = await makeReport(session.node('$management'), options);
      const { name } = view;
      expect([name, report]).toEqual([name, view.isBare ? expect.any(String) : expect.stringMatching(/UTC\nR\n\n/)]);
    }
  }
  session.close();
});

test('stat --watch shows it again until it is interrupted', async () => {
  const watching = new WeftProcess(['stat', '-b', `amqp://${places[0]}`, '-c', '--json', '--watch', '0.1']).type();
  const deadline = performance.now() + 20_000;
  while (watching.stdout.split('\n').length < 4 && performance.now() < deadline) await at('stat', '--limit', '1');
  watching.signal('SIGINT');
  expect(await watching.ended()).toBe(0);
  expect(watching.stdout.split('\n').length).toBeGreaterThan(3);
}, 30_000);

test('manage queries, reads, and tells refusals in the words of the router', async () => {
  const query = await at('manage', 'query', '--type', 'listener', 'name', 'role');
  expect(JSON.parse(query.stdout)).toContainEqual({ name: 'open', role: 'normal' });
  expect(query.stdout).toMatch(/^\[\n {2}\{\n {4}"name": /);
  const read = await at('manage', 'read', '--type', 'listener', '--name', 'open', '--indent', '-1');
  expect(read.stdout).toMatch(/^\{.*"name": "open", .*\}\n$/);
  expect(await at('manage', 'read', '--type', 'listener', '--name', 'x')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'weft: No entity with name=x (status 404)\n',
  });
  const unknown = await at('manage', 'frobnicate');
  expect([unknown.code, unknown.stderr]).toEqual([
    1,
    expect.stringMatching(/not implemented.*\(status 501\)\nList what it can do: weft manage get-operations\n$/s),
  ]);
});

test.each([
  [['stat', '-c', '-l'], 'show one thing at a time'],
  [['stat', '--csv', '--json'], 'give --csv or --json, not both'],
  [['stat', '-r', 'A', '-d', 'E'], 'give --router or --edge-router, not both'],
  [['stat', '--all-routers', '-r', 'A'], 'give --all-routers, or one router'],
  [['manage', 'create', '--type', 'listener', 'maxFrameSize=big'], 'maxFrameSize is an integer, and "big" is none'],
  [['manage', 'read', 'x=1'], 'unexpected arguments: x=1'],
  [['manage', 'foo', '--body', '{'], '--body: '],
  [['explain'], "missing required argument 'channel'"],
])('%j is wrong usage', async (words, message) => {
  const { code, stderr } = await at(...words);
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('a router that is not known is named, and with it those that are', async () => {
  const { code, stderr } = await at('stat', '-r', 'NOPE');
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/no router answers at _topo\/0\/NOPE\/\$management .*\nKnown here: R\.\n/),
  ]);
});

test('nobody at the port, and somebody who is no router, are told apart', async () => {
  const { code, stderr } = await weft('stat', '-b', 'amqp://127.0.0.1:1');
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/connection refused.*\n.*with a listener of role normal on port 1\?\n/),
  ]);
  const server = await listening((chunk) => (chunk.length > 0 ? 'HTTP/1.1 400 Bad Request\r\n\r\n' : ''));
  const other = await weft('stat', '-t', '2', '-b', `amqp://${server.place}`);
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('speaks no AMQP with us')]);
  server.close();
});

async function listening(answer: (chunk: Buffer) => string): Promise<{ place: string; close(): void }> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', (chunk) => socket.end(answer(chunk)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  return { place: `127.0.0.1:${address.port}`, close: () => server.close() };
}

test('over TLS with a user and a password file', async () => {
  const words = ['manage', 'query', '--type', 'connection', 'user', '-b', `amqps://${places[1]}`];
  const trust = ['--ssl-trustfile', pathOf('ca.pem'), '--sasl-username', 'bob'];
  const { code, stdout, stderr } = await weft(...words, ...trust, '--sasl-password-file', pathOf('password'));
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toContainEqual({ user: 'bob' });
  const wrong = await weft(...words, ...trust, '--sasl-password', 'ink');
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('Check user, password and mechanism')]);
});

test('over TLS with a certificate, which is our name', async () => {
  const words = ['manage', 'query', '--type', 'connection', 'user', '-b', `amqp://${places[2]}`];
  const ours = ['--ssl-certificate', pathOf('ann.pem'), '--ssl-key', pathOf('ann.key')];
  const { code, stdout, stderr } = await weft(...words, ...ours, '--ssl-trustfile', pathOf('ca.pem'));
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('CN=ann');
  const distrusted = await weft(...words, ...ours);
  expect([distrusted.code, distrusted.stderr]).toEqual([
    1,
    expect.stringContaining('Give the authority of the router with --ssl-trustfile FILE.'),
  ]);
});

test('explain and trace say that nobody consumes, and then who does', async () => {
  const nobody = await at('explain', 'orders');
  expect([nobody.code, nobody.stdout]).toEqual([
    1,
    expect.stringMatching(/^no: nobody consumes orders anywhere\n {4}Start a consumer/),
  ]);
  await consume('orders');
  const somebody = await at('explain', 'orders');
  expect([somebody.code, somebody.stdout]).toEqual([
    0,
    expect.stringMatching(/^yes: a message to orders at R goes to weft-\S+ at R\n/),
  ]);
  const json = JSON.parse((await at('explain', 'orders', '--json')).stdout);
  expect(json).toMatchObject({ address: 'orders', from: 'R', flows: true, verdict: { cause: 'flows' } });
  const trace = await at('trace', 'orders');
  expect([trace.code, trace.stdout]).toEqual([
    0,
    expect.stringMatching(/ 1 {2}R +\d.* ms {2}weft-\S+, credit \d+, 0 unsettled\n/),
  ]);
});
