// Policy as management shows it: in the columns that tools know.
import { expect, test } from 'vitest';
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
