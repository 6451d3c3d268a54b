// The figures of the whole router, gathered when somebody asks. What the router says to itself is not among them.
import type { Consumer } from '../../core/consumer.ts';
import type { Producer } from '../../core/producer.ts';
import type { AgentPort } from './agent-port.ts';
import { blockedAfterSeconds, stuckIn } from './stuck.ts';

export interface RouterFigures {
  readonly addresses: number;
  readonly links: number;
  readonly nodes: number;
  readonly connections: number;
  readonly presettled: number;
  readonly droppedPresettled: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly released: number;
  readonly modified: number;
  readonly delayed1Sec: number;
  readonly delayed10Sec: number;
  readonly stuck: number;
  readonly ingress: number;
  readonly egress: number;
  readonly transit: number;
  readonly ingressRouteContainer: number;
  readonly egressRouteContainer: number;
  readonly linksBlocked: number;
  readonly uptimeSeconds: number;
}

export function figuresOf(port: AgentPort): RouterFigures {
  const { core } = port;
  const { counters } = core;
  let links = 0;
  let connections = 0;
  let stuck = 0;
  let linksBlocked = 0;
  for (const { connection } of port.connections()) {
    if (!connection.isOpened) continue;
    connections++;
    for (const session of connection.sessions) {
      stuck += stuckIn(session.outgoing, core.nowMs) + stuckIn(session.incoming, core.nowMs);
      for (const link of session.links) {
        links++;
        if (link.zeroCreditSeconds >= blockedAfterSeconds) linksBlocked++;
      }
    }
  }
  const own = core.internal.traffic;
  return {
    addresses: core.addresses.size + core.addresses.ownSize,
    links,
    nodes: core.mesh?.protocol.routers.size ?? 0,
    connections,
    presettled: counters.presettled - own.presettled,
    droppedPresettled: counters.droppedPresettled - own.droppedPresettled,
    accepted: counters.accepted,
    rejected: counters.rejected,
    released: counters.released,
    modified: counters.modified,
    delayed1Sec: counters.delayed1Sec,
    delayed10Sec: counters.delayed10Sec,
    stuck,
    ingress: counters.ingress - own.ingress,
    egress: counters.egress - own.egress,
    transit: counters.transit,
    ingressRouteContainer: counters.ingressRouteContainer + ofRouteContainers(core.producers),
    egressRouteContainer: counters.egressRouteContainer + ofRouteContainers(core.consumers),
    linksBlocked,
    uptimeSeconds: Math.trunc((core.nowMs - port.startedAtMs) / 1000),
  };
}

/** Deliveries of those links that are a broker's (role route-container). */
export function ofRouteContainers(ends: Iterable<Producer | Consumer>): number {
  let sum = 0;
  for (const { context, link } of ends) if (context.options.role === 'route-container') sum += link.deliveries;
  return sum;
}
