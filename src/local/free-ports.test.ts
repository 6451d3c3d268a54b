import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { planPorts } from './free-ports.ts';

test('each router has four ports of its own; it keeps them while they are free, or it listens on them itself', async () => {
  const first = await planPorts(['a', 'b', 'c'], {});
  const ports = Object.values(first).flatMap((one) => Object.values(one));
  expect(new Set(ports).size).toBe(12);
  const server = createServer().listen(first['b']?.edge, '127.0.0.1');
  await once(server, 'listening');
  const second = await planPorts(['a', 'b', 'd'], first);
  expect(second['a']).toEqual(first['a']);
  expect(Object.values(second['b'] ?? {}).some((port) => ports.includes(port))).toBe(false);
  // Those of c, which may be running still, are nobody else's.
  expect(Object.values(second['d'] ?? {}).some((port) => ports.includes(port))).toBe(false);
  expect((await planPorts(['b'], first, new Set(['b'])))['b']).toEqual(first['b']);
  server.close();
});
