// The network: a router hangs, a link or an uplink is down, or the network is split.
import { ageText } from '../../../../kit/age-text.ts';
import type { RouterFacts } from '../facts.ts';
import type { Verdict } from '../verdict.ts';
import type { Unanswered, Walk } from '../walk.ts';

export function hung(silent: readonly Unanswered[], { answered }: Walk): Verdict | null {
  const [one] = silent;
  if (one === undefined) return null;
  // Whoever stands behind a router that hangs is silent, too: the nearest one is to blame.
  const silentIds = new Set(silent.map(({ router }) => router));
  const first = answered[0]?.facts;
  const via = first?.routers.find(({ router }) => router === one.router)?.nextHop ?? one.router;
  return hungVerdict(silentIds.has(via) ? via : one.router, one.seenFrom, 'is known, and does not answer');
}

function hungVerdict(router: string, seenFrom: string, how: string): Verdict {
  return {
    cause: 'hung-router',
    text: `router ${router} ${how}${seenFrom === '' ? '' : ` (seen from ${seenFrom})`}: it hangs, or its machine does`,
    remedy: `Look at the process of ${router} and its log; restart it when it does not recover. The others go around it within seconds where there is a way.`,
    router,
  };
}

export function noUplink({ address }: Walk, { router, uplink, downConnectors }: RouterFacts): Verdict | null {
  if (uplink === null || uplink.isUp) return null;
  const connector = downConnectors.find(({ role }) => role === 'edge');
  const why = connector === undefined ? 'no connector of role edge is configured' : describeConnector(connector);
  return {
    cause: 'uplink-lost',
    text: `edge router ${router} has no uplink, and nobody consumes ${address} on it: ${why}`,
    remedy:
      connector === undefined
        ? 'Configure a connector of role edge to an interior router.'
        : connectorRemedy(connector),
    router,
  };
}

/** Its consumers were at a router to which there is no way any more. */
export function lostRouter(walk: Walk): Verdict | null {
  const all = walk.answered.map(({ facts }) => facts);
  const alive = new Set(all.map(({ router }) => router));
  for (const facts of all) {
    const lost = facts.lostRouters.find(({ router, hadConsumers }) => hadConsumers && !alive.has(router));
    if (lost !== undefined) return lostVerdict(walk, lost.router, lost.lostForSeconds, all);
  }
  return null;
}

function lostVerdict({ address }: Walk, router: string, lostFor: number, all: readonly RouterFacts[]): Verdict {
  const silentAt = all.find(({ silentPeers }) => silentPeers.length > 0);
  if (silentAt !== undefined) {
    const [peer] = silentAt.silentPeers as [string];
    return hungVerdict(peer, silentAt.router, 'is connected and says nothing any more');
  }
  const had = `the consumers of ${address} were at ${router}, to which there is no way for ${ageText(lostFor)}`;
  for (const { router: at, downConnectors } of all) {
    const connector = downConnectors.find(({ role }) => role === 'inter-router');
    if (connector === undefined) continue;
    if (saysNothing(connector))
      return hungVerdict(connector.peer || router, at, `takes connections at ${connector.place} and says nothing`);
    const text = `${had}: the link from ${at} by ${describeConnector(connector)}`;
    return { cause: 'link-down', text, remedy: connectorRemedy(connector), router: at };
  }
  const reached = all.map((facts) => facts.router).join(', ');
  return {
    cause: 'partition',
    text: `${had}: the network is split; reachable are ${reached}`,
    remedy: `Look at ${router} and at the routers between, on each side:\nweft stat -n\nweft manage query --type connector name connectionStatus connectionMsg`,
    router,
  };
}

/** Its consumer was at an edge router whose connection is gone. */
export function lostEdge({ address, answered }: Walk): Verdict | null {
  for (const { facts } of answered) {
    const departure = facts.departures.find(({ isEdge, isLoss }) => isEdge && isLoss);
    if (departure === undefined || facts.edges.includes(departure.container)) continue;
    return {
      cause: 'uplink-lost',
      text:
        `the consumers of ${address} were at the edge router ${departure.container}, ` +
        `which lost its uplink to ${facts.router} ${ageText(departure.agoSeconds)} ago`,
      remedy: `Look at ${departure.container}: is it running, and does its connector of role edge reach ${facts.router}?`,
      router: facts.router,
    };
  }
  return null;
}

/** Its machine answers and its process does not. */
const saysNothing = ({ message }: RouterFacts['downConnectors'][number]): boolean =>
  /no answer yet|did not open|handshake|idle-timeout/.test(message);

export function describeConnector({ name, place, peer, message }: RouterFacts['downConnectors'][number]): string {
  return `connector ${name} to ${peer === '' ? place : `${peer} (${place})`} is down${message === '' ? '' : ` (${message})`}`;
}

function connectorRemedy({ place, message }: RouterFacts['downConnectors'][number]): string {
  if (/ECONNREFUSED/.test(message))
    return `Nothing listens at ${place}: start the router there, or correct the connector.`;
  return `See that ${place} can be reached and that the listener there has the same role; the router dials again by itself.`;
}
