// Policy as management shows it: in the columns that tools know.
import { expect, test } from 'vitest';
import type { AmqpMap, AmqpValue } from '../amqp/values.ts';
import { Manager } from './testing/manager.ts';
import { RouterBench } from './testing/router-bench.ts';

const groups = {
  $default: { remoteHosts: '*', sources: '*', targets: '*', allowDynamicSource: true, allowAnonymousSender: true },
};

function managed() {
  const rig = new RouterBench({
    policy: { enableVhostPolicy: true },
    vhosts: [{ hostname: '$default', allowUnknownUser: true, groups }],
  });
  return { rig, manager: new Manager(rig.opened(), () => rig.pass(0)) };
}

test('vhosts are told as they are configured', () => {
  const { names, rows } = managed().manager.query('vhost');
  expect(names).toEqual([
    ...['hostname', 'aliases', 'maxConnections', 'maxMessageSize', 'maxConnectionsPerUser', 'maxConnectionsPerHost'],
    ...['allowUnknownUser', 'groups', 'name', 'identity', 'type'],
  ]);
  expect(rows).toEqual([
    {
      ...{ hostname: '$default', aliases: null, maxConnections: 65535, maxMessageSize: null },
      ...{ maxConnectionsPerUser: 65535, maxConnectionsPerHost: 65535, allowUnknownUser: true, groups },
      ...{ name: 'vhost/$default', identity: 'vhost/$default', type: 'org.apache.qpid.dispatch.vhost' },
    },
  ]);
});

test('what a vhost has let in and denied is told with users and hosts', () => {
  const { rig, manager } = managed();
  const vhosts = rig.router.configuration.vhosts.map((vhost) => ({ ...vhost, maxConnections: 1 }));
  rig.router.reload({ ...rig.router.configuration, vhosts }, rig.now);
  rig.opened();
  const { rows } = manager.query('vhostStats');
  expect(rows).toMatchObject([
    {
      ...{ id: '$default', hostname: '$default', connectionsApproved: 1, connectionsDenied: 1, connectionsCurrent: 1 },
      ...{ perUserState: { anonymous: ['client[C1]'] }, perHostState: { client: ['client[C1]'] } },
      ...{ sessionDenied: 0, senderDenied: 0, identity: 'vhostStats/$default' },
    },
  ]);
});

test('the policy tells its figures', () => {
  const { manager } = managed();
  expect(manager.query('policy').rows).toMatchObject([
    {
      ...{ maxConnections: 65535, enableVhostPolicy: true, defaultVhost: '$default', connectionsProcessed: 1 },
      ...{ connectionsDenied: 0, connectionsCurrent: 1, linksDenied: 0, totalDenials: 0, identity: 'policy/None' },
    },
  ]);
  expect(manager.ask({ operation: 'READ', type: 'vhost', name: 'vhost/$default' }).status).toBe(200);
  expect(manager.query('vhostUserGroupSettings').rows).toEqual([]);
});

function map(values: Record<string, AmqpValue>): AmqpMap {
  return new Map<AmqpValue, AmqpValue>(Object.entries(values));
}

test('vhosts are made, changed and deleted, and hold from then on', () => {
  const { rig, manager } = managed();
  const { policy } = rig.router;
  const identity = 'vhost/orders';
  const staff = (sources: string): AmqpMap =>
    map({ staff: map({ users: '*', remoteHosts: '*', sources, maxSenders: '3' }) });
  const made = manager.ask(
    { operation: 'CREATE', type: 'vhost' },
    map({ hostname: 'orders', aliases: 'o', groups: staff('a') }),
  );
  expect(made).toMatchObject({ status: 201, description: 'Created' });
  const client = rig.opened({ open: { hostname: 'o' } });
  expect(client.router?.policy?.membership).toEqual({ vhost: 'orders', group: 'staff' });
  const changed = manager.ask({ operation: 'UPDATE', type: 'vhost', identity }, map({ groups: staff('b') }));
  expect(changed.status).toBe(200);
  const [before, now] = [client.receive('a'), client.receive('b')];
  rig.run();
  expect([before.detached === null, now.detached === null]).toEqual([false, true]);
  expect(manager.ask({ operation: 'DELETE', type: 'vhost', identity }).status).toBe(204);
  expect(policy.vhosts.map(({ hostname }) => hostname)).toEqual(['$default']);
  expect(rig.router.configuration.vhosts).toHaveLength(1);
  expect(policy.vhostStats).toHaveLength(1);
});

test.each([
  [{ hostname: 'w', aliases: '$default' }, "the alias '$default' is a name of the vhost '$default'"],
  [{ hostname: 'w', groups: map({ g: map({ sources: 'a', sourcePattern: 'b' }) }) }, 'exclude each other'],
  [{ hostname: 'w', maxConnections: '-1' }, 'maxConnections is a whole number'],
  [{ aliases: 'a' }, 'hostname'],
  [{ hostname: '$default' }, 'hostname'],
])('a vhost that cannot be meant is refused: %j', (attributes, reason) => {
  const { rig, manager } = managed();
  const { rules } = rig.router.policy;
  const reply = manager.ask({ operation: 'CREATE', type: 'vhost' }, map(attributes as Record<string, AmqpValue>));
  expect(reply.status).toBe(400);
  expect(reply.description).toContain(reason);
  expect(rig.router.policy.rules).toBe(rules);
});
