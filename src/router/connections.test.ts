// Connections of a router: listeners, logins, limits, connectors that dial again.
import { describe, expect, test } from 'vitest';
import type { Open } from '../amqp/performatives.ts';
import { type AmqpValue, int, symbol } from '../amqp/values.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import { SaslClient } from '../engine/sasl/client.ts';
import { SaslServer } from '../engine/sasl/server.ts';
import type { ConnectorEntity, ListenerEntity } from '../schema/configuration.ts';
import type { Dial } from './ports.ts';
import { message } from './testing/messages.ts';
import { type Client, RouterBench } from './testing/router-bench.ts';

const login = (user: string, password: string, allowed: readonly string[] | null = null) => ({
  sasl: new SaslClient({ hostname: 'h', user, password, allowed }),
});

describe('a listener', () => {
  test('answers with its own Open: limits, idle timeout, capabilities, properties', () => {
    const rig = new RouterBench({
      listeners: [
        {
          maxFrameSize: 4096,
          maxSessions: 5,
          idleTimeoutSeconds: 20,
          failoverUrls: 'amqp://other:5673, third',
          openProperties: { site: 'here', list: [1, 'x'] },
        },
      ],
    });
    const { opened } = rig.opened();
    expect(opened).toMatchObject({
      containerId: 'R',
      hostname: null,
      maxFrameSize: 4096,
      channelMax: 4,
      idleTimeOut: 10_000,
    });
    expect(opened?.offeredCapabilities).toContain('ANONYMOUS-RELAY');
    const properties = new Map(
      [...(opened?.properties ?? [])].map(([key, value]) => [String((key as { value: string }).value), value]),
    );
    expect(properties.get('product')).toBe('weft-router');
    expect(properties.get('site')).toBe('here');
    const servers = properties.get('failover-server-list') as Map<AmqpValue, AmqpValue>[];
    expect(servers).toHaveLength(2);
  });

  test('takes as many sessions as it says, and no more', () => {
    const rig = new RouterBench({ listeners: [{ maxSessions: 2 }] });
    const client = rig.opened({ open: { channelMax: 9 } });
    client.begin();
    client.begin();
    expect(client.connection.begin()).toBeNull();
    rig.run();
    expect(client.router?.connection.sessionCount).toBe(2);
    // A client that does not care is turned away.
    const rude = rig.opened();
    rude.connection.remoteChannelMax = 100;
    for (let count = 0; count < 3; count++) rude.begin();
    rig.run();
    expect(rude.ended).toMatchObject({ by: 'peer', error: { condition: 'amqp:connection:framing-error' } });
    expect(client.connection.isOpened).toBe(true);
  });

  test('turns away who skips the login where it must be, and lets in who has a password', () => {
    const rig = new RouterBench({
      listeners: [{ authenticatePeer: true }],
      users: new Map([['ann', 'secret']]),
    });
    const clients = [
      rig.connect(),
      rig.connect(login('', '')),
      rig.connect(login('ann', 'wrong')),
      rig.connect(login('ann', 'secret')),
    ];
    rig.run();
    expect(rig.host.checks).toHaveLength(2);
    for (const check of rig.host.checks) check();
    rig.run();
    expect(clients.map(({ connection }) => connection.isOpened)).toEqual([false, false, false, true]);
    expect(clients.slice(0, 3).every(({ ended }) => ended !== null)).toBe(true);
    expect(rig.router.connections.size).toBe(1);
    const lines = rig.host.lines.map(({ text }) => text).join('\n');
    expect(lines).toContain('user "ann"');
    expect(lines).not.toContain('secret');
    expect(lines).not.toContain('wrong');
  });

  test('lets nobody else wait while a password is checked', () => {
    const rig = new RouterBench({ users: new Map([['ann', 'secret']]) });
    const slow = rig.connect(login('ann', 'secret'));
    rig.run();
    expect(slow.connection.isOpened).toBe(false);
    const quick = rig.opened();
    expect(quick.connection.isOpened).toBe(true);
    rig.lose(slow);
    rig.host.checks[0]?.();
    rig.run();
    expect(rig.router.connections.size).toBe(1);
  });

  test.each([
    [{ saslMechanisms: 'PLAIN' }, null, ['PLAIN needs a usersFile']],
    [{ saslMechanisms: 'EXTERNAL' }, new Map([['a', 'b']]), ['can authenticate nobody']],
    [{ saslMechanisms: 'ANONYMOUS' }, null, []],
    [{ authenticatePeer: true }, null, ['can authenticate nobody']],
  ])('that can authenticate nobody is warned of: %j', (listener, users, warnings) => {
    const rig = new RouterBench({ listeners: [listener], ...(users === null ? {} : { users }) });
    const texts = rig.host.lines.filter(({ level }) => level >= 4).map(({ text }) => text);
    expect(texts).toHaveLength(warnings.length);
    for (const warning of warnings) expect(texts.join()).toContain(warning);
  });

  test('that cannot listen is logged', () => {
    const rig = new RouterBench();
    rig.router.listenFailed(rig.configuration.listeners[0] as ListenerEntity, 'address in use', 0);
    expect(rig.host.logged('cannot listen: address in use')).toHaveLength(1);
  });

  test('closes silent connections after its idle timeout, and keeps those that speak', () => {
    const rig = new RouterBench({ listeners: [{ idleTimeoutSeconds: 16 }] });
    const [quiet, alive] = [rig.opened(), rig.opened()];
    quiet.connection.handleTimeout = () => undefined;
    rig.pass(60_000);
    expect(quiet.ended?.error?.description).toBe('local-idle-timeout expired');
    expect(alive.connection.isOpened).toBe(true);
    expect(rig.router.connections.size).toBe(1);
  });
});

describe('a connector', () => {
  const withConnector = (more: object = {}) =>
    new RouterBench({ connectors: [{ host: 'peer', port: '1234', ...more }] });
  /** A peer that is ready to be dialled. */
  const peerOptions = (open: Partial<Open> = {}) => ({ sasl: new SaslServer(['ANONYMOUS', 'PLAIN']), open });
  const taken = (rig: RouterBench): Dial => {
    const dial = rig.host.dials.shift();
    if (dial === undefined) throw new Error('nothing was dialled');
    return dial;
  };
  const answered = (rig: RouterBench, open: Partial<Open> = {}): Client => {
    const peer = rig.answerDial(taken(rig), peerOptions(open));
    rig.run();
    return peer;
  };

  test('dials at once, logs in, names the host it dialled, and serves the links of its peer', () => {
    const rig = withConnector({ saslUsername: 'ann', saslPassword: 'secret' });
    const dial = taken(rig);
    expect([dial.host, dial.port]).toEqual(['peer', '1234']);
    const peer = rig.answerDial(dial, peerOptions());
    peer.onPassword = (user, password) =>
      peer.connection.saslVerified(user === 'ann' && password === 'secret', rig.now);
    rig.run();
    expect(peer.opened?.hostname).toBe('peer');
    expect(peer.connection.user).toBe('ann');
    const receiver = peer.receive('q');
    const sender = rig.opened().send('q');
    rig.run();
    sender.send(message());
    rig.run();
    expect(receiver.received).toHaveLength(1);
    expect(rig.host.dials).toEqual([]);
  });

  test('dials again 5 s after a failure, 2 s after a loss, for ever', () => {
    const rig = withConnector();
    for (let round = 0; round < 5; round++) {
      rig.router.dialFailed(taken(rig), 'refused', rig.now);
      expect(rig.host.logged('refused')).toHaveLength(round + 1);
      rig.pass(4_999);
      expect(rig.host.dials).toEqual([]);
      rig.pass(1);
    }
    for (let round = 0; round < 3; round++) {
      const peer = answered(rig);
      expect(peer.connection.isOpened).toBe(true);
      if (round === 0) rig.lose(peer);
      else peer.connection.close(null);
      rig.run();
      rig.pass(1_999);
      expect(rig.host.dials).toEqual([]);
      rig.pass(1);
      expect(rig.host.dials).toHaveLength(1);
    }
  });

  test('to another router dials again within a second', () => {
    const rig = withConnector({ role: 'inter-router' });
    for (const afterMs of [250, 500, 1_000, 1_000, 1_000]) {
      rig.router.dialFailed(taken(rig), 'refused', rig.now);
      rig.pass(afterMs - 1);
      expect(rig.host.dials).toEqual([]);
      rig.pass(1);
    }
  });

  test('says how it stands: why the last attempt or connection ended, until there is one again', () => {
    const rig = withConnector();
    const [connector] = rig.router.configuration.connectors;
    const stands = () => {
      const { status, message } = rig.router.dialerOf(connector as ConnectorEntity)?.status ?? {};
      return [status, message];
    };
    expect(stands()).toEqual(['CONNECTING', '']);
    rig.router.dialFailed(taken(rig), 'connection refused', rig.now);
    expect(stands()).toEqual(['FAILED', 'connection refused']);
    rig.pass(5_000);
    const peer = answered(rig);
    expect(stands()).toEqual(['SUCCESS', '']);
    rig.lose(peer);
    rig.run();
    expect(stands()).toEqual(['FAILED', 'the connection was lost']);
    rig.pass(2_000);
    answered(rig).connection.close(amqpError(Condition.ConnectionForced, 'we restart'));
    rig.run();
    expect(stands()).toEqual(['FAILED', 'we restart']);
  });

  test('counts a connection that never opened as a failure', () => {
    const rig = withConnector();
    const peer = rig.answerDial(taken(rig), { sasl: new SaslServer(['PLAIN']) });
    rig.run();
    expect(peer.connection.isOpened).toBe(false);
    rig.pass(4_000);
    expect(rig.host.dials).toEqual([]);
    rig.pass(1_100);
    expect(rig.host.dials).toHaveLength(1);
  });

  test('goes through the hosts that its peer named, each tried twice, and comes back to the first', () => {
    const rig = withConnector();
    const server = (host: string, port: AmqpValue) =>
      new Map<AmqpValue, AmqpValue>([
        [symbol('network-host'), host],
        [symbol('port'), port],
      ]);
    const properties = new Map<AmqpValue, AmqpValue>([
      [symbol('failover-server-list'), [server('second', '22'), server('third', int(33)), server('', '1'), 'rubbish']],
    ]);
    const peer = answered(rig, { properties });
    rig.lose(peer);
    const tried: string[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      rig.pass(1_000);
      const dial = taken(rig);
      tried.push(`${dial.host}:${dial.port}`);
      rig.router.dialFailed(dial, 'refused', rig.now);
    }
    expect(tried).toEqual([
      'peer:1234',
      'peer:1234',
      'second:22',
      'second:22',
      'third:33',
      'third:33',
      'peer:1234',
      'peer:1234',
    ]);
  });

  test('that was deleted while it was dialled keeps no connection', () => {
    const rig = withConnector();
    const dial = taken(rig);
    rig.reload({});
    const peer = rig.answerDial(dial, peerOptions());
    rig.run();
    expect(peer.connection.isOpened).toBe(false);
    expect(rig.router.connections.size).toBe(0);
    rig.pass(60_000);
    expect(rig.host.dials).toEqual([]);
  });

  test('that was changed while it was dialled has one connection, as it is now', () => {
    const rig = withConnector();
    const old = taken(rig);
    rig.reload({ connectors: [{ host: 'peer', port: '1234', linkCapacity: 7 }] });
    const dial = taken(rig);
    expect(dial.connector.linkCapacity).toBe(7);
    rig.answerDial(old, peerOptions());
    const peer = rig.answerDial(dial, peerOptions());
    rig.run();
    expect(rig.router.connections.size).toBe(1);
    expect(peer.connection.isOpened).toBe(true);
    rig.router.dialFailed(old, 'late', rig.now);
    rig.pass(60_000);
    expect(rig.host.dials).toEqual([]);
  });
});

test('one connection more than there may be is closed, and the others stay', () => {
  const rig = new RouterBench();
  const first = rig.opened();
  const { connections } = rig.router;
  for (let count = 0; count < 65_535; count++) connections.add({ connection: {} } as never);
  const extra = rig.connect();
  extra.router?.handleBytes(new Uint8Array(0), 0);
  expect(extra.router?.isFinished).toBe(true);
  expect(first.connection.isOpened).toBe(true);
});
