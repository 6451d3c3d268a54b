// The management agent, asked by clients of all sorts: every type of entity that Dispatch documents is there, with its attributes, types
// and operations, and every request is answered.
import assert from 'node:assert/strict';
import { documentedSchema } from '../../src/schema/testing/documented-schema.ts';
import { Asker, type Row } from '../asker.ts';
import { type Case, forEach } from '../case.ts';
import { type Library, libraries } from '../client.ts';
import type { Json } from '../values.ts';
import type { World } from '../world.ts';
import { connect, startSite } from './tls.ts';

const prefix = 'org.apache.qpid.dispatch.';
/** Described, but no types of which there are entities; and one that only its own refusal is left of. */
const withoutEntities = ['entity', 'configurationEntity', 'operationalEntity', 'org.amqp.management'];
const nested = 'vhostUserGroupSettings';

/** The name on the wire of what the schema calls `address`. */
function wireName(name: string): string {
  const isOfRouting = ['address', 'linkRoute', 'autoLink', 'exchange', 'binding'].includes(name);
  return `${prefix}${isOfRouting ? 'router.config.' : ''}${name}`;
}

/** A router that has something to show of as many types as can be, with a client that has come over TLS and traffic. */
async function startShown(world: World, library: Library): Promise<Asker> {
  const site = await startSite(world, undefined, {
    router: { id: 'shown', mode: 'interior' },
    listeners: { plain: { role: 'normal' }, inter: { role: 'inter-router' } },
    connectors: { nobody: { port: '1', saslUsername: 'ann', saslPassword: 'never to be seen' } },
    addresses: [
      { prefix: 'multicast', distribution: 'multicast' },
      { pattern: '*/way', waypoint: true, priority: 7 },
    ],
    policy: { maxConnections: 1000 },
    vhosts: [{ hostname: 'example', groups: { staff: { users: '*', remoteHosts: '*' } } }],
  });
  const connection = await connect(world, 'python', { ...site.router.place(), mechanisms: 'EXTERNAL', tls: site.ann });
  const address = world.address();
  const receiver = await connection.receiver(address, { autoAccept: true });
  const sender = await connection.sender(address);
  await sender.hasCredit();
  assert.equal((await sender.send({ body: 1 }).outcome()).outcome, 'accepted');
  assert.equal(receiver.messages.length, 1);
  return await Asker.open(await world.client(library).connect(site.router.place('plain')));
}

/** Whether a value can be one of the documented type. */
function isOf(type: string, value: Json): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'boolean') return typeof value === 'boolean';
  if (type === 'list') return Array.isArray(value);
  if (type === 'map' || type === 'properties') return typeof value === 'object' && !Array.isArray(value);
  if (type.includes('|'))
    return typeof value === 'string' && (type.split('|').includes(value) || value === 'edge-downlink');
  return typeof value === 'string';
}

async function everyType(world: World, library: Library): Promise<void> {
  const asker = await startShown(world, library);
  const shown: string[] = [];
  for (const [name, { attributes }] of documentedSchema) {
    if (withoutEntities.includes(name) || name === nested) continue;
    if (name === 'console') {
      assert.equal((await asker.ask({ operation: 'QUERY', entityType: wireName(name) })).status, 403);
      continue;
    }
    const all = await asker.query(wireName(name));
    const documented = await asker.query(wireName(name), [...attributes.keys(), 'identity', 'name']);
    assert.equal(all.length, documented.length, name);
    if (all.length > 0) shown.push(name);
    for (const row of documented) {
      assert.equal(typeof row['identity'], 'string', name);
      for (const [attribute, { type }] of attributes) {
        const value = row[attribute] ?? null;
        assert.ok(value === null || isOf(type, value), `${name}.${attribute} is ${JSON.stringify(value)}, not ${type}`);
      }
    }
    assert.ok(!JSON.stringify([all, documented]).includes('never to be seen'), `${name} shows a password`);
    const [row] = all;
    if (row !== undefined && name !== 'management') await isReadAs(asker, wireName(name), row);
  }
  const expected =
    'management router sslProfile listener connector log logStats address router.link router.address router.node';
  for (const name of [...expected.split(' '), 'connection', 'allocator', 'policy', 'vhost', 'vhostStats'])
    assert.ok(shown.includes(name), `the router shows nothing of type ${name}`);
}

/** READ by identity tells what QUERY told; figures may have moved on. */
async function isReadAs(asker: Asker, type: string, row: Row): Promise<void> {
  const reply = await asker.ask({ operation: 'READ', type, identity: row['identity'] ?? '' });
  assert.equal(`${reply.status} ${reply.text}`, '200 OK', `READ ${type} ${row['identity']}`);
  const read = reply.body as Row;
  for (const name of ['name', 'identity', 'type']) assert.equal(read[name], row[name], `READ ${type}: ${name}`);
  for (const name of Object.keys(row))
    assert.ok(row[name] === null || name in read, `READ ${type}: ${name} is missing`);
}

async function schemaIsDocumented(world: World, library: Library): Promise<void> {
  const router = await world.sharedRouter();
  const asker = await Asker.open(await world.client(library).connect(router.place()));
  const schema = (await asker.ofNode('GET-SCHEMA')) as { entityTypes: Record<string, Row> };
  const written = (await asker.ofNode('GET-JSON-SCHEMA')) as string;
  assert.deepEqual(JSON.parse(written), schema);
  const attributesOf = (await asker.ofNode('GET-ATTRIBUTES')) as Record<string, string[]>;
  const operationsOf = (await asker.ofNode('GET-OPERATIONS')) as Record<string, string[]>;
  const bases = (await asker.ofNode('GET-TYPES')) as Record<string, string[]>;
  for (const [name, { attributes, operations }] of documentedSchema) {
    const told = (schema.entityTypes[name] ?? {}) as { attributes?: Record<string, Row>; operations?: string[] };
    for (const [attribute, { type }] of attributes) {
      const known = told.attributes?.[attribute];
      assert.notEqual(known, undefined, `${name}.${attribute} is not in the schema`);
      const ours = Array.isArray(known?.['type']) ? known['type'].join('|') : known?.['type'];
      if (attribute !== 'uidNameMappingFile') assert.equal(ours, type, `${name}.${attribute}`);
      assert.ok(attributesOf[wireName(name)]?.includes(attribute), `GET-ATTRIBUTES has no ${name}.${attribute}`);
    }
    for (const operation of operations) {
      assert.ok(told.operations?.includes(operation), `${name} has no ${operation}`);
      assert.ok(operationsOf[wireName(name)]?.includes(operation), `GET-OPERATIONS has no ${name} ${operation}`);
    }
    const hasBase = name === 'entity' || bases[wireName(name)]?.at(-1) === `${prefix}entity`;
    assert.ok(hasBase, `${name} is no entity`);
  }
}

async function refusals(world: World, library: Library): Promise<void> {
  const router = await world.sharedRouter();
  const asker = await Asker.open(await world.client(library).connect(router.place()));
  for (const [properties, status, text] of [
    [{}, 400, /No 'operation' property/],
    [{ operation: 'FROBNICATE' }, 501, /Operation 'FROBNICATE' not implemented for/],
    [{ operation: 'QUERY', entityType: 'nothing' }, 400, /No such entity type 'nothing'/],
    [{ operation: 'READ', type: 'connection', identity: '999999' }, 404, /^Not Found$/],
    [{ operation: 'READ', type: 'listener', name: 'nobody' }, 404, /No entity with name=nobody/],
    [{ operation: 'READ', type: 'console', name: 'x' }, 403, /Forbidden/],
    [{ operation: 'DELETE', type: 'router.address', name: 'x' }, 404, /^Not Found$/],
    [{ operation: 'DELETE', type: 'router', name: `router/${router.id}` }, 403, /Forbidden/],
  ] as const) {
    const reply = await asker.ask(properties);
    assert.equal(reply.status, status, JSON.stringify(properties));
    assert.match(reply.text, text);
  }
}

async function pages(world: World, library: Library): Promise<void> {
  const router = await world.sharedRouter();
  const connection = await world.client(library).connect(router.place());
  const asker = await Asker.open(connection);
  const links = await Promise.all(Array.from({ length: 25 }, () => connection.receiver(world.address('page'))));
  const page = async (offset: number): Promise<Json[]> =>
    (await asker.query('router.address', ['name'], { offset, count: 10 })).map(({ name }) => name ?? null);
  const names = await page(0);
  for (const link of links.slice(0, 12)) await link.close();
  for (let last = names.length; last === 10; ) {
    const next = await page(names.length);
    names.push(...next);
    last = next.length;
  }
  assert.equal(new Set(names).size, names.length, 'an address is on two pages');
  for (const { address } of links) assert.ok(names.includes(`M0${address}`), `${address} is on no page`);
}

export const managementCases: readonly Case[] = [
  {
    name: 'management: every documented type of entity is shown, with the documented attributes, python',
    needs: ['python'],
    run: (world) => everyType(world, 'python'),
  },
  ...forEach(libraries, (library) => ({
    name: `management: the schema, types, attributes and operations are those documented, ${library}`,
    run: (world) => schemaIsDocumented(world, library),
  })),
  ...forEach(libraries, (library) => ({
    name: `management: what cannot be done is refused with status and text, ${library}`,
    run: (world) => refusals(world, library),
  })),
  {
    name: 'management: pages stay those of one list while addresses go',
    needs: ['python'],
    run: (world) => pages(world, 'python'),
  },
];
