// The answer by files: whether a message would reach somebody, and if not, all that stands in its way. In the words of a running mesh
// (management/client/explain/verdict.ts).
import type { Channel } from '../model/mesh.ts';
import type { Participant } from './explain.ts';
import type { DeliveryExplanation, FilesCause, VerdictExplanation } from './explanation.ts';

interface Parts {
  readonly publishers: readonly Participant[];
  readonly consumers: readonly Participant[];
  readonly deliveries: readonly DeliveryExplanation[];
}

export const askForGrants = 'Ask for the grant that is missing, below.';

export function noChannel(address: string, known: string): VerdictExplanation {
  const remedy = 'Declare it, or name one that is declared.';
  return verdict('no-channel', `there is no channel '${address}'${known}`, remedy);
}

/** @param from who was asked about; absent: all that publish */
export function judgeByFiles(
  address: string,
  { distribution }: Channel,
  parts: Parts,
  from: string | undefined,
): VerdictExplanation {
  const [first, ...others] = parts.deliveries.filter(({ receives }) => receives !== 'none');
  if (first === undefined) return nobody(address, parts, from);
  const own = [first, ...others].filter(({ from }) => from === first.from);
  const start = first.hops[0] ?? '';
  const end = first.hops.at(-1) ?? '';
  const isMulticast = distribution === 'multicast' && own.length > 1;
  const whom = isMulticast ? `each of ${own.length} consumers` : `${first.to} at ${end}`;
  const or = isMulticast || own.length === 1 ? '' : `, or to ${own.length - 1} more`;
  return verdict('flows', `a message to ${address} at ${start} goes to ${whom}${or}`, '', end);
}

/** Every reason; the cause is the first of them. */
function nobody(address: string, { publishers, consumers }: Parts, from: string | undefined): VerdictExplanation {
  const reasons: [FilesCause, string, string][] = [];
  for (const { application, isAllowed, right, router } of [...publishers, ...consumers]) {
    if (!isAllowed) reasons.push(['no-grant', `${application} may not ${right}: there is no grant`, askForGrants]);
    else if (router === '')
      reasons.push(['no-endpoint', `${application} has nowhere to connect`, 'See `weft mesh check`.']);
  }
  const declare = 'Who does declares it in its files (publishes, subscribes).';
  if (publishers.length === 0) reasons.push(['no-publisher', 'no application publishes to it', declare]);
  if (consumers.length === 0) reasons.push(['no-consumer', 'no application subscribes to it', declare]);
  if (reasons.length === 0) {
    const remedy = 'See `weft mesh check`, and the addresses of each.';
    reasons.push(['no-way', 'no way leads from a publisher to a consumer, or they use different addresses', remedy]);
  }
  const what = from === undefined ? 'is published' : `${from} publishes`;
  const text = `nobody receives what ${what} to ${address}: ${reasons.map(([, reason]) => reason).join('; ')}`;
  const remedies = new Set(reasons.map(([, , remedy]) => remedy));
  return verdict((reasons[0] as (typeof reasons)[0])[0], text, [...remedies].join(' '));
}

function verdict(cause: FilesCause, text: string, remedy: string, router = ''): VerdictExplanation {
  return { cause, text, remedy, router };
}
