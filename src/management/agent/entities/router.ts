// The router itself.
import type { PlainValue } from '../../../schema/attribute.ts';
import { routerSpec } from '../../../schema/router-entity.ts';
import type { AgentPort } from '../agent-port.ts';
import { fixed, integer, text, uint, ulong } from '../columns.ts';
import { writePlain } from '../configured-columns.ts';
import type { Column, EntityType } from '../entity-type.ts';
import { forbidden } from '../reply.ts';
import { figuresOf, type RouterFigures } from '../router-figures.ts';
import { typeColumn } from '../type-name.ts';

export function routerType(port: AgentPort): EntityType<RouterFigures> {
  const router = () => port.configuration().router;
  const id = port.core.self.routerId;
  const columns: Column<RouterFigures>[] = [
    fixed('name', id),
    fixed('identity', '1'),
    fixed('id', id),
    typeColumn(routerSpec),
    text('mode', () => router().mode),
    fixed('area', '0'),
    fixed('version', port.version),
    text('metadata', () => router().metadata || null),
    ulong('addrCount', (figures) => figures.addresses),
    ulong('linkCount', (figures) => figures.links),
    ulong('nodeCount', (figures) => figures.nodes),
    ulong('linkRouteCount', () => 0),
    ulong('autoLinkCount', () => 0),
    ulong('connectionCount', (figures) => figures.connections),
    ulong('presettledDeliveries', (figures) => figures.presettled),
    ulong('droppedPresettledDeliveries', (figures) => figures.droppedPresettled),
    ulong('acceptedDeliveries', (figures) => figures.accepted),
    ulong('rejectedDeliveries', (figures) => figures.rejected),
    ulong('releasedDeliveries', (figures) => figures.released),
    ulong('modifiedDeliveries', (figures) => figures.modified),
    ulong('deliveriesDelayed1Sec', (figures) => figures.delayed1Sec),
    ulong('deliveriesDelayed10Sec', (figures) => figures.delayed10Sec),
    ulong('deliveriesStuck', (figures) => figures.stuck),
    ulong('deliveriesIngress', (figures) => figures.ingress),
    ulong('deliveriesEgress', (figures) => figures.egress),
    ulong('deliveriesTransit', (figures) => figures.transit),
    ulong('deliveriesIngressRouteContainer', (figures) => figures.ingressRouteContainer),
    ulong('deliveriesEgressRouteContainer', (figures) => figures.egressRouteContainer),
    ulong('deliveriesRedirectedToFallback', () => 0),
    uint('linksBlocked', (figures) => figures.linksBlocked),
    uint('uptimeSeconds', (figures) => figures.uptimeSeconds),
    ulong('memoryUsage', () => port.process?.memoryBytes() ?? 0),
    integer('workerThreads', () => 1),
  ];
  return {
    spec: routerSpec,
    isCore: true,
    columns,
    furtherColumns: [
      integer('blockedLinkCount', (figures) => figures.linksBlocked),
      text('hostName', () => port.process?.hostName ?? null),
      ...Object.keys(routerSpec.attributes).map((name) => configured(port, name)),
    ],
    rows: () => [figuresOf(port)],
    find: (name, identity) => {
      const asked = identity ?? name;
      return asked === id || asked === '1' || asked === `router/${id}` ? figuresOf(port) : null;
    },
    create: (_request, answer) => answer({ ...forbidden, body: null }),
    delete: (_item, _request, answer) => answer(forbidden),
  };
}

/** What was configured, for those who ask for it by name. */
function configured(port: AgentPort, name: string): Column<RouterFigures> {
  return {
    name,
    write: (writer) => {
      const value = (port.configuration().router as unknown as Record<string, PlainValue | undefined>)[name];
      writePlain(writer, value ?? null);
    },
  };
}
