// Ports for routers that are to listen on the same one again after a restart.
import { once } from 'node:events';
import { createServer } from 'node:net';

// Below those that systems hand out for outgoing connections (from 32,768 on Linux, 49,152 elsewhere): a port of a router
// that is down must not become the other end of somebody's connection, least of all of one that dials that very port.
const firstPort = 20_000;
const lastPort = 32_000;

/** `count` ports of loopback that nobody listens on. Throws an Error when there are not so many. */
export async function findFreePorts(count: number): Promise<number[]> {
  const from = firstPort + Math.floor(Math.random() * (lastPort - firstPort - 1000));
  const found: number[] = [];
  for (let port = from; found.length < count; port++) {
    if (port > lastPort) throw new Error(`no ${count} free ports from ${from} to ${lastPort}`);
    if (await isFree(port)) found.push(port);
  }
  return found;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false; // in use, or not for us
  } finally {
    server.close();
  }
}
