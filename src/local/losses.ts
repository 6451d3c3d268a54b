// Routers that are killed on purpose, to watch how the mesh heals.
import type { RunningMesh } from './running-mesh.ts';

/** Stands for the interior router that carries most at that moment, unless a router is called so. */
export const busiest = 'busiest';

/** How often we look whether it is time, and whether the router is up: who is down already cannot be lost. */
const lookMs = 100;

export interface LossPlan {
  /** Ids, or {@link busiest}. */
  readonly routers: readonly string[];
  readonly afterSeconds: number;
  /** Null: each is lost once, all at the same time. Else one after the other, over and over. */
  readonly everySeconds: number | null;
}

export class Losses {
  readonly #running: RunningMesh;
  readonly #lost: (router: string) => void;
  readonly #mayLose: () => boolean;
  /** Still to be lost. */
  readonly #due: { readonly router: string; atMs: number }[];
  readonly #everyMs: number | null;
  readonly #timer: NodeJS.Timeout;

  /** @param mayLose asked when a loss is due; while it says no, the loss waits */
  constructor(
    running: RunningMesh,
    { routers, afterSeconds, everySeconds }: LossPlan,
    lost: (router: string) => void,
    mayLose: () => boolean,
  ) {
    this.#running = running;
    this.#mayLose = mayLose;
    this.#lost = lost;
    this.#everyMs = everySeconds === null ? null : everySeconds * 1000;
    const firstMs = performance.now() + afterSeconds * 1000;
    this.#due = routers.map((router, at) => ({ router, atMs: firstMs + at * (this.#everyMs ?? 0) }));
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  /** When the next one is due, by `performance.now()`; null when there is none. */
  get nextAtMs(): number | null {
    return this.#due.length === 0 ? null : Math.min(...this.#due.map(({ atMs }) => atMs));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const loss of [...this.#due]) {
      if (performance.now() < loss.atMs || !this.#mayLose() || !this.#isNextDue) continue;
      const id = this.#targetOf(loss.router);
      if (this.#running.fleet.get(id)?.isUp !== true) continue;
      this.#running.kill(id);
      this.#lost(id);
      if (this.#everyMs === null) this.#due.splice(this.#due.indexOf(loss), 1);
      else loss.atMs = performance.now() + this.#everyMs * this.#due.length;
    }
  }

  /** Of a series each loss waits until the one before it has healed: a mesh stands the loss of any one router, not of two. */
  get #isNextDue(): boolean {
    return this.#everyMs === null || this.#running.isWhole;
  }

  #targetOf(name: string): string {
    const { mesh, fleet } = this.#running;
    if (name !== busiest || mesh.routers.has(busiest)) return name;
    const interiors = fleet.all.filter(({ id, isUp }) => isUp && mesh.routers.get(id)?.mode === 'interior');
    const [first, ...others] = interiors;
    return others.reduce((a, b) => (b.deliveriesPerSecond > a.deliveriesPerSecond ? b : a), first)?.id ?? '';
  }
}
