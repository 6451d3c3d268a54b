// Links that policy refused of late, and who has not got one since.
import { ageText } from '../../kit/age-text.ts';
import type { RouterFacts } from '../../management/client/explain/facts.ts';
import type { VerdictExplanation } from '../../mesh/explain/explanation.ts';
import type { Right } from '../../mesh/model/mesh.ts';

export interface Refused {
  readonly user: string;
  readonly right: Right;
  readonly router: string;
  readonly vhost: string;
  /** `sourcePattern of group shop_web, vhost applications; 3 times, last 2 s ago` */
  readonly because: string;
}

/** One for each user, right and router. `isAttached`: it has such a link now, so that what was refused before is past. */
export function refusedLinks(
  all: readonly RouterFacts[],
  isAttached: (user: string, right: Right) => boolean,
): Refused[] {
  const found = new Map<string, Refused>();
  for (const { router, refusals } of all) {
    for (const { what, user, vhost, group, rule, count, agoSeconds } of refusals) {
      const right: Right = what === 'receiver' ? 'subscribe' : 'publish';
      const key = `${user} ${right} ${router}`;
      if (found.has(key) || isAttached(user, right)) continue;
      const times = `${count === 1 ? 'once' : `${count} times, last`} ${ageText(agoSeconds)} ago`;
      const place = vhost === '' ? '' : ` of ${group === '' ? '' : `group ${group}, `}vhost ${vhost}`;
      found.set(key, { user: user || 'anonymous', right, router, vhost, because: `${rule}${place}; ${times}` });
    }
  }
  return [...found.values()];
}

/** The answer to who asks about the application that was refused. */
export function refusedVerdict(address: string, { user, right, router, because }: Refused): VerdictExplanation {
  return {
    cause: 'policy',
    text: `${user} may not ${right} to ${address}: the policy of ${router} refused it by ${because}`,
    remedy: `The rules of ${router} must allow it: where they are rendered from the files of a mesh, a grant is missing.`,
    router,
  };
}
