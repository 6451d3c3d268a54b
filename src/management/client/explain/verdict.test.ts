// The verdict on facts as routers give them; explain.test.ts has whole networks.
import { expect, test } from 'vitest';
import { type ConsumerFacts, emptyFacts, type RouterFacts } from './facts.ts';
import { judge } from './verdict.ts';
import type { Unanswered, Walk } from './walk.ts';

const consumer: ConsumerFacts = {
  connection: '3',
  link: 'l',
  container: 'billing',
  user: 'ann',
  host: '10.0.0.7:4000',
  vhost: '',
  group: '',
  credit: 10,
  unsettled: 0,
  oldestUnsettledSeconds: null,
  isEdge: false,
};
const hopTo = (router: string, nextHop = router, credit = 250) => ({
  router,
  nextHop,
  cost: 1,
  credit,
  outstanding: 0,
});
const facts = (router: string, more: Partial<RouterFacts> = {}): RouterFacts => ({
  ...emptyFacts(router),
  key: 'M0q',
  ...more,
});
const lostD = [{ router: 'D', lostForSeconds: 12.3, hadConsumers: true }];
const refusal = {
  what: 'sender',
  user: 'eve',
  host: 'h',
  vhost: 'v',
  group: 'g',
  rule: 'targets',
  reason: 'targets does not allow it',
  count: 3,
  agoSeconds: 1,
};

function walkOf(all: readonly RouterFacts[], unanswered: readonly Unanswered[] = []): Walk {
  return {
    address: 'q',
    from: all[0]?.router ?? '',
    answered: all.map((one) => ({ facts: one, roundTripMs: 1 })),
    unanswered,
    onTheWay: new Set(all.map(({ router }) => router)),
    isCut: false,
  };
}

test('a consumer with credit here takes it', () => {
  expect(judge(walkOf([facts('A', { consumers: [consumer, { ...consumer, user: '' }] })]))).toMatchObject({
    cause: 'flows',
    text: 'a message to q at A goes to billing (ann) at A, or to 1 more with credit',
  });
});

test('an edge router stands for its consumers when it may not be asked, not when it hangs', () => {
  const edge = { ...consumer, container: 'E', user: '', isEdge: true };
  const of = (kind: Unanswered['kind']) =>
    judge(
      walkOf(
        [facts('A', { consumers: [edge] })],
        [{ router: 'E', seenFrom: 'A', kind, message: '', isOnTheWay: true }],
      ),
    );
  expect(of('refused')).toMatchObject({ cause: 'flows', text: 'a message to q at A goes to E at A' });
  expect(of('silent')).toMatchObject({ cause: 'hung-router', router: 'E' });
  expect(judge(walkOf([facts('A', { consumers: [edge] }), facts('E')])).cause).toBe('no-consumer');
});

test('a full consumer does not hide one with credit', () => {
  const full = { ...consumer, credit: 0, unsettled: 100 };
  expect(judge(walkOf([facts('A', { consumers: [full, consumer] })])).cause).toBe('flows');
});

test('a consumer that no router has credit to reach is told apart from one without credit', () => {
  const [a, b] = [facts('A', { hops: [hopTo('B', 'B', 0)] }), facts('B', { consumers: [consumer] })];
  expect(judge(walkOf([a, b]))).toMatchObject({ cause: 'busy-link', router: 'A' });
});

test('of several consumers without credit the fullest is named', () => {
  const held = [2, 40].map((unsettled) => ({ ...consumer, credit: 0, unsettled, oldestUnsettledSeconds: 300 }));
  const { cause, text } = judge(walkOf([facts('A', { consumers: held })]));
  expect(cause).toBe('held-unsettled');
  expect(text).toBe(
    'billing (ann) at A holds 40 unsettled, the oldest for 5 min, and has no credit left (nor has any of 1 more)',
  );
});

test('a refused sender is told when nobody sends, though a consumer waits', () => {
  const at = { consumers: [consumer], refusals: [refusal] };
  expect(judge(walkOf([facts('A', at)]))).toMatchObject({
    cause: 'policy',
    text:
      'a message to q could go on, but the policy of A refused a sender of user eve from h, 3 times, last 1 s ago: ' +
      'targets does not allow it',
    remedy: 'Change targets of vhost v, group g in the policy of A, or let the application use another user.',
  });
  expect(judge(walkOf([facts('A', { ...at, senders: 1 })])).cause).toBe('flows');
});

test('of silent routers the nearest is to blame', () => {
  const a = facts('A', {
    hops: [hopTo('C', 'B')],
    routers: [
      { router: 'C', nextHop: 'B', cost: 2 },
      { router: 'B', nextHop: 'B', cost: 1 },
    ],
  });
  const silent = (router: string): Unanswered => ({
    router,
    seenFrom: 'A',
    kind: 'silent',
    message: '',
    isOnTheWay: false,
  });
  expect(judge(walkOf([a], [silent('C'), silent('B')]))).toMatchObject({ cause: 'hung-router', router: 'B' });
});

test('a router that is connected and says nothing hangs', () => {
  expect(judge(walkOf([facts('A', { lostRouters: lostD, silentPeers: ['C'] })]))).toMatchObject({
    cause: 'hung-router',
    router: 'C',
  });
});

test.each(['connected, and no answer yet', 'Timeout waiting for initial handshake', 'the peer did not open'])(
  'a router that takes connections and does not open them hangs (%s)',
  (message) => {
    const downConnectors = [{ name: 'c', role: 'inter-router', place: 'd:1', peer: '', message }];
    expect(judge(walkOf([facts('A', { lostRouters: lostD, downConnectors })]))).toMatchObject({
      cause: 'hung-router',
      router: 'D',
    });
  },
);

test('a connector that is down is named only when the consumers were behind it', () => {
  const downConnectors = [
    { name: 'c', role: 'inter-router', place: 'd:1', peer: '', message: 'connection refused (ECONNREFUSED)' },
  ];
  expect(judge(walkOf([facts('A', { downConnectors })])).cause).toBe('no-consumer');
  expect(judge(walkOf([facts('A', { downConnectors, lostRouters: lostD })]))).toMatchObject({
    cause: 'link-down',
    text: 'the consumers of q were at D, to which there is no way for 12 s: the link from A by connector c to d:1 is down (connection refused (ECONNREFUSED))',
    remedy: 'Nothing listens at d:1: start the router there, or correct the connector.',
  });
});

test('a lost router that never had consumers explains nothing', () => {
  const lostRouters = [{ router: 'D', lostForSeconds: 1, hadConsumers: false }];
  expect(judge(walkOf([facts('A', { lostRouters })])).cause).toBe('no-consumer');
});

test('routers that could not be asked are named', () => {
  const unanswered: Unanswered[] = [
    { router: 'X', seenFrom: 'A', kind: 'unreachable', message: '', isOnTheWay: false },
  ];
  expect(judge(walkOf([facts('A')], unanswered)).text).toBe('nobody consumes q anywhere; X could not be asked');
});

test('a router that shuts down takes nothing new', () => {
  expect(judge(walkOf([facts('A', { isDraining: true })]))).toMatchObject({ cause: 'draining', router: 'A' });
});
