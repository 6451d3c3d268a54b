import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startRelay } from './relay.ts';

async function echoBehindRelay() {
  const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const relay = await startRelay(0, (echo.address() as AddressInfo).port);
  onTestFinished(() => {
    echo.close();
    relay.close();
  });
  return connect((relay.address() as AddressInfo).port, '127.0.0.1');
}

test('the relay carries every byte both ways, and the end too', async () => {
  const socket = await echoBehindRelay();
  const sent = Buffer.alloc(1_000_000, 'weft');
  socket.end(sent);
  const received: Buffer[] = [];
  for await (const chunk of socket) received.push(chunk as Buffer);
  expect(Buffer.concat(received).equals(sent)).toBe(true);
});
