// The thread of the sample applications, seen from the run.
import { Worker } from 'node:worker_threads';
import { trafficLimits } from './limits.ts';
import type { SampleApplicationPlan } from './plan.ts';
import type { TrafficOrder, TrafficReport } from './report.ts';

export interface ThreadEvents {
  report(report: TrafficReport): void;
  /** It ended though nobody stopped it; the reason is a sentence. */
  failed(reason: string): void;
}

export class TrafficThread {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #isStopping = false;

  constructor(events: ThreadEvents) {
    this.#worker = new Worker(new URL('./traffic-program.js', import.meta.url), { stdout: true, stderr: true });
    // Nothing that a client library prints may come between the figures. Unread, a worker would hold it in memory.
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.on('message', (message: TrafficReport | 'stopped') => {
      if (message !== 'stopped') events.report(message);
    });
    this.#worker.on('error', (error) => events.failed(`the sample applications failed: ${error.message}`));
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        if (!this.#isStopping) events.failed('the sample applications ended by themselves');
        resolve();
      });
    });
  }

  apply(applications: readonly SampleApplicationPlan[]): void {
    this.#send({ applications });
  }

  /** Returns what went wrong, '' for nothing. */
  async stop(): Promise<string> {
    this.#isStopping = true;
    this.#send('stop');
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('the sample applications did not stop in time'), trafficLimits.stopMs);
    });
    const problem = await Promise.race([this.#ended.then(() => ''), overdue]);
    clearTimeout(timer);
    if (problem !== '') await this.#worker.terminate();
    return problem;
  }

  #send(order: TrafficOrder): void {
    this.#worker.postMessage(order);
  }
}
