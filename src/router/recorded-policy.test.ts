// The recorded conversations of clients whom a policy turns away, with our router in the place of theirs: every refusal has the condition and the
// words that were recorded. The connections are numbered as in the recording.
import { expect, test } from 'vitest';
import { readRecording } from '../amqp/testing/recording.ts';
import type { ListenerEntity, VhostEntity } from '../schema/configuration.ts';
import { USER_TOKEN } from '../schema/vhost-rules.ts';
import type { RouterConnection } from './router-connection.ts';
import { compare, type Deviation, everywhere } from './testing/replay/deviations.ts';
import { Replay } from './testing/replay/replay.ts';
import { RouterBench } from './testing/router-bench.ts';

const deviations: readonly Deviation[] = [
  ...everywhere,
  {
    reason: 'a refused link has no termini at all (§2.6.3)',
    where: /^(5 peer#([123458]|10)|12 peer#3|13 peer#0) /,
    recorded: /, source=Source\([^)]*\), target=Target\([^)]*\)/,
    weft: '',
  },
  {
    reason: 'a message above the limit costs its link, which is told why, and not the connection',
    where: /^5 (connection|peer#0 sends ok)$/,
    recorded: /^Close\(.*amqp:connection:forced|^Detach\(closed=true\)$/,
    weft: /^Close\(\)$|^Detach\(closed=true.*amqp:link:message-size-exceeded/,
  },
  {
    reason: 'a session beyond the limit is refused, instead of silence',
    where: /^6 connection$/,
    recorded: /^Begin/,
    weft: /^Begin|^End\(.*"amqp:resource-limit-exceeded", description="session disallowed by local policy"/,
  },
  {
    reason: 'no Close into a stream that the peer has ended',
    recorded: /^Close\(.*"connection aborted"/,
    weft: null,
  },
];

/** Ours names the rule. */
const rulePart = /, info=\{sym"rule": "(\w+)"[^}]*\}/;

const narrow = {
  remoteHosts: '*',
  ...{ maxSessions: 3, maxSenders: 2, maxReceivers: 2, maxFrameSize: 8192, maxMessageSize: 5000 },
  ...{ sources: `ok, tmp*, u-${USER_TOKEN}`, targets: 'ok, tmp*, anon-ok' },
};

const wide = {
  ...narrow,
  ...{ allowDynamicSource: true, allowAnonymousSender: true, allowWaypointLinks: false },
  ...{ maxMessageSize: 0, maxSenders: 20, maxReceivers: 20, sources: '*', targets: 'ok, anon-ok, $management' },
};

const vhosts: (Partial<VhostEntity> & { hostname: string })[] = [
  { hostname: 'example.com', maxConnections: 3, allowUnknownUser: true, groups: { $default: narrow } },
  { hostname: 'hosts.com', allowUnknownUser: true, groups: { $default: { ...narrow, remoteHosts: '10.1.1.1' } } },
  { hostname: 'users.com', groups: { g: { ...narrow, users: 'alice' } } },
  { hostname: 'open.com', allowUnknownUser: true, groups: { $default: wide } },
  {
    hostname: 'noframes.com',
    allowUnknownUser: true,
    groups: { $default: { remoteHosts: '*', sources: '*', targets: '*' } },
  },
];

function standIn(): RouterBench {
  const anybody = { authenticatePeer: false, saslMechanisms: 'ANONYMOUS' };
  return new RouterBench({
    router: { id: 'P', mode: 'standalone' },
    listeners: [anybody, { ...anybody, policyVhost: 'users.com' }],
    policy: { maxConnections: 8, enableVhostPolicy: true, defaultVhost: 'none' },
    vhosts,
  });
}

function replayed(): { bench: RouterBench; replay: Replay } {
  const bench = standIn();
  const replay = new Replay(bench, false, ({ configuration, router, now }, { text, connection }) => {
    const listener = configuration.listeners[text === 'client-users' ? 1 : 0] as ListenerEntity;
    return router.acceptConnection(listener, `127.0.0.1:${50_000 + connection}`, now) as RouterConnection;
  });
  replay.play(readRecording('policy-denied'));
  return { bench, replay };
}

test('clients whom a policy turns away hear from our router what they heard from the recorded one, but for what is listed', () => {
  const { replay } = replayed();
  const ours = replay
    .lines('ours')
    .map(([label, lines]): [string, string[]] => [label, lines.map((line) => line.replace(rulePart, ''))]);
  const comparison = compare(replay.lines('recorded'), ours, deviations);
  expect(comparison.ours).toEqual(comparison.recorded);
  expect(comparison.unseen).toEqual([]);
});

test('each of the recorded refusals names its rule', () => {
  const { replay } = replayed();
  const rules = replay
    .lines('ours')
    .flatMap(([label, lines]) =>
      lines.flatMap((line) => (rulePart.test(line) ? [`${label}: ${rulePart.exec(line)?.[1]}`] : [])),
    );
  expect(rules).toEqual([
    '1 connection: defaultVhost',
    '2 connection: defaultVhost',
    '3 connection: remoteHosts',
    '4 connection: users',
    '5 peer#0 sends ok: maxMessageSize',
    '5 peer#0 sends ok: maxMessageSize',
    '5 peer#1 sends forbidden: targets',
    '5 peer#2 sends: allowAnonymousSender',
    '5 peer#3 receives forbidden: sources',
    '5 peer#4 receives: allowDynamicSource',
    '5 peer#5 receives: sources',
    '5 peer#8 receives ok: maxReceivers',
    '5 peer#10 sends ok: maxSenders',
    '6 connection: maxSessions',
    '7 connection: defaultVhost',
    '10 connection: maxConnections',
    '11 connection: maxConnections',
    '12 peer#0 sends: targets',
    '12 peer#0 sends: allowUserIdProxy',
    '12 peer#3 receives wp: allowWaypointLinks',
    '13 peer#0 sends: allowAnonymousSender',
  ]);
});

test('the recorded refusals are counted', () => {
  const { policy } = replayed().bench.router;
  expect(policy.figures).toEqual({
    connectionsProcessed: 21,
    connectionsDenied: 8,
    connectionsCurrent: 0,
    linksDenied: 9,
    maxMessageSizeDenied: 1,
    totalDenials: 21,
  });
  const [stats] = policy.vhostStats;
  expect(stats).toEqual({
    hostname: 'example.com',
    ...{ connectionsApproved: 4, connectionsDenied: 2, connectionsCurrent: 0, perUserState: {}, perHostState: {} },
    ...{ sessionDenied: 1, senderDenied: 3, receiverDenied: 4, maxMessageSizeDenied: 1 },
  });
  expect(policy.refusals.ofAddress('/forbidden').map(({ what, rule, count }) => ({ what, rule, count }))).toEqual([
    { what: 'message', rule: 'targets', count: 1 },
    { what: 'receiver', rule: 'sources', count: 1 },
    { what: 'sender', rule: 'targets', count: 1 },
  ]);
});
