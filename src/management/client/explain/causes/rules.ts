// Configuration and policy: the address is out of use, a consumer was refused, or it consumes another address.
import { ageText } from '../../../../kit/age-text.ts';
import type { RouterFacts } from '../facts.ts';
import type { Verdict } from '../verdict.ts';
import type { Walk } from '../walk.ts';

export function unavailable({ address }: Walk, first: RouterFacts): Verdict | null {
  if (first.distribution !== 'unavailable') return null;
  return unavailableAt(first, `nobody may send to ${address} at ${first.router}`);
}

export function unavailableElsewhere({ address, answered }: Walk): Verdict | null {
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

export function refusedReceiver({ address, answered }: Walk): Verdict | null {
  for (const { facts } of answered) {
    const refusal = facts.refusals.find(({ what }) => what === 'receiver') ?? facts.refusals[0];
    if (refusal !== undefined) return policyVerdict(facts, refusal, `nobody consumes ${address}:`);
  }
  return null;
}

export function policyVerdict(
  { router }: RouterFacts,
  refusal: RouterFacts['refusals'][number],
  what: string,
): Verdict {
  const { user, host, vhost, group, rule, reason, count, agoSeconds } = refusal;
  const times = count === 1 ? '' : `, ${count} times`;
  const place = `vhost ${vhost}${group === '' ? '' : `, group ${group}`}`;
  return {
    cause: 'policy',
    text:
      `${what} the policy of ${router} refused a ${refusal.what} of user ${user || 'anonymous'} from ${host}${times}, ` +
      `last ${ageText(agoSeconds)} ago: ${reason}`,
    remedy: `Change ${rule} of ${place} in the policy of ${router}, or let the application use another user.`,
    router,
  };
}

export function wrongAddress({ address, answered }: Walk): Verdict | null {
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
