// A clock that stands still while the process does.
//
// A process that was stopped (by a signal, a debugger, a suspended machine) finds on waking that everybody has been silent for long.
// What they sent meanwhile lies unread in its sockets, so their silence means nothing: nobody may have aged.
import { tickMs } from './limits.ts';

export class WakingClock {
  #nextTickAt: number;
  #sleptMs = 0;

  /** @param now monotonic milliseconds; the first tick is due at once */
  constructor(now: number) {
    this.#nextTickAt = now;
  }

  /** `now` without the times in which nobody asked, though a tick was due. */
  read(now: number): number {
    const late = now - this.#nextTickAt;
    if (late >= tickMs) {
      this.#sleptMs += late;
      this.#nextTickAt = now;
    }
    return now - this.#sleptMs;
  }

  /** The `now` at which this clock will show `clock`, unless it stands still before. */
  nowAt(clock: number): number {
    return clock + this.#sleptMs;
  }

  /** `now` of the next tick. */
  get nextTickAt(): number {
    return this.#nextTickAt;
  }

  /** Whether a tick is due; if so the next one is set. */
  takeTick(now: number): boolean {
    if (now < this.#nextTickAt) return false;
    this.#nextTickAt += tickMs;
    return true;
  }
}
