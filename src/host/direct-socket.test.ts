import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDirectly } from './direct-socket.ts';

let accepted: Socket;
let peer: Socket;
let close: () => void;
beforeEach(async () => {
  const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  peer = connect((server.address() as { port: number }).port, '127.0.0.1');
  [accepted] = (await once(server, 'connection')) as [Socket];
  close = () => server.close();
});
afterEach(() => {
  peer.destroy();
  accepted.destroy();
  close();
});

/** All that comes until `length` bytes are there, as text; with each chunk its buffer. */
async function readingOf(length: number): Promise<{ socket: Socket; text: string; buffers: Set<ArrayBufferLike> }> {
  const buffers = new Set<ArrayBufferLike>();
  let text = '';
  return new Promise((resolve) => {
    const socket = readDirectly(accepted, (bytes) => {
      buffers.add(bytes.buffer);
      text += Buffer.from(bytes).toString('latin1');
      if (text.length >= length) resolve({ socket, text, buffers });
    });
    socket.resume();
  });
}

test('all reads come in one buffer, in order, and the socket writes, pauses and ends as before', async () => {
  const said = 'abcdefghij'.repeat(30_000);
  peer.write(said);
  const { socket, text, buffers } = await readingOf(said.length);
  expect(text === said).toBe(true);
  expect(buffers.size).toBe(1);
  expect(socket).not.toBe(accepted);
  expect(socket.remotePort).toBe(peer.localPort);
  socket.write('answer');
  expect(String((await once(peer, 'data'))[0])).toBe('answer');
  peer.end();
  await once(socket, 'end');
  socket.end();
  await once(socket, 'close');
});

test('a socket of which something was read already stays as it is', async () => {
  peer.write('x');
  await once(accepted, 'readable');
  expect(readDirectly(accepted, () => undefined)).toBe(accepted);
});
