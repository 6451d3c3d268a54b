// What takes longer than a turn may: each task does a slice, then the next one has its turn.

export interface Task {
  /** Does one slice. True when the task is over. */
  step(): boolean;
}

export class Work {
  #tasks: Task[] = [];
  readonly #onMore: () => void;

  /** @param onMore there is something to do, where there was nothing before */
  constructor(onMore: () => void) {
    this.#onMore = onMore;
  }

  get isIdle(): boolean {
    return this.#tasks.length === 0;
  }

  /** Does the first slice of a task; if that is not all of it the rest follows in its turn. */
  begin(task: Task): void {
    if (task.step()) return;
    this.#tasks.push(task);
    this.#onMore();
  }

  /** One slice of the task whose turn it is. */
  step(): void {
    const task = this.#tasks.shift();
    if (task !== undefined && !task.step()) this.#tasks.push(task);
  }
}
