// Routers that are changed while they run, by requests of management, and what is left of it in their files.
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import rhea, { type Connection, type ConnectionOptions, type EventContext, type Receiver, type Sender } from 'rhea';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readConfigurationFile } from './configuration-file.ts';
import type { NodeRouter } from './node-router.ts';
import { startRouter } from './start-router.ts';
import { TestAuthority } from './testing/certificates.ts';

let folder: string;
const nodes: NodeRouter[] = [];
const connections: Connection[] = [];
const pathOf = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-live-'));
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  for (const node of nodes.splice(0)) await end(node);
  await rm(folder, { recursive: true });
});

async function end(node: NodeRouter): Promise<void> {
  node.kill();
  await node.log.close();
}

/** Starts a router from a file, as `weft router -c` does. */
async function start(name: string, text: string): Promise<NodeRouter> {
  await writeFile(pathOf(name), text);
  return startFrom(name);
}

async function startFrom(name: string): Promise<NodeRouter> {
  const { configuration, file } = await readConfigurationFile(pathOf(name));
  const node = await startRouter(configuration, { version: '0' });
  if (file !== null) node.file = file;
  nodes.push(node);
  return node;
}

const portOf = (node: NodeRouter, index = 0) => Number(node.addresses[index]?.split(':').at(-1));

async function connect(port: number, options: Partial<ConnectionOptions> = {}): Promise<Connection> {
  const connection = rhea
    .create_container()
    .connect({ host: '127.0.0.1', port, reconnect: false, ...options } as ConnectionOptions);
  connections.push(connection);
  await new Promise<void>((resolve, reject) => {
    connection.once('connection_open', () => resolve());
    connection.once('disconnected', ({ error }: EventContext) => reject(error ?? new Error('turned away')));
  });
  return connection;
}

interface Reply {
  readonly status: number;
  readonly description: string;
  readonly note: string | undefined;
  readonly body: Record<string, unknown>;
}

class Manager {
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  readonly #replyTo: string;

  private constructor(sender: Sender, receiver: Receiver, replyTo: string) {
    this.#sender = sender;
    this.#receiver = receiver;
    this.#replyTo = replyTo;
  }

  static async of(node: NodeRouter): Promise<Manager> {
    const connection = await connect(portOf(node));
    const receiver = connection.open_receiver({ source: { address: '', dynamic: true } });
    await once(receiver, 'receiver_open');
    const sender = connection.open_sender('$management');
    await once(sender, 'sendable');
    return new Manager(sender, receiver, receiver.source.address);
  }

  async ask(operation: string, type: string, properties: Record<string, unknown>, body: object = {}): Promise<Reply> {
    const answered = once(this.#receiver, 'message') as Promise<[EventContext]>;
    this.#sender.send({
      reply_to: this.#replyTo,
      correlation_id: 1,
      application_properties: { operation, type: `org.apache.qpid.dispatch.${type}`, ...properties },
      body,
    });
    const [{ message }] = await answered;
    const { statusCode, statusDescription, 'weft.note': note } = message?.application_properties ?? {};
    return { status: statusCode, description: statusDescription, note, body: message?.body };
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const FILE = `# the router of team a
router {
    id: A
    mode: interior
}

# for clients
listener {
    host: 127.0.0.1   # this machine only
    port: 0
}

log {
    module: DEFAULT
    outputFile: LOG
}
`;
const fileOf = (log = 'A') => FILE.replace('LOG', pathOf(`${log}.log`));
const waitForLog = (name: string, line: string | RegExp) =>
  vi.waitFor(async () => expect(await readFile(pathOf(`${name}.log`), 'utf8')).toMatch(line), 5_000);

describe('a listener', () => {
  test('serves clients once it is answered; saved, it is there after a restart, and comments are kept', async () => {
    const node = await start('a.conf', fileOf());
    await chmod(pathOf('a.conf'), 0o640);
    const manager = await Manager.of(node);
    const port = await freePort();
    const attributes = { host: '127.0.0.1', port: String(port), role: 'normal', linkCapacity: 7 };
    const reply = await manager.ask('CREATE', 'listener', { name: 'second', persist: true }, attributes);
    expect(reply).toMatchObject({ status: 201, description: 'Created', note: undefined });
    expect(reply.body).toMatchObject({
      name: 'second',
      port: String(port),
      linkCapacity: 7,
      identity: `listener/127.0.0.1:${port}:second`,
    });
    await connect(port);
    const text = await readFile(pathOf('a.conf'), 'utf8');
    expect(text).toContain(
      `    port: 0\n}\n\nlistener {\n    name: second\n    host: 127.0.0.1\n    port: ${port}\n    role: normal\n    linkCapacity: 7\n}\n\nlog {`,
    );
    for (const comment of ['# the router of team a', '# for clients', '# this machine only'])
      expect(text).toContain(comment);
    expect((await stat(pathOf('a.conf'))).mode & 0o777).toBe(0o640);
    await end(node);
    await startFrom('a.conf');
    await connect(port);
  });

  test('that is not saved says so; deleted, it takes nobody, and its connections go on', async () => {
    const manager = await Manager.of(await start('a.conf', fileOf()));
    const port = await freePort();
    const created = await manager.ask('CREATE', 'listener', { name: 'x' }, { host: '127.0.0.1', port: String(port) });
    expect(created).toMatchObject({ status: 201, note: 'not saved: it will not outlive a restart' });
    const client = await connect(port);
    expect(await manager.ask('DELETE', 'listener', { name: 'x' })).toMatchObject({
      status: 204,
      description: 'No Content',
      note: undefined,
    });
    await expect(connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const sender = client.open_sender('q');
    await once(sender, 'sender_open');
    expect(await readFile(pathOf('a.conf'), 'utf8')).toBe(fileOf());
  });

  test('whose port is taken is refused with the reason, and nothing is left of it', async () => {
    const node = await start('a.conf', fileOf());
    const manager = await Manager.of(node);
    const taken = { host: '127.0.0.1', port: String(portOf(node)) };
    const reply = await manager.ask('CREATE', 'listener', { name: 'x', persist: 'true' }, taken);
    expect(reply.status).toBe(500);
    expect(reply.description).toMatch(/^cannot listen on 127\.0\.0\.1:\d+: the address is in use/);
    expect((await manager.ask('READ', 'listener', { name: 'x' })).status).toBe(404);
    expect(await readFile(pathOf('a.conf'), 'utf8')).toBe(fileOf());
    expect((await readdir(folder)).filter((name) => name.endsWith('.new'))).toEqual([]);
    await connect(portOf(node));
  });
});

describe('a connector', () => {
  test('joins a mesh, and leaves it when it is deleted', async () => {
    const b = await start(
      'b.conf',
      `${fileOf('B').replace('id: A', 'id: B')}listener {\n host: 127.0.0.1\n port: 0\n name: mesh\n role: inter-router\n}\n`,
    );
    const manager = await Manager.of(await start('a.conf', fileOf()));
    const to = { host: '127.0.0.1', port: String(portOf(b, 1)), role: 'inter-router' };
    expect(await manager.ask('CREATE', 'connector', { name: 'to-b' }, to)).toMatchObject({ status: 201 });
    await vi.waitFor(async () => {
      const nodes = await manager.ask('GET-MGMT-NODES', 'management', {});
      expect(nodes.body).toContain('amqp:/_topo/0/B/$management');
    }, 5_000);
    expect(await manager.ask('DELETE', 'connector', { name: 'to-b' })).toMatchObject({ status: 204 });
    await waitForLog('B', /closed by its peer|lost/);
  });

  test('may have its password in the request, but not in the file: there stands where to find it', async () => {
    process.env['WEFT_TEST_UPLINK'] = 'sesame';
    const manager = await Manager.of(await start('a.conf', fileOf()));
    const to = { host: '127.0.0.1', port: String(await freePort()), saslUsername: 'u' };
    const refused = await manager.ask(
      'CREATE',
      'connector',
      { name: 'c', persist: true },
      { ...to, saslPassword: 'sesame' },
    );
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.description).toMatch(/would stand in clear .* saslPassword=env:NAME/);
    const saved = await manager.ask(
      'CREATE',
      'connector',
      { name: 'c', persist: true },
      { ...to, saslPassword: 'env:WEFT_TEST_UPLINK' },
    );
    expect(saved).toMatchObject({ status: 201 });
    expect(JSON.stringify([refused, saved])).not.toContain('sesame');
    expect(await readFile(pathOf('a.conf'), 'utf8')).toContain('saslPassword: env:WEFT_TEST_UPLINK\n');
    expect(
      await manager.ask('CREATE', 'connector', { name: 'd' }, { ...to, saslPassword: 'env:WEFT_NOT_THERE' }),
    ).toMatchObject({
      status: 500,
      description:
        'no password for connector d: the environment has no variable WEFT_NOT_THERE. Set WEFT_NOT_THERE, or change saslPassword.',
    });
  });
});

test('an sslProfile with new certificates shows them to new connections, while old ones go on', async () => {
  const authority = new TestAuthority();
  const issue = async (name: string) => {
    const { certificate, key } = authority.issue([['CN', name]], { hosts: ['127.0.0.1'] });
    await writeFile(pathOf(`${name}.pem`), certificate);
    await writeFile(pathOf(`${name}.key`), key);
    return { certFile: pathOf(`${name}.pem`), privateKeyFile: pathOf(`${name}.key`) };
  };
  const before = await issue('before');
  const after = await issue('after');
  const profile = `sslProfile {\n name: p # mine\n certFile: ${before.certFile}\n privateKeyFile: ${before.privateKeyFile}\n}\n`;
  const node = await start(
    'a.conf',
    `${fileOf()}${profile}listener {\n name: tls\n host: 127.0.0.1\n port: 0\n sslProfile: p\n requireSsl: yes\n}\n`,
  );
  const manager = await Manager.of(node);
  const tls = { transport: 'tls', ca: authority.certificate } as Partial<ConnectionOptions>;
  const subject = ({ socket }: { socket?: TLSSocket }) => socket?.getPeerCertificate().subject.CN;
  const old = await connect(portOf(node, 1), tls);
  expect(subject(old as never)).toBe('before');

  expect(await manager.ask('UPDATE', 'sslProfile', { name: 'p', persist: true }, after)).toMatchObject({ status: 200 });
  expect(subject((await connect(portOf(node, 1), tls)) as never)).toBe('after');
  const sender = old.open_sender('q');
  await once(sender, 'sender_open');
  expect(await readFile(pathOf('a.conf'), 'utf8')).toContain(
    ` name: p # mine\n certFile: ${after.certFile}\n privateKeyFile: ${after.privateKeyFile}\n`,
  );

  const missing = await manager.ask('UPDATE', 'sslProfile', { name: 'p' }, { certFile: pathOf('none.pem') });
  expect(missing).toMatchObject({ status: 500, description: expect.stringContaining('none.pem') });
  expect(subject((await connect(portOf(node, 1), tls)) as never)).toBe('after');
  expect(await manager.ask('DELETE', 'sslProfile', { name: 'p' })).toMatchObject({
    status: 400,
    description: 'sslProfile p is in use by listener tls; delete those first',
  });

  await writeFile(after.certFile, await readFile(before.certFile));
  await writeFile(after.privateKeyFile, await readFile(before.privateKeyFile));
  expect(await manager.ask('UPDATE', 'sslProfile', { name: 'p' })).toMatchObject({ status: 200, note: undefined });
  expect(subject((await connect(portOf(node, 1), tls)) as never)).toBe('before');
});

test('a log writes more from now on; an address counts for new links', async () => {
  const node = await start('a.conf', fileOf());
  const manager = await Manager.of(node);
  const reply = await manager.ask('UPDATE', 'log', { name: 'log/SERVER' }, { enable: 'debug+' });
  expect(reply).toMatchObject({ status: 200, body: { module: 'SERVER', enable: 'debug+' } });
  expect((await manager.ask('UPDATE', 'log', { name: 'log/SERVER' }, { enable: 'loud' })).status).toBe(400);
  expect((await manager.ask('READ', 'log', { name: 'log/SERVER' })).body).toMatchObject({ enable: 'debug+' });
  expect(
    await manager.ask(
      'CREATE',
      'router.config.address',
      { name: 'none' },
      { prefix: 'no', distribution: 'unavailable' },
    ),
  ).toMatchObject({ status: 201 });
  const receiver = (await connect(portOf(node))).open_receiver('no.entry');
  await once(receiver, 'receiver_error');
  expect(await manager.ask('DELETE', 'router.config.address', { name: 'none' })).toMatchObject({ status: 204 });
  await once((await connect(portOf(node))).open_receiver('no.entry'), 'receiver_open');
});

describe('the file', () => {
  test('that somebody else has changed is left alone, and the router as well', async () => {
    const manager = await Manager.of(await start('a.conf', fileOf()));
    await writeFile(pathOf('a.conf'), `${fileOf()}# by hand\n`);
    const reply = await manager.ask('CREATE', 'router.config.address', { persist: true }, { prefix: 'a' });
    expect(reply).toMatchObject({
      status: 400,
      description: expect.stringMatching(/it has changed since the router read it\. Send SIGHUP/),
    });
    expect((await manager.ask('READ', 'router.config.address', { name: 'address/0' })).status).toBe(404);
    expect(await readFile(pathOf('a.conf'), 'utf8')).toBe(`${fileOf()}# by hand\n`);
  });

  test('that is not there is named', async () => {
    const { configuration } = await start('a.conf', fileOf()).then(() => readConfigurationFile(pathOf('a.conf')));
    const node = await startRouter(configuration, { version: '0' });
    nodes.push(node);
    const reply = await (await Manager.of(node)).ask(
      'CREATE',
      'router.config.address',
      { persist: true },
      { prefix: 'a' },
    );
    expect(reply).toMatchObject({
      status: 400,
      description: expect.stringContaining('started without a configuration file'),
    });
  });

  test('undoes, when it is read again, what was not saved, and the log says what', async () => {
    const node = await start('a.conf', fileOf());
    const manager = await Manager.of(node);
    await manager.ask('CREATE', 'router.config.address', { name: 'kept', persist: true }, { prefix: 'a' });
    await manager.ask('CREATE', 'router.config.address', { name: 'lost' }, { prefix: 'b' });
    await manager.ask('CREATE', 'router.config.address', { name: 'gone' }, { prefix: 'c' });
    await manager.ask('DELETE', 'router.config.address', { name: 'gone' });
    const deleted = await manager.ask('DELETE', 'router.config.address', { name: 'kept' });
    expect(deleted.note).toBe('not saved: it will not outlive a restart');
    const { configuration, file } = await readConfigurationFile(pathOf('a.conf'));
    expect(await node.reload(configuration, file)).toEqual([
      'address lost: created by management without being saved: the file undoes it',
      'address kept: deleted by management without being saved: the file undoes it',
      'address lost: deleted',
      'address kept: created',
    ]);
    expect(await node.reload(configuration, file)).toEqual(['the configuration has not changed']);
  });
});
