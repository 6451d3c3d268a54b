// Policy in a whole router: rules that change while it runs, connections that it makes itself, limits, messages in parts, HTTP.
import { describe, expect, test } from 'vitest';
import { encodeMessage, Message } from '../amqp/message.ts';
import { type ErrorInfo, Header, Properties, Target } from '../amqp/performatives.ts';
import { Writer } from '../amqp/writer.ts';
import { SaslServer } from '../engine/sasl/server.ts';
import type { Sent } from '../engine/testing/sender.ts';
import { makeVhost, type VhostEntity } from '../schema/configuration.ts';
import { message } from './testing/messages.ts';
import { NetworkBench } from './testing/network-bench.ts';
import { type BenchOptions, RouterBench, stateOf } from './testing/router-bench.ts';

type Group = Readonly<Record<string, string | number | boolean>>;

const open: Group = { users: '*', remoteHosts: '*', sources: '*', targets: '*', allowDynamicSource: true };

function vhost(group: Group, more: Partial<VhostEntity> = {}) {
  return { hostname: 'v', ...more, groups: { all: { ...open, ...group } } };
}

function policed(group: Group, more: BenchOptions & { vhost?: Partial<VhostEntity> } = {}): RouterBench {
  return new RouterBench({
    policy: { enableVhostPolicy: true, defaultVhost: 'v' },
    vhosts: [vhost(group, more.vhost)],
    ...more,
  });
}

/** Other vhosts, as the file or management brings them. */
function change(rig: RouterBench, ...vhosts: (Partial<VhostEntity> & { readonly hostname: string })[]): string[] {
  const { router, now } = rig;
  return router.reload({ ...router.configuration, vhosts: vhosts.map(makeVhost) }, now);
}

function ruleOf(error: ErrorInfo | null | undefined): string | null {
  return error == null ? null : String([...(error.info ?? [])][0]?.[1]);
}

function rejection(sent: Sent | undefined): [string, string | null] {
  const { error } = stateOf(sent) as { error: ErrorInfo };
  return [error.condition, ruleOf(error)];
}

function ofUser(userId: string, body: number | string = 'hello'): Uint8Array {
  const writer = new Writer(64);
  const data = typeof body === 'number' ? new Uint8Array(body) : new TextEncoder().encode(body);
  const properties = new Properties({ userId: new TextEncoder().encode(userId) });
  encodeMessage(
    writer,
    new Message({ header: new Header({ durable: true }), properties, body: { kind: 'data', data: [data] } }),
  );
  return writer.written();
}

describe('rules that change while the router runs', () => {
  test('hold for what is attached from then on; links that are there stay', () => {
    const rig = policed({ targets: 'a' });
    const client = rig.opened();
    const before = client.send('a');
    const consumer = client.receive('a');
    rig.run();
    expect(change(rig, vhost({ targets: 'b' }))).toEqual(['vhost v (groups): changed']);
    const [again, other] = [client.send('a'), client.send('b')];
    const sent = before.send(message());
    rig.run();
    expect([ruleOf(again.detached?.error), ruleOf(other.detached?.error)]).toEqual(['targets', null]);
    expect([sent.outcome, consumer.complete.length]).toEqual([0x24, 1]);
    expect(rig.faults()).toEqual([]);
  });

  test('leave who is in no vhost any more with what he has, and with nothing new', () => {
    const rig = policed({});
    const client = rig.opened();
    const consumer = client.receive('a');
    const sender = client.send('a');
    rig.run();
    expect(change(rig)).toEqual(['vhost v: deleted']);
    const refused = client.send('a');
    sender.send(message());
    rig.run();
    expect(ruleOf(refused.detached?.error)).toBe('defaultVhost');
    expect(consumer.complete).toHaveLength(1);
    expect(rig.opened().ended?.error?.description).toBe('connection disallowed by local policy');
  });

  test('are not taken over when they cannot be meant', () => {
    const rig = policed({});
    const { policy } = rig.router;
    const before = policy.rules;
    const faulty = [
      { hostname: 'w', aliases: 'v' },
      { hostname: 'x', groups: { g: { users: 'a' }, h: { users: 'a' } } },
    ];
    expect(
      policy.configure(policy.entity, [...policy.vhosts, ...faulty.map((one) => makeVhost(one as never))]),
    ).toEqual([
      "vhost \"w\": the alias 'v' is a name of the vhost 'v'",
      "vhost \"x\": user 'a' is in the groups 'g' and 'h'; one is allowed",
    ]);
    expect(policy.rules).toBe(before);
  });

  test('may begin to hold for those who came before there were any', () => {
    const rig = new RouterBench();
    const client = rig.opened();
    const wanted: BenchOptions = {
      policy: { enableVhostPolicy: true, defaultVhost: 'v' },
      vhosts: [vhost({ sources: 'a' })],
    };
    expect(rig.reload(wanted)).toEqual(['policy (enableVhostPolicy, defaultVhost): changed', 'vhost v: created']);
    const [allowed, denied] = [client.receive('a'), client.receive('b')];
    rig.run();
    expect([ruleOf(allowed.detached?.error), ruleOf(denied.detached?.error)]).toEqual([null, 'sources']);
  });

  test('keep the counters of a vhost as long as it is there', () => {
    const rig = policed({});
    const client = rig.opened();
    change(rig, vhost({}, { maxConnections: 1 }));
    expect(ruleOf(rig.opened().ended?.error)).toBe('maxConnections');
    expect(rig.router.policy.vhostStats).toMatchObject([
      { connectionsApproved: 1, connectionsDenied: 1, connectionsCurrent: 1 },
    ]);
    client.connection.close(null);
    rig.run();
    expect(rig.router.policy.vhostStats).toMatchObject([{ connectionsCurrent: 0 }]);
    expect(rig.opened().ended).toBeNull();
  });
});

describe('a host name in remoteHosts', () => {
  test('is looked up when the rule is read; nobody is let in for one that has no address', () => {
    const rig = policed({ remoteHosts: 'app.example' });
    expect(ruleOf(rig.opened().ended?.error)).toBe('remoteHosts');
    expect(rig.host.logged('host "app.example" has no address')).toHaveLength(1);
  });

  test('is waited for before the first listener listens', () => {
    const answers: ((addresses: string[]) => void)[] = [];
    const rig = policed({});
    rig.host.lookUp = (_, answer) => void answers.push(answer);
    change(rig, vhost({ remoteHosts: 'app.example' }));
    let isResolved = false;
    rig.router.policy.whenResolved(() => {
      isResolved = true;
    });
    expect(isResolved).toBe(false);
    answers[0]?.(['10.0.0.1']);
    expect(isResolved).toBe(true);
  });
});

describe('a connection that the router makes', () => {
  const connector = { host: 'broker', policyVhost: 'v' };

  function dialled(groups: VhostEntity['groups']) {
    const rig = new RouterBench({
      policy: { enableVhostPolicy: true },
      vhosts: [{ hostname: 'v', maxConnections: 0, groups }],
      listeners: [],
      connectors: [connector],
    });
    const peer = rig.answerDial(rig.host.dials.shift()!, { sasl: new SaslServer(['ANONYMOUS']) });
    rig.run();
    return { rig, peer };
  }

  test('gives its peer what the group $connector allows', () => {
    const { rig, peer } = dialled({ $connector: { sources: 'a', targets: 'b', maxSenders: 1, maxFrameSize: 600 } });
    const links = [peer.send('b'), peer.send('b'), peer.receive('a'), peer.receive('b')];
    rig.run();
    expect(links.map(({ detached }) => ruleOf(detached?.error))).toEqual([null, 'maxSenders', null, 'sources']);
    expect(peer.opened?.maxFrameSize).toBe(16384);
  });

  test('is closed when there is no such group', () => {
    const { rig, peer } = dialled({ all: open });
    expect(peer.ended?.error?.description).toBe('connection disallowed by local policy');
    expect(ruleOf(peer.ended?.error)).toBe('groups');
    expect(rig.host.logged('it has no group "$connector"')).not.toEqual([]);
  });
});

describe('limits', () => {
  test('of frames, sessions and windows are told in the Open and the Begin', () => {
    const rig = policed({ maxFrameSize: 1000, maxSessions: 2, maxSessionWindow: 50_000 });
    const client = rig.opened();
    const session = client.begin();
    rig.run();
    expect(client.opened).toMatchObject({ maxFrameSize: 1000, channelMax: 1 });
    expect(session.remoteIncomingWindow).toBe(50);
  });

  test('of messages hold for each link; the smaller one of listener and policy counts', () => {
    const rig = policed({ maxMessageSize: 300 }, { listeners: [{ maxMessageSize: 200 }, {}] });
    const clients = [rig.opened({}, 0), rig.opened({}, 1)];
    const consumer = clients[0]!.receive('a');
    const senders = clients.map((client) => client.send('a'));
    rig.run();
    expect(senders.map(({ attached }) => attached?.maxMessageSize)).toEqual([200, 300]);
    for (const sender of senders) sender.send(message({ body: 250 }));
    rig.run();
    for (const sender of senders) sender.send(message({ body: 350 }));
    rig.run();
    expect(consumer.complete).toHaveLength(1);
    expect(senders.map(({ detached }) => [detached?.error?.condition, ruleOf(detached?.error)])).toEqual([
      ['amqp:link:message-size-exceeded', 'undefined'],
      ['amqp:link:message-size-exceeded', 'maxMessageSize'],
    ]);
    expect(rig.router.policy.figures.maxMessageSizeDenied).toBe(1);
  });

  test('of messages that policy sets hold for clients though no vhost rules', () => {
    const rig = new RouterBench({ policy: { maxMessageSize: 100 } });
    const client = rig.opened();
    const sender = client.send('a');
    client.receive('a');
    rig.run();
    const sent = sender.send(message({ body: 200 }));
    rig.run();
    expect(rejection(sent)).toEqual(['amqp:link:message-size-exceeded', 'maxMessageSize']);
  });

  test('of links do not count those that were refused or are gone', () => {
    const rig = policed({ maxSenders: 1, targets: 'a' });
    const client = rig.opened();
    const tries = [client.send('b'), client.send('a'), client.send('a')];
    rig.run();
    expect(tries.map(({ detached }) => ruleOf(detached?.error))).toEqual(['targets', null, 'maxSenders']);
    tries[1]?.link?.detach(null);
    const later = client.send('a', { session: client.begin() });
    rig.run();
    expect(later.detached).toBeNull();
  });

  test('of all connections end a transport without a byte, whatever its role, and also one that waits for its handshake of TLS', () => {
    const rig = new RouterBench({ policy: { maxConnections: 1 } });
    const first = rig.opened();
    expect(rig.router.mayConnect('10.0.0.1:1')).toBe(false);
    const second = rig.connect();
    rig.run();
    expect([second.opened, second.ended?.by]).toEqual([null, 'loss']);
    expect(rig.router.policy.figures).toMatchObject({
      connectionsProcessed: 3,
      connectionsDenied: 2,
      connectionsCurrent: 1,
    });
    rig.lose(first);
    expect(rig.opened().opened).not.toBeNull();
  });
});

describe('a message', () => {
  test('that names another user is rejected, whole or in parts, and one that names its own passes', () => {
    const rig = policed({});
    const client = rig.opened();
    const consumer = client.receive('a', { credit: 10 });
    const sender = client.send('a');
    rig.run();
    const sents = [
      ofUser('mallory'),
      ofUser('anonymous'),
      ofUser('mallory', 200_000),
      ofUser('anonymous', 200_000),
    ].map((bytes) => sender.send(bytes));
    rig.run();
    expect(sents.map(({ outcome }) => outcome)).toEqual([0x25, 0x24, 0x25, 0x24]);
    expect(rejection(sents[0])).toEqual(['amqp:unauthorized-access', 'allowUserIdProxy']);
    expect(rejection(sents[2])).toEqual(['amqp:unauthorized-access', 'allowUserIdProxy']);
    expect(consumer.complete).toHaveLength(2);
    expect(rig.faults()).toEqual([]);
    expect(rig.router.policy.refusals.ofAddress('a')).toMatchObject([
      { what: 'message', rule: 'allowUserIdProxy', count: 2 },
    ]);
    // Once a link: the others are only counted.
    expect(rig.host.logged('allowUserIdProxy is off')).toHaveLength(1);
  });

  test('whose part with the user-id comes later waits for it', () => {
    const rig = policed({});
    const client = rig.opened();
    const consumer = client.receive('a');
    const sender = client.send('a');
    rig.run();
    const bytes = ofUser('mallory', 100);
    const delivery = sender.start();
    for (const at of [3, 9, 14, 20]) {
      delivery.part(bytes.subarray(at === 3 ? 0 : at === 9 ? 3 : at === 14 ? 9 : 14, at), true);
      rig.run();
    }
    delivery.part(bytes.subarray(20), false);
    rig.run();
    expect(delivery.sent.outcome).toBe(0x25);
    expect(consumer.received).toEqual([]);
  });

  test('that names another user passes where that is allowed', () => {
    const rig = policed({ allowUserIdProxy: true });
    const client = rig.opened();
    client.receive('a');
    const sender = client.send('a');
    rig.run();
    const sent = sender.send(ofUser('somebody'));
    rig.run();
    expect(sent.outcome).toBe(0x24);
  });

  test('of an anonymous sender goes where targets allow, however its address is written', () => {
    const rig = policed({ allowAnonymousSender: true, targets: 'a, tmp*' });
    const client = rig.opened();
    const consumers = ['a', 'secret', 'tmp.x'].map((address) => client.receive(address));
    const sender = client.send('', { attach: { target: new Target({}) } });
    rig.run();
    const to = ['a', '/a', 'secret', 'tmp://x/secret', 'tmp.x', 'a', 'secret'];
    const sents = to.map((address) => sender.send(message({ to: address })));
    rig.run();
    expect(sents.map(({ outcome }) => outcome)).toEqual([0x24, 0x24, 0x25, 0x25, 0x24, 0x24, 0x25]);
    expect(rejection(sents[2])).toEqual(['amqp:unauthorized-access', 'targets']);
    expect(consumers.map(({ complete }) => complete.length)).toEqual([3, 0, 1]);
  });
});

describe('an edge router', () => {
  const edges = { allowAnonymousSender: true, allowUserIdProxy: true };

  function network(group: Group): NetworkBench {
    const ruled = { policy: { enableVhostPolicy: true, defaultVhost: 'v' }, vhosts: [vhost({ ...edges, ...group })] };
    const net = new NetworkBench({
      links: [
        ['E', 'A'],
        ['F', 'A'],
      ],
      edges: ['E', 'F'],
      routers: { A: ruled },
    });
    return net;
  }

  test('works for its clients where the vhost allows what they do', () => {
    const net = network({});
    const receiver = net.receiver('F', 'q');
    const sender = net.sender('E', 'q');
    net.pass(300);
    const sent = sender.send(ofUser('anonymous'));
    net.run();
    expect([sent.outcome, receiver.complete.length]).toEqual([0x24, 1]);
    expect(net.faults()).toEqual([]);
  });

  test('brings its clients no further than the vhost allows', () => {
    const net = network({ targets: 'q', sources: '*' });
    const receivers = ['q', 'secret'].map((address) => net.receiver('F', address));
    const senders = ['q', 'secret'].map((address) => net.sender('E', address));
    const anonymous = net.sender('E', null);
    net.pass(300);
    for (const sender of senders) sender.send(message());
    const smuggled = anonymous.send(message({ to: 'secret' }));
    net.pass(300);
    expect(receivers.map(({ complete }) => complete.length)).toEqual([1, 0]);
    expect([senders[1]?.waitingCount, smuggled.outcome === 0x24]).toEqual([1, false]);
    expect(
      net
        .router('A')
        .policy.refusals.ofAddress('secret')
        .map(({ rule }) => rule),
    ).toContain('targets');
    expect(net.faults()).toEqual([]);
  });
});

test('a session beyond the limit is refused by itself, as long as its peer stays within reason', () => {
  const rig = policed({ maxSessions: 1 });
  const client = rig.opened();
  client.connection.options.open.channelMax = 100;
  client.connection.remoteChannelMax = 100;
  const first = client.begin();
  const second = client.begin();
  rig.run();
  expect([first.isEnding, second.isEnding]).toEqual([false, true]);
  expect(client.ended).toBeNull();
  expect(rig.router.policy.vhostStats).toMatchObject([{ sessionDenied: 1 }]);
});

test('who asks over HTTP is judged as one who opens a connection, and figures are for those who may read $management', () => {
  const rig = policed({ remoteHosts: '10.0.0.1', sources: '$management', users: 'ann' });
  const { policy } = rig.router;
  const ask = (what: 'metrics' | 'files', user: string, host: string) =>
    policy.denyHttp(what, { user, host, hostname: 'monitor.example' });
  expect(ask('metrics', 'ann', '10.0.0.1')).toBeNull();
  expect(ask('metrics', 'anonymous', '10.0.0.1')).toContain('is in no group');
  expect(ask('files', 'ann', '10.0.0.2')).toContain('remoteHosts does not hold 10.0.0.2');
  change(rig, vhost({ users: 'ann', sources: 'a' }));
  expect(ask('metrics', 'ann', '10.0.0.1')).toContain('do not allow $management');
  expect(ask('files', 'ann', '10.0.0.1')).toBeNull();
  expect(policy.vhostStats).toMatchObject([{ connectionsApproved: 0, connectionsCurrent: 0 }]);
});

test('what of a policy has no effect, or leaves a way around it, is told at the start', () => {
  const vhosts = [vhost({})];
  const without = new RouterBench({ vhosts, listeners: [{ name: 'door', policyVhost: 'v' }] });
  expect(
    without.host.logged('without enableVhostPolicy these have no effect: vhost v, policyVhost of door'),
  ).toHaveLength(1);
  const listeners = [{ role: 'inter-router' as const, name: 'trunk' }];
  const around = new RouterBench({
    router: { mode: 'interior' },
    vhosts,
    listeners,
    policy: { enableVhostPolicy: true },
  });
  expect(around.host.logged('trunk lets every peer join the mesh as a router')).toHaveLength(1);
});

test('what a peer is asked about its permissions follows the rules of now', () => {
  const rig = policed({ allowAdminStatusUpdate: false });
  const client = rig.opened();
  const { policy } = client.router!;
  expect([policy?.mayUpdateAdminStatus, policy?.mayMakeLinkRoutes]).toEqual([false, true]);
  change(rig, vhost({ allowDynamicLinkRoutes: false }));
  expect([policy?.mayUpdateAdminStatus, policy?.mayMakeLinkRoutes]).toEqual([true, false]);
});
