// The management agent as its clients see it: what it answers, to whom, and what it never says.
import { describe, expect, test } from 'vitest';
import { int, toPlain, ulong } from '../amqp/values.ts';
import { Manager, tableOf } from './testing/manager.ts';
import { message } from './testing/messages.ts';
import { NetworkBench } from './testing/network-bench.ts';
import { type BenchOptions, nothingLeft, RouterBench } from './testing/router-bench.ts';

const prefix = 'org.apache.qpid.dispatch.';

function managed(options: BenchOptions = {}) {
  const rig = new RouterBench(options);
  const manager = new Manager(rig.opened(), () => rig.pass(50));
  return { rig, manager };
}

describe('a management request', () => {
  test('is answered to its reply-to, with its correlation-id, and accepted', () => {
    const { rig, manager } = managed();
    const reply = manager.ask({ operation: 'GET-MGMT-NODES' }, undefined, ulong(77));
    expect(reply).toMatchObject({ status: 200, description: 'OK', body: ['amqp:/_topo/0/R/$management'] });
    expect(reply.correlationId).toEqual(ulong(77));
    expect(manager.sender.sent[0]?.outcome).toBe(0x24);
    expect(rig.faults()).toEqual([]);
  });

  test.each(['$management', '_local/$management', '_topo/0/R/$management', 'amqp:/_topo/0/R/$management'])(
    'is answered at %s',
    (address) => {
      const rig = new RouterBench();
      const manager = new Manager(rig.opened(), () => rig.pass(50), address);
      expect(manager.ask({ operation: 'GET-ANNOTATIONS' }).status).toBe(200);
    },
  );

  test.each([
    [{}, 400, "No 'operation' property"],
    [{ operation: 'FROBNICATE' }, 501, "Operation 'FROBNICATE' not implemented for"],
    [{ operation: 'QUERY', entityType: 'nothing' }, 400, "No such entity type 'nothing'"],
    [{ operation: 'READ', type: 'listener' }, 400, 'No name or identity provided'],
    [{ operation: 'READ', type: 'listener', name: 'x' }, 404, 'No entity with name=x'],
    [{ operation: 'READ', type: 'connection', identity: '999' }, 404, 'Not Found'],
    [{ operation: 'UPDATE', type: 'router', name: 'R' }, 501, "Operation 'UPDATE' not implemented for"],
    [{ operation: 'DELETE', type: 'router', name: 'router/R' }, 403, 'Forbidden'],
    [{ operation: 'CREATE', type: 'router' }, 403, 'Forbidden'],
    [{ operation: 'QUERY', entityType: 'console' }, 403, 'Forbidden'],
    [{ operation: 'GET-ATTRIBUTES', entityType: 'nothing' }, 400, "No such entity type 'nothing'"],
    [{ operation: 'GET-LOG', limit: 'many' }, 400, "limit is a number of lines, not 'many'"],
  ])('that cannot be carried out is answered: %j', (properties, status, text) => {
    const reply = managed().manager.ask(properties);
    expect(reply.status).toBe(status);
    expect(reply.description).toContain(text);
  });

  test('without a reply-to is accepted and has no effect', () => {
    const { rig, manager } = managed();
    const sent = manager.sender.send(message({ body: 'no request at all' }));
    rig.run();
    expect(sent.outcome).toBe(0x24);
    expect(manager.ask({ operation: 'GET-ANNOTATIONS' }).status).toBe(200);
  });

  test('that is no message is rejected, and the next one is answered', () => {
    const { rig, manager } = managed();
    const sent = manager.sender.send(Uint8Array.from([0, 0x53, 0x77, 0xff, 1, 2, 3]));
    rig.run();
    expect(sent.outcome).toBe(0x25);
    expect(manager.ask({ operation: 'GET-ANNOTATIONS' }).status).toBe(200);
  });

  test('that is too large is rejected, and the next one is answered', () => {
    const { rig, manager } = managed();
    const sent = manager.sender.send(message({ body: 1_100_000 }));
    rig.run();
    expect(sent.outcome).toBe(0x25);
    expect(manager.ask({ operation: 'GET-ANNOTATIONS' }).status).toBe(200);
    expect(rig.faults()).toEqual([]);
  });
});

describe('a query', () => {
  test('tells the columns of the router in their order, and figures in which the agent does not count itself', () => {
    const { rig, manager } = managed();
    const sender = rig.opened().send('q');
    const receiver = rig.opened().receive('q');
    rig.run();
    sender.send(message({ body: 'one' }));
    rig.run();
    expect(receiver.complete.length).toBe(1);
    const { names, rows } = manager.query(`${prefix}router`);
    expect(names.slice(0, 8)).toEqual(['name', 'identity', 'id', 'type', 'mode', 'area', 'version', 'metadata']);
    // The request itself has come in, its reply has not gone out yet.
    expect(rows).toMatchObject([
      { id: 'R', connectionCount: 3, linkCount: 4, deliveriesIngress: 2, deliveriesEgress: 1, presettledDeliveries: 0 },
    ]);
    expect(rig.router.describe()).toMatchObject({ connections: 3, links: 4, addresses: 2 });
  });

  test('tells addresses: those served inside the router by inProcess alone', () => {
    const { rig, manager } = managed();
    rig.opened().receive('q');
    rig.run();
    const { rows } = manager.query('router.address', ['key', 'inProcess', 'subscriberCount', 'distribution']);
    expect(rows).toContainEqual({ key: 'M0$management', inProcess: 1, subscriberCount: 0, distribution: 'closest' });
    expect(rows).toContainEqual({ key: 'L$management', inProcess: 1, subscriberCount: 0, distribution: 'closest' });
    expect(rows).toContainEqual({ key: 'M0q', inProcess: 0, subscriberCount: 1, distribution: 'balanced' });
  });

  test('tells connections and links, not those of the agent', () => {
    const { manager } = managed();
    const connections = manager.query('connection', ['identity', 'container', 'role', 'dir', 'opened']);
    expect(connections.rows).toMatchObject([{ container: 'endpoint', role: 'normal', dir: 'in', opened: true }]);
    const links = manager.query('router.link', ['linkDir', 'owningAddr', 'connectionId', 'linkType']);
    expect(links.rows).toMatchObject([
      { linkDir: 'out', linkType: 'endpoint', connectionId: connections.rows[0]?.['identity'] },
      { linkDir: 'in', owningAddr: 'M0$management' },
    ]);
  });

  test('names its type in either place, and operations in any letters', () => {
    const { manager } = managed();
    const reply = manager.ask({ operation: 'query', type: 'router.node' });
    expect(tableOf(reply.body).names[0]).toBe('id');
    expect(toPlain(manager.ask({ operation: 'read', type: 'org.amqp.management', name: 'self' }).body)).toEqual({
      identity: 'self',
      name: 'self',
      type: `${prefix}management`,
    });
  });

  test('without a type tells what is configured and the node itself, and none of what there may be very many', () => {
    const { rows } = managed({ addresses: [{ prefix: 'a' }] }).manager.query(null, ['name', 'type']);
    const types = new Set(rows.map(({ type }) => String(type).slice(prefix.length)));
    expect([...types]).toEqual(expect.arrayContaining(['management', 'listener', 'log', 'logStats', 'policy']));
    for (const large of ['router.address', 'router.link', 'connection']) expect(types).not.toContain(large);
  });

  test('of secrets shows nothing, nor does READ', () => {
    const rig = new RouterBench({ connectors: [{ name: 'c', saslUsername: 'ann', saslPassword: 'never seen' }] });
    const manager = new Manager(rig.opened(), () => rig.pass(5));
    const everything = [manager.query(null), manager.query('connector'), manager.query('connector', ['saslPassword'])];
    const read = manager.ask({ operation: 'READ', type: 'connector', name: 'c' });
    expect(read.status).toBe(200);
    expect(JSON.stringify([...everything, toPlain(read.body)])).not.toContain('never seen');
    expect(manager.query('connector', ['saslPassword', 'saslUsername']).rows).toEqual([
      { saslPassword: null, saslUsername: 'ann' },
    ]);
  });

  test('pages by offset and count', () => {
    const { rig, manager } = managed();
    const client = rig.opened();
    for (let n = 0; n < 10; n++) client.receive(`q${n}`);
    rig.run();
    const page = (offset: number, count: number) =>
      manager
        .query('router.address', ['name'], { offset: int(offset), count: int(count) })
        .rows.map(({ name }) => name);
    const all = page(0, -1);
    expect(all.length).toBe(13);
    expect([...page(0, 5), ...page(5, 5), ...page(10, 5)]).toEqual(all);
    expect(page(100, 5)).toEqual([]);
  });

  test('tells pages of one list though addresses come and go', () => {
    const { rig, manager } = managed();
    const client = rig.opened();
    const receivers = Array.from({ length: 20 }, (_, n) => client.receive(`q${n}`));
    rig.run();
    const page = (offset: number) =>
      manager.query('router.address', ['name'], { offset: int(offset), count: int(8) }).rows.map(({ name }) => name);
    const first = page(0);
    for (const receiver of receivers.slice(0, 10)) receiver.link?.detach(null);
    client.receive('new');
    rig.run();
    const second = page(8);
    const third = page(16);
    const names = [...first, ...second, ...third];
    expect(new Set(names).size).toBe(23);
    expect(third.length).toBe(7);
    expect([...page(0), ...page(8)]).toContain('M0new');
  });

  test('of thousands of rows is made in slices, and whole', () => {
    const { rig, manager } = managed();
    const client = rig.opened();
    for (let n = 0; n < 3000; n++) client.receive(`some/rather/long/address/${n}`, { credit: 0 });
    rig.run();
    const { rows } = manager.query('router.address');
    expect(rows.length).toBe(3003);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(3003);
    expect(rig.faults()).toEqual([]);
  });

  test('for attributes that there are not is refused', () => {
    const reply = managed().manager.ask(
      { operation: 'QUERY', entityType: 'listener' },
      new Map([['attributeNames', ['host', 'x']]]),
    );
    expect(reply).toMatchObject({ status: 404, description: `Unknown attributes ['x'] for type ${prefix}listener.` });
  });
});

describe('a reply', () => {
  test('that nobody reads holds up no other', () => {
    const { rig, manager } = managed();
    const slow = rig.opened();
    const idler = new Manager(slow, () => rig.run(), '$management', { credit: 0 });
    for (let n = 0; n < 2000; n++) idler.send({ operation: 'GET-TYPES' });
    for (let n = 0; n < 20; n++) rig.pass(5_000);
    expect(manager.ask({ operation: 'GET-MGMT-NODES' }).status).toBe(200);
    expect(rig.faults()).toEqual([]);
  });

  test('that is long and whose reader leaves in the midst of it leaves nothing behind', () => {
    const { rig, manager } = managed();
    const owner = rig.opened();
    for (let n = 0; n < 3000; n++) owner.receive(`some/rather/long/address/${n}`, { credit: 0 });
    const leaving = rig.opened();
    const reader = new Manager(leaving, () => rig.run());
    leaving.isSlow = true;
    reader.send({ operation: 'QUERY', entityType: 'router.address' });
    rig.pass(50);
    expect(rig.residue()).toMatchObject({ waiting: 1 });
    rig.lose(leaving);
    rig.pass(50);
    expect(rig.residue()).toEqual(nothingLeft);
    expect(manager.query('router.address').rows.length).toBeGreaterThan(3000);
  });

  test('that is long and is not read is given up after a while, and others are answered meanwhile', () => {
    const { rig, manager } = managed();
    const owner = rig.opened();
    for (let n = 0; n < 8000; n++) owner.receive(`${'long/'.repeat(100)}${n}`, { credit: 0 });
    const slow = rig.opened();
    const reader = new Manager(slow, () => rig.run());
    slow.isSlow = true;
    for (let n = 0; n < 3; n++) reader.send({ operation: 'QUERY', entityType: 'router.address' });
    rig.pass(2_000);
    expect(manager.ask({ operation: 'GET-MGMT-NODES' }).status).toBe(200);
    expect(rig.residue()).toMatchObject({ waiting: 1 });
    rig.pass(12_000);
    expect(rig.residue()).toMatchObject({ waiting: 0, flowing: 0, heldBytes: 0 });
    expect(manager.ask({ operation: 'GET-MGMT-NODES' }).status).toBe(200);
    rig.lose(slow);
    rig.pass(100);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('whose reader is gone is dropped and counted nowhere', () => {
    const { rig, manager } = managed();
    const before = rig.router.describe();
    manager.send({ operation: 'GET-MGMT-NODES' });
    manager.receiver.link?.detach(null);
    rig.run();
    expect(rig.router.describe()).toMatchObject({ droppedPresettled: before['droppedPresettled'] ?? 0 });
  });
});

test('no client can receive in the place of the agent', () => {
  const { rig, manager } = managed();
  for (const address of ['$management', '_local/$management', '_topo/0/R/$management']) {
    const receiver = rig.opened().receive(address);
    rig.run();
    expect(receiver.detached?.error?.condition).toBe('amqp:not-allowed');
  }
  expect(manager.ask({ operation: 'GET-MGMT-NODES' }).status).toBe(200);
});

test('the agent answers while the router drains, and does not keep it from ending', () => {
  const { rig, manager } = managed({ router: { drainSeconds: 5 } });
  rig.opened().send('nobody');
  rig.run();
  rig.router.drain(rig.now);
  expect(manager.ask({ operation: 'GET-MGMT-NODES' }).status).toBe(200);
  rig.pass(3_000);
  expect(rig.host.isStopped).toBe(true);
});

describe('in a network', () => {
  test('the management of every router is asked from any other, that of edges too', () => {
    const net = new NetworkBench({
      links: [
        ['A', 'B'],
        ['B', 'C'],
        ['E', 'C'],
      ],
      edges: ['E'],
    });
    const ask = (from: string, address: string): unknown => {
      const manager = new Manager(net.client(from), () => net.pass(200), address);
      return manager.query('router', ['id']).rows[0]?.['id'];
    };
    expect(ask('A', '_topo/0/C/$management')).toBe('C');
    expect(ask('A', '_edge/E/$management')).toBe('E');
    expect(ask('E', '_topo/0/A/$management')).toBe('A');
    expect(ask('E', '$management')).toBe('E');
    expect(ask('C', '$management')).toBe('C');
  });

  test('nobody is told of $management', () => {
    const net = new NetworkBench({ links: [['A', 'B']] });
    net.pass(2_000);
    const told = net.router('B').core.mesh?.protocol.router('A')?.addresses;
    expect([...(told?.keys() ?? ['?'])]).toEqual([]);
  });

  test('router.node tells every router, and the way there', () => {
    const net = new NetworkBench({
      links: [
        ['A', 'B'],
        ['B', 'C'],
      ],
    });
    const manager = new Manager(net.client('A'), () => net.pass(200));
    expect(toPlain(manager.ask({ operation: 'GET-MGMT-NODES' }).body)).toEqual([
      'amqp:/_topo/0/A/$management',
      'amqp:/_topo/0/B/$management',
      'amqp:/_topo/0/C/$management',
    ]);
    const { rows } = manager.query('router.node', ['id', 'nextHop', 'cost', 'linkState', 'validOrigins']);
    expect(rows).toEqual([
      { id: 'A', nextHop: '(self)', cost: null, linkState: ['B'], validOrigins: [] },
      { id: 'B', nextHop: null, cost: 1, linkState: ['A', 'C'], validOrigins: [] },
      { id: 'C', nextHop: 'B', cost: 2, linkState: ['B'], validOrigins: [] },
    ]);
  });
});
