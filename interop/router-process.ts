// One router process: `weft router` with a configuration of the case's own, on ports that the system chooses.
import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from './child.ts';
import { weftProgram } from './places.ts';
import type { Json } from './values.ts';
import type { Watch } from './watch.ts';

export type Entity = { readonly [attribute: string]: Json };

export interface RouterConfiguration {
  readonly router?: Entity;
  readonly sslProfiles?: readonly Entity[];
  /** By name, in the order in which they are to listen. Absent: one named `main` on loopback. */
  readonly listeners?: { readonly [name: string]: Entity };
  readonly connectors?: { readonly [name: string]: Entity };
  readonly addresses?: readonly Entity[];
  readonly policy?: Entity;
  readonly vhosts?: readonly Entity[];
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

let routerCount = 0;

export class RouterProcess {
  readonly id: string;
  /** By listener name. */
  readonly places = new Map<string, Place>();
  readonly log: string[] = [];
  /** How it ended; null while it runs. */
  exit: { code: number | null; signal: NodeJS.Signals | null } | null = null;
  readonly #watch: Watch;
  readonly #listeners: [string, Entity][];
  readonly #child: ChildProcess;
  #isEnding = false;

  /** Starts one and waits until it is operational. `folder` is where its configuration is written. */
  static async start(configuration: RouterConfiguration, folder: string, watch: Watch): Promise<RouterProcess> {
    const router = RouterProcess.begin(configuration, folder, watch);
    await router.isOperational();
    return router;
  }

  /** Starts one that must be killed even if it never becomes operational. */
  static begin(configuration: RouterConfiguration, folder: string, watch: Watch): RouterProcess {
    return new RouterProcess(configuration, folder, watch);
  }

  private constructor(configuration: RouterConfiguration, folder: string, watch: Watch) {
    this.#watch = watch;
    this.#listeners = withHosts(configuration.listeners ?? { main: {} });
    const name = `interop-${++routerCount}`;
    this.id = String(configuration.router?.['id'] ?? name);
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(this.#sections(configuration)));
    this.#child = startChild(process.execPath, [weftProgram, 'router', '-c', file], {
      onLine: (line) => this.#note(line),
      onErrorLine: (line) => this.#note(line),
      onExit: (code, signal) => {
        this.exit = { code, signal };
        watch.note(`router ${this.id} ended (${signal ?? `exit code ${code}`})`);
        if (!this.#isEnding)
          watch.fail(new Error(`router ${this.id} ended by itself (${signal ?? `exit code ${code}`})`));
      },
    });
  }

  /** Waits until it is; then `places` has its ports. */
  async isOperational(): Promise<void> {
    await this.logged('is operational', /Operational, 1 Threads Running \(process ID \d+\)/);
    for (const [name, { host }] of this.#listeners) this.#findPlace(name, String(host));
  }

  #sections(configuration: RouterConfiguration): Json {
    const { router = {}, sslProfiles = [], connectors = {}, addresses = [], policy, vhosts = [] } = configuration;
    return [
      ['router', { id: this.id, ...router }],
      ...sslProfiles.map((one) => ['sslProfile', { ...one }]),
      ...this.#listeners.map(([name, one]) => ['listener', { name, port: 0, ...one }]),
      ...Object.entries(connectors).map(([name, one]) => ['connector', { name, host: '127.0.0.1', ...one }]),
      ...addresses.map((one) => ['address', { ...one }]),
      ...(policy === undefined ? [] : [['policy', { ...policy }]]),
      ...vhosts.map((one) => ['vhost', { ...one }]),
      // What clients did shows in the report of a failure.
      ['log', { module: 'DEFAULT', enable: 'info+', includeTimestamp: false }],
    ];
  }

  #note(line: string): void {
    this.log.push(line);
    this.#watch.note(`router ${this.id}: ${line}`);
  }

  #findPlace(name: string, host: string): void {
    if (host.startsWith('unix:')) return;
    const prefix = `${host.includes(':') ? `[${host}]` : host}:`;
    const found = this.log.flatMap((line) => /Listening (?:for HTTP )?on (\S+)$/.exec(line)?.[1] ?? []);
    const place = found.find((one) => one.startsWith(prefix));
    if (place === undefined) throw new Error(`listener ${name}: its port is not in ${found.join(', ')}`);
    this.places.set(name, { host, port: Number(place.slice(prefix.length)) });
  }

  /** Where clients find it: host and port of a listener. */
  place(name = 'main'): Place {
    return this.places.get(name) as Place;
  }

  async logged(what: string, pattern: RegExp): Promise<string> {
    return await this.#watch.until(`router ${this.id} ${what}`, () => this.log.find((line) => pattern.test(line)));
  }

  signal(signal: NodeJS.Signals): void {
    this.#isEnding = true;
    this.#child.kill(signal);
  }

  async ended(ms?: number): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    return await this.#watch.until(`router ${this.id} ends`, () => this.exit, ms);
  }

  kill(): void {
    this.#isEnding = true;
    this.#child.kill('SIGKILL');
  }

  /** The most memory it ever had, in bytes (Linux). */
  get peakMemory(): number {
    return procFigure(`/proc/${this.#child.pid}/status`, /VmHWM:\s+(\d+) kB/) * 1024;
  }

  /** Bytes that it read so far, from wherever (Linux). */
  get bytesRead(): number {
    return procFigure(`/proc/${this.#child.pid}/io`, /rchar: (\d+)/);
  }
}

/** Every listener on an address of loopback of its own, so that the log tells whose port is whose (Linux has 127/8). */
function withHosts(listeners: { readonly [name: string]: Entity }): [string, Entity][] {
  return Object.entries(listeners).map(([name, one], index) => [name, { host: `127.0.0.${index + 1}`, ...one }]);
}

function procFigure(file: string, pattern: RegExp): number {
  return Number(pattern.exec(readFileSync(file, 'utf8'))?.[1]);
}

/** Runs `weft …` to its end with this standard input. Resolves with exit code and output. */
export function runWeft(args: readonly string[], input: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    let output = '';
    const note = (line: string): void => {
      output += `${line}\n`;
    };
    const child = startChild(process.execPath, [weftProgram, ...args], {
      onLine: note,
      onErrorLine: note,
      onExit: (code) => resolve({ code, output }),
    });
    child.stdin?.end(input);
  });
}
