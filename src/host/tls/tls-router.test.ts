// Whole routers over TLS, with rhea as the client.
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  type ConnectorEntity,
  defaultConfiguration,
  type ListenerEntity,
  makeConnector,
  makeListener,
  makeLog,
  makeRouter,
  makeSslProfile,
} from '../../schema/configuration.ts';
import { limits } from '../limits.ts';
import type { NodeRouter } from '../node-router.ts';
import { makeVerifier } from '../scram-verifier.ts';
import { startRouter } from '../start-router.ts';
import { TestAuthority } from '../testing/certificates.ts';
import { changeUsersFile } from '../users-file.ts';

const authority = new TestAuthority();
const client = authority.issue([
  ['O', 'Client'],
  ['CN', 'ann'],
]);

let folder: string;
const nodes: NodeRouter[] = [];
const connections: Connection[] = [];
const pathOf = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-tls-'));
  const router = authority.issue([['CN', 'router']], { hosts: ['localhost', '127.0.0.1'] });
  await writeFile(pathOf('ca.pem'), authority.certificate);
  await writeFile(pathOf('cert.pem'), router.certificate);
  await writeFile(pathOf('key.pem'), router.key);
  const verifier = (await makeVerifier('pencil', limits.scramIterationsMin))!;
  await changeUsersFile(pathOf('users'), (table) => table.set('bob', verifier));
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  for (const node of nodes.splice(0)) {
    node.kill();
    await node.log.close();
  }
  await rm(folder, { recursive: true });
});

/** A router with one listener, and the connectors given; its log is the file of its id. */
async function start(id: string, listener: Partial<ListenerEntity>, connectors: Partial<ConnectorEntity>[] = []) {
  const profile = { caCertFile: pathOf('ca.pem'), certFile: pathOf('cert.pem'), privateKeyFile: pathOf('key.pem') };
  const configuration = {
    ...defaultConfiguration(),
    router: makeRouter({ id, usersFile: pathOf('users') }),
    sslProfiles: [makeSslProfile({ name: 'tls', ...profile })],
    listeners: [makeListener({ host: '127.0.0.1', port: '0', sslProfile: 'tls', ...listener })],
    connectors: connectors.map((connector) => makeConnector({ sslProfile: 'tls', ...connector })),
    logs: [makeLog({ module: 'DEFAULT', outputFile: pathOf(id) })],
  };
  const node = await startRouter(configuration, { version: '0' });
  nodes.push(node);
  return Number(node.addresses[0]?.split(':').at(-1));
}

async function connect(port: number, options: Partial<ConnectionOptions>): Promise<Connection> {
  const container = rhea.create_container();
  const connection = container.connect({
    host: '127.0.0.1',
    servername: '', // an address is none, and newer Nodes refuse it
    port,
    transport: 'tls',
    ca: authority.certificate,
    reconnect: false,
    ...options,
  } as ConnectionOptions);
  connections.push(connection);
  await new Promise<void>((resolve, reject) => {
    connection.once('connection_open', () => resolve());
    connection.once('disconnected', ({ error }: EventContext) => reject(error ?? new Error('turned away')));
    connection.once('connection_error', ({ error }: EventContext) => reject(error));
  });
  return connection;
}

/** Sends one message from one connection to another one; its body, as it arrives, and its outcome. */
async function pass(sender: Connection, receiver: Connection, body: unknown): Promise<[unknown, string]> {
  const incoming = receiver.open_receiver('q');
  await once(incoming, 'receiver_open');
  const outgoing = sender.open_sender('q');
  await once(outgoing, 'sendable');
  const arrived = once(incoming, 'message') as Promise<[EventContext]>;
  const settled = once(outgoing, 'accepted').then(() => 'accepted');
  outgoing.send({ body });
  const [{ message }] = await arrived;
  return [message?.body, await settled];
}

const external = { enable_sasl_external: true, cert: client.certificate, key: client.key } as const;
const waitForLog = (id: string, line: string | RegExp) =>
  vi.waitFor(async () => expect(await readFile(pathOf(id), 'utf8')).toMatch(line), 5_000);

test('clients authenticate by certificate and by password on one listener, and exchange messages of any size', async () => {
  const port = await start('A', {
    authenticatePeer: true,
    requireSsl: true,
    saslMechanisms: 'EXTERNAL PLAIN',
  });
  const ann = await connect(port, external as Partial<ConnectionOptions>);
  const bob = await connect(port, {
    username: 'bob',
    password: 'pencil',
    cert: client.certificate,
    key: client.key,
  } as Partial<ConnectionOptions>);
  expect(await pass(ann, bob, 'hello')).toEqual(['hello', 'accepted']);
  const large = 'x'.repeat(3_000_000);
  expect(await pass(bob, ann, large)).toEqual([large, 'accepted']);
  await waitForLog('A', 'user "CN=ann,O=Client"');
  await waitForLog('A', 'user "bob"');
});

test('a wrong password does not get in over TLS either', async () => {
  const port = await start('A', { authenticatePeer: true, requireSsl: true, saslMechanisms: 'PLAIN' });
  await expect(connect(port, { username: 'bob', password: 'wrong' })).rejects.toBeDefined();
});

test('in clear EXTERNAL is not offered, and who must be known does not get in', async () => {
  const port = await start('A', { authenticatePeer: true, saslMechanisms: 'EXTERNAL' });
  const clear = { transport: 'tcp', username: 'bob', password: 'pencil' } as const;
  await expect(connect(port, clear)).rejects.toMatchObject({ message: expect.stringContaining('mechanism') });
});

test('a router dials another one, each known to the other by its certificate', async () => {
  const port = await start('A', { authenticatePeer: true, requireSsl: true, saslMechanisms: 'EXTERNAL' });
  await start('B', { sslProfile: '' }, [{ host: 'localhost', port: String(port), protocolFamily: 'IPv4' }]);
  await waitForLog('A', /opened: container "B", user "CN=router"/);
  await waitForLog('B', /opened: container "A"/);
});

test('a router does not connect to a peer whose certificate is for another host', async () => {
  const port = await start('A', { host: '0.0.0.0', requireSsl: true });
  await start('B', { sslProfile: '' }, [{ host: '127.0.0.2', port: String(port) }]);
  await waitForLog('B', /Connection to 127\.0\.0\.2:\d+ failed: .*not in the cert's list/);
});
