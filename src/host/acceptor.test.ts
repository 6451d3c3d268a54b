import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ListenerEntity, makeListener } from '../schema/configuration.ts';
import { Acceptor } from './acceptor.ts';
import { formatHostPort, portNumber } from './endpoint-address.ts';

let folder: string;
const open: Acceptor[] = [];
const accepted: Socket[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-'));
});
afterEach(async () => {
  for (const acceptor of open.splice(0)) acceptor.close();
  for (const socket of accepted.splice(0)) socket.destroy();
  await rm(folder, { recursive: true });
});

async function listen(attributes: Partial<ListenerEntity>): Promise<Acceptor> {
  const acceptor = await Acceptor.open(makeListener({ port: '0', ...attributes }), {
    accepted: (socket) => void accepted.push(socket.on('error', () => undefined)),
    acceptFailed: (reason) => expect.fail(reason),
  });
  open.push(acceptor);
  return acceptor;
}

/** 'accepted', or why not. */
async function dial(host: string, port: number): Promise<string> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return 'accepted';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    socket.destroy();
  }
}

const portOf = (address: string | undefined): number => Number(address?.split(':').at(-1));
const hasIpv6 = await new Promise<boolean>((resolve) => {
  const probe = createServer();
  probe.once('error', () => resolve(false));
  probe.listen(0, '::1', () => probe.close(() => resolve(true)));
});

test('port 0 takes a free port and tells which', async () => {
  const { addresses } = await listen({ host: '127.0.0.1' });
  expect(addresses).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
  expect(portOf(addresses[0])).toBeGreaterThan(0);
  expect(await dial('127.0.0.1', portOf(addresses[0]))).toBe('accepted');
});

test.runIf(hasIpv6)('no host is both families on one port', async () => {
  const port = portOf((await listen({ host: '' })).addresses[0]);
  expect([await dial('127.0.0.1', port), await dial('::1', port)]).toEqual(['accepted', 'accepted']);
});

test.runIf(hasIpv6)('0.0.0.0 and :: are one family each, and can share a port', async () => {
  const port = portOf((await listen({ host: '0.0.0.0' })).addresses[0]);
  expect(await dial('::1', port)).toBe('ECONNREFUSED');
  const { addresses } = await listen({ host: '::', port: String(port) });
  expect(addresses).toEqual([`[::]:${port}`]);
  expect(await dial('::1', port)).toBe('accepted');
});

test.runIf(hasIpv6)('socketAddressFamily narrows "no host" to one family', async () => {
  const four = portOf((await listen({ host: '', socketAddressFamily: 'IPv4' })).addresses[0]);
  expect([await dial('127.0.0.1', four), await dial('::1', four)]).toEqual(['accepted', 'ECONNREFUSED']);
  const six = portOf((await listen({ host: '', socketAddressFamily: 'IPv6' })).addresses[0]);
  expect([await dial('127.0.0.1', six), await dial('::1', six)]).toEqual(['ECONNREFUSED', 'accepted']);
});

test('a name listens on its addresses of the family asked for, on one port', async () => {
  const { addresses } = await listen({ host: 'localhost' });
  expect(new Set(addresses.map(portOf)).size).toBe(1);
  const { addresses: four } = await listen({ host: 'localhost', socketAddressFamily: 'IPv4' });
  expect(four).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
});

test('a port in use says so, and what to do', async () => {
  const port = portOf((await listen({ host: '127.0.0.1' })).addresses[0]);
  await expect(listen({ host: '127.0.0.1', port: String(port) })).rejects.toMatchObject({
    code: 'WEFT_CANNOT_LISTEN',
    message: `cannot listen on 127.0.0.1:${port}: the address is in use (EADDRINUSE)`,
    remedy: expect.stringContaining('choose another port'),
  });
});

test.each([
  [{ host: '192.0.2.1' }, 'cannot listen on 192.0.2.1:0: no such address on this machine (EADDRNOTAVAIL)'],
  [{ host: '127.0.0.1', port: 'amqpx' }, 'unknown port amqpx'],
  [{ host: '127.0.0.1', port: '65536' }, 'unknown port 65536'],
  [{ host: 'unix:/no/such/folder/s' }, 'cannot listen on unix:/no/such/folder/s: permission denied (EACCES)'],
  [{ host: `unix:/tmp/${'x'.repeat(120)}` }, 'must have 1 to 103 bytes'],
])('%j cannot be listened on', async (attributes, message) => {
  const text = await listen(attributes).then(
    () => 'listens',
    (error: Error) => error.message,
  );
  // libuv tells a missing folder as EACCES.
  expect(text).toContain(message);
});

test('port names', () => {
  expect([portNumber('amqp'), portNumber('amqps'), portNumber('0'), portNumber('65535')]).toEqual([
    5672, 5671, 0, 65535,
  ]);
});

test('peers of a dual-stack socket show as what they are', () => {
  expect(formatHostPort('::ffff:127.0.0.1', 1)).toBe('127.0.0.1:1');
  expect(formatHostPort('::1', 1)).toBe('[::1]:1');
  expect(formatHostPort('', 5672)).toBe(':5672');
});

test('a Unix socket is listened on, and its file goes with the listener', async () => {
  const path = join(folder, 'router.sock');
  const acceptor = await listen({ host: `unix:${path}` });
  expect(acceptor.addresses).toEqual([`unix:${path}`]);
  const socket = connect(path);
  await once(socket, 'connect');
  socket.destroy();
  acceptor.close();
  expect(existsSync(path)).toBe(false);
});

test('the socket file of a dead process makes way; that of a living one does not', async () => {
  const path = join(folder, 'router.sock');
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`;
  const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(other.stdout, 'data');
  await expect(listen({ host: `unix:${path}` })).rejects.toMatchObject({
    message: `cannot listen on unix:${path}: another process listens there`,
  });
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(existsSync(path)).toBe(true);
  await listen({ host: `unix:${path}` });
  const socket = connect(path);
  await once(socket, 'connect');
  socket.destroy();
});

test('a file that is no socket is left alone', async () => {
  const path = join(folder, 'precious');
  await writeFile(path, 'x');
  await expect(listen({ host: `unix:${path}` })).rejects.toMatchObject({
    message: `cannot listen on unix:${path}: a file that is no socket is there`,
  });
  expect(existsSync(path)).toBe(true);
});
