// What management changes of a running router: its configuration, entity by entity, and connections and links that it ends.
import { describe, expect, test } from 'vitest';
import type { AmqpValue } from '../amqp/values.ts';
import { Manager } from './testing/manager.ts';
import { message } from './testing/messages.ts';
import { type BenchOptions, RouterBench } from './testing/router-bench.ts';

const unsaved = 'not saved: it will not outlive a restart';

function managed(options: BenchOptions = {}) {
  const rig = new RouterBench(options);
  return { rig, manager: new Manager(rig.opened(), () => rig.pass(0)) };
}

const body = (entries: Record<string, AmqpValue>): AmqpValue => new Map<AmqpValue, AmqpValue>(Object.entries(entries));

describe('the configuration', () => {
  test('has what was created from then on, and not what was deleted', () => {
    const { rig, manager } = managed();
    const created = manager.ask({ operation: 'CREATE', type: 'listener', name: 'x' }, body({ port: '7777' }));
    expect(created).toMatchObject({ status: 201, description: 'Created', note: unsaved });
    expect(rig.host.listening.map(({ name }) => name)).toContain('x');
    expect(manager.ask({ operation: 'READ', type: 'listener', name: 'x' }).status).toBe(200);
    expect(manager.ask({ operation: 'DELETE', type: 'listener', name: 'x' })).toMatchObject({
      status: 204,
      note: unsaved,
    });
    expect(rig.host.listening.map(({ name }) => name)).not.toContain('x');
    expect(rig.faults()).toEqual([]);
  });

  test('has connectors that dial, and that stop when they are deleted', () => {
    const { rig, manager } = managed();
    manager.ask({ operation: 'CREATE', type: 'connector', name: 'up' }, body({ host: 'h', port: '1' }));
    expect(rig.host.dials.map(({ host }) => host)).toEqual(['h']);
    expect(manager.ask({ operation: 'DELETE', type: 'connector', name: 'up' }).status).toBe(204);
  });

  test('has addresses that count for links attached from then on', () => {
    const { rig, manager } = managed();
    const type = 'org.apache.qpid.dispatch.router.config.address';
    manager.ask({ operation: 'CREATE', type, name: 'all' }, body({ prefix: 'm', distribution: 'multicast' }));
    const [one, two] = [rig.opened().receive('m'), rig.opened().receive('m')];
    const sender = rig.opened().send('m');
    rig.run();
    sender.send(message());
    rig.run();
    expect([one.complete.length, two.complete.length]).toEqual([1, 1]);
  });

  test.each([
    [
      'an unknown attribute',
      { operation: 'CREATE', type: 'listener' },
      { prot: '1' },
      "Unknown attribute 'prot' for 'org.apache.qpid.dispatch.listener'; did you mean 'port'?",
    ],
    [
      'two names',
      { operation: 'CREATE', type: 'listener', name: 'a' },
      { name: 'b' },
      'The name in the body is not that of the request',
    ],
    [
      'another type',
      { operation: 'CREATE', type: 'listener' },
      { type: 'connector' },
      'The type in the body is not that of the request',
    ],
    [
      'a file that is not there',
      { operation: 'CREATE', type: 'listener', persist: true },
      {},
      'cannot save: the router has no configuration file',
    ],
  ])('refuses %s', (_, properties, attributes, description) => {
    const { manager } = managed();
    expect(manager.ask(properties, body(attributes))).toMatchObject({ status: 400, description, body: null });
  });

  test('is not changed by operations that a type does not have', () => {
    const { manager } = managed();
    const reply = manager.ask({ operation: 'UPDATE', type: 'listener', name: 'listener/:amqp' }, body({ port: '1' }));
    expect([404, 501]).toContain(reply.status);
    expect(manager.ask({ operation: 'CREATE', type: 'log' }, body({ module: 'SERVER' })).status).toBe(501);
  });
});

describe('adminStatus', () => {
  const connectionOf = (manager: Manager, index: number) =>
    String(manager.query('connection').rows[index]?.['identity']);

  test('deleted ends a connection, with the reason', () => {
    const { rig, manager } = managed();
    const other = rig.opened();
    const identity = connectionOf(manager, 1);
    const update = { operation: 'UPDATE', type: 'connection', identity };
    expect(manager.ask(update, body({ adminStatus: 'enabled' })).status).toBe(200);
    expect(other.ended).toBeNull();
    expect(manager.ask(update, body({ adminStatus: 'deleted' })).status).toBe(200);
    expect(other.ended?.error).toMatchObject({
      condition: 'amqp:connection:forced',
      description: 'closed by management',
    });
  });

  test.each([
    [{}, 'No attribute to update; what can be is adminStatus, enableProtocolTrace'],
    [{ adminStatus: 'gone' }, 'adminStatus is enabled or deleted'],
    [{ container: 'x' }, "Cannot update attribute 'container'; what can be is adminStatus, enableProtocolTrace"],
  ])('of a connection is refused as %j', (attributes, description) => {
    const { manager } = managed();
    const update = { operation: 'UPDATE', type: 'connection', identity: connectionOf(manager, 0) };
    expect(manager.ask(update, body(attributes as Record<string, AmqpValue>))).toMatchObject({
      status: 400,
      description,
    });
  });

  test('disabled ends a link, and what its consumer did not settle is settled for its sender', () => {
    const { rig, manager } = managed();
    const consumer = rig.opened().receive('q', { outcome: null });
    const sender = rig.opened().send('q');
    rig.run();
    const sent = sender.send(message());
    rig.run();
    const row = manager
      .query('router.link')
      .rows.find(({ owningAddr, linkDir }) => owningAddr === 'M0q' && linkDir === 'out');
    const update = {
      operation: 'UPDATE',
      type: 'org.apache.qpid.dispatch.router.link',
      identity: String(row?.['identity']),
    };
    expect(manager.ask(update, body({ adminStatus: 'disabled' })).status).toBe(200);
    expect(consumer.detached?.error).toMatchObject({
      condition: 'amqp:link:detach-forced',
      description: 'closed by management',
    });
    expect(sent.outcome).toBe(0x27);
    expect(rig.faults()).toEqual([]);
  });

  test.each([true, false])('is for those whom policy allows it: %s', (allowAdminStatusUpdate) => {
    const group = { remoteHosts: '*', sources: '*', targets: '*', allowDynamicSource: true, allowAdminStatusUpdate };
    const { rig, manager } = managed({
      policy: { enableVhostPolicy: true },
      vhosts: [{ hostname: '$default', allowUnknownUser: true, groups: { $default: group } }],
    });
    const other = rig.opened();
    const update = { operation: 'UPDATE', type: 'connection', identity: connectionOf(manager, 1) };
    const reply = manager.ask(update, body({ adminStatus: 'deleted' }));
    if (!allowAdminStatusUpdate) expect(reply.description).toBe('You are not allowed to perform this operation.');
    expect(reply.status).toBe(allowAdminStatusUpdate ? 200 : 403);
    expect(other.ended !== null).toBe(allowAdminStatusUpdate);
  });
});
