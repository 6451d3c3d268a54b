// The figures of the whole router, gathered when somebody asks. What the router says to itself is not among them.
import { isBlocked, routeContainerTraffic, stuckIn, type Traffic, trafficOf } from '../../core/figures.ts';
import type { AgentPort } from './agent-port.ts';

export interface RouterFigures extends Traffic {
  readonly addresses: number;
  readonly links: number;
  readonly nodes: number;
  readonly connections: number;
  readonly stuck: number;
  readonly ingressRouteContainer: number;
  readonly egressRouteContainer: number;
  readonly linksBlocked: number;
  readonly uptimeSeconds: number;
}

export function figuresOf(port: AgentPort): RouterFigures {
  const { core } = port;
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
        if (isBlocked(link)) linksBlocked++;
      }
    }
  }
  const { ingress: ingressRouteContainer, egress: egressRouteContainer } = routeContainerTraffic(core);
  return {
    ...trafficOf(core),
    addresses: core.addresses.size + core.addresses.ownSize,
    links,
    nodes: core.mesh?.protocol.routers.size ?? 0,
    connections,
    stuck,
    ingressRouteContainer,
    egressRouteContainer,
    linksBlocked,
    uptimeSeconds: Math.trunc((core.nowMs - port.startedAtMs) / 1000),
  };
}
