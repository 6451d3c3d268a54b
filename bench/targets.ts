// The processes that are measured, and how they are started. The router's command line stands here and nowhere else.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { start } from './children.ts';
import type { TargetName } from './figures.ts';
import { buildFolder, root } from './root.ts';

/** Somewhere to connect to, and the process whose CPU and memory are read. */
export interface Target {
  readonly name: TargetName;
  readonly host: string;
  readonly port: number;
  /** Where receivers connect, when that is elsewhere. */
  readonly exitPort?: number;
  readonly pid: number;
  /** Further processes whose CPU counts. */
  readonly otherPids?: readonly number[];
}

/** A target that we started ourselves. */
export interface StartedTarget extends Target {
  readonly child: ChildProcess;
}

/** A router did not come up; the message says where its output is. */
class RouterStartError extends Error {
  override readonly name = 'RouterStartError';
  readonly code = 'WEFT_BENCH_ROUTER';
}

/** The default configuration: all counters on, nothing tuned. `{port}` is replaced. */
export const defaultRouterCommand = 'node bin/weft.js router --listen 127.0.0.1:{port}';

const startPatienceMs = 10_000;
export const routerLog = join(buildFolder, 'router.log');

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * Starts a router by `command` (words, `{port}` replaced by `knownPort` or a free one) under `guard` (the generator), and waits until it accepts
 * connections. Throws RouterStartError.
 */
export async function startRouter(guard: string, command: string, knownPort?: number): Promise<StartedTarget> {
  const port = knownPort ?? (await freePort());
  const words = command.replaceAll('{port}', String(port)).split(/\s+/);
  if (words[0] === 'node') words[0] = process.execPath;
  const child = start(guard, ['under', '--', ...words], routerLog);
  // Its output is not ours to show, but a pipe that nobody reads would stop it.
  child.stdout!.resume();
  for (const began = Date.now(); !(await accepts(port)); await sleep(50)) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || Date.now() - began > startPatienceMs) {
      throw new RouterStartError(
        `the router ${ended ? `ended with exit code ${child.exitCode}` : 'does not accept connections'}: ${words.join(' ')}\n` +
          `  its output: ${routerLog}`,
      );
    }
  }
  return { name: 'weft', host: '127.0.0.1', port, pid: child.pid!, child };
}

/** Starts the bare relay in front of a router, as a process of its own. */
export async function startRelayProcess(guard: string, router: Target): Promise<StartedTarget> {
  const script = join(root, 'dist', 'bench', 'relay.js');
  const child = start(guard, ['under', '--', process.execPath, script, '0', String(router.port)]);
  const [line] = await once(createInterface({ input: child.stdout! }), 'line');
  return { name: 'relay', host: '127.0.0.1', port: Number(line), pid: child.pid!, child };
}
