// Is this router ready for clients? When its listeners are bound, the links to other routers that it was configured with are up, and it
// knows the ways; not while it drains. Computed when somebody asks.
import type { Edge } from '../core/edge/edge.ts';
import type { Mesh } from '../core/mesh/mesh.ts';
import type { ConnectorEntity } from '../schema/configuration.ts';

export interface ReadinessView {
  readonly isDraining: boolean;
  /** Why listeners are not bound, a line each. */
  readonly listeners: readonly string[];
  /** Every connector, and the container id of its peer while its connection is open. */
  readonly connectors: readonly { readonly connector: ConnectorEntity; readonly peer: string | null }[];
  readonly mesh: Mesh | null;
  readonly edge: Edge | null;
}

/**
 * Why it is not ready, a line each; none when it is.
 * @param any of several connectors to interior routers one that is up is enough
 */
export function readinessReasons(view: ReadinessView, any: boolean): string[] {
  const reasons = view.isDraining ? ['this router is shutting down'] : [];
  reasons.push(...view.listeners);
  if (view.edge !== null) reasons.push(...uplinkReasons(view, view.edge));
  if (view.mesh !== null) {
    reasons.push(...neighbourReasons(view, view.mesh, any));
    const { protocol } = view.mesh;
    if (view.mesh.neighbours.size > 0 && protocol.isJoining) {
      reasons.push('the routes are not known yet: routers that are known have not told all of theirs');
    }
  }
  return reasons;
}

/** One uplink serves; other connectors stand by for it. */
function uplinkReasons({ connectors }: ReadinessView, edge: Edge): string[] {
  const names = connectors.filter(({ connector }) => connector.role === 'edge').map(({ connector }) => connector.name);
  if (names.length === 0 || edge.uplink !== null) return [];
  if (names.length === 1) return [`no uplink: connector ${names[0]} is not up`];
  return [`no uplink: of the connectors ${names.join(', ')} none is up`];
}

function neighbourReasons({ connectors }: ReadinessView, mesh: Mesh, any: boolean): string[] {
  const wanted = connectors.filter(({ connector }) => connector.role === 'inter-router');
  const reasons = wanted.map(({ connector, peer }) => neighbourReason(connector, peer, mesh));
  if (any && reasons.includes(null)) return [];
  return reasons.filter((reason) => reason !== null);
}

function neighbourReason({ name }: ConnectorEntity, peer: string | null, mesh: Mesh): string | null {
  if (peer === null) return `connector ${name} is not up`;
  if (!mesh.neighbours.has(peer)) return `connector ${name}: router ${peer} is not a neighbour yet`;
  const router = mesh.protocol.router(peer);
  if (router === null || !router.isReachable || router.linkStateSequence === 0) {
    return `connector ${name}: the link state of router ${peer} is not known yet`;
  }
  return null;
}
