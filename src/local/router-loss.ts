// What the loss of a router does to the traffic between the clouds, from the reports of the applications.
//
//   kill ─────┬─ first message sent after it arrives: orders ─┬─ … telemetry ─┬─ … prices          modified and released
//             └────────── deliveries resumed after ───────────────────────────┘                    are counted a while longer
import type { Arrival } from './application-report.ts';
import { sampleApplications, sampleChannels } from './sample-applications.ts';
import type { Loss } from './snapshot.ts';

/** Outcomes that come later than this have other causes. */
const watchMs = 10_000;

export interface OutcomesInDoubt {
  readonly modified: number;
  readonly released: number;
}

/** Consumers whose publisher is in the other cloud. */
const acrossClouds = new Set(
  sampleApplications
    .filter(({ role, channel, cloud }) => {
      const isPublisher = (one: (typeof sampleApplications)[number]): boolean =>
        one.channel === channel && one.role === 'publishes' && one.cloud !== cloud;
      return role === 'consumes' && sampleApplications.some(isPublisher);
    })
    .map(({ name }) => name),
);
const channelOf = new Map(sampleApplications.map(({ name, channel }) => [name, channel]));

export class RouterLoss {
  readonly router: string;
  readonly #atSeconds: number;
  readonly #killedAtMs: number;
  readonly #before: OutcomesInDoubt;
  /** By channel, milliseconds after the kill. */
  readonly #resumed = new Map<string, number>();
  #since: OutcomesInDoubt = { modified: 0, released: 0 };
  #backAfterSeconds: number | null = null;

  /** `killedAtMs`: `machineMs()`. `before`: outcomes of all publishers so far. */
  constructor(router: string, atSeconds: number, killedAtMs: number, before: OutcomesInDoubt) {
    this.router = router;
    this.#atSeconds = atSeconds;
    this.#killedAtMs = killedAtMs;
    this.#before = before;
  }

  handleArrivals(application: string, arrivals: readonly Arrival[]): void {
    const channel = channelOf.get(application);
    if (channel === undefined || !acrossClouds.has(application)) return;
    const first = arrivals.find(({ sentAtMs }) => sentAtMs > this.#killedAtMs);
    if (first === undefined) return;
    // Of several consumers the one that was first; its report may come later than another's.
    const afterMs = first.receivedAtMs - this.#killedAtMs;
    this.#resumed.set(channel, Math.min(afterMs, this.#resumed.get(channel) ?? afterMs));
  }

  /** `now`: outcomes of all publishers so far, known at `nowMs`. */
  handleOutcomes(now: OutcomesInDoubt, nowMs: number): void {
    if (nowMs - this.#killedAtMs > watchMs) return;
    const { modified, released } = this.#before;
    this.#since = { modified: now.modified - modified, released: now.released - released };
  }

  handleBack(nowMs: number): void {
    this.#backAfterSeconds ??= (nowMs - this.#killedAtMs) / 1000;
  }

  get loss(): Loss {
    const isResumed = sampleChannels.every(({ name }) => this.#resumed.has(name));
    return {
      router: this.router,
      atSeconds: this.#atSeconds,
      resumedAfterMs: isResumed ? Math.max(...this.#resumed.values()) : null,
      ...this.#since,
      backAfterSeconds: this.#backAfterSeconds,
    };
  }
}
