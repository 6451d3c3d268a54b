// When routers are killed on purpose, and which.
//
//   start ──after──▶ all of them, at once ──every──▶ again ──every──▶ …       each time not before the mesh is whole
import type { RouterFigures } from './mesh-figures.ts';

export interface LossPlan {
  /** Ids of routers; {@link busiest} stands for one that is found when it is time. */
  readonly routers: readonly string[];
  readonly afterSeconds: number;
  /** Null: once. */
  readonly everySeconds: number | null;
}

/** The interior router that carries most at that moment. */
export const busiest = 'busiest';

export class LossSchedule {
  readonly #plan: LossPlan;
  #atSeconds: number | null;

  constructor(plan: LossPlan) {
    this.#plan = plan;
    this.#atSeconds = plan.afterSeconds;
  }

  /** Seconds since the run began. Null: no more. */
  get nextAtSeconds(): number | null {
    return this.#atSeconds;
  }

  get routers(): readonly string[] {
    return this.#plan.routers;
  }

  /** Whom to kill now. None: it is not time, or the mesh is not whole. */
  due(uptimeSeconds: number, isWhole: boolean, routers: readonly RouterFigures[]): readonly string[] {
    if (this.#atSeconds === null || uptimeSeconds < this.#atSeconds || !isWhole) return [];
    const { everySeconds } = this.#plan;
    this.#atSeconds = everySeconds === null ? null : uptimeSeconds + everySeconds;
    const ids = new Set(routers.map(({ id }) => id));
    const meant = this.routers.flatMap((name) => (name !== busiest || ids.has(name) ? [name] : busiestOf(routers)));
    return [...new Set(meant)].filter((id) => ids.has(id));
  }
}

function busiestOf(routers: readonly RouterFigures[]): string[] {
  const interior = routers.filter(({ mode }) => mode === 'interior');
  const [first, ...others] = interior;
  if (first === undefined) return [];
  return [others.reduce((a, b) => (b.deliveriesPerSecond > a.deliveriesPerSecond ? b : a), first).id];
}
