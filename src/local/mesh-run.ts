// A run of `weft up`: the routers, the sample applications if any, and the routers that are killed on the way. Up in this order, down in
// the other.
import type { Mesh } from '../mesh/model/mesh.ts';
import { EventLog } from './event-log.ts';
import { type LossPlan, LossSchedule } from './loss-schedule.ts';
import type { MeshFigures } from './mesh-figures.ts';
import { RouterLoss } from './router-loss.ts';
import { RunningMesh } from './running-mesh.ts';
import { planTraffic } from './traffic/plan.ts';
import { machineMs, type TrafficReport } from './traffic/report.ts';
import { Traffic } from './traffic/traffic.ts';
import { TrafficThread } from './traffic/traffic-thread.ts';
import { listed, lossText, secondsText } from './view/figure-text.ts';
import { shortcomings } from './view/shortcomings.ts';
import type { Snapshot } from './view/snapshot.ts';
import type { WorkFolder } from './work-folder.ts';

const lookMs = 100;
/** After so long applications have reported what a loss did. */
const knownMs = 1_000;
/** A channel that was carried from router to router within this time is expected to be again after a loss. */
const activeMs = 5_000;
/** A loss that has not healed by then is a problem. */
const healMs = 10_000;
const lossesKept = 100;

export interface MeshRunOptions {
  readonly folder: WorkFolder;
  /** Of Weft. */
  readonly version: string;
  readonly hasTraffic: boolean;
  readonly losses: LossPlan | null;
  /** Going on makes no sense; why is among the problems. */
  readonly broken: () => void;
}

interface WatchedLoss {
  readonly loss: RouterLoss;
  readonly killedAtMs: number;
  isHealingTold: boolean;
}

export class MeshRun {
  readonly #options: MeshRunOptions;
  /** When all routers were up for the first time. */
  #startedAtMs = performance.now();
  readonly #log = new EventLog(() => this.uptimeSeconds);
  readonly #traffic = new Traffic();
  readonly #schedule: LossSchedule | null;
  readonly #losses: WatchedLoss[] = [];
  /** By channel, when a message last came from another router. */
  readonly #acrossAtMs = new Map<string, number>();
  #mesh: Mesh;
  #running: RunningMesh | null = null;
  #thread: TrafficThread | null = null;
  #looking: NodeJS.Timeout | undefined;
  #endedAtMs: number | null = null;

  private constructor(mesh: Mesh, options: MeshRunOptions) {
    this.#mesh = mesh;
    this.#options = options;
    this.#schedule = options.losses === null ? null : new LossSchedule(options.losses);
  }

  /** Resolves when all routers are operational and the applications are on their way. Throws as `RunningMesh.start`. */
  static async start(mesh: Mesh, options: MeshRunOptions): Promise<MeshRun> {
    const run = new MeshRun(mesh, options);
    const { folder, version } = options;
    const events = {
      failed: (reason: string) => run.#log.problem(reason), // it will be started again: the run goes on
      up: (router: string) => run.#handleUp(router),
    };
    run.#running = await RunningMesh.start(mesh, { folder, version, events });
    run.#startedAtMs = performance.now();
    run.#log.tell(`all ${mesh.routers.size} routers are up`);
    if (options.hasTraffic) run.#startTraffic();
    run.#looking = setInterval(() => run.#look(), lookMs);
    return run;
  }

  get uptimeSeconds(): number {
    return ((this.#endedAtMs ?? performance.now()) - this.#startedAtMs) / 1000;
  }

  get problems(): readonly string[] {
    return this.#log.problems;
  }

  // --- sample traffic ------------------------------------------------------------------------------------------------

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
    if (this.#thread === null || this.#running === null) return;
    const plan = planTraffic(this.#mesh, this.#running);
    this.#traffic.plan(plan);
    this.#thread.apply(plan.applications);
  }

  #handleReport(report: TrafficReport): void {
    this.#traffic.handleReport(report, performance.now());
    for (const problem of report.problems) this.#log.problem(problem);
    const nowMs = machineMs();
    for (const { key, arrivals } of report.uses) {
      if (arrivals.length === 0) continue;
      const channel = this.#traffic.channelOf(key);
      if (arrivals.some(({ isAcross }) => isAcross)) this.#acrossAtMs.set(channel, nowMs);
      for (const { loss } of this.#losses) loss.handleArrivals(channel, arrivals);
    }
    const { counts } = this.#traffic;
    for (const { loss } of this.#losses) loss.handleCounts(counts, nowMs);
  }

  // --- losses --------------------------------------------------------------------------------------------------------

  /** Kills when it is time, and tells what that did. */
  #look(): void {
    const running = this.#running;
    if (running === null) return;
    for (const watched of this.#losses) this.#tellHealing(watched);
    const { nextAtSeconds = null } = this.#schedule ?? {};
    if (this.#schedule === null || nextAtSeconds === null || this.uptimeSeconds < nextAtSeconds) return;
    const figures = running.figures(performance.now());
    const due = this.#schedule.due(this.uptimeSeconds, this.#isWhole(figures), figures.routers);
    if (due.length > 0) this.#kill(due);
  }

  /** Every router is up, and every sample channel that can carry something has. */
  #isWhole({ routers }: MeshFigures): boolean {
    if (routers.some(({ state }) => state !== 'up')) return false;
    return this.#traffic
      .figures(performance.now())
      .channels.every(
        ({ publishers, consumers, delivered }) => delivered > 0 || publishers.length * consumers.length === 0,
      );
  }

  #kill(routers: readonly string[]): void {
    const killedAtMs = machineMs();
    const active = [...this.#acrossAtMs].filter(([, atMs]) => killedAtMs - atMs < activeMs).map(([channel]) => channel);
    const loss = new RouterLoss(routers, this.uptimeSeconds, killedAtMs, this.#traffic.counts, active);
    this.#losses.push({ loss, killedAtMs, isHealingTold: active.length === 0 });
    this.#losses.splice(0, this.#losses.length - lossesKept);
    for (const router of routers) this.#running?.kill(router);
    this.#log.tell(`${listed(routers)} killed`);
  }

  #tellHealing(watched: WatchedLoss): void {
    const sinceMs = machineMs() - watched.killedAtMs;
    if (watched.isHealingTold || sinceMs < knownMs) return;
    const { loss } = watched.loss;
    if (loss.resumedAfterMs === null && sinceMs < healMs) return;
    watched.isHealingTold = true;
    const text = `without ${listed(loss.routers)} deliveries ${lossText(loss)}`;
    if (loss.resumedAfterMs === null) this.#log.problem(`${text} on ${listed(loss.waitsFor)} in ${healMs / 1000} s`);
    else this.#log.tell(text);
  }

  #handleUp(router: string): void {
    const nowMs = machineMs();
    const watched = this.#losses.findLast(({ loss }) => loss.routers.includes(router));
    watched?.loss.handleBack(router, nowMs);
    if (this.#running === null) return; // the first time: told for all together
    const after = watched === undefined ? '' : ` after ${secondsText((nowMs - watched.killedAtMs) / 1000)} s`;
    this.#log.tell(`${router} is up again${after}`);
  }

  // --- changes and the end -------------------------------------------------------------------------------------------

  /** Goes over to another state of the mesh. Throws as `RunningMesh.apply`. */
  async apply(mesh: Mesh): Promise<void> {
    const lines = await this.#running?.apply(mesh);
    this.#mesh = mesh;
    for (const line of lines ?? []) this.#log.tell(line);
    this.#planTraffic();
  }

  /** What somebody who watches the run has to say to it. */
  tell(text: string): void {
    this.#log.tell(text);
  }

  problem(text: string): void {
    this.#log.problem(text);
  }

  get snapshot(): Snapshot {
    const nowMs = this.#endedAtMs ?? performance.now();
    const nextAtSeconds = this.#schedule?.nextAtSeconds ?? null;
    return {
      mesh: this.#mesh.name,
      environments: this.#mesh.environments.size,
      teams: this.#mesh.teams.size,
      uptimeSeconds: this.uptimeSeconds,
      folder: this.#options.folder.dir,
      figures: this.#running?.figures(nowMs) ?? { routers: [], links: [], channels: [] },
      traffic: this.#thread === null ? null : this.#traffic.figures(nowMs),
      losses: this.#losses.map(({ loss }) => loss.loss),
      nextLoss: nextAtSeconds === null ? null : { routers: this.#schedule?.routers ?? [], atSeconds: nextAtSeconds },
      events: this.#log.events,
      eventsTold: this.#log.told,
      problems: this.#log.problems,
    };
  }

  /** Publishers stop and wait for their outcomes, then consumers leave, then the routers drain. Gives the last snapshot. */
  async stop(): Promise<Snapshot> {
    clearInterval(this.#looking);
    this.#endedAtMs ??= performance.now();
    const last = this.snapshot; // of the routers: afterwards they are stopped
    const problem = (await this.#thread?.stop()) ?? '';
    if (problem !== '') this.#log.problem(problem);
    for (const one of (await this.#running?.stop()) ?? []) this.#log.problem(one);
    const { figures, nextLoss } = last;
    const found = shortcomings({ ...this.snapshot, figures });
    for (const one of found) this.#log.problem(one);
    return { ...this.snapshot, figures, nextLoss };
  }
}
