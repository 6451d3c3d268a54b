// What a client does of its own accord while the world is not calm: it stops reading for a while, ends a session, closes.
import type { Random } from '../../kit/random.ts';
import type { SimulatedClock } from '../clock.ts';

export interface WhimOptions {
  /** Mean time between pauses in reading, 0 = it always reads. */
  readonly pauseEveryMs: number;
  /** Mean time between ends of a session or of the connection, 0 = never. */
  readonly endEveryMs: number;
}

/** Who has them. */
export interface Whimsical {
  readonly isCalm: boolean;
  pause(ms: number): void;
  endSession(): void;
  close(): void;
}

const pauseMsMax = 3_000;

export function startWhims(clock: SimulatedClock, random: Random, options: WhimOptions, who: Whimsical): void {
  const now = (everyMs: number, whim: () => void): void => {
    if (everyMs === 0) return;
    clock.after(random.between(1, everyMs * 2), () => {
      if (who.isCalm) return;
      whim();
      now(everyMs, whim);
    });
  };
  now(options.pauseEveryMs, () => who.pause(random.between(10, pauseMsMax)));
  now(options.endEveryMs, () => (random.chance(0.6) ? who.endSession() : who.close()));
}
