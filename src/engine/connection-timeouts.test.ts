import { describe, expect, test } from 'vitest';
import { Close, SaslInit } from '../amqp/performatives.ts';
import { closeTimeoutMs, handshakeTimeoutMs, outputBacklogBytes, outputTurnBytes, stalledWriteMs } from './limits.ts';
import { SaslServer } from './sasl/server.ts';
import type { EndpointOptions } from './testing/endpoint.ts';
import { Pair } from './testing/pair.ts';
import { RawPeer, receiverAttach } from './testing/raw-peer.ts';
import type { Sender } from './testing/sender.ts';
import { all, header, namesOf, rawFrame, readWire, saslFrame } from './testing/wire.ts';

const idle = (ms: number): EndpointOptions => ({ idleTimeoutMs: ms, open: { idleTimeOut: ms / 2 } });

describe('silence', () => {
  test('ends a connection after the idle timeout, with a Close that says why', () => {
    const peer = new RawPeer(idle(16_000)).open();
    const { connection } = peer.endpoint;
    expect(connection.nextDeadline).toBe(16_000);
    connection.handleTimeout(15_999);
    expect(connection.isFinished).toBe(false);
    connection.handleTimeout(16_000);
    expect(all(peer.listen(), Close)[0]?.error?.description).toBe('local-idle-timeout expired');
    expect(connection.isFinished).toBe(true);
    expect(connection.nextDeadline).toBe(Number.POSITIVE_INFINITY);
  });

  test('is broken by heartbeats in both directions, so that two quiet engines stay connected', () => {
    const pair = new Pair(idle(16_000), idle(4_000));
    pair.run();
    const [before] = [pair.written.client.length + pair.written.server.length];
    pair.pass(120_000);
    expect(pair.client.connection.isOpened && pair.server.connection.isOpened).toBe(true);
    const heartbeats = pair.written.client.length + pair.written.server.length - before;
    expect(heartbeats).toBeGreaterThan(120_000 / 16_000);
    expect(heartbeats).toBeLessThan((120_000 / 1000) * 1.5);
    expect(namesOf(readWire(pair.written.client.at(-1) as Uint8Array))).toEqual(['heartbeat']);
  });

  test('that was not asked to be broken is not', () => {
    const pair = new Pair();
    pair.run();
    const written = pair.written.client.length;
    pair.pass(3_600_000);
    expect(pair.written.client.length).toBe(written);
    expect(pair.client.connection.isOpened).toBe(true);
  });

  test('of a heartbeat counts as life, and so does any byte', () => {
    const peer = new RawPeer(idle(10_000)).open();
    const { connection } = peer.endpoint;
    for (let now = 5_000; now < 100_000; now += 9_000) {
      peer.clock.set(now);
      peer.say(now % 2 === 0 ? rawFrame([]) : Uint8Array.of(0));
      if (now % 2 === 1) peer.say(rawFrame([]).slice(1));
      connection.handleTimeout(now + 8_000);
      expect(connection.isOpened).toBe(true);
    }
  });

  test('that is ours, for we do not read while a password is checked or a write is stuck, is not held against the peer', () => {
    const peer = new RawPeer(idle(1_000)).open().begin();
    const { connection } = peer.endpoint;
    peer.endpoint.isStuck = true;
    connection.output().u8(0);
    peer.listen();
    const writer = connection.output();
    writer.append(new Uint8Array(outputBacklogBytes));
    expect(connection.wantsBytes).toBe(false);
    connection.handleTimeout(5_000);
    expect(connection.isOpened).toBe(true);
    connection.outputWritten(6_000);
    expect(connection.wantsBytes).toBe(true);
    connection.handleTimeout(6_500);
    expect(connection.isOpened).toBe(true);
    connection.handleTimeout(7_000);
    expect(connection.isFinished).toBe(true);
  });
});

describe('a handshake that does not come to its end', () => {
  test.each([
    ['nothing', new Uint8Array(0)],
    ['half a header', header(0).slice(0, 5)],
    ['a header', header(0)],
  ])('after %s is given up', (_what, bytes) => {
    const peer = new RawPeer();
    peer.say(bytes);
    const { connection } = peer.endpoint;
    expect(connection.nextDeadline).toBeLessThanOrEqual(handshakeTimeoutMs);
    connection.handleTimeout(handshakeTimeoutMs - 1);
    expect(connection.isFinished).toBe(false);
    connection.handleTimeout(handshakeTimeoutMs);
    expect(connection.isFinished).toBe(true);
  });

  test('takes the time that was configured', () => {
    const peer = new RawPeer({ handshakeTimeoutMs: 3_000 });
    expect(peer.endpoint.connection.nextDeadline).toBe(3_000);
    peer.endpoint.connection.handleTimeout(3_000);
    expect(peer.endpoint.connection.isFinished).toBe(true);
  });

  test('ends without a word where the peer has named no header that could be answered', () => {
    const peer = new RawPeer({ sasl: new SaslServer(['ANONYMOUS']), requiresSasl: true, handshakeTimeoutMs: 3_000 });
    peer.say(header(3), saslFrame(new SaslInit({ mechanism: 'ANONYMOUS' })));
    peer.endpoint.connection.handleTimeout(3_000);
    peer.listen();
    expect(namesOf(peer.heard)).toEqual(['header 3', 'saslmechanisms', 'sasloutcome']);
    expect(peer.endpoint.connection.isFinished).toBe(true);
  });

  test('is over with the Open', () => {
    const peer = new RawPeer({ handshakeTimeoutMs: 3_000 }).open();
    peer.endpoint.connection.handleTimeout(3_000);
    expect(peer.endpoint.connection.isOpened).toBe(true);
  });
});

describe('a peer that does not read', () => {
  test('loses its connection, also when no other timeout is set', () => {
    const peer = new RawPeer().open();
    const { connection } = peer.endpoint;
    peer.clock.set(50_000);
    connection.output().append(rawFrame([]));
    expect(connection.takeOutput()).not.toBeNull();
    let deadline = connection.nextDeadline;
    for (let looks = 0; !connection.isFinished && looks < 10; looks++) {
      connection.handleTimeout(deadline);
      deadline = connection.nextDeadline;
    }
    expect(connection.isFinished).toBe(true);
    expect(peer.endpoint.ended?.error?.description).toContain('nothing was read');
    expect(peer.clock.nowMs).toBeGreaterThanOrEqual(50_000 + stalledWriteMs);
    expect(peer.clock.nowMs).toBeLessThan(50_000 + 2 * stalledWriteMs);
  });

  test('has the time of the write, not of what it said last', () => {
    const peer = new RawPeer().open();
    const { connection } = peer.endpoint;
    peer.clock.set(500_000);
    connection.output().append(rawFrame([]));
    connection.takeOutput();
    connection.handleTimeout(500_000 + stalledWriteMs - 1);
    expect(connection.isFinished).toBe(false);
  });

  test('is given no more deliveries, and is not read from once much waits for it', () => {
    const peer = new RawPeer().open();
    peer.begin(0, { incomingWindow: 0x7fffffff });
    peer.tell(receiverAttach(0));
    const [sender] = peer.endpoint.senders as [Sender];
    const link = sender.link as NonNullable<typeof sender.link>;
    link.credit = 1000;
    const big = new Uint8Array(10_000);
    for (let count = 0; count < 100; count++) sender.send(big);
    const { connection } = peer.endpoint;
    expect(connection.outputBytes).toBeLessThan(outputTurnBytes + 11_000);
    expect(connection.hasRoom).toBe(false);
    expect(connection.takeOutput()?.length).toBeGreaterThanOrEqual(outputTurnBytes);
    expect(connection.takeOutput()).toBeNull();
    expect(connection.hasRoom).toBe(false);
    expect(connection.wantsBytes).toBe(true);
    connection.output().append(new Uint8Array(outputBacklogBytes));
    expect(connection.wantsBytes).toBe(false);
    let rooms = 0;
    connection.onRoom = () => rooms++;
    connection.outputWritten(1);
    expect([rooms, connection.wantsBytes, peer.endpoint.isDirty]).toEqual([1, true, true]);
  });
});

describe('a Close of ours', () => {
  test('waits a little for the answer', () => {
    const pair = new Pair();
    pair.run();
    pair.server.connection.close(null);
    expect(pair.server.connection.isFinished).toBe(false);
    pair.run();
    expect(pair.server.connection.isFinished).toBe(true);
  });

  test.each([0, 0.1, 1.7, 1234.5678])('waits no longer than that (closed at %d)', (now) => {
    const peer = new RawPeer().open();
    peer.clock.set(now);
    const { connection } = peer.endpoint;
    connection.close(null);
    expect(connection.nextDeadline).toBe(now + closeTimeoutMs);
    connection.handleTimeout(connection.nextDeadline);
    expect(connection.isFinished).toBe(true);
    expect(peer.endpoint.ended?.by).toBe('us');
  });

  test('before anything was heard is an end without words', () => {
    const peer = new RawPeer();
    peer.endpoint.connection.close(null);
    expect(peer.listen()).toEqual([]);
    expect(peer.endpoint.connection.isFinished).toBe(true);
  });
});

test('a quiet connection gives back the room of a burst', () => {
  const pair = new Pair();
  pair.run();
  pair.client.receive('here', { credit: 1000 });
  pair.run();
  const [sender] = pair.server.senders as [Sender];
  for (let count = 0; count < 500; count++) sender.send(new Uint8Array(1));
  pair.run();
  const { outgoing } = (sender.link as NonNullable<typeof sender.link>).session;
  expect(outgoing.links.length).toBeGreaterThanOrEqual(500);
  pair.pass(60_000);
  expect(outgoing.links.length).toBe(0);
});
