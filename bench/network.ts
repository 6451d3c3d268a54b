// Networks of router processes on loopback: each router has its configuration file, its log and its ports, which stay the same
// when it is killed and started again.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { start, stop } from './children.ts';
import { buildFolder } from './root.ts';

/** `from` dials `to`. */
export interface NetworkLink {
  readonly from: string;
  readonly to: string;
}

export interface NetworkOptions {
  readonly links: readonly NetworkLink[];
  /** The port at which `from` reaches `to`, whose own port is given: where a proxy stands between them. */
  readonly between?: (link: NetworkLink, port: number) => Promise<number>;
  /** Lines of the configuration before all else, such as `sslProfile`. */
  readonly preamble?: string;
  /** Further attributes of listeners and connectors between routers. */
  readonly listener?: string;
  readonly connector?: string;
}

/** A network did not become what it must be. */
class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code = 'WEFT_BENCH_NETWORK';
}

const patienceMs = 30_000;
const folder = join(buildFolder, 'network');

const section = (name: string, lines: readonly string[]) =>
  `${name} {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;

// Below the ports that systems give to outgoing connections: one of those could take the port of a router that is being restarted.
let nextPort = 20_000 + (process.pid % 100) * 100;

async function claimPort(): Promise<number> {
  for (;;) {
    const port = nextPort++;
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('listening', () => resolve(true)).once('error', () => resolve(false));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** One router of the network. */
export class RouterNode {
  readonly id: string;
  /** For clients; they see the annotations of routers. */
  readonly port: number;
  readonly neighbours: readonly string[];
  readonly #guard: string;
  #child: ChildProcess | null = null;

  constructor(guard: string, id: string, port: number, neighbours: readonly string[]) {
    this.#guard = guard;
    this.id = id;
    this.port = port;
    this.neighbours = neighbours;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  get log(): string {
    return join(folder, `${this.id}.log`);
  }

  get configuration(): string {
    return join(folder, `${this.id}.conf`);
  }

  start(): void {
    rmSync(this.log, { force: true });
    const words = [process.execPath, 'bin/weft.js', 'router', '--config', this.configuration];
    this.#child = start(this.#guard, ['under', '--', ...words], this.log);
    this.#child.stdout!.resume();
  }

  /** Ends it as SIGTERM does, and waits for its end. */
  async drain(): Promise<void> {
    if (this.#child !== null) await stop(this.#child, patienceMs);
  }

  /** A signal that takes effect before this returns; SIGKILL is waited for by {@link ended}. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name);
  }

  async ended(): Promise<void> {
    const child = this.#child;
    if (child !== null && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** How often it has said that a router became its neighbour. */
  get greetings(): number {
    return readFileSync(this.log, 'utf8').match(/ is a neighbour, cost/g)?.length ?? 0;
  }

  /** Waits until it has found all its neighbours, `before` greetings not counted. Throws NetworkError. */
  joined(before = 0): Promise<void> {
    return this.greeted(before + this.neighbours.length);
  }

  /** Waits until it has found a neighbour `count` times since it started. Throws NetworkError. */
  async greeted(count: number): Promise<void> {
    for (const began = Date.now(); this.greetings < count; await sleep(20)) {
      if (Date.now() - began > patienceMs)
        throw new NetworkError(`router ${this.id} does not find its neighbours; its output: ${this.log}`);
    }
  }
}

export class Network {
  readonly routers: ReadonlyMap<string, RouterNode>;

  private constructor(routers: ReadonlyMap<string, RouterNode>) {
    this.routers = routers;
  }

  /** Starts all routers and waits until they are neighbours. `guard` is the load generator. Throws NetworkError. */
  static async start(guard: string, options: NetworkOptions): Promise<Network> {
    mkdirSync(folder, { recursive: true });
    const { links } = options;
    const ids = [...new Set(links.flatMap(({ from, to }) => [from, to]))];
    const routerPorts = new Map<string, number>();
    for (const id of ids) routerPorts.set(id, await claimPort());
    const routers = new Map<string, RouterNode>();
    for (const id of ids) {
      const neighbours = links.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []));
      const node = new RouterNode(guard, id, await claimPort(), neighbours);
      writeFileSync(node.configuration, await configurationOf(node, routerPorts, options));
      routers.set(id, node);
    }
    const network = new Network(routers);
    for (const node of routers.values()) node.start();
    for (const node of routers.values()) await node.joined();
    return network;
  }

  router(id: string): RouterNode {
    const node = this.routers.get(id);
    if (node === undefined) throw new NetworkError(`there is no router ${id}`);
    return node;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.routers.values()].map((node) => node.drain()));
  }
}

async function configurationOf(
  { id, port }: RouterNode,
  ports: ReadonlyMap<string, number>,
  options: NetworkOptions,
): Promise<string> {
  const sections = [
    section('router', ['mode: interior', `id: ${id}`]),
    options.preamble ?? '',
    section('listener', ['host: 127.0.0.1', `port: ${port}`, 'stripAnnotations: in']),
    section('listener', ['host: 127.0.0.1', `port: ${ports.get(id)}`, 'role: inter-router', options.listener ?? '']),
  ];
  for (const link of options.links.filter(({ from }) => from === id)) {
    const target = ports.get(link.to) as number;
    const dialled = (await options.between?.(link, target)) ?? target;
    const lines = ['host: 127.0.0.1', `port: ${dialled}`, 'role: inter-router', options.connector ?? ''];
    sections.push(section('connector', lines));
  }
  return sections.join('');
}
