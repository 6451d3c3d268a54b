// Everything that `npm start` runs: the routers first, then consumers before publishers; and back in the other order. Meanwhile
// it kills a router now and then.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApplicationReport, machineMs } from './application-report.ts';
import { ApplicationWorker } from './application-worker.ts';
import { findFreePorts } from './free-ports.ts';
import { RouterLoss } from './router-loss.ts';
import { type SampleApplication, sampleApplications, sampleChannels } from './sample-applications.ts';
import { configurationOf, listenerName, rolesOf, type SampleRouter, sampleRouters } from './sample-mesh.ts';
import { type RouterFigures, type Snapshot, urlOf } from './snapshot.ts';
import { type RouterEvents, SupervisedRouter } from './supervised-router.ts';
import { Traffic } from './traffic.ts';

/** After so long every channel must have carried something. */
const trafficExpectedSeconds = 5;
const firstKillSeconds = 4;
const killEverySeconds = 20;
const lookMs = 100;

export interface SampleRunOptions {
  /** The folder with package.json and examples/. */
  readonly root: string;
  /** Whether routers are killed now and then. */
  readonly kills: boolean;
  /** Going on makes no sense; why stands in `problems`. */
  readonly broken: () => void;
}

interface SampleProcess {
  readonly router: SampleRouter;
  readonly url: string | null;
  readonly process: SupervisedRouter;
}

function figuresOf({ router, url, process }: SampleProcess, nowMs: number): RouterFigures {
  const { pid, deliveriesPerSecond } = process;
  const state = process.state === 'draining' ? 'stopped' : process.state;
  return { router, url, state, pid, deliveriesPerSecond, uptimeSeconds: process.uptimeSeconds(nowMs) };
}

export class SampleRun {
  readonly problems: string[] = [];
  readonly #options: SampleRunOptions;
  readonly #traffic = new Traffic(sampleChannels, sampleApplications);
  readonly #losses: RouterLoss[] = [];
  #routers: SampleProcess[] = [];
  #folder = '';
  #workers: ApplicationWorker[] = [];
  #startedAt = 0;
  #endedAt: number | null = null;
  #nextKillSeconds = firstKillSeconds;
  #looking: NodeJS.Timeout | undefined;

  private constructor(options: SampleRunOptions) {
    this.#options = options;
  }

  /** Resolves when all routers are operational and the applications are on their way. Throws when a router does not start. */
  static async start(options: SampleRunOptions): Promise<SampleRun> {
    const run = new SampleRun(options);
    await run.#startRouters();
    run.#startedAt = performance.now();
    const consumersFirst = [...sampleApplications].sort((a, b) => a.role.localeCompare(b.role));
    run.#workers = consumersFirst.map((application) => run.#startApplication(application));
    if (options.kills) run.#looking = setInterval(() => run.#killInTime(), lookMs);
    return run;
  }

  /** All at once: who dials a router that does not listen yet will dial again. */
  async #startRouters(): Promise<void> {
    const { version } = JSON.parse(await readFile(join(this.#options.root, 'package.json'), 'utf8'));
    const listeners = sampleRouters.flatMap((router) => rolesOf(router).map((role) => listenerName(router, role)));
    const found = await findFreePorts(listeners.length);
    const ports = new Map(listeners.map((name, index) => [name, found[index] as number]));
    this.#folder = await mkdtemp(join(tmpdir(), 'weft-start-'));
    const start = async (router: SampleRouter): Promise<SampleProcess> => {
      const port = ports.get(listenerName(router, 'normal'));
      const url = port === undefined ? null : `amqp://127.0.0.1:${port}`;
      const events = this.#routerEvents;
      const file = join(this.#folder, `${router.name}.json`);
      await writeFile(file, configurationOf(router, ports));
      const process = new SupervisedRouter({ id: router.name, file, logFile: null, version, events });
      await process.start();
      return { router, url, process };
    };
    const starts = await Promise.allSettled(sampleRouters.map(start));
    this.#routers = starts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = starts.find((one) => one.status === 'rejected');
    if (failed === undefined) return;
    await Promise.all(this.#routers.map(({ process }) => process.stop()));
    await rm(this.#folder, { recursive: true });
    throw failed.reason;
  }

  readonly #routerEvents: RouterEvents = {
    up: ({ id }) => this.#losses.findLast((one) => one.router === id)?.handleBack(machineMs()),
    reported: () => undefined,
    ended: () => undefined,
    failed: (reason) => this.#note(reason), // it will be started again: the run goes on
  };

  #startApplication(application: SampleApplication): ApplicationWorker {
    const url = urlOf(this.snapshot, application.cloud);
    return new ApplicationWorker(application, join(this.#options.root, 'examples'), url, {
      report: (report) => this.#handleReport(application, report),
      failed: (reason) => this.#fail(reason),
    });
  }

  #handleReport({ name }: SampleApplication, report: ApplicationReport): void {
    this.#traffic.handleReport(name, report, performance.now());
    const loss = this.#losses.at(-1);
    loss?.handleArrivals(name, report.arrivals);
    loss?.handleOutcomes(this.#traffic.outcomes, machineMs());
  }

  /** Kills the interior router that carries most, when it is time and the mesh is whole. */
  #killInTime(): void {
    const { uptimeSeconds, channels, routers } = this.snapshot;
    const isWhole =
      this.#routers.every(({ process }) => process.isUp) && channels.every(({ delivered }) => delivered > 0);
    if (uptimeSeconds < this.#nextKillSeconds || !isWhole) return;
    this.#nextKillSeconds = uptimeSeconds + killEverySeconds;
    const interiors = routers.filter(({ router }) => router.kind === 'interior');
    const busiest = interiors.reduce((a, b) => (b.deliveriesPerSecond > a.deliveriesPerSecond ? b : a)).router;
    this.#losses.push(new RouterLoss(busiest.name, uptimeSeconds, machineMs(), this.#traffic.outcomes));
    this.#routers.find(({ router }) => router === busiest)?.process.kill();
  }

  get snapshot(): Snapshot {
    const nowMs = this.#endedAt ?? performance.now();
    return this.#traffic.snapshot({
      uptimeSeconds: (nowMs - this.#startedAt) / 1000,
      routers: this.#routers.map((router) => figuresOf(router, nowMs)),
      losses: this.#losses.map(({ loss }) => loss),
      nextKillAtSeconds: this.#options.kills ? this.#nextKillSeconds : null,
      problems: this.problems,
    });
  }

  /** Publishers stop and wait for their outcomes, then consumers leave, then the routers drain. */
  async stop(): Promise<void> {
    if (this.#endedAt !== null) return;
    this.#endedAt = performance.now();
    clearInterval(this.#looking);
    for (const role of ['publishes', 'consumes']) {
      const leaving = this.#workers.filter(({ application }) => application.role === role);
      for (const problem of await Promise.all(leaving.map((worker) => worker.stop()))) this.#note(problem);
    }
    for (const problem of await Promise.all(this.#routers.map(({ process }) => process.stop()))) this.#note(problem);
    await rm(this.#folder, { recursive: true });
    for (const problem of shortcomings(this.snapshot)) this.#note(problem);
  }

  #fail(reason: string): void {
    if (this.#endedAt !== null) return;
    this.#note(reason);
    this.#options.broken();
  }

  #note(problem: string): void {
    if (problem !== '') this.problems.push(problem);
  }
}

/** What a run that ended by itself should not show. */
export function shortcomings({ channels, uptimeSeconds }: Snapshot): string[] {
  const found: string[] = [];
  for (const { channel, delivered, unsettled } of channels) {
    if (delivered === 0 && uptimeSeconds >= trafficExpectedSeconds)
      found.push(`no message arrived on channel ${channel.name}`);
    if (unsettled < 0) found.push(`channel ${channel.name} has ${-unsettled} outcomes more than messages`);
    if (unsettled > 0) found.push(`${unsettled} messages on channel ${channel.name} have no outcome`);
  }
  return found;
}
