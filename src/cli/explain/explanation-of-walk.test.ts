// What routers of a network in memory say, explained in the words of an explanation by files: A ─ B ─ C ─ D, an edge router E at D.
import { expect, test } from 'vitest';
import { emptyFacts, type RouterFacts } from '../../management/client/explain/facts.ts';
import { judge } from '../../management/client/explain/verdict.ts';
import { type Walk, walk } from '../../management/client/explain/walk.ts';
import { NetworkManager } from '../../management/client/testing/network-manager.ts';
import { explanationText } from '../../mesh/explain/explanation-text.ts';
import { NetworkBench, type NetworkOptions } from '../../router/testing/network-bench.ts';
import { explanationOfWalk } from './explanation-of-walk.ts';

const links: NetworkOptions['links'] = [
  ['A', 'B'],
  ['B', 'C'],
  ['C', 'D'],
  ['E', 'D'],
];
const paper = { width: Number.POSITIVE_INFINITY, paint: (text: string) => text };

async function explained(net: NetworkBench, from?: string) {
  const manager = new NetworkManager(net, 'A');
  const options = { address: 'orders', startAt: '$management', now: () => net.now, isWhole: true };
  const found = await manager.until(walk(manager.ask, options));
  return explanationOfWalk({ walk: found, verdict: judge(found) }, from);
}

test('everybody who publishes and subscribes, wherever they are, with the ways between them', async () => {
  const net = new NetworkBench({ links, edges: ['E'], addresses: [{ prefix: 'orders', distribution: 'closest' }] });
  net.receiver('E', 'orders', { credit: 5 });
  net.receiver('B', 'orders', { credit: 7 });
  net.sender('E', 'orders');
  net.sender('C', 'orders');
  net.pass(1_000);
  const explanation = await explained(net);
  expect(explanation).toMatchObject({
    from: 'A',
    flows: true,
    channel: { name: 'orders', distribution: 'closest', rule: 'prefix orders', owner: null },
    publishers: [
      { router: 'C', because: 'no policy: everybody may', link: { waiting: 0 } },
      { router: 'E', link: { waiting: 0 } },
    ],
    consumers: [
      { router: 'B', link: { credit: 7, unsettled: 0 } },
      { router: 'E', link: { credit: 5 } },
    ],
    missing: [],
    seen: [],
  });
  const ways = explanation.deliveries.map(({ hops, cost, receives, credit }) => [
    hops.join(' '),
    cost,
    receives,
    credit,
  ]);
  expect(ways).toEqual([
    ['C B', 1, 'share', 7],
    ['C D E', 1, 'share', 5],
    ['E', 0, 'every', 5],
    ['E D C B', 2, 'reserve', 7],
  ]);
});

test('a router that was asked about stands for whoever sends there', async () => {
  const net = new NetworkBench({ links, edges: ['E'] });
  net.receiver('D', 'orders', { credit: 7 });
  net.sender('C', 'orders');
  const explanation = await explained(net, 'A');
  expect(explanation.publishers).toMatchObject([
    { application: 'A', because: 'whoever may publish there', link: null },
  ]);
  expect(explanationText(explanation, paper)).toMatch(
    /^From A:\n {2}every message {3}endpoint {2}cost 3, credit 7, 0 under way\n {18}A → B → C → D\n$/m,
  );
});

const facts = (router: string, more: Partial<RouterFacts>): RouterFacts => ({
  ...emptyFacts(router),
  key: 'M0orders',
  ...more,
});
function walkOf(...all: RouterFacts[]): Walk {
  return {
    ...{ address: 'orders', from: all[0]?.router ?? '', unanswered: [], isCut: false },
    answered: all.map((one) => ({ facts: one, roundTripMs: 1 })),
    onTheWay: new Set(all.map(({ router }) => router)),
  };
}
const client = {
  ...{
    connection: '3',
    link: 'l',
    container: 'billing',
    user: 'ann',
    host: '10.0.0.7:4000',
    vhost: '',
    group: '',
    isEdge: false,
  },
};

test('of a router of Dispatch it is said what its tables do not tell', () => {
  const found = walkOf(
    facts('Q', {
      source: 'tables',
      consumers: [{ ...client, credit: 1, unsettled: 0, oldestUnsettledSeconds: null }],
      producers: [{ ...client, waiting: 2 }],
    }),
  );
  const explanation = explanationOfWalk({ walk: found, verdict: judge(found) });
  expect(explanation).toMatchObject({
    publishers: [{ application: 'billing (ann)', because: 'its router, which does not tell by which rule' }],
    seen: ['Q: Dispatch, read from its tables'],
  });
});

test('what was refused is past when the application has such a link now', () => {
  const refusal = {
    ...{ user: 'shop/web', host: 'h', vhost: 'applications', group: 'shop_web', reason: '', count: 2, agoSeconds: 1 },
    ...{ what: 'receiver', rule: 'sourcePattern' },
  };
  const refused = facts('A', { refusals: [refusal] });
  const there = { ...client, user: 'shop/web', credit: 1, unsettled: 0, oldestUnsettledSeconds: null };
  const told = (found: Walk) => explanationOfWalk({ walk: found, verdict: judge(found) });
  expect(told(walkOf(refused))).toMatchObject({
    consumers: [{ application: 'shop/web', isAllowed: false }],
    missing: [{ grant: '{ channel: orders, to: shop/web, may: subscribe }', owner: null }],
  });
  expect(told(walkOf(facts('A', { refusals: [refusal], consumers: [there] })))).toMatchObject({
    consumers: [{ application: 'shop/web', isAllowed: true }],
    missing: [],
  });
  expect(
    explanationOfWalk({ walk: walkOf(facts('A', {})), verdict: judge(walkOf(facts('A', {}))) }, 'shop/web').seen,
  ).toEqual([
    'shop/web has no link to orders at the routers that were asked, and none remembers that it refused it one',
  ]);
});
