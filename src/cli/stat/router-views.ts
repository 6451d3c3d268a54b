// The router as a whole: its figures, its memory, its log, and what is configured to link by itself.
import type { EntityRow } from '../../management/client/management-node.ts';
import { bytesText, cell, clockText, longTime, plainNumber, withCommas } from './cells.ts';
import { rowsOf, sortedBy, type View } from './view.ts';

const counts: readonly (readonly [string, string])[] = [
  ['Link Routes', 'linkRouteCount'],
  ['Auto Links', 'autoLinkCount'],
  ['Links', 'linkCount'],
  ['Nodes', 'nodeCount'],
  ['Addresses', 'addrCount'],
  ['Connections', 'connectionCount'],
  ['Presettled Count', 'presettledDeliveries'],
  ['Dropped Presettled Count', 'droppedPresettledDeliveries'],
  ['Accepted Count', 'acceptedDeliveries'],
  ['Rejected Count', 'rejectedDeliveries'],
  ['Released Count', 'releasedDeliveries'],
  ['Modified Count', 'modifiedDeliveries'],
  ['Deliveries Delayed > 1sec', 'deliveriesDelayed1Sec'],
  ['Deliveries Delayed > 10sec', 'deliveriesDelayed10Sec'],
  ['Deliveries Stuck > 10sec', 'deliveriesStuck'],
  ['Deliveries to Fallback', 'deliveriesRedirectedToFallback'],
  ['Links Blocked', 'linksBlocked'],
  ['Ingress Count', 'deliveriesIngress'],
  ['Egress Count', 'deliveriesEgress'],
  ['Transit Count', 'deliveriesTransit'],
  ['Deliveries from Route Container', 'deliveriesIngressRouteContainer'],
  ['Deliveries to Route Container', 'deliveriesEgressRouteContainer'],
];

export const generalView: View = {
  name: 'general',
  ask: async (node) => ({ router: await rowsOf(node, 'router') }),
  show: ({ router: [router = {}] = [] }) => {
    const rows: string[][] = [
      ['Version', cell(router['version'])],
      ['Mode', cell(router['mode'])],
      ['Router Id', cell(router['id'])],
    ];
    if ('workerThreads' in router) rows.push(['Worker Threads', plainNumber(router['workerThreads'])]);
    if ('uptimeSeconds' in router) rows.push(['Uptime', longTime(router['uptimeSeconds'])]);
    const memory = Number(router['memoryUsage'] ?? 0);
    if (memory > 0) rows.push(['VmSize', bytesText(memory)]);
    rows.push(['Area', cell(router['area'])]);
    for (const [label, attribute] of counts) {
      if (attribute in router) rows.push([label, plainNumber(router[attribute])]);
    }
    return [{ title: 'Router Statistics', heads: ['attr', 'value'], rows }];
  },
};

const allocatorColumns = [
  ...['identity', 'typeSize', 'transferBatchSize', 'localFreeListMax', 'totalAllocFromHeap', 'heldByThreads'],
  ...['batchesRebalancedToThreads', 'batchesRebalancedToGlobal'],
];

export const memoryView: View = {
  name: 'memory',
  ask: async (node) => ({
    allocators: await rowsOf(node, 'allocator', allocatorColumns),
    router: await rowsOf(node, 'router', ['memoryUsage']),
  }),
  show: ({ allocators = [], router: [router = {}] = [] }) => {
    if (allocators.length === 0 || allocators.some((row) => row['totalAllocFromHeap'] === null)) {
      return ['No memory statistics available'];
    }
    const rows = sortedBy(
      allocators.map((row) => [
        poolName(row),
        ...allocatorColumns.slice(1).map((name, index) => poolFigure(row, name, index)),
      ]),
      ([name]) => name as string,
    );
    const pooled = allocators.reduce(
      (sum, { typeSize, totalAllocFromHeap }) => sum + Number(typeSize) * Number(totalAllocFromHeap),
      0,
    );
    const { memoryUsage: memory } = router;
    return [
      {
        title: 'Memory Pools',
        heads: ['type', 'size', 'batch', 'thread-max', 'total', 'in-threads', 'rebal-in', 'rebal-out'],
        rows,
      },
      {
        title: '\nMemory Summary',
        heads: ['VmSize', 'Pooled'],
        rows: [[memory === null || memory === undefined ? '-' : bytesText(Number(memory)), bytesText(pooled)]],
      },
    ];
  },
};

const batchColumn = 1;

/** The size of a batch stands there without commas. */
function poolFigure(row: EntityRow, attribute: string, index: number): string {
  const text = plainNumber(row[attribute]);
  return index === batchColumn ? text : withCommas(text);
}

/** `allocator/qd_buffer_t` → `qd_buffer_t` */
function poolName({ identity }: EntityRow): string {
  const text = cell(identity);
  return text === '' ? '-' : text.slice(text.indexOf('/') + 1);
}

export const autoLinksView: View = {
  name: 'autolinks',
  ask: async (node, { limit }) => {
    const columns = ['address', 'direction', 'phase', 'externalAddress', 'linkRef', 'operStatus', 'lastError'];
    return { autoLinks: await rowsOf(node, 'router.config.autoLink', columns, limit) };
  },
  show: ({ autoLinks = [] }) => {
    if (autoLinks.length === 0) return ['AutoLinks', 'No AutoLinks found'];
    const rows = sortedBy(autoLinks, ({ address }) => cell(address)).map((row) => [
      cell(row['address']),
      cell(row['direction']),
      plainNumber(row['phase']),
      ...['externalAddress', 'linkRef', 'operStatus', 'lastError'].map((name) => cell(row[name])),
    ]);
    return [{ title: 'AutoLinks', heads: ['addr', 'dir', 'phs', 'extAddr', 'link', 'status', 'lastErr'], rows }];
  },
};

export const linkRoutesView: View = {
  name: 'linkroutes',
  ask: async (node, { limit }) => {
    const columns = ['prefix', 'direction', 'distribution', 'operStatus', 'pattern'];
    const external = ['addExternalPrefix', 'delExternalPrefix'];
    return { linkRoutes: await rowsOf(node, 'router.config.linkRoute', [...columns, ...external], limit) };
  },
  show: ({ linkRoutes = [] }) => {
    if (linkRoutes.length === 0) return ['Link Routes', 'No Link Routes found'];
    const changesAddress = (row: EntityRow): boolean => Boolean(row['addExternalPrefix'] || row['delExternalPrefix']);
    const rows = linkRoutes.map((row) => [
      cell(row['prefix'] || row['pattern']),
      ...['direction', 'distribution', 'operStatus'].map((name) => cell(row[name])),
      ...(changesAddress(row) ? [cell(row['addExternalPrefix']), cell(row['delExternalPrefix'])] : []),
    ]);
    const more = linkRoutes.some(changesAddress) ? ['add-ext-prefix', 'del-ext-prefix'] : [];
    return [
      {
        title: 'Link Routes',
        heads: ['address', 'dir', 'distrib', 'status', ...more],
        rows: sortedBy(rows, ([address]) => address as string),
      },
    ];
  },
};

export const logView: View = {
  name: 'log',
  isBare: true,
  ask: async (node, { limit }) => {
    const entries = (await node.ofNode('GET-LOG', limit === 0 ? {} : { limit })) as unknown[][];
    const names = ['module', 'level', 'text', 'file', 'line', 'unixSeconds'];
    return {
      log: entries.map((entry) => Object.fromEntries(names.map((name, index) => [name, entry[index] ?? null]))),
    };
  },
  show: ({ log = [] }) =>
    log.map(({ module, level, text, unixSeconds }) => `${clockText(Number(unixSeconds))} ${module} (${level}) ${text}`),
};
