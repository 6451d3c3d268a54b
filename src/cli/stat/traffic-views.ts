// Connections, links, addresses and routers: what moves.
import type { EntityRow } from '../../management/client/management-node.ts';
import { classOf, nameOf, phaseOf } from './address-text.ts';
import { cell, greenwichText, longTime, plainNumber, shortTime, withCommas } from './cells.ts';
import { authenticationOf, securityOf, tenantOf } from './connection-text.ts';
import { has, rowsOf, sortedBy, type View } from './view.ts';

/** A column: its head, its cell, and when it is there. */
type Column = readonly [head: string, cell: (row: EntityRow) => string, isShown?: boolean];

function tableOf(title: string, columns: readonly Column[], rows: readonly EntityRow[]) {
  const shown = columns.filter(([, , isShown = true]) => isShown);
  return { title, heads: shown.map(([head]) => head), rows: rows.map((row) => shown.map(([, text]) => text(row))) };
}

const plain =
  (attribute: string): Column[1] =>
  (row) =>
    cell(row[attribute]);
/** Figures are shown without their fraction, and not at all when there are none. */
const figure =
  (attribute: string): Column[1] =>
  (row) =>
    row[attribute] === null || row[attribute] === undefined ? '' : plainNumber(row[attribute]);

export const connectionsView: View = {
  name: 'connections',
  ask: async (node, { limit }) => ({ connections: await rowsOf(node, 'connection', [], limit) }),
  show: ({ connections = [] }) => {
    const columns: Column[] = [
      ['id', plain('identity')],
      ['host', plain('host')],
      ['container', plain('container')],
      ['role', plain('role')],
      ['proto', plain('protocol')],
      ['dir', plain('dir')],
      ['security', securityOf],
      ['authentication', authenticationOf],
      ['tenant', tenantOf],
      [
        'last dlv',
        ({ lastDlvSeconds: seconds }) => (seconds === null ? '-' : longTime(seconds)),
        has(connections, 'lastDlvSeconds'),
      ],
      ['uptime', ({ uptimeSeconds }) => longTime(uptimeSeconds), has(connections, 'uptimeSeconds')],
    ];
    return [tableOf('Connections', columns, connections)];
  },
};

export const edgeView: View = {
  name: 'edge',
  ask: async (node, { limit }) => ({ connections: await rowsOf(node, 'connection', [], limit) }),
  show: ({ connections = [] }) => {
    if (connections.length === 0) return ['No Edge Router Connections'];
    const columns: Column[] = [
      ['id', plain('identity')],
      ['host', plain('host')],
      ['container', plain('container')],
      ['role', plain('role')],
      ['dir', plain('dir')],
      ['security', securityOf],
      ['authentication', authenticationOf],
      ['tenant', tenantOf],
      ['active', ({ active }) => (active ? 'yes' : 'no'), has(connections, 'active')],
    ];
    const rows = connections.filter(({ role }) => role === 'edge');
    return rows.length === 0 ? [] : [tableOf('Connections', columns, rows)];
  },
};

const linkColumns = [
  ...['linkType', 'linkDir', 'connectionId', 'identity', 'peer', 'owningAddr', 'capacity', 'undeliveredCount'],
  ...['unsettledCount', 'deliveryCount', 'presettledCount', 'droppedPresettledCount', 'acceptedCount', 'rejectedCount'],
  ...['releasedCount', 'modifiedCount', 'deliveriesDelayed1Sec', 'deliveriesDelayed10Sec', 'deliveriesStuck'],
  ...['creditAvailable', 'zeroCreditSeconds', 'adminStatus', 'operStatus', 'linkName', 'priority', 'settleRate'],
];

export const linksView: View = {
  name: 'links',
  ask: async (node, { limit }) => ({ links: await rowsOf(node, 'router.link', linkColumns, limit) }),
  show: ({ links = [] }, isVerbose) => {
    const hasDelayed = has(links, 'deliveriesDelayed1Sec');
    const hasCredit = has(links, 'creditAvailable');
    const columns: Column[] = [
      ['type', plain('linkType')],
      ['dir', plain('linkDir')],
      ['conn id', plain('connectionId')],
      ['id', plain('identity')],
      ['peer', plain('peer')],
      ['class', ({ owningAddr }) => classOf(owningAddr)],
      ['addr', ({ owningAddr }) => nameOf(owningAddr)],
      ['phs', ({ owningAddr }) => phaseOf(owningAddr)],
      ['cap', figure('capacity')],
      ['pri', figure('priority'), has(links, 'priority')],
      ['undel', figure('undeliveredCount')],
      ['unsett', figure('unsettledCount')],
      ['deliv', figure('deliveryCount')],
      ['presett', figure('presettledCount')],
      ['psdrop', figure('droppedPresettledCount'), has(links, 'droppedPresettledCount')],
      ['acc', figure('acceptedCount')],
      ['rej', figure('rejectedCount')],
      ['rel', figure('releasedCount')],
      ['mod', figure('modifiedCount')],
      [
        'delay',
        (row) => String(number(row, 'deliveriesDelayed1Sec') + number(row, 'deliveriesDelayed10Sec')),
        hasDelayed,
      ],
      ['rate', figure('settleRate'), hasDelayed],
      ['stuck', figure('deliveriesStuck'), has(links, 'deliveriesStuck')],
      ['cred', figure('creditAvailable'), hasCredit],
      ['blkd', (row) => blockedText(number(row, 'zeroCreditSeconds')), hasCredit],
      ['admin', plain('adminStatus'), isVerbose],
      ['oper', plain('operStatus'), isVerbose],
      ['name', plain('linkName'), isVerbose],
    ];
    return [tableOf('Router Links', columns, links)];
  },
};

const number = (row: EntityRow, attribute: string): number => Number(row[attribute] ?? 0);
const blockedText = (seconds: number): string => (seconds > 0 ? shortTime(seconds) : '-');

export const nodesView: View = {
  name: 'nodes',
  ask: async (node, { limit }) => ({ nodes: await rowsOf(node, 'router.node', [], limit) }),
  show: ({ nodes = [] }, isVerbose) => {
    if (nodes.length === 0) return ['Router is Standalone - No Router List'];
    const changedAt = Math.max(0, ...nodes.map((row) => number(row, 'lastTopoChange')));
    const changed = changedAt > 1 ? `\nLast Topology Change: ${greenwichText(changedAt)}` : '';
    const columns: Column[] = [
      ['router-id', plain('id')],
      ['next-hop', ({ nextHop }) => (nextHop === null ? '-' : cell(nextHop))],
      ['link', ({ nextHop, routerLink }) => (nextHop === null ? plainNumber(routerLink) : '-')],
      ['ver', ({ protocolVersion }) => plainNumber(protocolVersion), isVerbose],
      ['cost', ({ cost }) => (cost ? plainNumber(cost) : ''), isVerbose],
      ['neighbors', ({ linkState }) => cell(listOf(linkState)), isVerbose],
      ['valid-origins', ({ validOrigins }) => cell(listOf(validOrigins)), isVerbose],
    ];
    const rows = sortedBy(nodes, ({ id }) => String(id));
    return [tableOf(`Routers in the Network${changed}`, columns, rows)];
  },
};

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const addressColumns = [
  ...['distribution', 'inProcess', 'subscriberCount', 'remoteCount', 'containerCount', 'deliveriesIngress'],
  ...['deliveriesEgress', 'deliveriesRedirectedToFallback', 'deliveriesTransit', 'deliveriesToContainer'],
  ...['deliveriesFromContainer', 'name', 'priority'],
];

export const addressesView: View = {
  name: 'address',
  ask: async (node, { limit }) => ({ addresses: await rowsOf(node, 'router.address', addressColumns, limit) }),
  show: ({ addresses = [] }, isVerbose) => {
    const commas =
      (attribute: string): Column[1] =>
      (row) =>
        withCommas(plainNumber(row[attribute]));
    const columns: Column[] = [
      ['class', ({ name }) => classOf(name)],
      ['addr', ({ name }) => nameOf(name)],
      ['phs', ({ name }) => phaseOf(name)],
      ['distrib', plain('distribution')],
      ['pri', (row) => (number(row, 'priority') >= 0 ? plainNumber(row['priority']) : '-'), has(addresses, 'priority')],
      ['in-proc', commas('inProcess'), isVerbose],
      ['local', (row) => commas(/^[CDEF]/.test(String(row['name'])) ? 'containerCount' : 'subscriberCount')(row)],
      ['remote', commas('remoteCount')],
      ['in', commas('deliveriesIngress')],
      ['out', commas('deliveriesEgress')],
      ['thru', commas('deliveriesTransit')],
      ['fallback', commas('deliveriesRedirectedToFallback')],
      ['to-proc', commas('deliveriesToContainer'), isVerbose],
      ['from-proc', commas('deliveriesFromContainer'), isVerbose],
    ];
    const rows = sortedBy(addresses, ({ name }) => nameOf(name));
    return [tableOf('Router Addresses', columns, rows)];
  },
};
