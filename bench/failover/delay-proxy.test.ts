import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startDelayProxy } from './delay-proxy.ts';

test('what goes through comes whole and in order, both ways, and so does the end', async () => {
  const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const proxy = await startDelayProxy(3, (echo.address() as AddressInfo).port);
  onTestFinished(() => {
    echo.close();
    proxy.close();
  });
  const socket = connect({ host: '127.0.0.1', port: (proxy.address() as AddressInfo).port, allowHalfOpen: true });
  const parts: Buffer[] = [];
  socket.on('data', (part) => parts.push(part));
  const sent = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
  for (let at = 0; at < sent.length; at += 777) socket.write(sent.subarray(at, at + 777));
  socket.end();
  await once(socket, 'end');
  expect(Buffer.concat(parts).equals(sent)).toBe(true);
});
