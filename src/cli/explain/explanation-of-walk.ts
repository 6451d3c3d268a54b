// What routers of a running mesh said of an address → an explanation, in the words of one by files.
import type { ClientFacts, ConsumerFacts, ProducerFacts, RouterFacts } from '../../management/client/explain/facts.ts';
import { wayBetween } from '../../management/client/explain/way.ts';
import { who } from '../../management/client/explain/words.ts';
import { grantOf } from '../../mesh/explain/access.ts';
import type {
  DeliveryExplanation,
  Explanation,
  LinkExplanation,
  MissingGrant,
  ParticipantExplanation,
} from '../../mesh/explain/explanation.ts';
import { withReceives } from '../../mesh/explain/receives.ts';
import { applicationPattern } from '../../mesh/model/names.ts';
import { vhosts } from '../../mesh/render/policy-sections.ts';
import { type Refused, refusedLinks, refusedVerdict } from './refused-links.ts';
import { seenIn } from './seen.ts';
import type { Walked } from './walking.ts';

/** Pairs of a publisher and a consumer that are followed; there may be very many of both. */
const pairsMax = 10_000;

interface Located<T extends ClientFacts> {
  readonly at: RouterFacts;
  readonly client: T;
}

/** @param from the application or router that was asked about; absent: everybody who publishes */
export function explanationOfWalk({ walk, verdict }: Walked, from?: string): Explanation {
  const { address, answered } = walk;
  const all = answered.map(({ facts }) => facts);
  const first = all[0] as RouterFacts;
  const isApplication = from !== undefined && !all.some(({ router }) => router === from);
  const consumers = located(walk, ({ consumers }) => consumers);
  const senders = located(walk, ({ producers }) => producers);
  const asked = isApplication
    ? senders.filter(({ client }) => nameOf(client) === from)
    : from === undefined
      ? senders
      : [];
  const refused = refusedLinks(all, (user, right) =>
    (right === 'publish' ? senders : consumers).some(({ client }) => client.user === user),
  );
  const own = isApplication ? refused.filter(({ user }) => user === from) : refused;
  const seen = seenIn(walk);
  const isUnknown =
    isApplication && own.length === 0 && ![...asked, ...consumers].some(({ client }) => nameOf(client) === from);
  if (isUnknown)
    seen.unshift(
      `${from} has no link to ${address} at the routers that were asked, and none remembers that it refused it one`,
    );
  const judged = isApplication && own[0] !== undefined ? refusedVerdict(address, own[0]) : verdict;
  const rowsOf = (right: Refused['right']): ParticipantExplanation[] =>
    own.filter((one) => one.right === right).map((one) => refusedParticipant(one, address));
  const publishers = asked.map((one) => attached(one, address, producerFigures(one.client)));
  const atRouter = from !== undefined && !isApplication ? [atThisRouter(first, address)] : [];
  return {
    address,
    from: from ?? walk.from,
    flows: judged.cause === 'flows',
    verdict: judged,
    channel: {
      ...{ name: address, isPrefix: false, description: '', owner: null, contact: '' },
      distribution: first.distribution as NonNullable<Explanation['channel']>['distribution'],
      rule: first.rule,
    },
    publishers: [...atRouter, ...publishers, ...rowsOf('publish')],
    consumers: [...consumers.map((one) => attached(one, address, consumerFigures(one.client))), ...rowsOf('subscribe')],
    deliveries: deliveriesOf(all, startsOf(first, asked, from), consumers),
    missing: own.flatMap((one) => missingFor(one, address)),
    seen,
  };
}

/** Clients of all routers. An edge router stands for its own only where it could not be asked. */
function located<T extends ClientFacts>(
  { answered }: Walked['walk'],
  clientsOf: (facts: RouterFacts) => readonly T[],
): Located<T>[] {
  const known = new Set(answered.map(({ facts }) => facts.router));
  return answered
    .flatMap(({ facts }) => clientsOf(facts).map((client) => ({ at: facts, client })))
    .filter(({ client }) => !client.isEdge || !known.has(client.container));
}

// --- who ---------------------------------------------------------------------------------------------------------------

function nameOf(client: ClientFacts): string {
  return client.isEdge ? `edge router ${client.container}` : who(client);
}

type Figures = Pick<LinkExplanation, 'credit' | 'unsettled' | 'oldestUnsettledSeconds' | 'waiting'>;
const noFigures: Figures = { credit: null, unsettled: null, oldestUnsettledSeconds: null, waiting: null };
const producerFigures = ({ waiting }: ProducerFacts): Figures => ({ ...noFigures, waiting });
const consumerFigures = ({ credit, unsettled, oldestUnsettledSeconds }: ConsumerFacts): Figures => ({
  ...{ credit, unsettled, oldestUnsettledSeconds, waiting: null },
});

function attached({ at, client }: Located<ClientFacts>, address: string, figures: Figures): ParticipantExplanation {
  const { connection, link, container, user, host, vhost, group } = client;
  const noRule = at.source === 'tables' ? 'its router, which does not tell by which rule' : 'no policy: everybody may';
  return {
    ...{ application: nameOf(client), environment: '', router: at.router, address, isAllowed: true },
    because: vhost === '' ? noRule : `group ${group} of vhost ${vhost}`,
    link: { connection, link, container, user, host, ...figures },
  };
}

function atThisRouter({ router }: RouterFacts, address: string): ParticipantExplanation {
  const because = 'whoever may publish there';
  return { application: router, environment: '', router, address, isAllowed: true, because, link: null };
}

function refusedParticipant({ user, router, because }: Refused, address: string): ParticipantExplanation {
  return { application: user, environment: '', router, address, isAllowed: false, because, link: null };
}

/** Where the rules come from the files of a mesh, a grant is what is missing; whose it is these rules do not say. */
function missingFor({ user, vhost, right }: Refused, address: string): MissingGrant[] {
  if (vhost !== vhosts.applications || !applicationPattern.test(user)) return [];
  return [{ ...grantOf(user, right, address), owner: null, contact: '', file: '' }];
}

// --- what becomes of messages ------------------------------------------------------------------------------------------

type Start = readonly [name: string, at: RouterFacts];

/** Each who publishes, once for each of its routers; the router where it begins, where nobody does. */
function startsOf(first: RouterFacts, asked: readonly Located<ProducerFacts>[], from: string | undefined): Start[] {
  const starts = new Map(
    asked.map(({ at, client }) => [`${nameOf(client)} ${at.router}`, [nameOf(client), at] as Start]),
  );
  if (starts.size > 0) return [...starts.values()];
  return [[from ?? first.router, first]];
}

function deliveriesOf(
  all: readonly RouterFacts[],
  starts: readonly Start[],
  consumers: readonly Located<ConsumerFacts>[],
): DeliveryExplanation[] {
  const distribution = all[0]?.distribution as Parameters<typeof withReceives>[1];
  const followed = starts.slice(0, Math.max(1, Math.floor(pairsMax / Math.max(1, consumers.length))));
  return followed.flatMap((start) =>
    withReceives(
      consumers.slice(0, pairsMax).map((consumer) => deliveryOf(all, start, consumer)),
      distribution,
    ),
  );
}

function deliveryOf(
  all: readonly RouterFacts[],
  [from, start]: Start,
  { at, client }: Located<ConsumerFacts>,
): Omit<DeliveryExplanation, 'receives'> {
  const way = wayBetween(all, start, at);
  const because =
    start.distribution === 'unavailable'
      ? 'the address is unavailable'
      : way === null
        ? 'there is no way between their routers now'
        : '';
  return {
    ...{ from, to: nameOf(client), hops: way?.hops ?? [], cost: way?.cost ?? null, because },
    credit: Math.min(way?.credit ?? Number.POSITIVE_INFINITY, client.credit),
    underWay: way === null || way.hops.length === 1 ? client.unsettled : way.underWay,
  };
}
