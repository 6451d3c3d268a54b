// Policy, driven by real clients over TLS: users (by certificate and by password) × groups × hosts × addresses × limits, each with the outcome
// that the rules, read as plainly as can be, expect.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connectionRule, linkRule, nameRule, settingsOf } from '../../src/policy/testing/twin.ts';
import { makeVhost, type VhostEntity } from '../../src/schema/configuration.ts';
import { USER_TOKEN } from '../../src/schema/vhost-rules.ts';
import { type Case, forEach } from '../case.ts';
import type { Library } from '../client.ts';
import type { ClientConnection } from '../connection.ts';
import { type ReceiverLink, SenderLink } from '../link.ts';
import type { AttachOptions, ConnectOptions } from '../protocol.ts';
import type { Entity, Place, RouterProcess } from '../router-process.ts';
import type { Json } from '../values.ts';
import type { World } from '../world.ts';
import { makeUsersFile } from './security.ts';
import { connect, type Site, startSite } from './tls.ts';

/** The libraries whose client programs can do TLS. */
const libraries: readonly Library[] = ['rhea', 'python'];

const u = USER_TOKEN;
const password = 'correct horse battery';
/** By their passwords; ann comes by her certificate, whose subject is this. */
const users = ['mira', 'bob', 'eve', 'zed'];
const ann = 'ann;Client';

const wide = { allowDynamicSource: true, allowAnonymousSender: true };
const texts = { sources: `orders, tmp*, in.${u}, $management`, targets: `orders, ${u}.*`, ...wide };
const patterns = { sourcePattern: `orders/#, ${u}/#`, targetPattern: `*/events, in/${u}`, maxSenders: 3 };

/** Each on a listener of its own; from 127.0.0.1 all connections come. */
const vhosts: readonly { readonly [attribute: string]: Json; readonly hostname: string }[] = [
  {
    hostname: 'texts',
    groups: {
      staff: { users: [ann, 'mira'].join(', '), remoteHosts: '127.0.0.1', ...texts },
      far: { users: 'eve', remoteHosts: '10.0.0.1-10.0.0.9, ::1', sources: '*', targets: '*' },
      rest: { users: '*', remoteHosts: '*', sources: 'orders', allowUserIdProxy: true },
    },
  },
  {
    hostname: 'patterns',
    allowUnknownUser: true,
    groups: {
      staff: { users: 'mira, bob', remoteHosts: 'localhost', ...patterns },
      $default: { remoteHosts: '127.0.0.0-127.0.0.255', sources: '*', targets: `${u}`, maxReceivers: 2 },
    },
  },
  { hostname: 'closed', groups: { staff: { users: 'bob', remoteHosts: '*', maxConnectionsPerUser: 1, sources: '*' } } },
];

const addresses = [
  ...['orders', '/orders', 'amqp:/orders', 'orders/eu', 'tmp.x', 'tmp://x/secret', 'secret', 'eu/events'],
  ...['in.mira', 'in/mira', 'mira', 'mira.x', 'mira/x', 'bob.x', `${ann}.x`, `in.${ann}`],
];

/** The router's certificate is for one address, so its doors have ports of their own. */
async function startPoliced(world: World): Promise<PolicedSite> {
  const usersFile = await makeUsersFile(
    world,
    users.map((user) => ({ user, password })),
  );
  const byPassword: Entity = { sslProfile: 'tls', requireSsl: true, authenticatePeer: true, saslMechanisms: 'PLAIN' };
  const byCertificate: Entity = { ...byPassword, saslMechanisms: 'EXTERNAL' };
  const ports = new Map<string, number>();
  const listeners: { [name: string]: Entity } = {};
  for (const { hostname } of vhosts) {
    for (const [kind, door] of [
      ['password', byPassword],
      ['certificate', byCertificate],
    ] as const) {
      const name = `${hostname}-${kind}`;
      const port = await freePort();
      ports.set(name, port);
      listeners[name] = { ...door, host: '127.0.0.1', port, policyVhost: hostname };
    }
  }
  const policy = { enableVhostPolicy: true };
  const site = await startSite(world, undefined, { router: { usersFile }, listeners, policy, vhosts });
  return { ...site, place: (name) => ({ host: '127.0.0.1', port: ports.get(name) as number }) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const entities: readonly VhostEntity[] = vhosts.map((one) => makeVhost(one as never));
const twinWorld = {
  policy: { defaultVhost: '$default', enableVhostNamePatterns: false },
  vhosts: entities,
  hosts: new Map([['localhost', ['127.0.0.1']]]),
};

interface PolicedSite extends Site {
  place(door: string): Place;
}

const signedIn = ({ ann: certificate }: Site, user: string): ConnectOptions =>
  user === ann
    ? { mechanisms: 'EXTERNAL', tls: certificate }
    : { mechanisms: 'PLAIN', user, password, tls: { ca: certificate.ca } };

/** What is sent to it has an outcome. */
const takesAll = { credit: 50, autoAccept: true };

interface Answer {
  readonly condition: string | null;
  readonly description: string | null;
}

/** Null when the link was attached. A refusal begins with an attach, too: one without addresses. */
async function answerOf(link: SenderLink | ReceiverLink): Promise<Answer | null> {
  const isThere = (): boolean =>
    link instanceof SenderLink
      ? link.credit > 0 || (link.attachment?.target?.address ?? null) !== null
      : (link.attachment?.source?.address ?? null) !== null;
  await link.until('is attached or refused', () => isThere() || link.detachment !== null);
  if (link.detachment === null) return null;
  return { condition: link.detachment.condition, description: link.detachment.description };
}

function expectedLink(rule: string | null): Answer | null {
  if (rule === null) return null;
  const condition = rule.startsWith('max') ? 'amqp:resource-limit-exceeded' : 'amqp:unauthorized-access';
  return { condition, description: 'link disallowed by local policy' };
}

/** Every address in both directions, then a dynamic source, and messages of an anonymous sender; with the counts that are reached. */
async function tryLinks(connection: ClientConnection, vhost: VhostEntity, user: string): Promise<number> {
  const settings = settingsOf(vhost, user) ?? {};
  const open = { sender: 0, receiver: 0 };
  let tried = 0;
  const attempts: [kind: 'sender' | 'receiver', options: AttachOptions][] = [
    ...addresses.flatMap((address): [kind: 'sender' | 'receiver', options: AttachOptions][] => [
      ['sender', { address }],
      ['receiver', { address }],
    ]),
    ['receiver', { dynamic: true }],
  ];
  for (const [kind, options] of attempts) {
    const { address = '', dynamic: isDynamic = false } = options;
    const link =
      kind === 'sender' ? connection.startSender(options) : connection.startReceiver({ ...options, ...takesAll });
    const rule = linkRule(settings, user, { kind, address: address ?? '', isDynamic, openLinks: open[kind] });
    const answer = await answerOf(link);
    assert.deepEqual(answer, expectedLink(rule), `${user} at ${vhost.hostname}: ${kind} ${JSON.stringify(options)}`);
    if (rule === null) open[kind]++;
    tried++;
  }
  return tried + (await tryMessages(connection, vhost, user, open.sender));
}

async function tryMessages(
  connection: ClientConnection,
  vhost: VhostEntity,
  user: string,
  openLinks: number,
): Promise<number> {
  const settings = settingsOf(vhost, user) ?? {};
  const link = connection.startSender({ address: null });
  const rule = linkRule(settings, user, { kind: 'sender', address: '', isDynamic: false, openLinks });
  const where = `${user} at ${vhost.hostname}`;
  assert.deepEqual(await answerOf(link), expectedLink(rule), `${where}: anonymous sender`);
  if (rule !== null) return 1;
  for (const to of addresses) {
    const { outcome, condition, description, info } = await link.send({ to, body: 'x' }).outcome();
    const refusedBy = nameRule(settings, 'target', user, to);
    if (refusedBy === null) assert.notEqual(outcome, 'rejected', `${where}: message to ${to}`);
    else {
      const said = { outcome, condition, description, rule: (info as { [key: string]: Json })['rule'] };
      const expected = { condition: 'amqp:unauthorized-access', description: 'policy violation on target' };
      assert.deepEqual(said, { outcome: 'rejected', ...expected, rule: refusedBy }, `${where}: message to ${to}`);
    }
  }
  const own = await link.send({ to: 'orders', userId: user, body: 'x' }).outcome();
  assert.notEqual(own.outcome, 'rejected', `${where}: a message of his own`);
  const other = await link.send({ to: 'orders', userId: 'somebody', body: 'x' }).outcome();
  const mayProxy = settings['allowUserIdProxy'] === true;
  assert.equal(
    other.description ?? null,
    mayProxy ? null : 'user_id proxy violation',
    `${where}: a message of another user`,
  );
  return addresses.length + 3;
}

async function matrix(world: World, library: Library): Promise<void> {
  const site = await startPoliced(world);
  let tried = 0;
  for (const vhost of entities) {
    for (const user of [ann, ...users]) {
      const door = `${vhost.hostname}-${user === ann ? 'certificate' : 'password'}`;
      const rule = connectionRule(twinWorld, user, '127.0.0.1', vhost.hostname);
      const connection = await connect(world, library, { ...site.place(door), ...signedIn(site, user) });
      tried++;
      if (rule === null) {
        tried += await tryLinks(connection, vhost, user);
        await connection.close();
        continue;
      }
      const { condition, description } = await connection.ended();
      const expected = {
        condition: 'amqp:resource-limit-exceeded',
        description: 'connection disallowed by local policy',
      };
      assert.deepEqual({ condition, description }, expected, `${user} at ${vhost.hostname}`);
      await site.router.logged(
        'names the rule',
        new RegExp(`POLICY .*refused: connection of user ${JSON.stringify(user)}`),
      );
    }
  }
  assert.ok(tried > 250, `only ${tried} things were tried`);
}

async function limits(world: World, library: Library): Promise<void> {
  const site = await startPoliced(world);
  const enter = () => connect(world, library, { ...site.place('closed-password'), ...signedIn(site, 'bob') });
  const first = await enter();
  const second = await enter();
  assert.equal((await second.ended()).description, 'connection disallowed by local policy');
  await site.router.logged('names the limit', /refused: connection of user "bob" .*maxConnectionsPerUser is 1/);
  await first.close();
  const third = await enter();
  assert.equal(await answerOf(third.startReceiver({ address: 'anything' })), null);
}

async function tooMany(world: World, library: Library): Promise<void> {
  const router: RouterProcess = await world.ownRouter({ policy: { maxConnections: 1 } });
  const first = await world.client(library).connect(router.place());
  const second = await connect(world, library, router.place());
  assert.equal(second.open, null, 'the second connection was let in');
  await first.fence();
}

export const policyCases: readonly Case[] = [
  ...forEach(libraries, (library) => ({
    name: `policy: users, groups, hosts and addresses over TLS with EXTERNAL and PLAIN, ${library}`,
    run: (world) => matrix(world, library),
  })),
  ...forEach(libraries, (library) => ({
    name: `policy: a user has as many connections as he may, ${library}`,
    run: (world) => limits(world, library),
  })),
  ...forEach(['rhea', 'python', 'cpp'], (library) => ({
    name: `policy: a connection too many ends without a word, ${library}`,
    run: (world) => tooMany(world, library),
  })),
];
