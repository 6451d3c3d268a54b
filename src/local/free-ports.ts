// Ports of loopback that nobody listens on, for routers that are to listen on the same ones again after a restart.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Ports } from '../mesh/model/mesh.ts';

/** By router. */
export type PortPlan = Readonly<Record<string, Ports>>;

// Below those that systems hand out for outgoing connections (from 32,768 on Linux, 49,152 elsewhere): a port of a router
// that is down must not become the other end of somebody's connection, least of all of one that dials that very port.
const firstPort = 20_000;
const lastPort = 32_000;

/**
 * Four ports for each router: those that it has in `former` if they are free, or if it is one of `running`, which listens on them itself.
 * Throws an Error when there are not so many.
 */
export async function planPorts(
  routers: Iterable<string>,
  former: PortPlan,
  running: ReadonlySet<string> = new Set(),
): Promise<PortPlan> {
  const plan: Record<string, Ports> = {};
  const without: string[] = [];
  for (const id of routers) {
    const ports = former[id];
    const isUsable = ports !== undefined && (running.has(id) || (await areFree(Object.values(ports))));
    if (isUsable) plan[id] = ports;
    else without.push(id);
  }
  const taken = new Set([former, plan].flatMap((one) => Object.values(one).flatMap((ports) => Object.values(ports))));
  const found = await findFreePorts(4 * without.length, taken);
  for (const id of without) {
    const [interRouter, edge, applications, health] = found.splice(0, 4) as [number, number, number, number];
    plan[id] = { interRouter, edge, applications, health };
  }
  return plan;
}

/** `count` ports that nobody listens on, and that are not `taken`. Throws an Error when there are not so many. */
export async function findFreePorts(count: number, taken: ReadonlySet<number> = new Set()): Promise<number[]> {
  const from = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
  const found: number[] = [];
  for (let tried = 0; found.length < count; tried++) {
    if (tried > lastPort - firstPort) throw new Error(`no ${count} free ports from ${firstPort} to ${lastPort}`);
    const port = firstPort + ((from - firstPort + tried) % (lastPort - firstPort + 1));
    if (!taken.has(port) && (await isFree(port))) found.push(port);
  }
  return found;
}

async function areFree(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) if (!(await isFree(port))) return false;
  return true;
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
