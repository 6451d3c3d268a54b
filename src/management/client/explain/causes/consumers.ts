// It flows, or there are consumers and yet it does not.
import { ageText } from '../../../../kit/age-text.ts';
import type { RouterFacts } from '../facts.ts';
import type { Located, Verdict } from '../verdict.ts';
import type { Walk } from '../walk.ts';
import { wayBetween } from '../way.ts';
import { who } from '../words.ts';
import { policyVerdict } from './rules.ts';

export function flowing(
  { address, answered }: Walk,
  first: RouterFacts,
  consumers: readonly Located[],
): Verdict | null {
  const ready = consumers.filter(({ consumer }) => consumer.credit > 0);
  const all = answered.map(({ facts }) => facts);
  const reached = ready.filter(({ at }) => {
    const way = wayBetween(all, first, at);
    return way !== null && way.credit !== 0;
  });
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
export function toRouter({ address, answered, from }: Walk, { key }: RouterFacts): Verdict | null {
  const router = key.slice(1);
  if (!key.startsWith('R') || !answered.some(({ facts }) => facts.router === router)) return null;
  const text = `a message to ${address} at ${from} goes to router ${router}, and to whoever has that name there`;
  return { cause: 'flows', text, remedy: '', router };
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

export function stalled(consumers: readonly Located[]): Verdict | null {
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
  const since = age === null ? '' : `, the oldest for ${ageText(age)}`;
  return {
    cause: 'held-unsettled',
    text: `${who(consumer)} at ${at.router} holds ${consumer.unsettled} unsettled${since}, and has no credit left${more}`,
    remedy:
      'It must settle what it has (accept, release). To free it by force:\n' +
      `weft manage update -r ${at.router} --type connection --identity ${consumer.connection} adminStatus=deleted`,
    router: at.router,
  };
}

export function draining({ answered }: Walk, consumers: readonly Located[]): Verdict | null {
  const leaving = answered.find(({ facts }) => facts.isDraining)?.facts;
  if (leaving === undefined || consumers.length > 0) return null;
  const text = `${leaving.router} is shutting down and takes nothing new`;
  return { cause: 'draining', text, remedy: 'Wait until it is back, or connect elsewhere.', router: leaving.router };
}
