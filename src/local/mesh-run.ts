// A run of `weft up`: the mesh with all that looks after it, the sample applications if any, and what there is to tell of both. Up in this
// order, down in the other.
import type { Mesh } from '../mesh/model/mesh.ts';
import type { MeshFiles } from '../mesh/model/read-mesh.ts';
import { AttendedMesh, type AttendedMeshOptions } from './attended-mesh.ts';
import { EventLog } from './event-log.ts';
import { planTraffic } from './traffic/plan.ts';
import type { TrafficReport } from './traffic/report.ts';
import { Traffic } from './traffic/traffic.ts';
import { TrafficThread } from './traffic/traffic-thread.ts';
import { shortcomings, silences } from './view/shortcomings.ts';
import type { Snapshot } from './view/snapshot.ts';
import { WatchedLosses } from './watched-losses.ts';

export interface MeshRunOptions extends Omit<AttendedMeshOptions, 'events' | 'mayLose'> {
  readonly hasTraffic: boolean;
  /** Going on makes no sense; why is among the problems. */
  readonly broken: () => void;
}

export class MeshRun {
  readonly #options: MeshRunOptions;
  readonly #log = new EventLog(() => this.uptimeSeconds);
  readonly #traffic = new Traffic();
  readonly #losses = new WatchedLosses(this.#log);
  /** When all routers were up for the first time. */
  #startedAtMs = performance.now();
  #endedAtMs: number | null = null;
  /** What the sample applications were planned for. */
  #planned: Mesh;
  #attended: AttendedMesh | null = null;
  #thread: TrafficThread | null = null;

  private constructor(mesh: Mesh, options: MeshRunOptions) {
    this.#planned = mesh;
    this.#options = options;
  }

  /** Resolves when all routers are operational and the applications are on their way. Throws as {@link AttendedMesh.start}. */
  static async start(mesh: Mesh, files: MeshFiles, options: MeshRunOptions): Promise<MeshRun> {
    const run = new MeshRun(mesh, options);
    run.#attended = await AttendedMesh.start(mesh, files, {
      ...options,
      mayLose: () => run.#isUnderWay,
      events: {
        told: (lines) => run.#handleChange(lines),
        failed: (reason) => run.#log.problem(reason), // the mesh goes on
        lost: (router) => run.#losses.handleLost(router, run.uptimeSeconds, run.#traffic.counts),
        back: (router) => run.#losses.handleBack(router),
      },
    });
    run.#startedAtMs = performance.now();
    run.#log.tell(`all ${mesh.routers.size} routers are up`);
    if (options.hasTraffic) run.#startTraffic();
    return run;
  }

  get uptimeSeconds(): number {
    return ((this.#endedAtMs ?? performance.now()) - this.#startedAtMs) / 1000;
  }

  /** Every sample channel that can carry something has. */
  get #isUnderWay(): boolean {
    return this.#traffic
      .figures(performance.now())
      .channels.every(
        ({ publishers, consumers, delivered }) => delivered > 0 || publishers.length * consumers.length === 0,
      );
  }

  #startTraffic(): void {
    this.#thread = new TrafficThread({
      report: (report) => this.#handleReport(report),
      failed: (reason) => {
        if (this.#endedAtMs !== null) return;
        this.#log.problem(reason);
        this.#options.broken();
      },
    });
    this.#planTraffic();
  }

  #planTraffic(): void {
    if (this.#thread === null || this.#attended === null) return;
    const { running } = this.#attended;
    this.#planned = running.mesh;
    const plan = planTraffic(running.mesh, running);
    this.#traffic.plan(plan);
    this.#thread.apply(plan.applications);
  }

  #handleChange(lines: readonly string[]): void {
    for (const line of lines) this.#log.tell(line);
    if (this.#attended !== null && this.#attended.running.mesh !== this.#planned) this.#planTraffic();
  }

  #handleReport(report: TrafficReport): void {
    this.#traffic.handleReport(report, performance.now());
    for (const problem of report.problems) this.#log.problem(problem);
    const arrivals = report.uses.map(({ key, arrivals }) => ({ channel: this.#traffic.channelOf(key), arrivals }));
    this.#losses.handleReport(arrivals, this.#traffic.counts);
  }

  get snapshot(): Snapshot {
    const nowMs = this.#endedAtMs ?? performance.now();
    const running = this.#attended?.running;
    const { name, environments, teams } = running?.mesh ?? this.#planned;
    const { routers } = this.#options.losses;
    const nextAtMs = this.#attended?.losses.nextAtMs ?? null;
    return {
      ...{ mesh: name, environments: environments.size, teams: teams.size },
      uptimeSeconds: this.uptimeSeconds,
      folder: this.#options.folder.dir,
      figures: running?.figures(nowMs) ?? { routers: [], links: [], channels: [] },
      traffic: this.#thread === null ? null : this.#traffic.figures(nowMs),
      losses: this.#losses.all,
      nextLoss: nextAtMs === null ? null : { routers, atSeconds: (nextAtMs - this.#startedAtMs) / 1000 },
      events: this.#log.events,
      eventsTold: this.#log.told,
      problems: this.#log.problems,
    };
  }

  /** Publishers stop and wait for their outcomes, then consumers leave, then the routers drain. Gives the last snapshot. */
  async stop(): Promise<Snapshot> {
    this.#endedAtMs ??= performance.now();
    this.#attended?.losses.close();
    const before = this.snapshot;
    for (const one of silences(before)) this.#log.problem(one);
    const problem = (await this.#thread?.stop()) ?? '';
    if (problem !== '') this.#log.problem(problem);
    for (const one of (await this.#attended?.stop()) ?? []) this.#log.problem(one);
    this.#losses.close();
    for (const one of shortcomings(this.snapshot)) this.#log.problem(one);
    return { ...this.snapshot, figures: before.figures }; // of routers that are stopped now
  }
}
