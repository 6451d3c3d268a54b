// Real router processes on the files of `weft pki`: who they take each other and applications for, and a rotation while
// messages pass.
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WeftProcess, weft } from './testing/weft-process.ts';

let folder: string;
const running: WeftProcess[] = [];
const connections: Connection[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-pki-'));
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  for (const one of running.splice(0)) {
    one.signal('SIGKILL');
    await one.ended();
  }
  await rm(folder, { recursive: true });
});

const read = (name: string) => readFile(join(folder, 'pki', name), 'utf8');
async function pki(...words: string[]): Promise<void> {
  const { code, stderr } = await weft('pki', ...words, '--dir', join(folder, 'pki'));
  expect([code, stderr]).toEqual([0, expect.any(String)]);
}

interface StartedRouter {
  readonly process: WeftProcess;
  readonly ports: Record<string, number>;
}

/** A router whose certificate is that of its id; it dials the port given. */
async function startRouter(id: string, dialled?: number): Promise<StartedRouter> {
  const tls = 'sslProfile: mesh\n    saslMechanisms: EXTERNAL\n';
  const door = `host: 127.0.0.1\n    port: 0\n    requireSsl: yes\n    authenticatePeer: yes\n    ${tls}`;
  const text = [
    `router {\n    mode: interior\n    id: ${id}\n}\n`,
    `sslProfile {\n    name: mesh\n    caCertFile: ${folder}/pki/ca.pem\n    certFile: ${folder}/pki/routers/${id}/cert.pem\n`,
    `    privateKeyFile: ${folder}/pki/routers/${id}/key.pem\n    uidFormat: n\n}\n`,
    `listener {\n    name: applications\n    ${door}}\nlistener {\n    name: routers\n    role: inter-router\n    ${door}}\n`,
    dialled === undefined
      ? ''
      : `connector {\n    role: inter-router\n    host: localhost\n    port: ${dialled}\n    protocolFamily: IPv4\n    ${tls}}\n`,
  ];
  const file = join(folder, `${id}.conf`);
  await writeFile(file, text.join(''));
  const process = new WeftProcess(['router', '-c', file]);
  running.push(process);
  await process.told(/Operational/);
  const ports = [...process.stderr.matchAll(/Listening on 127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port));
  return { process, ports: { applications: ports[0] as number, routers: ports[1] as number } };
}

/** Waits until the routers have seen that a step changed their files. */
async function reread(routers: readonly StartedRouter[], step: () => Promise<void>): Promise<void> {
  const seen = routers.map(({ process }) => process.stderr.match(/its files have changed/g)?.length ?? 0);
  await step();
  const again = (count: number) => new RegExp(`(?:its files have changed[\\s\\S]*){${count + 1}}`);
  await Promise.all(routers.map(({ process }, index) => process.told(again(seen[index] as number))));
}

interface Credentials {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}
const credentialsOf = async (app: string): Promise<Credentials> => ({
  ca: await read('ca.pem'),
  cert: await read(`apps/${app}/cert.pem`),
  key: await read(`apps/${app}/key.pem`),
});

async function connect(
  { ports }: StartedRouter,
  credentials: Credentials,
  door: 'applications' | 'routers' = 'applications',
): Promise<Connection> {
  const connection = rhea.create_container().connect({
    host: '127.0.0.1',
    port: ports[door],
    transport: 'tls',
    servername: 'localhost',
    reconnect: false,
    enable_sasl_external: true,
    ...credentials,
  } as unknown as ConnectionOptions);
  connections.push(connection);
  await new Promise<void>((resolve, reject) => {
    connection.once('connection_open', () => resolve());
    connection.once('disconnected', ({ error }: EventContext) => reject(error ?? new Error('turned away')));
  });
  return connection;
}

test('routers know each other and applications by certificate; a rotation loses nobody, then the former authority is refused', async () => {
  await pki('init', 'two-clouds');
  for (const id of ['aws-1', 'azure-1']) {
    await pki('issue', 'router', id, '--host', 'localhost', '--host', '127.0.0.1');
  }
  await pki('issue', 'app', 'pay/shop', 'pay/ledger');
  const aws = await startRouter('aws-1');
  const azure = await startRouter('azure-1', aws.ports['routers']);
  await aws.process.told(/opened: container "azure-1", user "azure-1"/);
  await azure.process.told(/opened: container "aws-1"/);

  const former = await credentialsOf('pay/shop');
  const ledger = (await connect(azure, await credentialsOf('pay/ledger'))).open_receiver('orders');
  await azure.process.told(/user "pay\/ledger"/);
  const sender = (await connect(aws, former)).open_sender('orders');
  await aws.process.told(/user "pay\/shop"/);
  const bodies: unknown[] = [];
  ledger.on('message', ({ message }: EventContext) => void bodies.push(message?.body));
  const passes = async (body: string): Promise<void> => {
    if (!sender.sendable()) await once(sender, 'sendable');
    const settled = once(sender, 'accepted');
    sender.send({ body });
    await settled;
  };
  await passes('before');
  await expect(connect(aws, former, 'routers')).rejects.toBeDefined();
  await aws.process.told(/turned away: its certificate is that of an application, and this listener is for routers/);

  const rereadBoth = (step: () => Promise<void>) => reread([aws, azure], step);
  await rereadBoth(() => pki('rotate'));
  await passes('trusted');
  await rereadBoth(() => pki('rotate', '--issue'));
  await passes('issued');
  const current = await credentialsOf('pay/shop');
  await connect(aws, { ...former, ca: current.ca }); // not retired yet
  await connect(aws, current);
  await rereadBoth(() => pki('rotate', '--retire'));
  await passes('retired');
  await expect(connect(aws, { ...former, ca: current.ca })).rejects.toBeDefined();
  await aws.process.told(/turned away: .*the authority of the certificate of the peer is not in caCertFile/);
  await connect(aws, await credentialsOf('pay/shop'));
  // The application trusts the former authority only: it does not take the router for what it says.
  await expect(connect(aws, { ...current, ca: former.ca })).rejects.toBeDefined();
  expect(bodies).toEqual(['before', 'trusted', 'issued', 'retired']);

  // Made anew, the connection between the routers is of the new authority on both sides.
  ledger.connection.close();
  await once(ledger.connection, 'connection_close');
  azure.process.signal('SIGTERM');
  await azure.process.ended();
  await startRouter('azure-1', aws.ports['routers']);
  await aws.process.told(/(?:opened: container "azure-1", user "azure-1"[\s\S]*){2}/);
});
