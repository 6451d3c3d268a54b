// Facts in, verdict out: whether a message sent now would reach somebody; if not, the one cause that explains it best, and what to do.
//
// The order of the questions is the order of blame: what stands nearest to the sender and explains everything behind it comes first.
import type { ConsumerFacts, RouterFacts } from './facts.ts';
import type { Unanswered, Walk } from './walk.ts';

export type Cause =
  | 'flows'
  | 'no-consumer'
  | 'no-credit'
  | 'held-unsettled'
  | 'link-down'
  | 'partition'
  | 'policy'
  | 'unavailable'
  | 'wrong-address'
  | 'hung-router'
  | 'uplink-lost'
  | 'draining'
  | 'busy-link';

export interface Verdict {
  readonly cause: Cause;
  /** One sentence: what would happen, and why. */
  readonly text: string;
  /** What to do; '' when nothing is wrong. Commands stand on lines of their own. */
  readonly remedy: string;
  /** The router at which it is decided; '' when it is none. */
  readonly router: string;
}

export interface Located {
  readonly at: RouterFacts;
  readonly consumer: ConsumerFacts;
}

/** Everybody who consumes on a way of the message; edge routers are left out for the consumers behind them. */
export function consumersOf({ answered, onTheWay }: Walk): Located[] {
  return answered
    .filter(({ facts }) => onTheWay.has(facts.router))
    .flatMap(({ facts }) => facts.consumers.map((consumer) => ({ at: facts, consumer })))
    .filter(({ consumer }) => !consumer.isEdge);
}

export function judge(walk: Walk): Verdict {
  const first = walk.answered[0]?.facts as RouterFacts;
  const consumers = consumersOf(walk);
  return (
    unavailable(walk, first) ??
    toRouter(walk, first) ??
    flowing(walk, first, consumers) ??
    hung(
      walk.unanswered.filter(({ isOnTheWay, kind }) => isOnTheWay && kind === 'silent'),
      walk,
    ) ??
    draining(walk, consumers) ??
    stalled(consumers) ??
    noUplink(walk, first) ??
    lostRouter(walk) ??
    refusedReceiver(walk) ??
    unavailableElsewhere(walk) ??
    lostEdge(walk) ??
    wrongAddress(walk) ??
    hung(
      walk.unanswered.filter(({ kind }) => kind === 'silent'),
      walk,
    ) ??
    nobody(walk)
  );
}

// --- it flows ----------------------------------------------------------------------------------------------------------

function flowing({ address, answered }: Walk, first: RouterFacts, consumers: readonly Located[]): Verdict | null {
  const ready = consumers.filter(({ consumer }) => consumer.credit > 0);
  const isAtOnce = (one: Located): boolean =>
    one.at === first ||
    hasWay(
      answered.map(({ facts }) => facts),
      first,
      one.at,
    );
  const reached = ready.filter(isAtOnce);
  if (reached.length === 0) return ready.length === 0 ? null : busy(first);
  const refused = first.senders === 0 ? first.refusals.find(({ what }) => what !== 'receiver') : undefined;
  if (refused !== undefined) return policyVerdict(first, refused, `a message to ${address} could go on, but`);
  const [one] = reached as [Located];
  const others = reached.length - 1;
  const whom =
    first.distribution === 'multicast'
      ? `each of ${reached.length} consumers`
      : `${who(one.consumer)} at ${one.at.router}`;
  const or = others > 0 && first.distribution !== 'multicast' ? `, or to ${others} more with credit` : '';
  return {
    cause: 'flows',
    text: `a message to ${address} at ${first.router} goes to ${whom}${or}`,
    remedy: '',
    router: one.at.router,
  };
}

/** `_topo/0/<id>/…`: whoever has that name on that router, which only the router itself can tell. */
function toRouter({ address, answered, from }: Walk, { key }: RouterFacts): Verdict | null {
  const router = key.slice(1);
  if (!key.startsWith('R') || !answered.some(({ facts }) => facts.router === router)) return null;
  const text = `a message to ${address} at ${from} goes to router ${router}, and to whoever has that name there`;
  return { cause: 'flows', text, remedy: '', router };
}

/** Whether every router from one to the other has credit toward the next. */
function hasWay(all: readonly RouterFacts[], from: RouterFacts, to: RouterFacts): boolean {
  let at: RouterFacts | undefined = from;
  for (let hops = 0; at !== undefined && at !== to && hops <= all.length; hops++) {
    const next: string | null = nextToward(at, to);
    if (next === null || creditToward(at, next) === 0) return false;
    at = all.find(({ router }) => router === next);
  }
  return at === to;
}

function nextToward(at: RouterFacts, to: RouterFacts): string | null {
  const hop = at.hops.find(({ router }) => router === to.router);
  if (hop !== undefined) return hop.nextHop;
  if (at.consumers.some(({ isEdge, container }) => isEdge && container === to.router)) return to.router;
  if (at.uplink?.isUp) return at.uplink.interior;
  // Behind an edge router: its interior is where the hops lead.
  return at.hops[0]?.nextHop ?? null;
}

function creditToward(at: RouterFacts, next: string): number | null {
  return at.hops.find(({ nextHop }) => nextHop === next)?.credit ?? null;
}

function busy(first: RouterFacts): Verdict {
  return {
    cause: 'busy-link',
    text: 'there is a consumer with credit, but a link between routers on the way to it has no credit now',
    remedy:
      'The router behind that link is slower than what is sent to it: ask again, and look at `weft stat -l` of both.',
    router: first.router,
  };
}

// --- it does not, and there are consumers ---------------------------------------------------------------------------------

function stalled(consumers: readonly Located[]): Verdict | null {
  const fullest = [...consumers].sort((a, b) => b.consumer.unsettled - a.consumer.unsettled)[0];
  if (fullest === undefined) return null;
  const { at, consumer } = fullest;
  const more = consumers.length > 1 ? ` (nor has any of ${consumers.length - 1} more)` : '';
  if (consumer.unsettled === 0) {
    const text = `${who(consumer)} at ${at.router} consumes, but has given no credit${more}`;
    const remedy =
      'The consumer has paused, or never asked for messages: it must give credit (a receiver window, or receive()).';
    return { cause: 'no-credit', text, remedy, router: at.router };
  }
  const age = consumer.oldestUnsettledSeconds;
  const since = age === null ? '' : `, the oldest for ${seconds(age)}`;
  return {
    cause: 'held-unsettled',
    text: `${who(consumer)} at ${at.router} holds ${consumer.unsettled} unsettled${since}, and has no credit left${more}`,
    remedy:
      'It must settle what it has (accept, release). To free it by force:\n' +
      `weft manage update -r ${at.router} --type connection --identity ${consumer.connection} adminStatus=deleted`,
    router: at.router,
  };
}

function draining({ answered }: Walk, consumers: readonly Located[]): Verdict | null {
  const leaving = answered.find(({ facts }) => facts.isDraining)?.facts;
  if (leaving === undefined || consumers.length > 0) return null;
  const text = `${leaving.router} is shutting down and takes nothing new`;
  return { cause: 'draining', text, remedy: 'Wait until it is back, or connect elsewhere.', router: leaving.router };
}

// --- configuration and policy ------------------------------------------------------------------------------------------

function unavailable({ address }: Walk, first: RouterFacts): Verdict | null {
  if (first.distribution !== 'unavailable') return null;
  return unavailableAt(first, `nobody may send to ${address} at ${first.router}`);
}

function unavailableElsewhere({ address, answered }: Walk): Verdict | null {
  const there = answered.find(({ facts }) => facts.distribution === 'unavailable')?.facts;
  return there === undefined
    ? null
    : unavailableAt(there, `nobody consumes ${address}, and at ${there.router} nobody may`);
}

function unavailableAt({ router, rule }: RouterFacts, what: string): Verdict {
  const why =
    rule === ''
      ? 'its defaultDistribution is unavailable'
      : `its address with ${rule} has the distribution unavailable`;
  const remedy = `Give the address another distribution in the configuration of ${router}, or use another address.`;
  return { cause: 'unavailable', text: `${what}: ${why}`, remedy, router };
}

function refusedReceiver({ address, answered }: Walk): Verdict | null {
  for (const { facts } of answered) {
    const refusal = facts.refusals.find(({ what }) => what === 'receiver') ?? facts.refusals[0];
    if (refusal !== undefined) return policyVerdict(facts, refusal, `nobody consumes ${address}:`);
  }
  return null;
}

function policyVerdict({ router }: RouterFacts, refusal: RouterFacts['refusals'][number], what: string): Verdict {
  const { user, host, vhost, group, rule, reason, count, agoSeconds } = refusal;
  const times = count === 1 ? '' : `, ${count} times`;
  const place = `vhost ${vhost}${group === '' ? '' : `, group ${group}`}`;
  return {
    cause: 'policy',
    text:
      `${what} the policy of ${router} refused a ${refusal.what} of user ${user || 'anonymous'} from ${host}${times}, ` +
      `last ${seconds(agoSeconds)} ago: ${reason}`,
    remedy: `Change ${rule} of ${place} in the policy of ${router}, or let the application use another user.`,
    router,
  };
}

function wrongAddress({ address, answered }: Walk): Verdict | null {
  const sent = answered[0]?.facts.key ?? '';
  const wasUsed = answered.some(({ facts }) => facts.departures.length > 0);
  for (const { facts } of answered) {
    const other = [...facts.others].sort(
      (a, b) => Number(nameOf(b.key) === nameOf(sent)) - Number(nameOf(a.key) === nameOf(sent)),
    )[0];
    if (other === undefined || (wasUsed && nameOf(other.key) !== nameOf(sent))) continue;
    const where = other.consumers > 0 ? facts.router : other.routers.join(', ');
    const isPhase = nameOf(other.key) === nameOf(sent);
    const text = isPhase
      ? `nobody consumes ${address} in phase ${phaseOf(sent)}, in which it is sent; consumers at ${where} are in phase ${phaseOf(other.key)}`
      : `nobody consumes ${address}; there are consumers of ${nameOf(other.key)} at ${where}`;
    const remedy = isPhase
      ? 'The routers differ in `waypoint`, `ingressPhase` or `egressPhase` of this address: make them alike, or add the auto links of the waypoint.'
      : 'Is that the address that was meant? Prefixes and spelling must be the same on both sides.';
    return { cause: 'wrong-address', text, remedy, router: facts.router };
  }
  return null;
}

const nameOf = (key: string): string => key.slice(key.startsWith('M') ? 2 : 1);
const phaseOf = (key: string): string => key[1] ?? '0';

// --- the mesh ----------------------------------------------------------------------------------------------------------

function hung(silent: readonly Unanswered[], { answered }: Walk): Verdict | null {
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

function noUplink({ address }: Walk, { router, uplink, downConnectors }: RouterFacts): Verdict | null {
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
function lostRouter(walk: Walk): Verdict | null {
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
  const had = `the consumers of ${address} were at ${router}, to which there is no way for ${seconds(lostFor)}`;
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
function lostEdge({ address, answered }: Walk): Verdict | null {
  for (const { facts } of answered) {
    const departure = facts.departures.find(({ isEdge, isLoss }) => isEdge && isLoss);
    if (departure === undefined || facts.edges.includes(departure.container)) continue;
    return {
      cause: 'uplink-lost',
      text:
        `the consumers of ${address} were at the edge router ${departure.container}, ` +
        `which lost its uplink to ${facts.router} ${seconds(departure.agoSeconds)} ago`,
      remedy: `Look at ${departure.container}: is it running, and does its connector of role edge reach ${facts.router}?`,
      router: facts.router,
    };
  }
  return null;
}

/** Its machine answers and its process does not. */
const saysNothing = ({ message }: RouterFacts['downConnectors'][number]): boolean =>
  /no answer yet|did not open|handshake|idle-timeout/.test(message);

function describeConnector({ name, place, peer, message }: RouterFacts['downConnectors'][number]): string {
  return `connector ${name} to ${peer === '' ? place : `${peer} (${place})`} is down${message === '' ? '' : ` (${message})`}`;
}

function connectorRemedy({ place, message }: RouterFacts['downConnectors'][number]): string {
  if (/ECONNREFUSED/.test(message))
    return `Nothing listens at ${place}: start the router there, or correct the connector.`;
  return `See that ${place} can be reached and that the listener there has the same role; the router dials again by itself.`;
}

// --- nobody ------------------------------------------------------------------------------------------------------------

function nobody({ address, answered, unanswered }: Walk): Verdict {
  const last = answered
    .flatMap(({ facts }) => facts.departures.map((departure) => ({ at: facts.router, ...departure })))
    .sort((a, b) => a.agoSeconds - b.agoSeconds)[0];
  const left =
    last === undefined
      ? ''
      : `; the last one, ${named(last.container, last.user)} at ${last.at}, left ${seconds(last.agoSeconds)} ago (${last.reason})`;
  const unknown = unanswered.filter(({ kind }) => kind !== 'refused').map(({ router }) => router);
  const gaps = unknown.length === 0 ? '' : `; ${unknown.join(', ')} could not be asked`;
  const [down] = answered.flatMap(({ facts }) =>
    facts.downConnectors.map((connector) => ({ at: facts.router, connector })),
  );
  const cut = down === undefined ? '' : ` that can be asked; behind ${down.at}, ${describeConnector(down.connector)}`;
  return {
    cause: 'no-consumer',
    text: `nobody consumes ${address} anywhere${cut}${left}${gaps}`,
    remedy: `Start a consumer: senders get credit as soon as there is one. To try:\nweft receive ${address}`,
    router: '',
  };
}

// --- words -------------------------------------------------------------------------------------------------------------

export const who = ({ container, user }: { container: string; user: string }): string => named(container, user);

function named(container: string, user: string): string {
  return user === '' || user === 'anonymous' ? container || 'a consumer' : `${container} (${user})`;
}

/** `0.4 s`, `12 s`, `3 min`, `2 h` */
export function seconds(value: number): string {
  if (value < 120) return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} s`;
  return value < 7200 ? `${Math.round(value / 60)} min` : `${Math.round(value / 3600)} h`;
}
