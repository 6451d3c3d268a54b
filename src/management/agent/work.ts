// What takes longer than a turn may: each task does a slice, then the next one has its turn.

export interface Task {
  /** Does one slice. True when the task is over. */
  step(): boolean;
}

export class Work {
  #tasks: Task[] = [];

  get isIdle(): boolean {
    return this.#tasks.length === 0;
  }

  add(task: Task): void {
    this.#tasks.push(task);
  }

  /** One slice of the task whose turn it is. */
  step(): void {
    const task = this.#tasks.shift();
    if (task !== undefined && !task.step()) this.#tasks.push(task);
  }
}
