// All sample applications of a run. They share a thread: what they send is bounded, and a thread each would cost a large mesh more than
// its routers.
import { setTimeout as sleep } from 'node:timers/promises';
import { trafficLimits } from './limits.ts';
import type { SampleApplicationPlan } from './plan.ts';
import type { TrafficReport } from './report.ts';
import { SampleApplication } from './sample-application.ts';

export class SampleApplications {
  readonly #applications = new Map<string, { readonly application: SampleApplication; readonly as: string }>();
  readonly #tell: (report: TrafficReport) => void;
  readonly #timers: readonly NodeJS.Timeout[];
  #problems: string[] = [];
  #isStopped = false;

  constructor(tell: (report: TrafficReport) => void) {
    this.#tell = tell;
    this.#timers = [
      setInterval(() => this.#tick(), trafficLimits.tickMs),
      setInterval(() => this.#report(), trafficLimits.reportMs),
    ];
  }

  /** These from now on. Who does as before goes on without noticing, also when there are other endpoints. */
  async apply(plans: readonly SampleApplicationPlan[]): Promise<void> {
    if (this.#isStopped) return;
    const wanted = new Map(
      plans.map((plan) => [plan.name, { plan, as: JSON.stringify([plan.uses, plan.credentials]) }]),
    );
    const leaving = [...this.#applications].filter(([name, { as }]) => wanted.get(name)?.as !== as);
    await leave(leaving.map(([, { application }]) => application));
    this.#report(); // the last that they have to tell
    for (const [name] of leaving) this.#applications.delete(name);
    if (this.#isStopped) return;
    for (const [name, { plan, as }] of wanted) {
      const before = this.#applications.get(name)?.application;
      before?.setEndpoints(plan.endpoints);
      if (before !== undefined) continue;
      const application = new SampleApplication(plan, (problem) => this.#problems.push(problem));
      this.#applications.set(name, { application, as });
    }
  }

  /** Senders wait for their outcomes while consumers go on; then all leave. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await leave([...this.#applications.values()].map(({ application }) => application));
    for (const timer of this.#timers) clearInterval(timer);
    this.#report();
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const { application } of this.#applications.values()) application.tick(nowMs);
  }

  #report(): void {
    const applications = [...this.#applications.values()].map(({ application }) => application);
    const problems = this.#problems;
    this.#problems = [];
    this.#tell({
      uses: applications.flatMap((one) => one.reports()),
      routers: applications.map(({ plan, router }) => [plan.name, router] as const),
      problems,
    });
  }
}

async function leave(applications: readonly SampleApplication[]): Promise<void> {
  const untilMs = performance.now() + trafficLimits.outcomesMs;
  // All of them, not the first that is not quiet: each stops sending by it.
  while (applications.filter((one) => !one.quiesce()).length > 0 && performance.now() < untilMs)
    await sleep(trafficLimits.tickMs);
  await Promise.all(applications.map((one) => one.close()));
}
