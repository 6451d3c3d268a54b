// A mesh of two clouds on this machine (`weft up`), an application in each of them with its bundle, and the samples of the bundles.
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../child.ts';
import { root, weftProgram } from '../places.ts';
import { runWeft } from '../router-process.ts';
import { patienceMs, type Watch } from '../watch.ts';
import { SampleProcess } from './sample-process.ts';
import { findToolchains, type Toolchain } from './toolchains.ts';

/** `secret` is nobody's but the warehouse's. */
const meshText = `mesh: samples
environments:
  aws: { domain: aws.example.com }
  azure: { domain: azure.example.com, acceptsInbound: false }
links: [{ from: azure, to: aws }]
teams: { shop: {}, warehouse: { contact: warehouse@example.com } }
edges:
  shop-aws: { environment: aws, team: shop }
  warehouse-azure: { environment: azure, team: warehouse }
channels:
  shop.orders: { owner: shop, match: prefix }
  warehouse.stock: { owner: warehouse, match: prefix, replies: true }
  warehouse.secret: { owner: warehouse }
applications:
  shop/web: { environment: aws, publishes: [shop.orders, warehouse.stock] }
  warehouse/packing: { environment: azure, subscribes: [shop.orders, warehouse.stock, warehouse.secret], publishes: [warehouse.secret] }
grants:
  - { channel: shop.orders, to: warehouse, may: subscribe }
  - { channel: warehouse.stock, to: shop, may: publish }
`;

/** The first call fetches what Maven and Go need. */
const prepareMs = 85_000;

export type Application = 'shop/web' | 'warehouse/packing';

export class SampleMesh {
  readonly toolchains: readonly Toolchain[] = findToolchains();
  readonly #folder: string;
  readonly #watch: Watch;
  readonly #up: ChildProcess;
  readonly #prepared = new Map<string, Promise<void>>();
  readonly #running = new Set<SampleProcess>();
  #isEnding = false;
  hasEnded = false;

  private constructor(folder: string, watch: Watch) {
    this.#folder = folder;
    this.#watch = watch;
    mkdirSync(folder);
    writeFileSync(join(folder, 'mesh.yaml'), meshText);
    // What `npm install` would bring to the sample in JavaScript.
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const note = (line: string): void => watch.note(`weft up: ${line}`);
    const words = [weftProgram, 'up', join(folder, 'mesh.yaml'), '--dir', this.#dir];
    this.#up = startChild(process.execPath, words, {
      onLine: note,
      onErrorLine: note,
      onExit: (code, signal) => {
        this.hasEnded = true;
        note(`ended (${signal ?? code})`);
        if (!this.#isEnding) watch.fail(new Error(`weft up ended by itself (${signal ?? `exit code ${code}`})`));
      },
    });
  }

  /** Runs the mesh, and writes the bundles. */
  static async start(folder: string, watch: Watch): Promise<SampleMesh> {
    const mesh = new SampleMesh(folder, watch);
    try {
      for (const router of await mesh.#routers()) await mesh.takesApplications(router);
      for (const application of ['shop/web', 'warehouse/packing'] as const) {
        const words = ['mesh', 'bundle', application, '--up', mesh.#dir, '--out', mesh.bundle(application)];
        const { code, output } = await runWeft(words, '');
        if (code !== 0) throw new Error(`no bundle for ${application}: ${output}`);
      }
    } catch (error) {
      mesh.end();
      throw error;
    }
    return mesh;
  }

  get #dir(): string {
    return join(this.#folder, 'up');
  }

  bundle(application: Application): string {
    return join(this.#folder, application.replace('/', '-'));
  }

  // --- samples -----------------------------------------------------------------------------------------------------

  toolchain(folder: string): Toolchain {
    return this.toolchains.find(({ language }) => language.folder === folder) as Toolchain;
  }

  /** Compiles it, once, as README.md of the bundle says. */
  prepare(toolchain: Toolchain): Promise<void> {
    const { folder } = toolchain.language;
    let prepared = this.#prepared.get(folder);
    if (prepared === undefined) {
      prepared = this.#prepare(toolchain);
      this.#prepared.set(folder, prepared);
    }
    return prepared;
  }

  async #prepare({ language, prepare }: Toolchain): Promise<void> {
    if (prepare.length === 0) return;
    const child = this.#start(`${language.prepare} (${language.name})`, prepare, this.#cwd(language.folder), {});
    const code = await child.ended(prepareMs);
    if (code !== 0)
      throw new Error(`${language.prepare} ended with ${code}:\n${[...child.lines, ...child.told].join('\n')}`);
  }

  #cwd(folder: string): string {
    return join(this.bundle('shop/web'), 'samples', folder);
  }

  /** Starts a sample as this application. That of the shop lies in its bundle, and finds it by itself. */
  start(toolchain: Toolchain, application: Application, ...words: string[]): Promise<SampleProcess> {
    return this.startWith(toolchain, this.bundle(application), ...words);
  }

  /** Starts a sample with this bundle. */
  async startWith(toolchain: Toolchain, bundle: string, ...words: string[]): Promise<SampleProcess> {
    await this.prepare(toolchain);
    const { language, run } = toolchain;
    const env = bundle === this.bundle('shop/web') ? {} : { WEFT_BUNDLE: bundle };
    const name = `${language.name} ${basename(bundle)} ${words.join(' ')}`;
    return this.#start(name, [...run, ...words], this.#cwd(language.folder), env);
  }

  /** A copy of the bundle, elsewhere, that begins with another of its endpoints. Gives its folder, and that router. */
  bundleFrom(application: Application, at: number): { bundle: string; router: string } {
    const bundle = `${this.bundle(application)}-${at}`;
    cpSync(this.bundle(application), bundle, { recursive: true, filter: (path) => basename(path) !== 'samples' });
    const file = join(bundle, 'connection.json');
    const connection = JSON.parse(readFileSync(file, 'utf8')) as { endpoints: { router: string }[] };
    const first = at % connection.endpoints.length;
    const endpoints = [...connection.endpoints.slice(first), ...connection.endpoints.slice(0, first)];
    writeFileSync(file, JSON.stringify({ ...connection, endpoints }));
    return { bundle, router: endpoints[0]?.router as string };
  }

  #start(name: string, command: readonly string[], cwd: string, more: Record<string, string>): SampleProcess {
    const child = new SampleProcess(name, command, { cwd, env: { ...process.env, ...more } }, this.#watch);
    this.#running.add(child);
    return child;
  }

  // --- routers -----------------------------------------------------------------------------------------------------

  async #routers(): Promise<string[]> {
    const file = join(this.#dir, 'up.json');
    return await this.#attempt('weft up writes up.json', () => Object.keys(this.#ports(file)));
  }

  #ports(file = join(this.#dir, 'up.json')): Record<string, { applications: number }> {
    return (JSON.parse(readFileSync(file, 'utf8')) as { ports: Record<string, { applications: number }> }).ports;
  }

  /** Waits until a router listens for applications. */
  async takesApplications(router: string): Promise<void> {
    await this.#attempt(`router ${router} listens`, async () => {
      const socket = connect({ host: '127.0.0.1', port: this.#ports()[router]?.applications ?? 0 });
      await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      socket.destroy();
    });
  }

  /** What a look at the world gives as soon as it does not throw. */
  async #attempt<T>(what: string, look: () => T | Promise<T>): Promise<T> {
    const endMs = performance.now() + patienceMs;
    for (;;) {
      try {
        return await look();
      } catch (error) {
        if (this.#watch.disaster !== null) throw this.#watch.disaster;
        if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`, { cause: error });
        await sleep(50);
      }
    }
  }

  /** SIGKILL; `weft up` starts it again. */
  killRouter(router: string): void {
    process.kill(this.#pidOf(router), 'SIGKILL');
  }

  /** By the configuration that it was started with (Linux). */
  #pidOf(router: string): number {
    const { pid } = JSON.parse(readFileSync(join(this.#dir, 'up.json'), 'utf8')) as { pid: number };
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    const file = join(this.#dir, 'routers', `${router}.yaml`);
    const found = children.find((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0').includes(file));
    if (found === undefined) throw new Error(`no process of ${router} among the children of weft up`);
    return Number(found);
  }

  // --- the end -----------------------------------------------------------------------------------------------------

  /** Samples that a case left behind. */
  killSamples(): void {
    for (const child of this.#running) if (child.exit === null) child.kill();
    this.#running.clear();
  }

  end(): void {
    this.#isEnding = true;
    this.killSamples();
    this.#up.kill('SIGTERM');
  }
}
