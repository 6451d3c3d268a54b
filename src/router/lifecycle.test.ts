// A router that is reloaded, described, drained.
import { describe, expect, test } from 'vitest';
import { message } from './testing/messages.ts';
import { nothingLeft, outcomesOf, RouterBench } from './testing/router-bench.ts';

describe('a drain', () => {
  test('takes nothing new, lets what is in flight settle, and closes all connections when everything is quiet', () => {
    const rig = new RouterBench({ connectors: [{ host: 'peer' }] });
    const consuming = rig.opened();
    const receiver = consuming.receive('q', { outcome: null });
    const producing = rig.opened();
    const sender = producing.send('q');
    rig.run();
    const sent = [sender.send(message()), sender.send(message())];
    rig.run();
    rig.router.drain(rig.now);
    rig.run();
    expect(rig.host.listening).toEqual([]);
    expect([sender.credit, sender.drains]).toEqual([0, 1]);
    const late = [producing.send('q'), consuming.receive('other')];
    rig.run();
    expect(late.map(({ detached }) => detached?.error?.condition)).toEqual([
      'amqp:connection:forced',
      'amqp:connection:forced',
    ]);
    rig.pass(1_000);
    expect(producing.connection.isOpened).toBe(true);
    receiver.settleAll();
    rig.run();
    expect(outcomesOf(sent)).toEqual([0x24, 0x24]);
    rig.pass(200);
    for (const client of [producing, consuming])
      expect(client.ended).toMatchObject({ by: 'peer', error: { condition: 'amqp:connection:forced' } });
    // A library that connects anew by itself brings back what nobody has detached.
    expect([receiver.detached?.by, sender.detached?.by]).toEqual(['loss', 'loss']);
    rig.pass(200);
    expect(rig.host.isStopped).toBe(true);
    expect(rig.router.connections.size).toBe(0);
    rig.pass(60_000);
    expect(rig.host.dials).toHaveLength(1);
    expect(rig.router.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });

  test('waits for a sender that goes on to use its credit, until it has none or is silent', () => {
    const rig = new RouterBench({ listeners: [{ linkCapacity: 6 }] });
    rig.opened().receive('q', { credit: 100 });
    const producing = rig.opened();
    const sender = producing.send('q');
    sender.answersDrains = false;
    rig.run();
    sender.send(message());
    rig.run();
    const credit = sender.credit;
    expect(credit).toBeGreaterThan(3);
    rig.router.drain(rig.now);
    for (let count = 0; count < 3; count++) {
      rig.pass(300);
      sender.send(message());
      rig.run();
    }
    rig.pass(300);
    expect(producing.connection.isOpened).toBe(true);
    expect(sender.credit).toBe(credit - 3);
    rig.pass(400);
    expect(outcomesOf(sender.sent)).toEqual([0x24, 0x24, 0x24, 0x24]);
    expect(producing.ended).toMatchObject({ by: 'peer', error: { condition: 'amqp:connection:forced' } });
  });

  test('waits no longer than drainSeconds; what is still open ends modified', () => {
    const rig = new RouterBench({ router: { drainSeconds: 3 } });
    const sender = rig.opened().send('q');
    rig.opened().receive('q', { credit: 1, outcome: null });
    rig.run();
    const sent = sender.send(message());
    const waiting = sender.send(message());
    rig.run();
    rig.router.drain(rig.now);
    rig.pass(2_900);
    expect(rig.router.connections.size).toBe(2);
    rig.pass(300);
    expect(rig.host.isStopped).toBe(true);
    // Told before its connection was closed.
    expect([sent.outcomes, waiting.outcomes]).toEqual([[0x27], [0x26]]);
  });

  test('of a router without connections is over at once', () => {
    const rig = new RouterBench();
    rig.router.drain(0);
    rig.pass(100);
    expect(rig.host.isStopped).toBe(true);
  });

  test('ends though a client does not answer the Close', () => {
    const rig = new RouterBench();
    const client = rig.opened();
    rig.router.drain(rig.now);
    client.isSlow = true;
    rig.pass(5_000);
    expect(rig.host.isStopped).toBe(true);
  });

  test('closes who connects meanwhile', () => {
    const rig = new RouterBench({ connectors: [{ host: 'peer' }] });
    const busy = rig.opened();
    busy.receive('q', { outcome: null });
    const sender = busy.send('q');
    rig.run();
    sender.send(message());
    rig.run();
    rig.router.drain(rig.now);
    const late = rig.opened();
    expect(late.ended?.error?.condition).toBe('amqp:connection:forced');
  });

  test('lets a long message come to its end', () => {
    const rig = new RouterBench();
    const receiver = rig.opened().receive('q');
    const sender = rig.opened().send('q');
    rig.run();
    const bytes = message({ body: 300_000 });
    const { sent, part } = sender.start();
    for (let at = 0; at < 200_000; at += 10_000) part(bytes.subarray(at, at + 10_000), true);
    rig.run();
    rig.router.drain(rig.now);
    rig.pass(500);
    for (let at = 200_000; at < bytes.length; at += 10_000)
      part(bytes.subarray(at, at + 10_000), at + 10_000 < bytes.length);
    rig.pass(500);
    expect(receiver.complete).toHaveLength(1);
    expect(sent.outcomes).toEqual([0x24]);
    expect(rig.host.isStopped).toBe(true);
  });
});

describe('a reload', () => {
  test('that changes nothing says so', () => {
    expect(new RouterBench().reload({})).toEqual(['the configuration has not changed']);
  });

  test('opens and closes listeners, starts and stops connectors, and tells what it did', () => {
    const rig = new RouterBench({ listeners: [{}, {}], connectors: [{ host: 'one' }] });
    const client = rig.opened();
    const lines = rig.reload({ listeners: [{}, { maxFrameSize: 1024 }, {}], connectors: [{ host: 'two' }] });
    expect(lines.map((line) => line.replace(/ [^ ]*$/, ''))).toHaveLength(4);
    expect(lines.join('\n')).toMatch(/connector .*one.*: deleted/);
    expect(lines.join('\n')).toMatch(/listener .*\(maxFrameSize\): changed/);
    expect(rig.host.listening.map(({ maxFrameSize }) => maxFrameSize).sort()).toEqual([1024, 16384, 16384]);
    expect(rig.host.dials.map(({ host }) => host)).toEqual(['one', 'two']);
    expect(client.connection.isOpened).toBe(true);
  });

  test('names what needs a restart, and leaves it', () => {
    const rig = new RouterBench();
    const lines = rig.reload({ router: { id: 'OTHER' } });
    expect(lines).toEqual([expect.stringMatching(/\(id\): changed in the file, needs a restart/)]);
    expect(rig.opened().opened?.containerId).toBe('R');
    // It is named again: it is still not in force.
    expect(rig.reload({ router: { id: 'OTHER' } })).toHaveLength(1);
  });

  test('takes over what it can of the router itself', () => {
    const rig = new RouterBench();
    expect(rig.reload({ router: { drainSeconds: 1 } })).toEqual([expect.stringContaining('drainSeconds): changed')]);
    expect(rig.router.configuration.router.drainSeconds).toBe(1);
  });
});

test('the figures count what happened', () => {
  const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution: 'closest' }] });
  const receiver = rig.opened().receive('q', { outcome: null });
  const sender = rig.opened().send('q');
  rig.run();
  for (let count = 0; count < 6; count++) sender.send(message());
  sender.send(message(), true);
  rig.run();
  expect(rig.router.describe()).toMatchObject({
    connections: 2,
    links: 2,
    addresses: 1,
    deliveriesIngress: 7,
    deliveriesEgress: 7,
    presettled: 1,
    accepted: 0,
  });
  const [a, b, c, d, late, later] = receiver.received;
  for (const [received, outcome] of [
    [a, 0x24],
    [b, 0x25],
    [c, 0x26],
    [d, 0x27],
  ] as const)
    receiver.settle(received as never, outcome);
  rig.run();
  rig.pass(5_000);
  receiver.settle(late as never, 0x24);
  rig.run();
  rig.pass(20_000);
  receiver.settle(later as never, 0x24);
  rig.run();
  expect(rig.router.describe()).toMatchObject({
    uptimeSeconds: 25,
    accepted: 3,
    rejected: 1,
    released: 1,
    modified: 1,
    delayed1Sec: 1,
    delayed10Sec: 1,
  });
  sender.link?.detach(null);
  receiver.link?.detach(null);
  rig.run();
  expect(rig.router.describe()).toMatchObject({ links: 0, addresses: 0, delayed1Sec: 1, delayed10Sec: 1 });
  expect(rig.residue()).toEqual(nothingLeft);
});
