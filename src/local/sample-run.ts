// Everything that `npm start` runs: the router first, consumers before publishers; and back in the other order.
import { join } from 'node:path';
import { ApplicationWorker } from './application-worker.ts';
import { RouterChild } from './router-child.ts';
import { type SampleApplication, sampleApplications, sampleChannels } from './sample-applications.ts';
import type { Snapshot } from './snapshot.ts';
import { Traffic } from './traffic.ts';

/** After so long every channel must have carried something. */
const trafficExpectedSeconds = 5;

export class SampleRun {
  readonly problems: string[] = [];
  readonly #router: RouterChild;
  readonly #traffic = new Traffic(sampleChannels, sampleApplications);
  readonly #startedAt = performance.now();
  readonly #broken: () => void;
  #workers: ApplicationWorker[] = [];
  #endedAt: number | null = null;

  private constructor(router: RouterChild, broken: () => void) {
    this.#router = router;
    this.#broken = broken;
  }

  /** `broken` is called when going on makes no sense; why stands in `problems`. Throws when the router does not start. */
  static async start(root: string, broken: () => void): Promise<SampleRun> {
    const examples = join(root, 'examples');
    const early: string[] = [];
    let run: SampleRun | null = null;
    const ended = (reason: string): void => (run === null ? void early.push(reason) : run.#fail(reason));
    const router = await RouterChild.start({ root, configuration: join(examples, 'router.conf'), ended });
    run = new SampleRun(router, broken);
    for (const reason of early) run.#fail(reason);
    const consumersFirst = [...sampleApplications].sort((a, b) => a.role.localeCompare(b.role));
    run.#workers = consumersFirst.map((application) => (run as SampleRun).#startApplication(application, examples));
    return run;
  }

  #startApplication(application: SampleApplication, examples: string): ApplicationWorker {
    return new ApplicationWorker(application, examples, this.#router.url, {
      report: (report) => this.#traffic.handleReport(application.name, report, performance.now()),
      failed: (reason) => this.#fail(reason),
    });
  }

  get snapshot(): Snapshot {
    return this.#traffic.snapshot({
      uptimeSeconds: ((this.#endedAt ?? performance.now()) - this.#startedAt) / 1000,
      url: this.#router.url,
      routerPid: this.#router.pid,
      problems: this.problems,
    });
  }

  /** Publishers stop and wait for their outcomes, then consumers leave, then the router drains. */
  async stop(): Promise<void> {
    if (this.#endedAt !== null) return;
    this.#endedAt = performance.now();
    if (!this.#router.isRunning) await Promise.all(this.#workers.map((worker) => worker.kill()));
    else await this.#stopApplications();
    this.#note(await this.#router.stop());
    for (const problem of shortcomings(this.snapshot)) this.#note(problem);
  }

  async #stopApplications(): Promise<void> {
    for (const role of ['publishes', 'consumes']) {
      const leaving = this.#workers.filter(({ application }) => application.role === role);
      for (const problem of await Promise.all(leaving.map((worker) => worker.stop()))) this.#note(problem);
    }
  }

  #fail(reason: string): void {
    if (this.#endedAt !== null) return;
    this.#note(reason);
    this.#broken();
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
    if (unsettled > 0) found.push(`${unsettled} messages on channel ${channel.name} have no outcome`);
  }
  return found;
}
