// A router of Dispatch has no EXPLAIN: what it would do is read from its tables of addresses, routers, links and connections.
import type { EntityRow, ManagementNode } from '../management-node.ts';
import { typePrefix } from '../management-node.ts';
import { ruleFor, ruleText } from './address-rules.ts';
import { type ClientFacts, emptyFacts, type HopFacts, type RouterFacts } from './facts.ts';

const addressColumns = ['name', 'distribution', 'subscriberCount', 'remoteCount', 'remoteHostRouters'];
const linkColumns = [
  'identity',
  'linkName',
  'linkType',
  'linkDir',
  'owningAddr',
  'connectionId',
  'unsettledCount',
  'undeliveredCount',
  'creditAvailable',
  'priority',
];
const connectionColumns = ['identity', 'container', 'user', 'host', 'role', 'active', 'dir'];
const ruleColumns = ['prefix', 'pattern', 'distribution', 'ingressPhase'];
const connectorColumns = ['name', 'role', 'host', 'port', 'connectionStatus', 'connectionMsg'];
const nodeColumns = ['id', 'nextHop', 'cost', 'routerLink'];
/** Messages go by this link when they say nothing of priority (§3.2.1). */
const defaultPriority = 4;

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));
const number = (value: unknown): number => Number(value ?? 0);

/** `phase` null: as a client's sender would use it, which only Weft tells; then 0. Throws ManagementError. */
export async function factsFromTables(
  node: ManagementNode,
  address: string,
  phase: number | null,
): Promise<RouterFacts> {
  const ask = (type: string, attributeNames: readonly string[] = []) =>
    node.query(typePrefix + type, { attributeNames });
  const [[router = {}], addresses, links, connections, nodes, rules, connectors] = await Promise.all([
    ask('router', ['id', 'mode']),
    ask('router.address', addressColumns),
    ask('router.link', linkColumns),
    ask('connection', connectionColumns),
    ask('router.node', nodeColumns),
    ask('router.config.address', ruleColumns),
    ask('connector', connectorColumns),
  ]);
  const rule = ruleFor(address, rules);
  const usedPhase = phase ?? number(rule?.['ingressPhase']);
  const key = `M${usedPhase}${address}`;
  const row = addresses.find(({ name }) => name === key);
  const own = links.filter(({ owningAddr }) => owningAddr === key);
  const connectionOf = new Map(connections.map((one) => [text(one['identity']), one]));
  return {
    ...emptyFacts(text(router['id'])),
    mode: text(router['mode']),
    source: 'tables',
    key,
    phase: usedPhase,
    distribution: distributionOf(rule, row),
    rule: rule === null ? '' : ruleText(rule),
    waiting: own.reduce((sum, link) => sum + (link['linkDir'] === 'in' ? number(link['undeliveredCount']) : 0), 0),
    senders: own.filter(({ linkDir }) => linkDir === 'in').length,
    consumers: own
      .filter(({ linkDir }) => linkDir === 'out')
      .map((link) => ({
        ...clientOf(link, connectionOf),
        credit: number(link['creditAvailable']),
        unsettled: number(link['unsettledCount']),
        oldestUnsettledSeconds: null,
      })),
    producers: own
      .filter(({ linkDir }) => linkDir === 'in')
      .map((link) => ({ ...clientOf(link, connectionOf), waiting: number(link['undeliveredCount']) })),
    hops: hopsOf(row, nodes, links, connections),
    routers: nodes.map(({ id, nextHop, cost }) => ({
      router: text(id),
      nextHop: nextHopOf({ id, nextHop }),
      cost: cost === null ? null : number(cost),
    })),
    edges: connections
      .filter(({ role, dir }) => role === 'edge' && dir === 'in')
      .map(({ container }) => text(container)),
    downConnectors: connectors.filter(isDown).map(connectorOf),
    others: otherPhases(key, addresses),
    uplink: uplinkOf(router, connections),
  };
}

/** These tables have no word for `unavailable`: a rule without a distribution is that. */
function distributionOf(rule: EntityRow | null, row: EntityRow | undefined): string {
  if (rule !== null) return text(rule['distribution']) || 'unavailable';
  return text(row?.['distribution']) || 'balanced';
}

function clientOf(link: EntityRow, connectionOf: ReadonlyMap<string, EntityRow>): ClientFacts {
  const connection = connectionOf.get(text(link['connectionId'])) ?? {};
  return {
    connection: text(link['connectionId']),
    link: text(link['linkName']),
    container: text(connection['container']),
    user: text(connection['user']),
    host: text(connection['host']),
    vhost: '',
    group: '',
    isEdge: connection['role'] === 'edge',
  };
}

/** Neighbours have no next hop in these tables: they are it. */
function nextHopOf({ id, nextHop }: EntityRow): string | null {
  if (nextHop === '(self)') return null;
  return text(nextHop) || text(id);
}

function hopsOf(
  row: EntityRow | undefined,
  nodes: readonly EntityRow[],
  links: readonly EntityRow[],
  connections: readonly EntityRow[],
): HopFacts[] {
  const remote = row?.['remoteHostRouters'];
  const routers = Array.isArray(remote) ? remote.map(String) : [];
  const hops: HopFacts[] = [];
  for (const router of routers) {
    const node = nodes.find(({ id }) => id === router);
    const nextHop = node === undefined ? null : nextHopOf(node);
    if (node === undefined || nextHop === null) continue;
    const connection = connections.find(({ container, role }) => container === nextHop && role === 'inter-router');
    const link = links.find(
      (one) => connection !== undefined && one['connectionId'] === connection['identity'] && isDataOut(one),
    );
    hops.push({
      router,
      nextHop,
      cost: number(node['cost']),
      credit: link === undefined ? null : number(link['creditAvailable']),
      outstanding: 0,
    });
  }
  return hops.sort((a, b) => a.cost - b.cost);
}

const isDataOut = ({ linkType, linkDir, priority }: EntityRow): boolean =>
  linkType === 'inter-router' && linkDir === 'out' && number(priority) === defaultPriority;

function otherPhases(key: string, addresses: readonly EntityRow[]): RouterFacts['others'] {
  return addresses
    .filter(({ name }) => text(name).startsWith('M') && name !== key && text(name).slice(2) === key.slice(2))
    .filter((row) => number(row['subscriberCount']) + number(row['remoteCount']) > 0)
    .map((row) => ({
      key: text(row['name']),
      consumers: number(row['subscriberCount']),
      routers: Array.isArray(row['remoteHostRouters']) ? row['remoteHostRouters'].map(String) : [],
    }));
}

function uplinkOf({ mode }: EntityRow, connections: readonly EntityRow[]): RouterFacts['uplink'] {
  if (mode !== 'edge') return null;
  const active = connections.find(({ role, active: isActive }) => role === 'edge' && isActive === true);
  return { interior: text(active?.['container']), isUp: active !== undefined, isReachable: null, credit: null };
}

const isDown = ({ role, connectionStatus }: EntityRow): boolean =>
  (role === 'inter-router' || role === 'edge') && connectionStatus !== 'SUCCESS';

function connectorOf({ name, role, host, port, connectionMsg }: EntityRow): RouterFacts['downConnectors'][number] {
  return { name: text(name), role: text(role), place: `${host}:${port}`, peer: '', message: text(connectionMsg) };
}
