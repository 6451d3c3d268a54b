// Who goes first when messages wait: priorities, links in turn, and addresses that share a connection.
import { describe, expect, test } from 'vitest';
import type { Receiver } from '../engine/testing/receiver.ts';
import type { Sender } from '../engine/testing/sender.ts';
import { message, textOf } from './testing/messages.ts';
import { RouterBench } from './testing/router-bench.ts';

function waiting(address: object = {}): { rig: RouterBench; receiver: Receiver; senders: Sender[] } {
  const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution: 'closest', ...address }] });
  const receiver = rig.opened().receive('q', { credit: 0 });
  const senders = [rig.opened().send('q'), rig.opened().send('q'), rig.opened().send('q')];
  rig.run();
  return { rig, receiver, senders };
}

function served({ rig, receiver }: { rig: RouterBench; receiver: Receiver }): string {
  rig.run();
  receiver.link?.offerCredit(100);
  rig.run();
  return receiver.complete.map(({ bytes }) => textOf(bytes)).join(' ');
}

describe('what waits at an address', () => {
  test('goes by priority, 4 when a message names none, 9 at the most', () => {
    const all = waiting();
    const [sender] = all.senders as [Sender];
    sender.send(message({ body: 'none' }));
    for (const priority of [0, 9, 4, 200, 7]) sender.send(message({ priority, body: `p${priority}` }));
    expect(served(all)).toBe('p9 p200 p7 none p4 p0');
  });

  test('goes by the priority of the address where it has one', () => {
    const all = waiting({ priority: 3 });
    const [sender] = all.senders as [Sender];
    for (const priority of [0, 9, 4]) sender.send(message({ priority, body: `p${priority}` }));
    expect(served(all)).toBe('p0 p9 p4');
  });

  test('takes links of the same priority in turn, each in its own order', () => {
    const all = waiting();
    for (const [at, name] of ['a', 'b', 'c'].entries())
      for (let count = 1; count <= 4 - at; count++) all.senders[at]?.send(message({ body: `${name}${count}` }));
    expect(served(all)).toBe('a1 b1 c1 a2 b2 c2 a3 b3 a4');
  });

  test('is overtaken by nothing of the same link, whole or in parts', () => {
    const all = waiting();
    const [sender] = all.senders as [Sender];
    for (let count = 0; count < 20; count++)
      sender.send(message({ body: `${count}`.padEnd(count % 3 === 0 ? 40_000 : 5) }));
    expect(served(all).split(/\s+/).slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, at) => `${at}`));
  });
});

describe('addresses whose consumers share a connection', () => {
  test('all get their share of it when each has more than fits', () => {
    const rig = new RouterBench();
    const consuming = rig.opened();
    const names = ['a', 'b', 'c'];
    const receivers = names.map((name) => consuming.receive(name, { credit: 5000 }));
    const senders = names.map((name) => rig.opened().send(name));
    rig.run();
    for (const sender of senders)
      for (let count = 0; count < 400; count++) sender.send(message({ body: 12_000 }), true);
    for (let turn = 0; turn < 30; turn++) rig.turn();
    const counts = receivers.map(({ received }) => received.length);
    expect(Math.min(...counts)).toBeGreaterThan(0);
    expect(Math.max(...counts)).toBeLessThan(400);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(100);
    rig.run();
    expect(receivers.map(({ received }) => received.length)).toEqual([400, 400, 400]);
  });

  test('a consumer that does not read keeps nobody else waiting', () => {
    const rig = new RouterBench({ addresses: [{ prefix: 'slow' }, { prefix: 'quick' }] });
    const stuck = rig.opened();
    stuck.receive('slow', { credit: 5000 });
    const receiver = rig.opened().receive('quick', { credit: 5000 });
    const client = rig.opened();
    const [slow, quick] = [client.send('slow'), client.send('quick')];
    rig.run();
    stuck.isSlow = true;
    for (let count = 0; count < 200; count++) slow.send(message({ body: 12_000 }));
    for (let count = 0; count < 2000; count++) quick.send(message());
    rig.run();
    expect(receiver.received).toHaveLength(2000);
    const [connection] = [...rig.router.connections].filter(({ connection }) => connection.outputBytes > 100_000);
    expect(connection?.connection.outputBytes).toBeLessThan(512 * 1024);
  });

  test('a consumer that never reads loses its connection, and what it had ends modified', () => {
    const rig = new RouterBench();
    const stuck = rig.opened();
    stuck.receive('q', { credit: 5000, outcome: null });
    const sender = rig.opened().send('q');
    rig.run();
    stuck.isSlow = true;
    for (let count = 0; count < 100; count++) sender.send(message({ body: 12_000 }));
    rig.run();
    const written = sender.sent.length - sender.waitingCount;
    expect(written).toBeGreaterThan(20);
    rig.pass(70_000);
    expect(rig.router.core.consumers.size).toBe(0);
    expect(sender.sent.filter(({ outcome }) => outcome === 0x27).length).toBeGreaterThan(10);
    expect(sender.sent.filter(({ isSettled }) => !isSettled).length).toBe(sender.waitingCount);
  });
});
