// A mesh as `weft mesh render` writes it and real routers run it: a process for each router, mutual TLS with certificates of `weft pki`,
// policy from the grants. On ports that are free.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import { findFreePorts } from '../../local/free-ports.ts';
import type { Mesh, MeshRouter, Ports } from '../../mesh/model/mesh.ts';
import { readMesh } from '../../mesh/model/read-mesh.ts';
import { hostNamesOf, localPlacement, type Placement } from '../../mesh/render/placement.ts';
import { configurationsOf, type Engine } from '../../mesh/render/rendering.ts';
import { starterFiles } from '../../mesh/starter.ts';
import { initPki } from '../../pki/init.ts';
import { issueAll } from '../../pki/issue.ts';
import { readMeshFiles } from '../mesh-files.ts';
import { WeftProcess } from './weft-process.ts';

export const operator = 'platform/console';

export class RenderedMesh {
  readonly folder: string;
  readonly #processes = new Map<string, WeftProcess>();
  readonly #connections: Connection[] = [];
  readonly #ports = new Map<string, Ports>();
  readonly #files = new Map<string, string>();
  /** What {@link edit} has changed, by file. */
  readonly #originals = new Map<string, string>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** The starter's mesh, with an operator; the routers are not started yet. */
  static async make(): Promise<RenderedMesh> {
    const made = new RenderedMesh(await mkdtemp(join(tmpdir(), 'weft-rendered-')));
    for (const [name, text] of starterFiles()) {
      await mkdir(dirname(join(made.folder, name)), { recursive: true });
      await writeFile(join(made.folder, name), text);
    }
    await made.edit('mesh.yaml', 'include: teams/*.yaml\n', `include: teams/*.yaml\noperators: [${operator}]\n`);
    const mesh = made.read();
    const free = await findFreePorts(4 * mesh.routers.size);
    [...mesh.routers.keys()].forEach((id, at) => {
      const [interRouter = 0, edge = 0, applications = 0, health = 0] = free.slice(4 * at);
      made.#ports.set(id, { interRouter, edge, applications, health });
    });
    made.#originals.clear();
    await initPki(made.#pki, { mesh: mesh.name });
    await issueAll(made.#pki, [
      ...[...mesh.routers.values()].map((router) => ({
        ...{ kind: 'router' as const, name: router.id, hosts: hostNamesOf(router) },
      })),
      ...[...mesh.applications.keys(), operator].map((name) => ({ kind: 'app' as const, name })),
    ]);
    return made;
  }

  get #pki(): string {
    return join(this.folder, 'pki');
  }

  read(): Mesh {
    const { mesh, faults } = readMesh(readMeshFiles(this.folder));
    if (mesh === null) throw new Error(faults.map(({ path, message }) => `${path} ${message}`).join('\n'));
    return mesh;
  }

  /** Until {@link restore}. */
  async edit(name: string, from: string, to: string): Promise<void> {
    const text = await readFile(join(this.folder, name), 'utf8');
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    if (!this.#originals.has(name)) this.#originals.set(name, text);
    await writeFile(join(this.folder, name), text.replace(from, to));
  }

  /** The files as they were made. */
  async restore(): Promise<void> {
    for (const [name, text] of this.#originals) await writeFile(join(this.folder, name), text);
    this.#originals.clear();
  }

  /** Writes what is rendered for the mesh as its files are now. */
  async render(engine: Engine = 'weft'): Promise<void> {
    const mesh = this.read();
    const ports = ({ id }: MeshRouter): Ports => this.#ports.get(id) as Ports;
    const placement: Placement = { ...localPlacement(mesh), ports, pki: this.#pki };
    for (const { router, file, text } of configurationsOf(mesh, placement, engine)) {
      this.#files.set(router.id, join(this.folder, file));
      await writeFile(join(this.folder, file), text);
    }
  }

  /** Renders, starts every router and waits until each has its links. */
  async start(): Promise<void> {
    await this.render();
    for (const id of this.#ports.keys()) {
      this.#processes.set(id, new WeftProcess(['router', '-c', this.#files.get(id) as string]).type());
    }
    for (const one of this.#processes.values()) await one.told(/Operational/);
    for (const { id, mode, uplinks } of this.read().routers.values()) {
      const pattern =
        mode === 'edge' ? new RegExp(`opened: container "(?:${uplinks.join('|')})"`) : /opened: container "/;
      await this.#processes.get(id)?.told(pattern);
    }
  }

  process(id: string): WeftProcess {
    return this.#processes.get(id) as WeftProcess;
  }

  applicationsPort(id: string): number {
    return (this.#ports.get(id) as Ports).applications;
  }

  /** The words by which a management command asks as the operator. */
  asOperator(router: string): string[] {
    const own = join(this.#pki, 'apps', operator);
    const files = [
      '--ssl-trustfile',
      join(this.#pki, 'ca.pem'),
      '--ssl-certificate',
      join(own, 'cert.pem'),
      '--ssl-key',
      join(own, 'key.pem'),
    ];
    return ['-b', `amqps://localhost:${this.applicationsPort(router)}`, ...files];
  }

  /** Rejects when the router turns it away. */
  async connect(application: string, router: string): Promise<Connection> {
    const own = join(this.#pki, 'apps', application);
    const [ca, cert, key] = await Promise.all(
      [join(this.#pki, 'ca.pem'), join(own, 'cert.pem'), join(own, 'key.pem')].map((file) => readFile(file, 'utf8')),
    );
    const options = { host: '127.0.0.1', port: this.applicationsPort(router), servername: 'localhost' };
    const tls = { transport: 'tls', enable_sasl_external: true, reconnect: false, ca, cert, key };
    const connection = rhea.create_container().connect({ ...options, ...tls } as unknown as ConnectionOptions);
    this.#connections.push(connection);
    await new Promise<void>((resolve, reject) => {
      connection.once('connection_open', () => resolve());
      connection.once('disconnected', ({ error }: EventContext) => reject(error ?? new Error('turned away')));
    });
    return connection;
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    for (const one of this.#processes.values()) {
      one.signal('SIGKILL');
      await one.ended();
    }
    await rm(this.folder, { recursive: true });
  }
}
