// A mesh that runs on this machine: a process for each router, all on loopback, with mutual TLS and the policy of the grants, exactly as
// `weft mesh render --target local` renders it, but at ports that were found free. One change at a time.
import { addressOf } from '../mesh/model/channel-table.ts';
import type { Mesh, MeshRouter, Ports } from '../mesh/model/mesh.ts';
import { placedLocally } from '../mesh/render/placement.ts';
import { configurationsOf } from '../mesh/render/rendering.ts';
import { Endpoints } from '../mesh/topology/endpoints.ts';
import { Fleet } from './fleet.ts';
import { type PortPlan, planPorts } from './free-ports.ts';
import { limits } from './limits.ts';
import { type Credentials, credentialsIn, issueFor } from './mesh-certificates.ts';
import { changeMesh } from './mesh-change.ts';
import type { MeshFigures, RouterFigures } from './mesh-figures.ts';
import { linkFiguresOf, MeshMeter } from './mesh-meter.ts';
import type { RouterReport } from './router-report.ts';
import type { RouterEvents, SupervisedRouter } from './supervised-router.ts';
import { isWhole } from './whole-mesh.ts';
import type { WorkFolder } from './work-folder.ts';

export interface MeshEvents {
  /** A router ended though nobody ended it: a sentence, and the end of its log. It is started again; the mesh goes on. */
  failed(reason: string): void;
  /** A router that was killed, or ended by itself, is operational again. */
  back(router: string): void;
}

export interface RunningMeshOptions {
  readonly folder: WorkFolder;
  /** Of Weft. */
  readonly version: string;
  readonly events: MeshEvents;
}

export interface Endpoint {
  readonly router: string;
  readonly host: string;
  readonly port: number;
}

const loopback = '127.0.0.1';

export class RunningMesh {
  readonly folder: WorkFolder;
  readonly fleet: Fleet;
  readonly #events: MeshEvents;
  readonly #meter = new MeshMeter();
  /** Who waits for the mesh to be whole. */
  readonly #lookers = new Set<() => void>();
  #mesh: Mesh;
  #ports: PortPlan = {};
  #queue: Promise<unknown> = Promise.resolve();
  #stopping: Promise<readonly string[]> | null = null;

  private constructor(mesh: Mesh, { folder, version, events }: RunningMeshOptions) {
    this.#mesh = mesh;
    this.#events = events;
    this.folder = folder;
    this.fleet = new Fleet({ folder, version, events: this.#routerEvents });
  }

  /**
   * All routers at once: who dials one that does not listen yet will dial again. Resolves when they are operational, and have found each
   * other, if they do so in time. Throws WeftError or PkiError; nothing is left running then, and the folder is closed.
   */
  static async start(mesh: Mesh, options: RunningMeshOptions): Promise<RunningMesh> {
    const running = new RunningMesh(mesh, options);
    try {
      await running.prepare(mesh);
      running.configure(mesh, mesh.routers.keys());
      await running.fleet.start([...mesh.routers.keys()]);
      await running.whole(limits.joinMs);
      return running;
    } catch (error) {
      await running.stop();
      throw error;
    }
  }

  // --- what it is ----------------------------------------------------------------------------------------------------

  get mesh(): Mesh {
    return this.#mesh;
  }

  get isStopping(): boolean {
    return this.#stopping !== null;
  }

  /** Where an application connects, in the order in which it tries them; none for who is no application of the mesh. */
  endpointsOf(application: string): readonly Endpoint[] {
    const found = this.#mesh.applications.get(application);
    if (found === undefined) return [];
    return new Endpoints(this.#mesh).of(found).map((router) => {
      return { router: router.id, host: loopback, port: this.#portsOf(router).applications };
    });
  }

  /** Of an application, or of who may ask routers how they are. */
  credentialsOf(application: string): Credentials {
    return credentialsIn(this.folder.pki, application);
  }

  figures(nowMs: number): MeshFigures {
    const reportOf = (id: string): RouterReport | null => this.fleet.get(id)?.report ?? null;
    const all = [...this.#mesh.routers.values()];
    const routers = [...this.#mesh.environments.keys()].flatMap((name) =>
      all.filter(({ environment }) => environment === name).map((router) => this.#figuresOf(router, nowMs)),
    );
    return { routers, links: linkFiguresOf(this.#mesh, reportOf), channels: this.#meter.ratesOf(this.#mesh, nowMs) };
  }

  #figuresOf(router: MeshRouter, nowMs: number): RouterFigures {
    const { id, mode, environment } = router;
    const running = this.fleet.get(id);
    return {
      ...{ id, mode, environment, url: this.#urlOf(router) },
      state: running?.state ?? 'starting',
      pid: running?.pid ?? null,
      deliveriesPerSecond: running?.deliveriesPerSecond ?? 0,
      applications: running?.report?.applications ?? 0,
      uptimeSeconds: running?.uptimeSeconds(nowMs) ?? 0,
    };
  }

  #urlOf(router: MeshRouter): string | null {
    const takes =
      router.mode === 'edge' || this.#mesh.environments.get(router.environment)?.directApplications === true;
    return takes ? `amqps://${loopback}:${this.#portsOf(router).applications}` : null;
  }

  #portsOf({ id }: MeshRouter): Ports {
    const ports = this.#ports[id];
    if (ports === undefined) throw new Error(`no ports for ${id}`); // whoever is in the mesh got some before
    return ports;
  }

  // --- what is done with it ------------------------------------------------------------------------------------------

  /** SIGKILL; it is started again with back-off. */
  kill(router: string): void {
    this.fleet.get(router)?.kill();
  }

  /**
   * Goes over to another state of the mesh; connections that it does not touch stay. The lines tell what was done. Throws WeftError or
   * PkiError when it cannot be.
   */
  apply(mesh: Mesh): Promise<readonly string[]> {
    return this.inTurn(async () => {
      const lines = await changeMesh(this, mesh, (changed) => {
        this.#mesh = changed;
      });
      for (const router of this.fleet.all) this.#tellChannels(router);
      return lines;
    }, []);
  }

  /** Every router is up, and all their connections are. */
  get isWhole(): boolean {
    return isWhole(this.#mesh, this.fleet);
  }

  /** Resolves with true when every router is up, and all their connections are; with false when that takes longer, or the mesh ends. */
  whole(patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isWhole: boolean): void => {
        clearTimeout(timer);
        this.#lookers.delete(look);
        resolve(isWhole);
      };
      const look = (): void => {
        if (this.isStopping) end(false);
        else if (this.isWhole) end(true);
      };
      const timer = setTimeout(end, patienceMs, false);
      this.#lookers.add(look);
      look();
    });
  }

  /** Drains all, leaves nothing behind. Returns what went wrong. */
  stop(): Promise<readonly string[]> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<readonly string[]> {
    for (const look of this.#lookers) look();
    const problems = await this.fleet.stop();
    await this.#queue; // what was under way sees that it is over
    this.folder.close(this.#ports);
    return problems;
  }

  /** One change after the other. `ifOver`: the answer when the mesh has ended before. */
  inTurn<T>(change: () => Promise<T>, ifOver: T): Promise<T> {
    const done = this.#queue.then(() => (this.isStopping ? ifOver : change()));
    this.#queue = done.catch(() => undefined); // who asked is told
    return done;
  }

  // --- steps of a change ---------------------------------------------------------------------------------------------

  /** Ports and certificates, before a router needs them. Gives whose certificates were made. */
  async prepare(mesh: Mesh): Promise<string[]> {
    const { formerPorts } = this.folder;
    this.#ports = await planPorts(mesh.routers.keys(), { ...formerPorts, ...this.#ports }, new Set(this.fleet.ids));
    this.folder.tell(this.#ports);
    const issued = await issueFor(mesh, this.folder.pki);
    return issued.map(({ name }) => name);
  }

  /** Writes the configurations of these routers in this mesh. Gives those that are other than before. */
  configure(mesh: Mesh, ids: Iterable<string>): string[] {
    const wanted = new Set(ids);
    const placement = placedLocally((router) => this.#portsOf(router), this.folder.pki);
    const changed = configurationsOf(mesh, placement, 'weft').filter(
      ({ router: { id }, text }) => wanted.has(id) && this.folder.writeConfiguration(id, text),
    );
    return changed.map(({ router }) => router.id);
  }

  // --- routers -------------------------------------------------------------------------------------------------------

  get #routerEvents(): RouterEvents {
    return {
      up: (router, wasLost) => {
        this.#tellChannels(router);
        if (wasLost) this.#events.back(router.id);
      },
      reported: ({ id }, report) => {
        this.#meter.handleReport(id, report, performance.now());
        for (const look of this.#lookers) look();
      },
      ended: ({ id }) => this.#meter.handleEnd(id),
      failed: (reason) => this.#events.failed(reason),
    };
  }

  #tellChannels(router: SupervisedRouter): void {
    const channels = [...this.#mesh.channels.values()].map((channel) => {
      return { name: channel.name, address: addressOf(channel), isPrefix: channel.isPrefix };
    });
    router.say({ kind: 'channels', channels });
  }
}
