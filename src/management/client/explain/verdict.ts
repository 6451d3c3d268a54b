// Facts in, verdict out: whether a message sent now would reach somebody; if not, the one cause that explains it best, and what to do.
//
// The order of the questions is the order of blame: what stands nearest to the sender and explains everything behind it comes first.
import { draining, flowing, stalled, toRouter } from './causes/consumers.ts';
import { hung, lostEdge, lostRouter, noUplink } from './causes/network.ts';
import { nobody } from './causes/nobody.ts';
import { refusedReceiver, unavailable, unavailableElsewhere, wrongAddress } from './causes/rules.ts';
import type { ConsumerFacts, RouterFacts } from './facts.ts';
import type { Walk } from './walk.ts';

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

/**
 * Everybody who consumes on a way of the message. An edge router is left out for the consumers behind it, and if it hangs; it stands for
 * them when it may not be asked.
 */
export function consumersOf({ answered, unanswered, onTheWay }: Walk): Located[] {
  const known = new Set(answered.map(({ facts }) => facts.router));
  for (const { router, kind } of unanswered) if (kind === 'silent') known.add(router);
  return answered
    .filter(({ facts }) => onTheWay.has(facts.router))
    .flatMap(({ facts }) => facts.consumers.map((consumer) => ({ at: facts, consumer })))
    .filter(({ consumer }) => !consumer.isEdge || !known.has(consumer.container));
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
