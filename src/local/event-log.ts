// What happens to a run, as lines: the last ones, and what of it went wrong.

export interface RunEvent {
  /** Seconds since the run began. */
  readonly atSeconds: number;
  /** A sentence, and maybe lines of a log. */
  readonly text: string;
  readonly isProblem: boolean;
}

/** Of each kind; older ones are forgotten, and counted. */
const keptMax = 200;

export class EventLog {
  readonly #now: () => number;
  #events: RunEvent[] = [];
  #problems: string[] = [];
  #told = 0;
  #forgottenProblems = 0;

  /** `now`: seconds since the run began. */
  constructor(now: () => number) {
    this.#now = now;
  }

  tell(text: string): void {
    this.#add(text, false);
  }

  problem(text: string): void {
    this.#add(text, true);
    this.#problems.push(text);
    this.#forgottenProblems += this.#problems.splice(0, this.#problems.length - keptMax).length;
  }

  #add(text: string, isProblem: boolean): void {
    this.#told++;
    this.#events.push({ atSeconds: this.#now(), text, isProblem });
    this.#events.splice(0, this.#events.length - keptMax);
  }

  /** The last ones, in order. */
  get events(): readonly RunEvent[] {
    return this.#events;
  }

  /** How many there were since the run began. */
  get told(): number {
    return this.#told;
  }

  /** Each a sentence. */
  get problems(): readonly string[] {
    const forgotten = this.#forgottenProblems;
    return forgotten === 0 ? this.#problems : [`${forgotten} problems before these`, ...this.#problems];
  }
}
