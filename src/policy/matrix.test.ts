// Users × groups × hosts × addresses × limits: each decision is that of the rules read as plainly as can be (testing/twin.ts), and names
// the rule that the twin names.
import { expect, test } from 'vitest';
import { makePolicy, makeVhost, type VhostEntity } from '../schema/configuration.ts';
import { USER_TOKEN } from '../schema/vhost-rules.ts';
import type { Newcomer } from './connection-policy.ts';
import { Policy } from './policy.ts';
import { connectionRule, linkRule, nameRule, settingsOf, type TwinLink } from './testing/twin.ts';

const hosts = new Map([['app.example', ['10.0.0.7', '::2']]]);

function policyWith(vhosts: readonly VhostEntity[], more: object = {}): Policy {
  const log = { enabled: () => false, write: () => undefined };
  const policy = new Policy({ log, now: () => 0, lookUp: (name, answer) => answer(hosts.get(name) ?? []) });
  expect(policy.configure(makePolicy({ enableVhostPolicy: true, ...more }), vhosts)).toEqual([]);
  return policy;
}

function newcomer(user: string, host: string, hostname: string): Newcomer {
  const where = { label: '[C1]', connection: `${host}:1`, isOutgoing: false, isRouter: false };
  return { user, host, hostname, ...where };
}

function ruleOf(error: { info: ReadonlyMap<unknown, unknown> | null } | null): unknown {
  return error === null ? null : [...(error.info ?? [])][0]?.[1];
}

const hostLists = ['*', '127.0.0.1', '10.0.0.1-10.0.0.9, ::1', 'app.example', '::1-::ff', '', '10.0.0.1'];
const groupShapes: ((remoteHosts: string) => Partial<VhostEntity>)[] = [
  (remoteHosts) => ({ groups: { staff: { users: 'ann, bob', remoteHosts } } }),
  (remoteHosts) => ({
    groups: { staff: { users: 'ann', remoteHosts }, rest: { users: '*', remoteHosts: '127.0.0.1' } },
  }),
  (remoteHosts) => ({
    allowUnknownUser: true,
    groups: { staff: { users: 'ann', remoteHosts: '10.0.0.7' }, $default: { remoteHosts } },
  }),
  (remoteHosts) => ({ groups: { $default: { remoteHosts }, $connector: { users: 'bob', remoteHosts } } }),
  (remoteHosts) => ({
    allowUnknownUser: true,
    groups: { a: { users: 'ann', remoteHosts }, b: { users: '*', remoteHosts: '::1' }, $default: {} },
  }),
  () => ({}),
];

test('who is let in, from where, and through which vhost', () => {
  let decisions = 0;
  for (const defaultVhost of ['v', 'w', 'nowhere']) {
    for (const enableVhostNamePatterns of [false, true]) {
      for (const remoteHosts of hostLists) {
        for (const shape of groupShapes) {
          const vhosts = [
            makeVhost({ hostname: 'v', aliases: 'v.alias, *.v.example', ...shape(remoteHosts) }),
            makeVhost({ hostname: 'w', groups: { all: { users: '*', remoteHosts: '*' } } }),
          ];
          const more = { defaultVhost, enableVhostNamePatterns };
          const policy = policyWith(vhosts, more);
          for (const user of ['ann', 'bob', 'anonymous']) {
            for (const host of ['127.0.0.1', '10.0.0.7', '10.0.0.10', '::1', '::2', 'unix:/x']) {
              for (const hostname of ['v', 'v.alias', '*.v.example', 'a.v.example', 'other', '']) {
                const expected = connectionRule({ policy: more, vhosts, hosts }, user, host, hostname);
                const error = policy.meet(newcomer(user, host, hostname)).enter();
                const where = { user, host, hostname, remoteHosts, more, vhost: vhosts[0] };
                expect({ ...where, rule: ruleOf(error) }).toEqual({ ...where, rule: expected });
                decisions++;
              }
            }
          }
        }
      }
    }
  }
  expect(decisions).toBeGreaterThan(20_000);
});

test('who is called * is like everybody else', () => {
  const groups = { staff: { users: 'ann', remoteHosts: '*' }, rest: { users: '*', remoteHosts: '' } };
  const policy = policyWith([makeVhost({ hostname: 'v', groups })]);
  expect(ruleOf(policy.meet(newcomer('*', '127.0.0.1', 'v')).enter())).toBe('remoteHosts');
  const closed = policyWith([makeVhost({ hostname: 'v', groups: { $connector: { users: '*', remoteHosts: '*' } } })]);
  expect(ruleOf(closed.meet(newcomer('*', '127.0.0.1', 'v')).enter())).toBe('users');
});

const u = USER_TOKEN;
const nameLists = [
  {},
  { sources: '*', targets: '*' },
  { sources: 'orders, tmp*', targets: 'orders, invoices' },
  { sources: `in.${u}, ${u}.*, x-${u}-y*`, targets: `${u}, out/${u}` },
  { sources: 'queue/*, t*', targets: 'orders*' },
  { sourcePattern: 'orders/#, */events', targetPattern: `${u}/#, in/${u}` },
  { sourcePattern: `#/${u}, ${u}`, targetPattern: '#' },
  { sourcePattern: `*/${u}`, targets: 'secret' },
];
const permissions = [
  {},
  { allowAnonymousSender: true, allowDynamicSource: true },
  { maxSenders: 1, maxReceivers: 2, allowAnonymousSender: true },
  { maxSenders: 0, maxReceivers: 0, allowDynamicSource: true },
];
const addresses = [
  ...[
    '',
    'orders',
    '/orders',
    'amqp:/orders',
    'amqp://h:5672/orders',
    'orders/',
    'orders/a',
    'ordersx',
    'queue',
    'queue/a',
    'queues',
  ],
  ...['tmp', 'tmp-x', 'tmp://x/secret', 't:/secret', 'secret', 'eu/events', 'a/eu/events'],
  ...[
    'ann',
    'bob',
    'in.ann',
    'in.bob',
    'in/ann',
    'ann.x',
    'ann/x/y',
    'annx',
    'out/ann',
    'x/y/ann',
    'x-ann-y',
    'x-ann-yz',
    'x-bob-y',
  ],
  ...[u, `${u}.x`, `${u}/x`, `in/${u}`, 'amqp:/ann/x', '*', '#', '_topo/0/R/temp.x'],
];

test('who may attach what, and send where', () => {
  let decisions = 0;
  for (const names of nameLists) {
    for (const permission of permissions) {
      const vhosts = [
        makeVhost({ hostname: 'v', groups: { all: { users: '*', remoteHosts: '*', ...names, ...permission } } }),
      ];
      const policy = policyWith(vhosts);
      const settings = settingsOf(vhosts[0] as VhostEntity, 'ann')!;
      for (const user of ['ann', 'bob', 'a*', 'anonymous']) {
        const admission = policy.meet(newcomer(user, '127.0.0.1', 'v'));
        expect(admission.enter()).toBeNull();
        for (const address of addresses) {
          for (const openLinks of [0, 1, 2]) {
            for (const [kind, isDynamic] of [
              ['sender', false],
              ['receiver', false],
              ['receiver', true],
            ] as const) {
              const link: TwinLink = { kind, isDynamic, address: isDynamic ? '' : address, openLinks };
              const request = { ...link, name: 'l', capabilities: [] };
              const error = kind === 'sender' ? admission.admitSender(request) : admission.admitReceiver(request);
              const where = { user, names, permission, link };
              expect({ ...where, rule: ruleOf(error) }).toEqual({ ...where, rule: linkRule(settings, user, link) });
              decisions++;
            }
          }
          if (address === '') continue;
          const anonymous = { name: 'l', address: '', isDynamic: false, capabilities: [], openLinks: 0 };
          const refused = admission.guardSender(anonymous)?.checkTarget(address) ?? null;
          expect({ user, names, address, rule: ruleOf(refused) }).toEqual({
            ...{ user, names, address, rule: nameRule(settings, 'target', user, address) },
          });
          decisions++;
        }
      }
    }
  }
  expect(decisions).toBeGreaterThan(40_000);
});

test('who comes one too many is refused by the limit that is reached first, and makes room when he leaves', () => {
  const vhosts = [
    makeVhost({
      ...{ hostname: 'v', maxConnections: 3, maxConnectionsPerUser: 2, maxConnectionsPerHost: 9 },
      groups: {
        all: { users: '*', remoteHosts: '*' },
        few: { users: 'ann', remoteHosts: '*', maxConnectionsPerUser: 1 },
      },
    }),
  ];
  const policy = policyWith(vhosts);
  const enter = (user: string, port: number) => {
    const one = policy.meet({ ...newcomer(user, '10.0.0.1', 'v'), connection: `10.0.0.1:${port}` });
    return { one, rule: ruleOf(one.enter()) };
  };
  const first = enter('ann', 1);
  expect([first.rule, enter('ann', 2).rule, enter('bob', 3).rule, enter('bob', 4).rule]).toEqual([
    ...[null, 'maxConnectionsPerUser', null, null],
  ]);
  expect(enter('bob', 5).rule).toBe('maxConnections');
  expect(policy.vhostStats[0]).toMatchObject({
    ...{ connectionsApproved: 3, connectionsDenied: 2, connectionsCurrent: 3 },
    perUserState: { ann: ['10.0.0.1:1'], bob: ['10.0.0.1:3', '10.0.0.1:4'] },
    perHostState: { '10.0.0.1': ['10.0.0.1:1', '10.0.0.1:3', '10.0.0.1:4'] },
  });
  first.one.leave();
  expect(enter('carl', 6).rule).toBeNull();
  expect(enter('ann', 7).rule).toBe('maxConnections');
});
