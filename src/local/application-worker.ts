// One sample application as a worker thread: a program of examples/ with a connection of its own.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ApplicationReport } from './application-report.ts';
import type { SampleApplication } from './sample-applications.ts';

const stopPatienceMs = 10_000;

export interface ApplicationEvents {
  report(report: ApplicationReport): void;
  /** It ended though nobody stopped it, or did not stop; the reason is a sentence. */
  failed(reason: string): void;
}

export class ApplicationWorker {
  readonly application: SampleApplication;
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #isStopping = false;
  #hasReported = false;

  /** Starts the program; it connects to the router at `url`. */
  constructor(application: SampleApplication, examples: string, url: string, events: ApplicationEvents) {
    this.application = application;
    const { name, program, options = {} } = application;
    const given = Object.entries({ url, name, ...options });
    const argv = given.flatMap(([key, value]) => [`--${key.replace(/[A-Z]/g, (it) => `-${it.toLowerCase()}`)}`, value]);
    this.#worker = new Worker(join(examples, program), { argv, stdout: true, stderr: true });
    // Nothing that a client library prints may come between the figures. Unread, a worker would hold it in memory.
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.on('message', (report: ApplicationReport) => {
      this.#hasReported = true;
      events.report(report);
    });
    this.#worker.on('error', (error) => events.failed(`${name} failed: ${error.message}`));
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        if (!this.#isStopping) events.failed(`${name} ended by itself`);
        resolve();
      });
    });
  }

  /** Lets it finish what is under way and close its connection. Returns what went wrong, '' for nothing. */
  async stop(): Promise<string> {
    this.#isStopping = true;
    if (!this.#hasReported) {
      await this.#worker.terminate(); // it has hardly begun: there is nothing to finish
      return '';
    }
    this.#worker.postMessage('stop');
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`${this.application.name} did not stop in time`), stopPatienceMs);
    });
    const problem = await Promise.race([this.#ended.then(() => ''), overdue]);
    clearTimeout(timer);
    if (problem !== '') await this.#worker.terminate();
    return problem;
  }
}
