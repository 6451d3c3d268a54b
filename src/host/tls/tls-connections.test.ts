import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectInClear, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConnectionOptions,
  connect,
  createServer as createTlsServer,
  type Server,
  type TLSSocket,
} from 'node:tls';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  type ConnectorEntity,
  defaultConfiguration,
  type ListenerEntity,
  makeConnector,
  makeListener,
  makeLog,
  makeSslProfile,
  type SslProfileEntity,
} from '../../schema/configuration.ts';
import { limits } from '../limits.ts';
import { NodeRouter } from '../node-router.ts';
import { type Leaf, TestAuthority } from '../testing/certificates.ts';
import { FakeRouter } from '../testing/fake-router.ts';

const authority = new TestAuthority();
const stranger = new TestAuthority('Stranger');
const server = authority.issue([['CN', 'router']], { hosts: ['localhost', '127.0.0.1'] });
const client = authority.issue([
  ['O', 'Client'],
  ['CN', 'ann'],
]);

let folder: string;
let fake: FakeRouter;
let node: NodeRouter | null;
const sockets: Socket[] = [];
const servers: Server[] = [];
const pathOf = (name: string) => join(folder, name);
const put = (name: string, text: string) => writeFile(pathOf(name), text);
const putLeaf = async ({ certificate, key }: Leaf) => {
  await put('cert.pem', certificate);
  await put('key.pem', key);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-tls-'));
  node = null;
  await put('ca.pem', authority.certificate);
  await putLeaf(server);
});
afterEach(async () => {
  vi.useRealTimers();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const one of servers.splice(0)) one.close();
  node?.kill();
  await node?.log.close();
  await rm(folder, { recursive: true });
});

interface Parts {
  readonly listener?: Partial<ListenerEntity>;
  readonly profile?: Partial<SslProfileEntity>;
  readonly dials?: readonly { connector: ConnectorEntity; host: string; port: string }[];
}

const profileOf = (attributes: Partial<SslProfileEntity> = {}) =>
  makeSslProfile({
    name: 'tls',
    caCertFile: pathOf('ca.pem'),
    certFile: pathOf('cert.pem'),
    privateKeyFile: pathOf('key.pem'),
    ...attributes,
  });

async function start({ listener = {}, profile = {}, dials = [] }: Parts = {}): Promise<number> {
  const configuration = {
    ...defaultConfiguration(),
    sslProfiles: [profileOf(profile)],
    listeners: [makeListener({ name: 'door', host: '127.0.0.1', port: '0', sslProfile: 'tls', ...listener })],
    logs: [makeLog({ module: 'DEFAULT', outputFile: pathOf('log'), includeTimestamp: false })],
  };
  node = await NodeRouter.start(configuration, (options) => {
    fake = new FakeRouter(options.configuration, options.host);
    fake.dials = [...dials];
    return fake;
  });
  return Number(node.addresses[0]?.split(':').at(-1));
}

async function logged(): Promise<string> {
  await node?.log.close();
  return readFile(pathOf('log'), 'utf8');
}

/** A socket that a test need not close; an error that nobody waits for is no fault of the test. */
function kept<T extends Socket>(socket: T): T {
  sockets.push(socket.on('error', () => undefined));
  return socket;
}
const dialTls = (port: number, options: ConnectionOptions = {}): TLSSocket =>
  kept(connect({ host: '127.0.0.1', port, ca: authority.certificate, ...options }));
const dialInClear = (port: number): Socket => kept(connectInClear(port, '127.0.0.1'));
const asClient = ({ certificate, key }: Leaf): ConnectionOptions => ({ cert: certificate, key });

/**
 * The code of the error that the socket ends with, 'end' without one (Node ends so, without an alert, where it refuses a
 * certificate). TLS 1.3 tells it after the handshake.
 */
function failureOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('end', () => resolve('end'));
    socket.resume();
  });
}

test('one port takes TLS and clear text, each byte of both', async () => {
  const port = await start();
  const encrypted = dialTls(port);
  encrypted.write('in secret');
  const first = await fake.connection();
  await first.receivedAtLeast(9);
  expect(first.receivedText).toBe('in secret');
  expect(first.security).toEqual({
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    certifiedUser: '',
    hasOwnCertificate: true,
  });
  expect(first.remote).toBe(`127.0.0.1:${encrypted.localPort}`);
  fake.connections.length = 0;
  dialInClear(port).write('in clear');
  const second = await fake.connection();
  await second.receivedAtLeast(8);
  expect([second.receivedText, second.security]).toEqual(['in clear', null]);
});

test('a listener that requires TLS tells so to a peer in clear, and turns it away', async () => {
  const port = await start({ listener: { requireSsl: true } });
  const socket = dialInClear(port);
  socket.write('AMQP\x00\x01\x00\x00');
  let answer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) answer = Buffer.concat([answer, chunk]);
  expect(answer.toString('latin1')).toBe('AMQP\x02\x01\x00\x00');
  expect(fake.connections).toEqual([]);
  expect(await logged()).toContain('to door turned away: it does not speak TLS, which the listener requires');
});

test('requireEncryption means the same; who speaks no AMQP hears nothing', async () => {
  const port = await start({ listener: { requireEncryption: true } });
  const socket = dialInClear(port);
  socket.write('GET / HTTP/1.1\r\n\r\n');
  let count = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) count += chunk.length;
  expect([count, fake.connections]).toEqual([0, []]);
});

test('EXTERNAL takes the name of a certificate of our authority', async () => {
  const port = await start({ listener: { saslMechanisms: 'EXTERNAL', requireSsl: true } });
  dialTls(port, asClient(client));
  expect((await fake.connection()).security?.certifiedUser).toBe('CN=ann,O=Client');
});

test('the name of a certificate is made as uidFormat and the display names say', async () => {
  await put('names.json', '{"ann;Client": "Ann of the clients"}');
  const profile = { uidFormat: 'no', uidNameMappingFile: pathOf('names.json') };
  const port = await start({ listener: { saslMechanisms: 'EXTERNAL' }, profile });
  dialTls(port, asClient(client));
  expect((await fake.connection()).security?.certifiedUser).toBe('Ann of the clients');
});

test.each<[string, ConnectionOptions, string]>([
  ['without a certificate', {}, 'the peer showed no certificate, which EXTERNAL demands'],
  [
    'with a certificate of a stranger',
    asClient(stranger.issue([['CN', 'ann']])),
    'the authority of the certificate of the peer is not in caCertFile',
  ],
])('where EXTERNAL is offered a peer %s is turned away', async (_, options, reason) => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const port = await start({ listener: { saslMechanisms: 'EXTERNAL PLAIN' } });
    await failureOf(dialTls(port, { ...options, maxVersion }));
    expect(fake.connections).toEqual([]);
    expect(await logged()).toMatch(/Connection of 127\.0\.0\.1:\d+ to door turned away/);
    expect(await logged()).toContain(reason);
    node?.kill();
  }
});

test('an application with a certificate does not come in where routers do', async () => {
  const named = (id: string) => asClient(authority.issue([['CN', 'ann']], { hosts: ['localhost', id] }));
  for (const role of ['inter-router', 'edge'] as const) {
    const port = await start({ listener: { saslMechanisms: 'EXTERNAL', role } });
    await failureOf(dialTls(port, named('spiffe://two-clouds/app/team/ann')));
    expect(fake.connections).toEqual([]);
    dialTls(port, named('spiffe://two-clouds/router/app'));
    await fake.connection();
    expect(await logged()).toContain('its certificate is that of an application, and this listener is for routers');
    node?.kill();
  }
  const port = await start({ listener: { saslMechanisms: 'EXTERNAL' } });
  dialTls(port, named('spiffe://two-clouds/app/team/ann'));
  expect((await fake.connection()).security?.certifiedUser).toBe('CN=ann');
});

test('where EXTERNAL is not offered a certificate is not asked for, and proves nobody', async () => {
  const port = await start({ listener: { saslMechanisms: 'PLAIN ANONYMOUS' } });
  dialTls(port, asClient(client));
  expect((await fake.connection()).security?.certifiedUser).toBe('');
});

test('a peer without a version of TLS in common is turned away', async () => {
  const port = await start({ profile: { protocols: 'TLSv1.3' } });
  expect(await failureOf(dialTls(port, { maxVersion: 'TLSv1.2' }))).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  expect(await logged()).toContain('no version of TLS in common');
});

test('rubbish that begins like TLS is turned away, and others are still taken', async () => {
  const port = await start();
  const rubbish = dialInClear(port);
  rubbish.write(Uint8Array.of(0x16, 1, 2, 3, 4, 5, 6, 7));
  await failureOf(rubbish);
  dialTls(port);
  expect((await fake.connection()).security).not.toBeNull();
});

test.each([
  ['says nothing', []],
  ['begins a handshake and stops', [0x16, 3, 1]],
])('a peer that %s is turned away after a while', async (_, bytes) => {
  const port = await start();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const arrived = vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  const socket = dialInClear(port);
  socket.write(Uint8Array.from(bytes));
  await arrived;
  vi.advanceTimersByTime(limits.tlsHandshakeMs);
  await once(socket.resume(), 'close');
  vi.useRealTimers();
  expect(fake.connections).toEqual([]);
  expect(await logged()).toContain('within 10 seconds');
});

test('initialHandshakeTimeoutSeconds counts from the first moment', async () => {
  const port = await start({ listener: { initialHandshakeTimeoutSeconds: 1 } });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const arrived = vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  const socket = dialInClear(port);
  await arrived;
  vi.advanceTimersByTime(1_000);
  await once(socket.resume(), 'close');
  vi.useRealTimers();
  expect(await logged()).toContain('within 1 seconds');
});

test.each([
  ['before it said anything', []],
  ['in the middle of its handshake', [0x16, 3, 1]],
])('a peer that is lost %s leaves nothing behind', async (_, bytes) => {
  const port = await start();
  const socket = dialInClear(port);
  await once(socket, 'connect');
  await new Promise((resolve) => (bytes.length === 0 ? resolve(null) : socket.write(Uint8Array.from(bytes), resolve)));
  dialInClear(port).write('behind it');
  await fake.connection();
  socket.resetAndDestroy();
  await vi.waitFor(async () => expect(await readFile(pathOf('log'), 'utf8')).toContain('ECONNRESET'));
  expect(fake.connections).toHaveLength(1);
});

test('a peer that leaves at the door leaves nothing behind', async () => {
  const port = await start();
  const socket = dialInClear(port);
  socket.end();
  await once(socket.resume(), 'close');
  expect(await logged()).toContain('lost before it said anything: closed by the peer');
});

test('when the router ends, those at the door are turned away', async () => {
  const port = await start();
  const socket = dialInClear(port);
  socket.write(Uint8Array.of(0x16, 3, 1));
  dialInClear(port).write('behind it');
  await fake.connection();
  node?.kill();
  expect(await failureOf(socket)).toMatch(/end|ECONNRESET/);
});

test('more output than the peer reads arrives whole, though the buffer is used again', async () => {
  const port = await start();
  const count = 8 * 1024 * 1024;
  const peer = dialTls(port);
  const ours = await fake.connection();
  ours.sendPattern(count);
  fake.host?.verifyPassword('', '', () => undefined); // any answer makes a turn
  ours.isFinished = true;
  let read = 0;
  for await (const chunk of peer as AsyncIterable<Buffer>) {
    for (const byte of chunk) if (byte !== read++ % 251) throw new Error(`byte ${read - 1} is ${byte}`);
  }
  expect(read).toBe(count);
  expect(await ours.closed()).toBe('closed');
});

test('new connections see a changed certificate, those that there are go on', async () => {
  const port = await start();
  const before = dialTls(port);
  await once(before, 'secureConnect');
  const ours = await fake.connection();
  await putLeaf(authority.issue([['CN', 'renewed']], { hosts: ['127.0.0.1'] }));
  await node?.reload({
    ...defaultConfiguration(),
    sslProfiles: [profileOf()],
    listeners: fake.configuration?.listeners ?? [],
  });
  const after = dialTls(port);
  await once(after, 'secureConnect');
  expect([before, after].map((one) => one.getPeerCertificate().subject.CN)).toEqual(['router', 'renewed']);
  before.write('still here');
  await ours.receivedAtLeast(10);
});

test('a client of an authority that was taken out gets in no more, not even with a session of before', async () => {
  const port = await start({ listener: { saslMechanisms: 'EXTERNAL' } });
  const before = dialTls(port, asClient(client));
  const sessions: Buffer[] = [];
  before.on('session', (session) => void sessions.push(session)).resume();
  await vi.waitFor(() => expect(sessions.length).toBeGreaterThan(0));
  fake.connections.length = 0;
  await put('ca.pem', stranger.certificate);
  await node?.reload({
    ...defaultConfiguration(),
    sslProfiles: [profileOf()],
    listeners: fake.configuration?.listeners ?? [],
  });
  await failureOf(dialTls(port, { ...asClient(client), session: sessions[0] as Buffer }));
  expect(fake.connections).toEqual([]);
});

test('a reload with a certificate that cannot be used changes nothing', async () => {
  const port = await start();
  await put('cert.pem', 'rubbish');
  const again = {
    ...defaultConfiguration(),
    sslProfiles: [profileOf()],
    listeners: fake.configuration?.listeners ?? [],
  };
  await expect(node?.reload(again)).rejects.toMatchObject({ code: 'WEFT_TLS_FILE_INVALID' });
  const peer = dialTls(port);
  await once(peer, 'secureConnect');
});

test('a certificate that cannot be used stops the start', async () => {
  await put('key.pem', 'rubbish');
  await expect(start()).rejects.toMatchObject({ code: 'WEFT_TLS_FILE_INVALID' });
});

/** A TLS server that a router dials; null is one in clear. */
async function serve(leaf: Leaf | null, options: object = {}): Promise<string> {
  const one =
    leaf === null
      ? createServer((socket) => kept(socket).end('not TLS'))
      : createTlsServer({ cert: leaf.certificate, key: leaf.key, ca: authority.certificate, ...options }, (socket) =>
          kept(socket).write('welcome'),
        );
  one.listen(0, '127.0.0.1');
  servers.push(one as Server);
  await once(one, 'listening');
  return String((one.address() as { port: number }).port);
}

const connector = (attributes: Partial<ConnectorEntity> = {}) => makeConnector({ sslProfile: 'tls', ...attributes });

test('a dialled peer is checked by authority and name, and shown our certificate', async () => {
  const port = await serve(server, { requestCert: true, rejectUnauthorized: true });
  for (const host of ['127.0.0.1', 'localhost']) {
    await start({ dials: [{ connector: connector({ protocolFamily: 'IPv4' }), host, port }] });
    const ours = await fake.connection();
    await ours.receivedAtLeast(7);
    expect(ours.receivedText).toBe('welcome');
    expect(ours.security).toMatchObject({ protocol: 'TLSv1.3', certifiedUser: 'CN=router', hasOwnCertificate: true });
    node?.kill();
  }
});

test('a name is told to the server, so that it can choose a certificate', async () => {
  let name = '';
  const SNICallback = (asked: string, done: (error: null) => void): void => {
    name = asked;
    done(null);
  };
  const port = await serve(server, { SNICallback });
  await start({ dials: [{ connector: connector({ protocolFamily: 'IPv4' }), host: 'localhost', port }] });
  await fake.connection();
  expect(name).toBe('localhost');
});

test.each<[string, Leaf | null, string]>([
  ['of a stranger', stranger.issue([['CN', 'x']], { hosts: ['127.0.0.1'] }), 'is not in caCertFile'],
  [
    'for another host',
    authority.issue([['CN', 'x']], { hosts: ['example.org'] }),
    "IP: 127.0.0.1 is not in the cert's list",
  ],
  ['that is none', null, 'the peer does not speak TLS'],
])('a dial to a peer with a certificate %s fails', async (_, leaf, reason) => {
  const port = await serve(leaf);
  await start({ dials: [{ connector: connector(), host: '127.0.0.1', port }] });
  if (fake.dialFailures.length === 0) await once(fake, 'dialFailed');
  expect(fake.dialFailures).toEqual([expect.stringContaining(reason)]);
  expect(fake.connections).toEqual([]);
});

test('without verifyHostname a certificate for another host will do, one of a stranger will not', async () => {
  const dial = (port: string) => ({ connector: connector({ verifyHostname: false }), host: '127.0.0.1', port });
  const good = await serve(authority.issue([['CN', 'x']], { hosts: ['example.org'] }));
  const bad = await serve(stranger.issue([['CN', 'x']], { hosts: ['example.org'] }));
  await start({ dials: [dial(good), dial(bad)] });
  if (fake.dialFailures.length === 0) await once(fake, 'dialFailed');
  expect(fake.dialFailures).toHaveLength(1);
  expect((await fake.connection()).security?.certifiedUser).toBe('CN=x');
});

test('a peer that demands a certificate of us, who have none, says so', async () => {
  const port = await serve(server, { requestCert: true, rejectUnauthorized: true });
  const none = { certFile: '', privateKeyFile: '' };
  await start({
    listener: { sslProfile: '' },
    profile: none,
    dials: [{ connector: connector(), host: '127.0.0.1', port }],
  });
  const ours = await fake.connection();
  expect(ours.security?.hasOwnCertificate).toBe(false);
  expect(await ours.closed()).toBe(
    'the peer demands a certificate of us: the sslProfile needs certFile (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)',
  );
});
