import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { monotonicMs } from './clock.ts';
import { limits } from './limits.ts';
import { SocketConnection } from './socket-connection.ts';
import { type FakeConnection, FakeRouter } from './testing/fake-router.ts';
import { Turns } from './turns.ts';

let router: FakeRouter;
let turns: Turns;
let server: Server;
let peer: Socket;
let ours: FakeConnection;
let socket: Socket;

beforeEach(async () => {
  router = new FakeRouter();
  turns = new Turns(router);
  server = createServer({ allowHalfOpen: true, noDelay: true }, (accepted) => {
    socket = new SocketConnection(accepted, router.acceptConnection(null, 'peer', monotonicMs()), turns).socket;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  peer.on('error', () => undefined);
  await once(peer, 'connect');
  ours = await router.connection();
});
afterEach(() => {
  vi.useRealTimers();
  turns.stop();
  peer.destroy();
  socket.destroy();
  server.close();
});

/** A turn in which a test tells the router what to wish. */
const inTurn = (act: () => void): void => {
  act();
  turns.end(monotonicMs());
};

/** Reads `peer` to its end and checks the pattern that FakeConnection writes. */
async function readPattern(): Promise<number> {
  let count = 0;
  for await (const chunk of peer as AsyncIterable<Buffer>) {
    for (const byte of chunk) if (byte !== count++ % 251) throw new Error(`byte ${count - 1} is ${byte}`);
  }
  return count;
}

test('bytes go both ways', async () => {
  peer.write('hello');
  await ours.receivedAtLeast(5);
  inTurn(() => ours.sendText('welcome'));
  const [reply] = await once(peer, 'data');
  expect([ours.receivedText, String(reply)]).toEqual(['hello', 'welcome']);
});

test('more output than the kernel takes arrives whole and in order, though the buffer is used again', async () => {
  const count = 40 * 1024 * 1024;
  inTurn(() => ours.sendPattern(count));
  // The peer does not read yet: the kernel takes what it holds, then Node waits with one buffer of the router.
  while (socket.writableLength === 0) await setImmediate();
  expect(socket.writableLength).toBeLessThanOrEqual(64 * 1024);
  ours.isFinished = true;
  expect(await readPattern()).toBe(count);
  peer.end();
  expect(await ours.closed()).toBe('closed');
});

test('one connection that always has more to write does not keep others from being read', async () => {
  let takenCount = 0;
  const takeOutput = ours.takeOutput.bind(ours);
  ours.takeOutput = () => {
    takenCount++;
    return takeOutput();
  };
  peer.resume();
  inTurn(() => ours.sendPattern(1024 * 1024));
  expect(takenCount).toBe(2);
  ours.isFinished = true;
  await once(peer, 'end');
});

test('the end comes behind a last write that had to wait', async () => {
  while (socket.writableLength === 0) inTurn(() => ours.sendPattern(64 * 1024));
  inTurn(() => ours.set({ isFinished: true }));
  expect((await readPattern()) % (64 * 1024)).toBe(0);
  peer.end();
  expect(await ours.closed()).toBe('closed');
});

test('nothing is read while the router does not want bytes', async () => {
  const bytes = Buffer.alloc(16 * 1024 * 1024);
  peer.write('x');
  await ours.receivedAtLeast(1);
  inTurn(() => ours.set({ wantsBytes: false }));
  const written = new Promise<void>((resolve) => peer.write(bytes, () => resolve()));
  expect(socket.isPaused()).toBe(true);
  // A round trip through the event loop and the kernel: what would be read is read by then.
  const other = connect((server.address() as { port: number }).port, '127.0.0.1');
  await once(other, 'connect');
  other.destroy();
  expect(ours.received).toBe(1);
  expect(peer.writableLength).toBeGreaterThan(0);
  inTurn(() => ours.set({ wantsBytes: true }));
  await ours.receivedAtLeast(bytes.length + 1);
  await written;
});

test('when the router is finished its last bytes leave, then the socket ends', async () => {
  inTurn(() => {
    ours.sendText('farewell');
    ours.set({ isFinished: true });
  });
  let text = '';
  for await (const chunk of peer) text += String(chunk);
  expect(text).toBe('farewell');
  peer.end();
  expect(await ours.closed()).toBe('closed');
});

test('what a peer says after the end is not handed on', async () => {
  inTurn(() => ours.set({ isFinished: true }));
  await once(peer.resume(), 'end');
  peer.end('too late');
  expect(await ours.closed()).toBe('closed');
  expect(ours.received).toBe(0);
});

test('a connection that is finished while its reading pauses sees the end of the peer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }); // so that nothing is cut off by time
  inTurn(() => ours.set({ wantsBytes: false, isFinished: true }));
  await once(peer.resume(), 'end');
  peer.end('too late');
  expect(await ours.closed()).toBe('closed');
});

test('a peer that ends its side is lost with that, and still gets the write under way', async () => {
  while (socket.writableLength === 0) inTurn(() => ours.sendPattern(64 * 1024));
  peer.end('bye');
  expect(await ours.closed()).toBe('closed by the peer');
  expect(ours.received).toBe(3);
  expect((await readPattern()) % (64 * 1024)).toBe(0);
  expect(socket.writableFinished).toBe(true);
});

test('a peer that ends its side after us gets all that there is', async () => {
  inTurn(() => {
    ours.sendPattern(3_000_000);
    ours.set({ isFinished: true });
  });
  peer.end();
  expect(await readPattern()).toBe(3_000_000);
  await ours.closed();
});

test('a reset is told as such, once', async () => {
  peer.resetAndDestroy();
  expect(await ours.closed()).toBe('connection reset by peer (ECONNRESET)');
});

test('a peer that never reads is cut off some time after the router is finished', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  inTurn(() => {
    ours.sendPattern(40 * 1024 * 1024);
    ours.set({ isFinished: true });
  });
  vi.advanceTimersByTime(limits.lingerMs - 1);
  expect(socket.destroyed).toBe(false);
  vi.advanceTimersByTime(1);
  expect(socket.destroyed).toBe(true);
  await ours.closed();
});

test('a peer that never ends is cut off some time after us', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  inTurn(() => ours.set({ isFinished: true }));
  await once(peer.resume(), 'end');
  expect(socket.destroyed).toBe(false);
  vi.advanceTimersByTime(limits.lingerMs);
  expect(await ours.closed()).toBe('closed');
});

test('a connection cut off by us tells our reason', async () => {
  for (const connection of turns.connections) connection.destroy('router stopped');
  expect(await ours.closed()).toBe('router stopped');
  await turns.whenEmpty(10_000);
});

test('the timer fires at the deadline, and is set again only when the deadline comes nearer', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const now = monotonicMs();
  router.deadline = now + 100;
  turns.end(now);
  router.deadline = now + 50;
  turns.end(now);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(49);
  expect(router.timeouts).toEqual([]);
  router.deadline = now + 80; // moved away: fires once in vain
  vi.advanceTimersByTime(1);
  expect(router.timeouts).toEqual([now + 50]);
  vi.advanceTimersByTime(30);
  expect(router.timeouts).toEqual([now + 50, now + 80]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a deadline further away than a timer of Node can be is met in steps', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const now = monotonicMs();
  router.deadline = now + 2 ** 31 + 10;
  turns.end(now);
  vi.advanceTimersByTime(2 ** 31 - 2);
  expect(router.timeouts).toEqual([]);
  vi.advanceTimersByTime(12);
  expect(router.timeouts.at(-1)).toBe(now + 2 ** 31 + 10);
});
