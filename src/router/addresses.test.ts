// The forms of an address, dynamic ones, senders that name it in each message, and attaches that are refused.
import { describe, expect, test } from 'vitest';
import { Coordinator, Source, Target } from '../amqp/performatives.ts';
import { symbol } from '../amqp/values.ts';
import type { Sender } from '../engine/testing/sender.ts';
import { message, sourceWith, targetWith, textOf } from './testing/messages.ts';
import { nothingLeft, outcomesOf, RouterBench, stateOf } from './testing/router-bench.ts';

describe('the forms of an address', () => {
  const forms = ['q', '/q', 'amqp:/q', 'amqp://host/q', 'amqp://host:5672/q', 'amqps://u@host/q', 'q/', 'q.'];

  test.each(forms)('%s means the same as q, for links and in `to`', (form) => {
    const rig = new RouterBench();
    const client = rig.opened();
    const receiver = client.receive(form);
    const plain = client.send('q');
    const anonymous = client.send(null);
    rig.run();
    plain.send(message());
    anonymous.send(message({ to: form }));
    rig.run();
    expect(receiver.received).toHaveLength(2);
    expect(rig.router.core.addresses.size).toBe(1);
  });

  test('is answered as it was asked for', () => {
    const rig = new RouterBench();
    const client = rig.opened();
    const [receiver, sender] = [client.receive('amqp:/q'), client.send('amqp:/q')];
    rig.run();
    expect(receiver.attached?.source?.address).toBe('amqp:/q');
    expect((sender.attached?.target as Target | undefined)?.address).toBe('amqp:/q');
  });

  test('_local/x and _topo/0/<this router>/x are one address, and not x', () => {
    const rig = new RouterBench();
    const client = rig.opened();
    const receiver = client.receive('_local/x');
    const other = client.receive('x');
    const sender = client.send('_topo/0/R/x');
    rig.run();
    sender.send(message());
    rig.run();
    expect([receiver.received.length, other.received.length]).toEqual([1, 0]);
  });

  test('_topo/0/<another router>/x has no consumers here, and none may come', () => {
    const rig = new RouterBench();
    const client = rig.opened();
    const receiver = client.receive('_topo/0/OTHER/x');
    const sender = client.send('_topo/0/OTHER/x');
    rig.run();
    expect(receiver.detached?.error?.condition).toBe('qd:no-route-to-dest');
    expect([sender.link?.isAttached, sender.credit]).toEqual([true, 0]);
  });
});

describe('a dynamic address', () => {
  test('is made for a receiver, can be guessed by nobody, and is gone with it', () => {
    const rig = new RouterBench();
    const client = rig.opened();
    const [one, two] = [client.receive(null), client.receive(null)];
    rig.run();
    const [a, b] = [one, two].map((receiver) => receiver.attached?.source?.address as string) as [string, string];
    expect(a).toMatch(/^amqp:\/_topo\/0\/R\/temp\..{15}$/);
    expect(a).not.toBe(b);
    expect(one.attached?.source?.dynamic).toBe(true);
    one.link?.detach(null);
    two.link?.detach(null);
    rig.run();
    expect(rig.router.core.addresses.size).toBe(0);
  });

  test('takes replies, from anonymous senders and from others', () => {
    const rig = new RouterBench();
    const asking = rig.opened();
    const answering = rig.opened();
    const requests = answering.receive('service');
    const replies = asking.receive(null);
    const ask = asking.send('service');
    const reply = answering.send(null);
    rig.run();
    const replyTo = replies.attached?.source?.address as string;
    for (let count = 0; count < 20; count++) {
      ask.send(message({ body: `question ${count}` }));
      rig.run();
      const [question] = requests.received.slice(-1).map(({ bytes }) => textOf(bytes));
      reply.send(message({ to: replyTo, body: `answer to ${question}` }));
      rig.run();
    }
    expect(replies.received.map(({ bytes }) => textOf(bytes))).toEqual(
      Array.from({ length: 20 }, (_, count) => `answer to question ${count}`),
    );
    const direct = answering.send(replyTo);
    rig.run();
    direct.send(message());
    rig.run();
    expect(replies.received).toHaveLength(21);
  });

  test('is made for a sender as well, also where no other address is to be had', () => {
    for (const defaultDistribution of ['balanced', 'unavailable'] as const) {
      const rig = new RouterBench({ router: { defaultDistribution } });
      const client = rig.opened();
      const sender = client.send(null, { attach: { target: new Target({ dynamic: true }) } });
      rig.run();
      if (defaultDistribution === 'unavailable') {
        expect(sender.detached?.error?.condition).toBe('amqp:not-found');
        continue;
      }
      const address = (sender.attached?.target as Target | undefined)?.address;
      expect(address).toMatch(/^amqp:\/_\$temp\..{15}$/);
      const receiver = client.receive(address as string);
      rig.run();
      sender.send(message());
      rig.run();
      expect(receiver.received).toHaveLength(1);
    }
  });

  test('that asks for a certain name needs a link route', () => {
    const rig = new RouterBench();
    const properties = new Map([[symbol('x-opt-qd.address'), 'mine']]);
    const receiver = rig.opened().receive(null, {
      attach: { source: new Source({ dynamic: true, dynamicNodeProperties: properties }) },
    });
    rig.run();
    expect(receiver.detached?.error?.condition).toBe('qd:no-route-to-dest');
  });
});

describe('an anonymous sender', () => {
  function anonymous(): { rig: RouterBench; sender: Sender } {
    const rig = new RouterBench({ addresses: [{ prefix: 'gone', distribution: 'unavailable' }] });
    const sender = rig.opened().send(null);
    rig.run();
    return { rig, sender };
  }

  test('reaches an address as soon as somebody is there, and not before or after', () => {
    const { rig, sender } = anonymous();
    const send = () => {
      const sent = sender.send(message({ to: 'q' }));
      rig.run();
      return sent.outcome;
    };
    expect(send()).toBe(0x26);
    const receiver = rig.opened().receive('q');
    rig.run();
    expect(send()).toBe(0x24);
    receiver.link?.detach(null);
    rig.run();
    expect(send()).toBe(0x26);
    const again = rig.opened().receive('q');
    rig.run();
    expect(send()).toBe(0x24);
    expect(again.received).toHaveLength(1);
    expect(sender.credit).toBeGreaterThan(125);
  });

  test('is told what is wrong with a message: no address, an unavailable one, or no message at all', () => {
    const { rig, sender } = anonymous();
    const sent = [
      sender.send(message()),
      sender.send(message({ to: 'gone.x' })),
      sender.send(Uint8Array.of(1, 2, 3)),
      sender.send(new Uint8Array(0)),
      sender.send(Uint8Array.of(0, 0x53, 0x73, 0xc0, 5, 3, 0x40, 0x40, 0x50, 1)), // `to` is a number
      sender.send(message({ to: 'nobody' })),
      sender.send(message(), true),
    ];
    rig.run();
    expect(sent.slice(0, 5).map((one) => (stateOf(one) as { error: { condition: string } }).error.condition)).toEqual([
      'amqp:precondition-failed',
      'amqp:not-found',
      'amqp:decode-error',
      'amqp:precondition-failed',
      'amqp:decode-error',
    ]);
    expect(stateOf(sent[1])).toMatchObject({
      error: { description: 'Deliveries cannot be sent to an unavailable address' },
    });
    expect(outcomesOf(sent.slice(5))).toEqual([0x26, null]);
    expect(rig.residue()).toEqual(nothingLeft);
    expect(rig.router.describe()).toMatchObject({ rejected: 5, released: 1, droppedPresettled: 1 });
  });

  test('may change the address with every message, also of long ones', () => {
    const { rig, sender } = anonymous();
    const client = rig.opened();
    const receivers = ['a', 'b', 'c'].map((address) => client.receive(address));
    rig.run();
    for (let count = 0; count < 30; count++)
      sender.send(message({ to: 'abc'[count % 3] as string, body: count % 2 === 0 ? 10 : 40_000 }));
    rig.run();
    expect(receivers.map(({ complete }) => complete.length)).toEqual([10, 10, 10]);
  });
});

describe('an attach that cannot be', () => {
  const target = (attach: object) => ({ attach: { ...attach } });

  test.each([
    ['of a transaction coordinator', { target: new Coordinator({}) }, 'amqp:precondition-failed'],
    ['of a router by a client', { target: targetWith('x', 'qd.router') }, 'qd:forbidden'],
    ['of router data by a client', { target: targetWith('x', 'qd.router-data') }, 'qd:forbidden'],
    ['with an address beyond all bounds', { target: new Target({ address: 'x'.repeat(5000) }) }, 'amqp:invalid-field'],
  ])('for a sender, %s, is refused', (_what, attach, condition) => {
    const rig = new RouterBench();
    const sender = rig.opened().send('q', target(attach));
    rig.run();
    expect(sender.detached).toMatchObject({ by: 'peer', closed: true, error: { condition } });
    expect(sender.attached?.target).toBeNull();
    expect(rig.router.core.addresses.size).toBe(0);
  });

  test.each([
    ['without an address', { source: new Source({}) }, 'qd:no-route-to-dest'],
    ['without a source', { source: null }, 'qd:no-route-to-dest'],
    ['of a router by a client', { source: sourceWith('x', 'qd.router') }, 'qd:forbidden'],
    ['with an address beyond all bounds', { source: new Source({ address: 'x'.repeat(5000) }) }, 'amqp:invalid-field'],
  ])('for a receiver, %s, is refused', (_what, attach, condition) => {
    const rig = new RouterBench();
    const receiver = rig.opened().receive('q', target(attach));
    rig.run();
    expect(receiver.detached).toMatchObject({ by: 'peer', closed: true, error: { condition } });
    expect(receiver.attached?.source).toBeNull();
    expect(rig.router.core.addresses.size).toBe(0);
  });

  test('leaves the link name free, and the connection as it was', () => {
    const rig = new RouterBench();
    const client = rig.opened();
    for (let round = 0; round < 3; round++) {
      client.receive('q', { name: 'mine', attach: { source: new Source({}) } });
      rig.run();
    }
    const receiver = client.receive('q', { name: 'mine' });
    rig.run();
    expect(receiver.link?.isAttached).toBe(true);
    expect(client.router?.connection.linkCount).toBe(1);
  });
});

test('a stolen link is replaced on its address, without a moment in which it counts twice', () => {
  const rig = new RouterBench();
  const client = rig.opened();
  const first = client.receive('q', { name: 'mine', outcome: null });
  const sender = rig.opened().send('q');
  rig.run();
  const sent = sender.send(message());
  rig.run();
  const second = client.receive('q', { name: 'mine', session: client.begin() });
  rig.run();
  expect(first.detached?.error?.condition).toBe('amqp:link:stolen');
  expect(sent.outcomes).toEqual([0x27]);
  sender.send(message());
  rig.run();
  expect(second.received).toHaveLength(1);
  expect(rig.router.core.consumers.size).toBe(1);
  expect(rig.residue()).toEqual(nothingLeft);
});
