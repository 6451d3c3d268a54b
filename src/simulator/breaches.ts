// What the checkers found. A run ends soon after the first breach: what follows from it only confuses.

/** Whose promise was broken; `wire` is the standard itself, `crash` an error that the router threw. */
export type Promised =
  | 'promise 3'
  | 'promise 4'
  | 'promise 5'
  | 'promise 6'
  | 'convergence'
  | 'order'
  | 'content'
  | 'wire'
  | 'crash';

export interface Breach {
  readonly promised: Promised;
  /** Simulated milliseconds since the start of the run. */
  readonly atMs: number;
  readonly text: string;
}

const breachesMax = 8;

export class Breaches {
  readonly all: Breach[] = [];
  readonly #elapsedMs: () => number;

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  get any(): boolean {
    return this.all.length > 0;
  }

  report(promised: Promised, text: string): void {
    if (this.all.length < breachesMax) this.all.push({ promised, atMs: this.#elapsedMs(), text });
  }
}
