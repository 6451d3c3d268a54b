import { describe, expect, test } from 'vitest';
import { message } from './testing/messages.ts';
import { nothingLeft, RouterBench, stateOf } from './testing/router-bench.ts';

test('annotations that the router puts on do not make a message too large', () => {
  const bytes = message({ body: 300_000 });
  const rig = new RouterBench({ listeners: [{ maxMessageSize: bytes.length, stripAnnotations: 'no' }] });
  const [a, b] = [rig.opened(), rig.opened()];
  const receiver = b.receive('q');
  const sender = a.send('q');
  rig.run();
  const delivery = sender.start();
  for (let at = 0; at < bytes.length; at += 10_000) {
    delivery.part(bytes.subarray(at, at + 10_000), at + 10_000 < bytes.length);
    rig.run();
  }
  expect(delivery.sent.outcomes).toEqual([0x24]);
  expect(receiver.complete).toHaveLength(1);
  expect(receiver.complete[0]?.bytes.length).toBeGreaterThan(bytes.length);
});

describe('a message larger than the listener takes', () => {
  const limit = 200_000;

  function around() {
    const rig = new RouterBench({ listeners: [{ maxMessageSize: limit }, { maxMessageSize: 100 }] });
    const receiver = rig.opened().receive('q');
    return { rig, receiver };
  }

  test('is rejected, and its link detached; the connection and other links go on', () => {
    const { rig, receiver } = around();
    const client = rig.opened({}, 1);
    const [sender, other] = [client.send('q'), client.send('q')];
    rig.run();
    expect(sender.attached?.maxMessageSize).toBe(100);
    const sent = [sender.send(message({ body: 50 }))];
    rig.run();
    sent.push(sender.send(message({ body: 101 })));
    rig.run();
    expect(sent.map(({ outcome }) => outcome)).toEqual([0x24, 0x25]);
    expect(stateOf(sent[1])).toMatchObject({ error: { condition: 'amqp:link:message-size-exceeded' } });
    expect(sender.detached?.error?.condition).toBe('amqp:link:message-size-exceeded');
    expect(other.send(message({ body: 10 })).id).toBeGreaterThanOrEqual(0);
    rig.run();
    expect(receiver.complete).toHaveLength(2);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('takes along what crosses the detach, and what of that is pre-settled is counted', () => {
    const { rig } = around();
    const sender = rig.opened({}, 1).send('q');
    rig.run();
    sender.send(message({ body: 101 }));
    sender.send(message({ body: 1 }), true);
    sender.send(message({ body: 2 }));
    const { part } = sender.start(true);
    part(message({ body: 3 }).subarray(0, 4), true);
    part(message({ body: 3 }).subarray(4), false);
    rig.run();
    expect(sender.detached?.error?.condition).toBe('amqp:link:message-size-exceeded');
    expect(rig.router.core.counters.dropped).toMatchObject({ interrupted: 2 });
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test.each([
    ['before it went on', 100_000, limit],
    ['in the midst of going on', 150_000, limit],
    ['with its last frame', limit - 5, 20],
  ])('%s, is cut off for its consumer too', (_when, first, more) => {
    const { rig, receiver } = around();
    const sender = rig.opened().send('q');
    rig.run();
    const { sent, part } = sender.start();
    const bytes = message({ body: first + more });
    for (let at = 0; at < first; at += 10_000) part(bytes.subarray(at, Math.min(at + 10_000, first)), true);
    rig.run();
    part(bytes.subarray(first, first + 10_000), more > 10_000);
    for (let at = first + 10_000; at < first + more; at += 10_000) {
      rig.run();
      if (sender.link?.isAttached) part(bytes.subarray(at, at + 10_000), at + 10_000 < first + more);
    }
    rig.run();
    expect(sender.detached?.error?.condition).toBe('amqp:link:message-size-exceeded');
    expect(sent.outcomes).toEqual([0x25]);
    expect(receiver.complete).toEqual([]);
    expect(receiver.received.every(({ isAborted }) => isAborted)).toBe(true);
    expect(rig.residue()).toEqual(nothingLeft);
    const again = rig.opened().send('q');
    rig.run();
    again.send(message());
    rig.run();
    expect(receiver.complete).toHaveLength(1);
  });

  test('is dropped and counted when it was settled', () => {
    const { rig } = around();
    const sender = rig.opened({}, 1).send('q');
    rig.run();
    sender.send(message({ body: 200 }), true);
    rig.run();
    expect(sender.detached?.by).toBe('peer');
    expect(rig.router.describe()['droppedPresettled']).toBe(1);
  });
});
