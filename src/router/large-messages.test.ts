// Messages of many frames: cut through while they arrive, in bounded memory, aborted cleanly.
import { describe, expect, test } from 'vitest';
import { sessionWindowBytes } from '../engine/limits.ts';
import type { OutgoingLink } from '../engine/outgoing-link.ts';
import type { Received, Receiver, ReceiverOptions } from '../engine/testing/receiver.ts';
import type { Sender } from '../engine/testing/sender.ts';
import { LongMessage } from './testing/long-message.ts';
import { message } from './testing/messages.ts';
import { type Client, nothingLeft, RouterBench } from './testing/router-bench.ts';

const frame = 16_000;

function around(
  consumers: readonly ReceiverOptions[] = [{}],
  distribution: 'closest' | 'multicast' = 'closest',
  listener: object = {},
) {
  const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution }], listeners: [listener] });
  const clients = consumers.map(() => rig.opened());
  const receivers = consumers.map((options, at) => (clients[at] as Client).receive('q', options));
  const producing = rig.opened();
  const sender = producing.send('q');
  rig.run();
  return { rig, clients, receivers, producing, sender };
}

const heldBytes = (rig: RouterBench) => rig.residue()['heldBytes'] as number;

describe('a long message', () => {
  test.each([16_000, 100_000, 131_072, 200_000, 3_000_000])('of %i bytes arrives as it was', (length) => {
    const { rig, receivers, sender } = around();
    const sent = sender.send(message({ body: 5 }));
    const long = new LongMessage(sender, length);
    while (!long.send(50_000)) rig.turn();
    rig.run();
    expect(receivers[0]?.complete.map(({ bytes }) => bytes.length)).toEqual([sent.payload.length, long.bytes.length]);
    expect(Buffer.compare(receivers[0]?.complete[1]?.bytes ?? new Uint8Array(0), long.bytes)).toBe(0);
    expect(long.sent.outcomes).toEqual([0x24]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('is held up to 128 KiB and then goes on while it still arrives', () => {
    const { rig, receivers, sender } = around();
    const long = new LongMessage(sender, 400_000);
    long.send(7 * frame);
    rig.run();
    expect(receivers[0]?.received).toEqual([]);
    expect(heldBytes(rig)).toBeGreaterThan(7 * frame);
    long.send(3 * frame);
    rig.run();
    expect(receivers[0]?.received[0]?.bytes.length).toBeGreaterThan(128 * 1024);
    expect(receivers[0]?.received[0]?.isComplete).toBe(false);
    expect(heldBytes(rig)).toBeLessThan(2 * frame);
    long.send(400_000);
    rig.run();
    expect(receivers[0]?.complete).toHaveLength(1);
  });

  test('of small frames, for a consumer of smaller ones, arrives as it was', () => {
    const rig = new RouterBench({ listeners: [{ maxFrameSize: 1000 }] });
    const receiver = rig.opened({ open: { maxFrameSize: 512 } }).receive('q');
    const sender = rig.opened().send('q');
    rig.run();
    const sent = [1, 400, 447, 448, 500, 5_000, 150_000].map((length) => sender.send(message({ body: length })));
    rig.run();
    expect(receiver.complete.map(({ bytes }) => bytes)).toEqual(sent.map(({ payload }) => payload));
    expect(rig.faults()).toEqual([]);
  });

  test('keeps its consumer busy: others get what comes meanwhile', () => {
    const { rig, receivers, producing, sender } = around([{}, {}]);
    const long = new LongMessage(sender, 1_000_000);
    long.send(200_000);
    rig.run();
    const other = producing.send('q');
    rig.run();
    for (let count = 0; count < 10; count++) other.send(message());
    rig.run();
    expect(receivers.map(({ complete }) => complete.length).sort()).toEqual([0, 10]);
    while (!long.send(100_000)) rig.run();
    rig.run();
    expect(receivers.map(({ complete }) => complete.length).sort()).toEqual([1, 10]);
  });

  test('makes the only consumer of an address wait for its end', () => {
    const { rig, receivers, producing, sender } = around();
    const long = new LongMessage(sender, 300_000);
    long.send(200_000);
    const other = producing.send('q');
    rig.run();
    const sent = other.send(message());
    rig.run();
    expect(sent.outcomes).toEqual([]);
    long.send(300_000);
    rig.run();
    expect(receivers[0]?.complete).toHaveLength(2);
    expect(sent.outcomes).toEqual([0x24]);
  });

  test('for a slow consumer takes no more memory than its session may, and goes on when it reads again', () => {
    const { rig, clients, receivers, sender } = around();
    const long = new LongMessage(sender, 72_000_000);
    (clients[0] as Client).isSlow = true;
    const { session } = sender.link as OutgoingLink;
    let most = 0;
    for (let round = 0; round < 200; round++) {
      long.send(1_000_000);
      rig.run();
      most = Math.max(most, heldBytes(rig));
    }
    expect(session.remoteIncomingWindow).toBe(0);
    expect(most).toBeLessThanOrEqual(sessionWindowBytes + 512 * 1024);
    expect(long.at).toBeLessThan(40_000_000);
    (clients[0] as Client).isSlow = false;
    while (!long.send(10_000_000)) rig.run();
    rig.run();
    expect(receivers[0]?.complete[0]?.bytes.length).toBe(long.bytes.length);
    expect(long.sent.outcomes).toEqual([0x24]);
    expect(rig.residue()).toEqual(nothingLeft);
    expect(session.remoteIncomingWindow).toBeGreaterThan(0);
  });

  test('goes to all consumers of a multicast, and its memory is held for the slowest', () => {
    const { rig, clients, receivers, sender } = around([{}, {}, {}], 'multicast');
    const long = new LongMessage(sender, 60_000_000);
    (clients[1] as Client).isSlow = true;
    for (let round = 0; round < 100; round++) {
      long.send(500_000);
      rig.run();
    }
    expect(heldBytes(rig)).toBeGreaterThan(sessionWindowBytes - 1_000_000);
    expect(heldBytes(rig)).toBeLessThanOrEqual(sessionWindowBytes + 512 * 1024);
    (clients[1] as Client).isSlow = false;
    while (!long.send(5_000_000)) rig.run();
    rig.run();
    expect(receivers.map(({ complete }) => complete[0]?.bytes.length)).toEqual(receivers.map(() => long.bytes.length));
    expect(long.sent.outcomes).toEqual([0x24]);
    expect(rig.residue()).toEqual(nothingLeft);
  });
});

test('a long message that is here whole reaches its slow consumer though its sender has gone', () => {
  const { rig, clients, receivers, producing, sender } = around();
  const long = new LongMessage(sender, 2_000_000);
  (clients[0] as Client).isSlow = true;
  while (!long.send(1_000_000)) rig.run();
  rig.run();
  producing.connection.close(null);
  rig.run();
  (clients[0] as Client).isSlow = false;
  rig.run();
  expect(receivers[0]?.complete.map(({ bytes }) => bytes.length)).toEqual([long.bytes.length]);
  expect(rig.residue()).toEqual(nothingLeft);
});

test('a consumer that takes its credit back before a long message has begun there gets it when it gives credit again', () => {
  const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution: 'multicast' }] });
  const client = rig.opened({ maxSessionFrames: 2 });
  const receivers = [client.receive('q'), client.receive('q')];
  const sender = rig.opened().send('q');
  rig.run();
  sender.send(message({ body: 100_000 }));
  // The router has begun the first copy, which has the whole window.
  for (let turn = 0; turn < 3; turn++) rig.turn();
  const link = receivers[1]?.link as NonNullable<Receiver['link']>;
  expect(receivers[1]?.received).toEqual([]);
  link.capacity = link.credit = 0;
  link.handleFlow(false, 0, true); // an echo: the router is told at once
  rig.run();
  expect(receivers.map(({ complete }) => complete.length)).toEqual([1, 0]);
  link.offerCredit(5);
  rig.run();
  expect(receivers.map(({ complete }) => complete.length)).toEqual([1, 1]);
  expect(rig.faults()).toEqual([]);
  expect(rig.residue()).toEqual(nothingLeft);
});

describe('a long message that does not come to its end', () => {
  const ways: [string, (long: LongMessage, sender: Sender, rig: RouterBench, producing: Client) => void][] = [
    ['aborted', (long) => long.abort()],
    ['cut off by a detach', (_long, sender) => sender.link?.detach(null)],
    ['cut off by the end of the session', (_long, sender) => sender.link?.session.end(null)],
    ['lost with its connection', (_long, _sender, rig, producing) => rig.lose(producing)],
  ];

  describe.each(['closest', 'multicast'] as const)('to consumers of %s', (distribution) => {
    test.each(ways)('%s, is aborted there too, and they go on', (_how, end) => {
      const { rig, receivers, producing, sender } = around([{ outcome: null }, {}], distribution);
      const long = new LongMessage(sender, 500_000);
      long.send(200_000);
      rig.run();
      end(long, sender, rig, producing);
      rig.run();
      const seen = receivers.flatMap(({ received }) => received);
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.every(({ isAborted }) => isAborted)).toBe(true);
      expect(rig.residue()).toEqual(nothingLeft);
      const again = rig.opened().send('q');
      rig.run();
      again.send(message());
      rig.run();
      expect(receivers.some(({ complete }) => complete.length === 1)).toBe(true);
      expect(rig.faults()).toEqual([]);
    });
  });

  test.each(ways)('%s before anything of it went out, never was', (_how, end) => {
    const { rig, receivers, producing, sender } = around();
    const long = new LongMessage(sender, 500_000);
    long.send(50_000);
    rig.run();
    end(long, sender, rig, producing);
    rig.run();
    expect(receivers[0]?.received).toEqual([]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test.each(ways)('%s while it waits for credit, never was', (_how, end) => {
    const { rig, receivers, producing, sender } = around([{ credit: 0 }]);
    const long = new LongMessage(sender, 500_000);
    long.send(200_000);
    rig.run();
    end(long, sender, rig, producing);
    rig.run();
    receivers[0]?.link?.offerCredit(10);
    rig.run();
    expect(receivers[0]?.received).toEqual([]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('aborted while the session of its consumer is shut, is aborted there when it opens', () => {
    const rig = new RouterBench({ addresses: [{ prefix: 'q', distribution: 'closest' }] });
    const consuming = rig.opened({ maxSessionFrames: 3 });
    const receiver = consuming.receive('q');
    const sender = rig.opened().send('q');
    rig.run();
    const { link } = receiver;
    link?.session.hold(sessionWindowBytes); // it takes in no more
    const long = new LongMessage(sender, 500_000);
    long.send(400_000);
    rig.run();
    long.abort();
    rig.run();
    expect(receiver.received[0]?.isAborted).toBe(false);
    expect(rig.faults()).toEqual([]);
    link?.session.hold(-sessionWindowBytes);
    rig.run();
    expect(receiver.received[0]?.isAborted).toBe(true);
    sender.send(message());
    rig.run();
    expect(receiver.complete).toHaveLength(1);
    expect(rig.residue()).toEqual(nothingLeft);
  });
});

describe('a long message whose consumer', () => {
  test.each([
    ['settles early', (rig: RouterBench, client: Client) => void [rig, client]],
    ['is lost', (rig: RouterBench, client: Client) => rig.lose(client)],
  ])('%s: the sender hears of it when it has sent all, and the rest goes nowhere', (what, lose) => {
    const { rig, clients, receivers, sender } = around([{ outcome: null }]);
    const long = new LongMessage(sender, 700_000);
    long.send(300_000);
    rig.run();
    if (what === 'settles early') receivers[0]?.settleEarly(receivers[0].received[0] as Received, 0x25);
    else lose(rig, clients[0] as Client);
    rig.run();
    if (what === 'settles early') expect(receivers[0]?.received[0]?.isAborted).toBe(true);
    expect(heldBytes(rig)).toBe(0);
    rig.pass(60_000);
    expect(sender.link?.isAttached).toBe(true);
    while (!long.send(100_000)) rig.run();
    rig.run();
    expect(long.sent.outcomes).toEqual([what === 'settles early' ? 0x25 : 0x27]);
    rig.pass(2_000);
    expect(rig.residue()).toEqual(nothingLeft);
    const other = rig.opened().receive('q');
    rig.run();
    sender.send(message());
    rig.run();
    expect(other.complete).toHaveLength(1);
  });

  test('is one of several: the others get all of it', () => {
    const { rig, clients, receivers, sender } = around(
      [{ outcome: null }, {}, { outcome: null }, { attach: { sndSettleMode: 1 } }],
      'multicast',
    );
    const long = new LongMessage(sender, 700_000);
    long.send(300_000);
    rig.run();
    receivers[0]?.settleEarly(receivers[0].received[0] as Received, 0x27);
    rig.lose(clients[2] as Client);
    while (!long.send(100_000)) rig.run();
    rig.run();
    expect(receivers.map(({ complete }) => complete.length)).toEqual([0, 1, 0, 1]);
    expect(long.sent.outcomes).toEqual([0x24]);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test.each(['closest', 'multicast'] as const)(
    'took it pre-settled and is lost: a sender that waits is told it is in doubt (%s)',
    (distribution) => {
      const { rig, clients, sender } = around([{ attach: { sndSettleMode: 1 } }], distribution);
      const long = new LongMessage(sender, 700_000);
      long.send(300_000);
      rig.run();
      rig.lose(clients[0] as Client);
      while (!long.send(100_000)) rig.run();
      rig.run();
      expect(long.sent.outcomes).toEqual([0x27]);
      rig.pass(2_000);
      expect(rig.residue()).toEqual(nothingLeft);
    },
  );

  test('is lost though it was settled: dropped once, and counted', () => {
    const { rig, clients, sender } = around();
    const long = new LongMessage(sender, 700_000, true);
    long.send(300_000);
    rig.run();
    rig.lose(clients[0] as Client);
    while (!long.send(100_000)) rig.run();
    rig.run();
    expect(rig.router.describe()['droppedPresettled']).toBe(1);
    rig.pass(2_000);
    expect(rig.residue()).toEqual(nothingLeft);
  });
});

describe('a message that makes no progress', () => {
  test('while its consumer has room is aborted after 30 s, and its link detached', () => {
    const { rig, receivers, sender } = around();
    const long = new LongMessage(sender, 700_000);
    long.send(300_000);
    rig.run();
    rig.pass(29_000);
    expect(sender.link?.isAttached).toBe(true);
    rig.pass(3_000);
    expect(sender.detached?.error?.condition).toBe('amqp:link:detach-forced');
    expect(receivers[0]?.received[0]?.isAborted).toBe(true);
    expect(rig.residue()).toEqual(nothingLeft);
  });

  test('takes as long as is configured', () => {
    const rig = new RouterBench({ router: { stalledDeliverySeconds: 3 } });
    rig.opened().receive('q');
    const sender = rig.opened().send('q');
    rig.run();
    new LongMessage(sender, 700_000).send(300_000);
    rig.run();
    rig.pass(6_000);
    expect(sender.detached?.error?.description).toContain('3 s');
  });

  test('is left alone while a byte comes now and then', () => {
    const { rig, sender } = around();
    const long = new LongMessage(sender, 300_000);
    long.send(200_000);
    for (let second = 0; second < 200; second += 20) {
      rig.run();
      rig.pass(20_000);
      long.send(10);
    }
    expect(sender.link?.isAttached).toBe(true);
  });

  test('because its consumer does not read, or gives no window, is left alone', () => {
    const rig = new RouterBench({ listeners: [{ idleTimeoutSeconds: 0 }] });
    const consuming = rig.opened({ maxSessionFrames: 3 });
    const receiver = consuming.receive('q');
    const sender = rig.opened().send('q');
    rig.run();
    receiver.link?.session.hold(sessionWindowBytes);
    const long = new LongMessage(sender, 700_000);
    long.send(300_000);
    rig.run();
    rig.pass(120_000);
    expect(sender.link?.isAttached).toBe(true);
    receiver.link?.session.hold(-sessionWindowBytes);
    while (!long.send(100_000)) rig.run();
    rig.run();
    expect(receiver.complete).toHaveLength(1);
  });
});
