// AMQP over WebSocket: bytes, backpressure and ends with a router that is a fake; clients on rhea with a real one.
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get as httpsGet } from 'node:https';
import { connect as connectSocket, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  defaultConfiguration,
  type ListenerEntity,
  makeListener,
  makeLog,
  makeRouter,
  makeSslProfile,
} from '../../schema/configuration.ts';
import { monotonicMs } from '../clock.ts';
import { limits } from '../limits.ts';
import type { NodeRouter } from '../node-router.ts';
import { makeVerifier } from '../scram-verifier.ts';
import { startRouter } from '../start-router.ts';
import { TestAuthority } from '../testing/certificates.ts';
import { FakeRouter } from '../testing/fake-router.ts';
import { Turns } from '../turns.ts';
import { changeUsersFile } from '../users-file.ts';
import { HttpDoor } from './http-door.ts';
import type { Pages } from './pages.ts';
import { WebSocketConnection } from './web-socket-connection.ts';

describe('with a fake router', () => {
  let router: FakeRouter;
  let turns: Turns;
  let server: Server;
  let door: HttpDoor;
  const peers: WebSocket[] = [];
  const turnedAway: string[] = [];

  async function open(listener: Partial<ListenerEntity> = {}): Promise<void> {
    router = new FakeRouter();
    turns = new Turns(router);
    const entity = makeListener({ http: true, ...listener });
    door = new HttpDoor(entity, {} as Pages, {
      entered: (socket) => {
        new WebSocketConnection(socket, router.acceptConnection(entity, 'peer', monotonicMs()), turns);
      },
      isDraining: () => router.isDraining,
      turnedAway: (_remote, reason) => void turnedAway.push(reason),
    });
    server = createServer({ allowHalfOpen: true }, (socket) =>
      door.receive(socket, { remote: 'peer', security: null }),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  afterEach(() => {
    vi.useRealTimers();
    turns.stop();
    for (const peer of peers.splice(0)) peer.terminate();
    for (const connection of turns.connections) connection.destroy('test over');
    door.close();
    server.close();
  });

  function dial(protocols: string[] = ['amqp'], path = '/'): WebSocket {
    const { port } = server.address() as { port: number };
    const peer = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols).on('error', () => undefined);
    peers.push(peer);
    return peer;
  }
  async function connect(protocols?: string[], path?: string): Promise<WebSocket> {
    const peer = dial(protocols, path);
    await once(peer, 'open');
    return peer;
  }
  const inTurn = (act: () => void): void => {
    act();
    turns.end(monotonicMs());
  };
  /** How the router refuses the upgrade. */
  async function refusal(peer: WebSocket): Promise<readonly [number | undefined, string]> {
    const [, response] = await once(peer, 'unexpected-response');
    let text = '';
    for await (const chunk of response) text += chunk;
    return [response.statusCode, text];
  }

  test.each([
    [['amqp'], 'amqp'],
    [['binary'], 'binary'],
    [['x', 'binary', 'amqp'], 'amqp'],
  ])('of the subprotocols %j %s is chosen, on any path', async (offered, chosen) => {
    await open();
    expect((await connect(offered, '/some/path?x=y')).protocol).toBe(chosen);
  });

  test('a client that asks for no subprotocol of AMQP is told so', async () => {
    await open();
    const expected = [400, expect.stringContaining('subprotocol amqp')];
    expect(await refusal(dial([]))).toEqual(expected);
    expect(await refusal(dial(['mqtt']))).toEqual(expected);
  });

  test('where websockets are off the client is told in a close frame, as by Dispatch', async () => {
    await open({ websockets: false });
    const peer = dial();
    const [code, reason] = await once(peer, 'close');
    expect([code, String(reason)]).toEqual([1011, 'cannot-upgrade']);
    expect(router.connections).toEqual([]);
  });

  test('a router that drains takes nobody in', async () => {
    await open();
    router.isDraining = true;
    expect(await refusal(dial())).toEqual([503, 'this router is shutting down\n']);
  });

  test('bytes go both ways, whatever the messages in which they come', async () => {
    await open();
    const peer = await connect();
    for (const text of ['he', 'l', '', 'lo']) peer.send(Buffer.from(text));
    const ours = await router.connection();
    await ours.receivedAtLeast(5);
    expect(ours.receivedText).toBe('hello');
    const arrived = once(peer, 'message');
    inTurn(() => ours.sendText('welcome'));
    const [data, isBinary] = await arrived;
    expect([String(data), isBinary]).toEqual(['welcome', true]);
  });

  test('ten million bytes arrive whole, one write at a time', async () => {
    await open();
    const peer = await connect();
    const ours = await router.connection();
    let count = 0;
    let isWrong = false;
    peer.on('message', (data: Buffer) => {
      for (const byte of data) if (byte !== count++ % 251) isWrong = true;
    });
    inTurn(() => ours.sendPattern(10_000_000));
    await vi.waitFor(() => expect(count).toBe(10_000_000), 10_000);
    expect(isWrong).toBe(false);
  });

  test('a peer that does not read is given no more than the kernel takes', async () => {
    await open();
    const peer = await connect();
    const ours = await router.connection();
    peer.pause();
    inTurn(() => ours.sendPattern(200_000_000));
    let before = -1;
    await vi.waitFor(() => {
      const now = ours.pending;
      const isStill = now === before;
      before = now;
      expect(isStill).toBe(true);
    }, 10_000);
    expect(ours.pending).toBeGreaterThan(150_000_000);
    peer.terminate();
    await ours.closed();
  });

  test('a router that wants no bytes stops the peer, and goes on with all that it sent', async () => {
    await open();
    const peer = await connect();
    const ours = await router.connection();
    inTurn(() => ours.set({ wantsBytes: false }));
    const block = Buffer.alloc(100_000, 7);
    let sent = 0;
    for (let n = 0; n < 500; n++) peer.send(block, () => void sent++);
    let before = -1;
    await vi.waitFor(() => {
      const isStill = sent === before;
      before = sent;
      expect(isStill).toBe(true);
    }, 10_000);
    expect(ours.received).toBeLessThan(5_000_000);
    expect(peer.bufferedAmount).toBeGreaterThan(10_000_000);
    inTurn(() => ours.set({ wantsBytes: true }));
    await ours.receivedAtLeast(50_000_000);
  });

  test('the last bytes of a finished connection leave before it ends', async () => {
    await open();
    const peer = await connect();
    const ours = await router.connection();
    const arrived = once(peer, 'message');
    const closed = once(peer, 'close');
    inTurn(() => {
      ours.sendText('goodbye');
      ours.set({ isFinished: true });
    });
    expect(String((await arrived)[0])).toBe('goodbye');
    expect((await closed)[0]).toBe(1000);
    expect(await ours.closed()).toBe('closed');
  });

  test('a peer that never answers the end is cut off', async () => {
    await open();
    const peer = await connect();
    const ours = await router.connection();
    peer.pause(); // it sees no close frame
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    inTurn(() => ours.set({ isFinished: true }));
    vi.advanceTimersByTime(limits.lingerMs);
    vi.useRealTimers();
    await ours.closed();
  });

  test.each([
    ['closes', (peer: WebSocket) => peer.close(1001), 'closed by the peer (WebSocket code 1001)'],
    ['vanishes', (peer: WebSocket) => peer.terminate(), 'closed by the peer (WebSocket code 1006)'],
    ['sends text', (peer: WebSocket) => peer.send('AMQP'), 'a text message: AMQP comes in binary ones'],
    [
      'sends too large a message',
      (peer: WebSocket) => peer.send(Buffer.alloc(limits.webSocketMessageBytesMax + 1)),
      'Max payload size exceeded',
    ],
  ])('a peer that %s ends its connection, and the router is told why', async (_what, act, reason) => {
    await open();
    const peer = await connect();
    const ours = await router.connection();
    act(peer);
    expect(await ours.closed()).toBe(reason);
  });

  test('who takes too long over the head of a request is cut off', async () => {
    await open();
    door.close();
    const entity = makeListener({ http: true });
    const patience = { headersMs: 30, requestMs: 30, idleMs: 10_000, keepAliveMs: 10_000 };
    const events = { entered: () => undefined, isDraining: () => false, turnedAway: () => undefined };
    door = new HttpDoor(entity, {} as Pages, events, patience);
    const socket = connectSocket((server.address() as { port: number }).port, '127.0.0.1');
    socket.write('GET /healthz HTTP/1.1\r\nhost:');
    let heard = '';
    for await (const chunk of socket) heard += chunk;
    expect(heard).toMatch(/^HTTP\/1.1 408 /);
  });
});

interface Details {
  connect(...parts: unknown[]): object;
}

describe('with clients on rhea', () => {
  const authority = new TestAuthority();
  const ann = authority.issue([
    ['O', 'Client'],
    ['CN', 'ann'],
  ]);
  let folder: string;
  let node: NodeRouter;
  const connections: Connection[] = [];
  const pathOf = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-ws-'));
    const own = authority.issue([['CN', 'router']], { hosts: ['localhost', '127.0.0.1'] });
    await writeFile(pathOf('ca.pem'), authority.certificate);
    await writeFile(pathOf('cert.pem'), own.certificate);
    await writeFile(pathOf('key.pem'), own.key);
    const verifier = (await makeVerifier('pencil', limits.scramIterationsMin))!;
    await changeUsersFile(pathOf('users'), (table) => table.set('bob', verifier));
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.close();
    node.kill();
    await node.log.close();
    await rm(folder, { recursive: true });
  });

  async function start(listener: Partial<ListenerEntity>): Promise<number> {
    const files = { caCertFile: pathOf('ca.pem'), certFile: pathOf('cert.pem'), privateKeyFile: pathOf('key.pem') };
    node = await startRouter(
      {
        ...defaultConfiguration(),
        router: makeRouter({ id: 'R', usersFile: pathOf('users') }),
        sslProfiles: [
          makeSslProfile({ name: 'tls', ...files }),
          makeSslProfile({ name: 'own', ...files, caCertFile: '' }),
        ],
        listeners: [makeListener({ host: '127.0.0.1', port: '0', http: true, ...listener })],
        logs: [makeLog({ module: 'DEFAULT', outputFile: pathOf('log') })],
      },
      { version: '0' },
    );
    return Number(node.addresses[0]?.split(':').at(-1));
  }

  async function connect(url: string, tls: object = {}, options: object = {}): Promise<Connection> {
    const container = rhea.create_container();
    const dial = container.websocket_connect(WebSocket as never);
    const makeDetails = dial(url, ['amqp'] as never, tls as never) as unknown as () => Details;
    // rhea does not know that a WebSocket can be encrypted, and offers EXTERNAL only over one that is.
    const details = (): Details => {
      const plain = makeDetails();
      const encrypted = url.startsWith('wss:');
      return { ...plain, connect: (...parts) => Object.assign(plain.connect(...parts), { encrypted }) };
    };
    const connection = container.connect({
      connection_details: details,
      reconnect: false,
      ...options,
    } as unknown as ConnectionOptions);
    connections.push(connection);
    await new Promise<void>((resolve, reject) => {
      connection.once('connection_open', () => resolve());
      connection.once('disconnected', () => reject(new Error('turned away')));
      connection.once('connection_error', ({ error }: EventContext) => reject(error));
    });
    return connection;
  }

  async function pass(sender: Connection, receiver: Connection, body: string): Promise<[string, string]> {
    const incoming = receiver.open_receiver('q');
    await once(incoming, 'receiver_open');
    const outgoing = sender.open_sender('q');
    await once(outgoing, 'sendable');
    const arrived = once(incoming, 'message') as Promise<[EventContext]>;
    const settled = once(outgoing, 'accepted').then(() => 'accepted');
    outgoing.send({ body });
    const [{ message }] = await arrived;
    return [message?.body, await settled];
  }

  test('messages of any size pass in clear, anonymously or by password', async () => {
    const port = await start({});
    const one = await connect(`ws://127.0.0.1:${port}`);
    const other = await connect(`ws://127.0.0.1:${port}/amqp`, {}, { username: 'bob', password: 'pencil' });
    expect(await pass(one, other, 'hello')).toEqual(['hello', 'accepted']);
    const large = 'x'.repeat(3_000_000);
    expect(await pass(other, one, large)).toEqual([large, 'accepted']);
    expect(await readFile(pathOf('log'), 'utf8')).toMatch(
      /Connection of 127\.0\.0\.1:\d+ opened: container "[^"]+", user "bob", role normal, over WebSocket, in clear\n/,
    );
  });

  test('over TLS a client is known by its certificate, and shown to be', async () => {
    const port = await start({
      sslProfile: 'tls',
      requireSsl: true,
      authenticatePeer: true,
      saslMechanisms: 'EXTERNAL',
    });
    const tls = { ca: authority.certificate, cert: ann.certificate, key: ann.key };
    const one = await connect(`wss://127.0.0.1:${port}`, tls, { enable_sasl_external: true, ...tls });
    expect(await pass(one, one, 'x'.repeat(1_000_000))).toEqual(['x'.repeat(1_000_000), 'accepted']);
    expect(await readFile(pathOf('log'), 'utf8')).toMatch(/user "O=Client,CN=ann|user "CN=ann,O=Client/);
    expect(await readFile(pathOf('log'), 'utf8')).toMatch(/role normal, over WebSocket, TLSv1\.3 TLS_[A-Z0-9_]+\n/);
    await expect(connect(`wss://127.0.0.1:${port}`, { ca: authority.certificate })).rejects.toThrow();
  });

  test('where HTTP must authenticate itself and an authority is known, it does so by certificate', async () => {
    const port = await start({ sslProfile: 'tls', authenticatePeer: true, saslMechanisms: 'PLAIN' });
    const asked = { username: 'bob', password: 'pencil' };
    await expect(connect(`wss://127.0.0.1:${port}`, { ca: authority.certificate }, asked)).rejects.toThrow();
    const tls = { ca: authority.certificate, cert: ann.certificate, key: ann.key };
    await connect(`wss://127.0.0.1:${port}`, tls, asked);
  });

  test('in clear nobody gets in where TLS is required, and is told why', async () => {
    const port = await start({ sslProfile: 'own', requireSsl: true });
    const response = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect([response.status, await response.text()]).toEqual([400, 'this port requires TLS: use https or wss\n']);
    await connect(`wss://127.0.0.1:${port}`, { ca: authority.certificate });
  });

  /** A page over HTTPS: its status and text. */
  function get(port: number, path: string, tls: object): Promise<readonly [number | undefined, string]> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, ca: authority.certificate, agent: false, ...tls };
      httpsGet(options, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve([response.statusCode, text]);
      }).once('error', reject);
    });
  }

  test('over HTTPS a certificate names who asks, and without one nobody is heard', async () => {
    const port = await start({ sslProfile: 'tls', requireSsl: true, authenticatePeer: true });
    await expect(get(port, '/healthz', {})).rejects.toThrow();
    const tls = { cert: ann.certificate, key: ann.key };
    expect(await get(port, '/healthz', tls)).toEqual([200, 'OK\n']);
    expect((await get(port, '/metrics', tls))[0]).toBe(200);
    expect((await get(port, '/nope', tls))[0]).toBe(404);
  });

  test('over HTTPS without an authority who asks names himself by password', async () => {
    const port = await start({ sslProfile: 'own', requireSsl: true, authenticatePeer: true });
    expect((await get(port, '/metrics', {}))[0]).toBe(401);
    expect((await get(port, '/metrics', { auth: 'bob:pencil' }))[0]).toBe(200);
  });
});
