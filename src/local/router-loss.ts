// What the loss of a router does to the sample traffic between routers, from the reports of the applications.
//
//   kill ─────┬─ first message sent after it arrives: orders ─┬─ … telemetry ─┬─ … prices          modified, released, unknown
//             └────────── deliveries resumed after ───────────────────────────┘                    are counted a while longer
import type { Arrival, UseCounts } from './traffic/report.ts';

/** Outcomes that come later than this have other causes. */
const watchMs = 10_000;

/** A router was killed; what that did. */
export interface Loss {
  readonly router: string;
  /** Seconds since the run began. */
  readonly atSeconds: number;
  /**
   * From the kill until every channel that was carried from router to router before had carried a message sent after it. Null: not
   * yet; or there was no sample traffic between routers.
   */
  readonly resumedAfterMs: number | null;
  /** Channels that have not resumed. */
  readonly waitsFor: readonly string[];
  /** Messages with such an end since. */
  readonly modified: number;
  readonly released: number;
  readonly unknown: number;
  /** From the kill until it was operational again. Null: not yet. */
  readonly backAfterSeconds: number | null;
}

export class RouterLoss {
  readonly router: string;
  readonly #atSeconds: number;
  readonly #killedAtMs: number;
  readonly #before: UseCounts;
  readonly #channels: readonly string[];
  /** By channel, milliseconds after the kill. */
  readonly #resumed = new Map<string, number>();
  #since: Pick<UseCounts, 'modified' | 'released' | 'unknown'> = { modified: 0, released: 0, unknown: 0 };
  #backAfterSeconds: number | null = null;

  /**
   * @param killedAtMs as `machineMs` tells it
   * @param before counts of all applications so far
   * @param channels those that were carried from router to router just before
   */
  constructor(router: string, atSeconds: number, killedAtMs: number, before: UseCounts, channels: readonly string[]) {
    this.router = router;
    this.#atSeconds = atSeconds;
    this.#killedAtMs = killedAtMs;
    this.#before = before;
    this.#channels = channels;
  }

  handleArrivals(channel: string, arrivals: readonly Arrival[]): void {
    const first = arrivals.find(({ sentAtMs, isAcross }) => isAcross && sentAtMs > this.#killedAtMs);
    if (first === undefined || !this.#channels.includes(channel)) return;
    // Of several consumers the one that was first; its report may come later than another's.
    const afterMs = first.receivedAtMs - this.#killedAtMs;
    this.#resumed.set(channel, Math.min(afterMs, this.#resumed.get(channel) ?? afterMs));
  }

  /** `now`: counts of all applications so far, known at `nowMs`. */
  handleCounts(now: UseCounts, nowMs: number): void {
    if (nowMs - this.#killedAtMs > watchMs) return;
    const { modified, released, unknown } = this.#before;
    this.#since = {
      modified: now.modified - modified,
      released: now.released - released,
      unknown: now.unknown - unknown,
    };
  }

  handleBack(nowMs: number): void {
    this.#backAfterSeconds ??= (nowMs - this.#killedAtMs) / 1000;
  }

  get loss(): Loss {
    const waitsFor = this.#channels.filter((name) => !this.#resumed.has(name));
    const isResumed = this.#channels.length > 0 && waitsFor.length === 0;
    return {
      router: this.router,
      atSeconds: this.#atSeconds,
      resumedAfterMs: isResumed ? Math.max(...this.#resumed.values()) : null,
      waitsFor,
      ...this.#since,
      backAfterSeconds: this.#backAfterSeconds,
    };
  }
}
