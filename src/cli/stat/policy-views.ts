// Policy: what is configured, and what it has let in and denied.
import type { EntityRow } from '../../management/client/management-node.ts';
import { cell, plainNumber } from './cells.ts';
import type { Table } from './table.ts';
import { has, rowsOf, type Shown, type View } from './view.ts';

const heads = ['attr', 'value'];

export const policyView: View = {
  name: 'policy',
  ask: async (node) => ({ policy: await rowsOf(node, 'policy') }),
  show: ({ policy: [policy = {}] = [] }) => {
    const optional = (label: string, attribute: string): string[][] =>
      attribute in policy ? [[label, plainNumber(policy[attribute])]] : [];
    const orNil = (attribute: string): string => cell(policy[attribute]) || '(nil)';
    return [
      {
        title: 'Policy Configuration',
        heads,
        rows: [
          ['Maximum Concurrent Connections', plainNumber(policy['maxConnections'])],
          ...optional('Maximum Message Size', 'maxMessageSize'),
          ['Enable Vhost Policy', cell(policy['enableVhostPolicy'])],
          ['Enable Vhost Name Patterns', cell(policy['enableVhostNamePatterns'])],
          ['Policy Directory', orNil('policyDir')],
          ['Default Vhost', orNil('defaultVhost')],
        ],
      },
      {
        title: '\nPolicy Status',
        heads,
        rows: [
          ['Connections Processed', plainNumber(policy['connectionsProcessed'])],
          ['Connections Denied', plainNumber(policy['connectionsDenied'])],
          ['Connections Current', plainNumber(policy['connectionsCurrent'])],
          ['Links Denied', plainNumber(policy['linksDenied'])],
          ...optional('Maximum Message Size Denied', 'maxMessageSizeDenied'),
          ['Total Denials', plainNumber(policy['totalDenials'])],
        ],
      },
    ];
  },
};

const mapOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

export const vhostsView: View = {
  name: 'vhosts',
  isBare: true,
  ask: async (node) => ({ vhosts: await rowsOf(node, 'vhost') }),
  show: ({ vhosts = [] }) => {
    if (vhosts.length === 0) return ['No Vhosts'];
    const size = has(vhosts, 'maxMessageSize') ? ['maxMessageSize'] : [];
    const figures = ['maxConnections', ...size, 'maxConnectionsPerUser', 'maxConnectionsPerHost'];
    return [
      {
        title: 'Vhosts',
        heads: ['hostname', ...figures, 'allowUnknownUser', 'groups'],
        rows: vhosts.map((row) => [
          cell(row['hostname']),
          ...figures.map((name) => plainNumber(row[name])),
          cell(row['allowUnknownUser']),
          String(Object.keys(mapOf(row['groups'])).length),
        ]),
      },
    ];
  },
};

const groupFigures = ['maxFrameSize', 'maxSessionWindow', 'maxSessions', 'maxSenders', 'maxReceivers'];
const groupFlags = [
  ...['allowDynamicSource', 'allowAnonymousSender', 'allowUserIdProxy', 'allowWaypointLinks'],
  ...['allowDynamicLinkRoutes', 'allowAdminStatusUpdate', 'allowFallbackLinks'],
];
const groupTexts = ['users', 'remoteHosts', 'sources', 'targets', 'sourcePattern', 'targetPattern'];

export const vhostGroupsView: View = {
  name: 'vhostgroups',
  isBare: true,
  ask: async (node) => {
    const vhosts = await rowsOf(node, 'vhost');
    const schema = mapOf(await node.ofNode('GET-SCHEMA'));
    const settings = mapOf(mapOf(schema['entityTypes'])['vhostUserGroupSettings']);
    const defaults = Object.entries(mapOf(settings['attributes'])).flatMap(([name, spec]) =>
      'default' in mapOf(spec) ? [[name, mapOf(spec)['default']]] : [],
    );
    return { vhosts, defaults: [Object.fromEntries(defaults)] };
  },
  show: ({ vhosts = [], defaults: [defaults = {}] = [] }) => {
    if (vhosts.length === 0) return ['No Vhosts'];
    const groups = vhosts.flatMap((vhost) =>
      Object.entries(mapOf(vhost['groups'])).map(([name, group]) => ({
        vhost: cell(vhost['hostname']),
        name,
        settings: { ...defaults, ...mapOf(group) } as EntityRow,
      })),
    );
    const size = has(vhosts, 'maxMessageSize') ? ['maxMessageSize'] : [];
    const figures = ['maxConnectionsPerUser', 'maxConnectionsPerHost', ...size, ...groupFigures];
    const summary: Table = {
      title: 'Vhost Groups',
      heads: ['vhost', 'group', ...figures, ...groupFlags],
      rows: groups.map(({ vhost, name, settings }) => [
        vhost,
        name,
        ...figures.map((attribute) => (attribute in settings ? plainNumber(settings[attribute]) : '(nil)')),
        ...groupFlags.map((attribute) => (attribute in settings ? cell(settings[attribute]) : 'False')),
      ]),
    };
    return [summary, ...groups.map(groupTable)];
  },
};

function groupTable({ vhost, name, settings }: { vhost: string; name: string; settings: EntityRow }): Shown {
  const texts = groupTexts.map((attribute) => [attribute, attribute in settings ? cell(settings[attribute]) : '(nil)']);
  return {
    title: `\nVhost '${vhost}' UserGroup '${name}'`,
    heads,
    rows: [['vhost', vhost], ['group', name], ...texts],
  };
}

export const vhostStatsView: View = {
  name: 'vhoststats',
  isBare: true,
  ask: async (node) => ({ vhostStats: await rowsOf(node, 'vhostStats') }),
  show: ({ vhostStats = [] }) => {
    if (vhostStats.length === 0) return ['No Vhost Stats'];
    const figures = [
      ...['connectionsApproved', 'connectionsDenied', 'connectionsCurrent', 'sessionDenied', 'senderDenied'],
      ...['receiverDenied', ...(has(vhostStats, 'maxMessageSizeDenied') ? ['maxMessageSizeDenied'] : [])],
    ];
    const users = vhostStats.flatMap((row) =>
      Object.entries(mapOf(row['perUserState'])).map(([user, hosts]) => [cell(row['hostname']), user, cell(hosts)]),
    );
    return [
      {
        title: 'Vhost Stats',
        heads: ['hostname', ...figures],
        rows: vhostStats.map((row) => [cell(row['hostname']), ...figures.map((name) => plainNumber(row[name]))]),
      },
      { title: '\nVhost User Stats', heads: ['vhost', 'user', 'remote hosts'], rows: users },
    ];
  },
};
