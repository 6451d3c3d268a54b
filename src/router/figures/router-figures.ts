// The figures of a router that are at hand: read when somebody asks, at a cost that does not grow with addresses and links.
import type { DropCauses } from '../../core/counters.ts';
import { type Traffic, trafficOf } from '../../core/figures.ts';
import { type SettleTimes, settleBoundsMs } from '../../engine/settle-times.ts';
import type { ConnectorEntity, ListenerEntity } from '../../schema/configuration.ts';
import { routerLinesMax } from '../limits.ts';
import type { Router } from '../router.ts';

export type Role = ListenerEntity['role'];

/** Another router of the network. */
export interface NodeFigures {
  readonly id: string;
  /** '' when there is no path. */
  readonly nextHop: string;
  /** Infinity when there is no path. */
  readonly cost: number;
}

export interface ConnectorFigures {
  readonly name: string;
  readonly role: Role;
  readonly isUp: boolean;
  /** Of an edge router: it is up, and another one is the uplink. */
  readonly isStandby: boolean;
}

/** A histogram: deliveries by bucket, not cumulative; the last bucket has no bound. */
export interface TimesFigures {
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
  readonly sumMs: number;
}

export interface RouterFigures {
  readonly id: string;
  readonly mode: string;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly addresses: number;
  readonly routers: number;
  /** Open ones, by role. */
  readonly connections: Readonly<Record<Role, number>>;
  readonly deliveries: Traffic;
  /** Released or dropped because too much of their router waited here. */
  readonly overloaded: number;
  readonly dropped: Readonly<DropCauses>;
  readonly settleTimes: { readonly clients: TimesFigures; readonly routers: TimesFigures };
  /** Bytes of deliveries that wait here, by the router or edge router from which they came, and of senders that are gone. */
  readonly backlogBytes: ReadonlyMap<string, number>;
  readonly orphanBytes: number;
  readonly neighbours: number;
  readonly connectors: readonly ConnectorFigures[];
  /** The first few hundred by id. */
  readonly nodes: readonly NodeFigures[];
}

/** What the router knows of itself and does not show to others. */
export interface OwnFacts {
  readonly version: string;
  readonly startedAtMs: number;
  readonly connectors: Iterable<{ readonly connector: ConnectorEntity; readonly peer: string | null }>;
}

export function routerFigures(router: Router, { version, startedAtMs, connectors }: OwnFacts): RouterFigures {
  const { core, configuration } = router;
  const { counters, mesh } = core;
  return {
    id: configuration.router.id,
    mode: configuration.router.mode,
    version,
    uptimeSeconds: Math.trunc((core.nowMs - startedAtMs) / 1000),
    addresses: core.addresses.size + core.addresses.ownSize,
    routers: mesh?.protocol.routers.size ?? 0,
    connections: connectionsByRole(router),
    deliveries: trafficOf(core),
    overloaded: counters.overloaded,
    dropped: { ...counters.dropped },
    settleTimes: { clients: timesOf(router.settleTimes.clients), routers: timesOf(router.settleTimes.routers) },
    backlogBytes: backlogOf(router),
    orphanBytes: core.orphanBytes,
    neighbours: mesh?.neighbours.size ?? 0,
    connectors: [...connectors].map(({ connector, peer }) => connectorFigures(router, connector, peer)),
    nodes: nodesOf(router),
  };
}

function connectorFigures({ core }: Router, { name, role }: ConnectorEntity, peer: string | null): ConnectorFigures {
  const uplink = core.edge?.uplink?.context.connection.remoteContainerId ?? peer;
  return { name, role, isUp: peer !== null, isStandby: role === 'edge' && peer !== null && peer !== uplink };
}

function connectionsByRole({ connections }: Router): Record<Role, number> {
  const counts: Record<Role, number> = { normal: 0, 'inter-router': 0, 'route-container': 0, edge: 0 };
  for (const { connection, entity } of connections) if (connection.isOpened) counts[entity.role]++;
  return counts;
}

function timesOf({ counts, sumMs }: SettleTimes): TimesFigures {
  return { boundsMs: settleBoundsMs, counts: [...counts], sumMs };
}

function backlogOf({ core }: Router): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const [id, { backlog }] of core.mesh?.neighbours ?? []) bytes.set(id, backlog.bytes);
  const uplink = core.edge?.uplink;
  if (uplink != null) bytes.set(uplink.context.connection.remoteContainerId, uplink.backlog.bytes);
  return bytes;
}

function nodesOf({ core }: Router): NodeFigures[] {
  const routers = [...(core.mesh?.protocol.routers.values() ?? [])];
  routers.sort((a, b) => (a.id < b.id ? -1 : 1));
  return routers.slice(0, routerLinesMax).map(({ id, nextHop, cost }) => ({ id, nextHop: nextHop?.id ?? '', cost }));
}
