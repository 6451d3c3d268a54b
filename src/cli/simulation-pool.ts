// Spreads seeds over worker threads. Seeds know nothing of each other, so it does not matter which thread runs which; the
// results come in the order of the seeds all the same.
import { Worker } from 'node:worker_threads';
import { type SimulationResult, type SimulationTask, simulate } from './simulation-task.ts';

/** The old generation of a thread's heap may grow to this: a network of 1,000 routers fits. */
const heapMegabytesMax = 3_584;
/** Results that may wait for an earlier one. */
const aheadMax = 1_000;

/** Runs `tasks` on up to `jobs` threads; one job needs none. An error of a thread (a bug of the simulator) is thrown. */
export async function* runTasks(tasks: Iterable<SimulationTask>, jobs: number): AsyncGenerator<SimulationResult> {
  if (jobs === 1 || isSource) yield* runHere(tasks);
  else yield* new Pool(tasks, jobs).run();
}

/** Node runs the built files only in a worker, not the sources that a test loads. */
const isSource = import.meta.url.endsWith('.ts');

async function* runHere(tasks: Iterable<SimulationTask>): AsyncGenerator<SimulationResult> {
  for (const task of tasks) {
    yield simulate(task);
    await new Promise(setImmediate); // lets Ctrl-C and the progress line through
  }
}

class Pool {
  readonly #tasks: Iterator<SimulationTask>;
  readonly #workers: Worker[];
  readonly #done = new Map<number, SimulationResult>();
  #given = 0;
  #taken = 0;
  #isExhausted = false;
  #error: Error | null = null;
  #wake: () => void = () => undefined;

  constructor(tasks: Iterable<SimulationTask>, jobs: number) {
    this.#tasks = tasks[Symbol.iterator]();
    this.#workers = Array.from({ length: jobs }, () => this.#start());
  }

  async *run(): AsyncGenerator<SimulationResult> {
    try {
      for (const worker of this.#workers) this.#give(worker);
      while (!this.#isExhausted || this.#taken < this.#given) {
        const result = this.#done.get(this.#taken);
        if (result !== undefined) {
          this.#done.delete(this.#taken++);
          yield result;
        } else await new Promise<void>((resolve) => (this.#wake = resolve));
        if (this.#error !== null) throw this.#error;
      }
    } finally {
      await Promise.all(this.#workers.map((worker) => worker.terminate()));
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL('./simulation-worker.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytesMax },
    });
    worker.on('error', (error) => {
      this.#error = error as Error;
      this.#wake();
    });
    return worker;
  }

  /** The next task, with the number at which its result has its turn. */
  #give(worker: Worker): void {
    const { value, done } = this.#tasks.next();
    if (done === true) {
      this.#isExhausted = true;
      this.#wake();
      return;
    }
    const number = this.#given++;
    worker.once('message', (result: SimulationResult) => {
      this.#done.set(number, result);
      this.#wake();
      this.#giveSoon(worker);
    });
    worker.postMessage(value);
  }

  /** Not while one seed holds up very many others. */
  #giveSoon(worker: Worker): void {
    if (this.#given - this.#taken < aheadMax) this.#give(worker);
    else setTimeout(() => this.#giveSoon(worker), 50);
  }
}
