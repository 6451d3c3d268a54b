// Watches what the losses of a run do to its sample traffic, and tells it once it is known.
import type { EventLog } from './event-log.ts';
import { type Loss, RouterLoss } from './router-loss.ts';
import { type Arrival, machineMs, type UseCounts } from './traffic/report.ts';
import { listed, lossText, secondsText } from './view/figure-text.ts';

/** After so long applications have reported what a loss did. */
const knownMs = 1_000;
/** A channel that was carried from router to router within this time is expected to be again after a loss. */
const activeMs = 5_000;
/** A loss that has not healed by then is a problem. */
const healMs = 10_000;
const lossesKept = 100;

interface Watched {
  readonly loss: RouterLoss;
  readonly timers: NodeJS.Timeout[];
}

export class WatchedLosses {
  readonly #log: EventLog;
  readonly #losses: Watched[] = [];
  /** By channel, when a message last came from another router. */
  readonly #acrossAtMs = new Map<string, number>();

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Of the last losses, in order. */
  get all(): readonly Loss[] {
    return this.#losses.map(({ loss }) => loss.loss);
  }

  /** A router was killed just now. */
  handleLost(router: string, atSeconds: number, counts: UseCounts): void {
    const nowMs = machineMs();
    const active = [...this.#acrossAtMs].filter(([, atMs]) => nowMs - atMs < activeMs).map(([channel]) => channel);
    const loss = new RouterLoss(router, atSeconds, nowMs, counts, active);
    const watched: Watched = { loss, timers: [] };
    if (active.length > 0) {
      watched.timers.push(setTimeout(() => this.#tellHealed(watched), knownMs));
      watched.timers.push(setTimeout(() => this.#tellUnhealed(watched), healMs));
    }
    this.#losses.push(watched);
    for (const old of this.#losses.splice(0, this.#losses.length - lossesKept)) old.timers.forEach(clearTimeout);
    this.#log.tell(`${router} was killed`);
  }

  handleBack(router: string): void {
    const nowMs = machineMs();
    const watched = this.#losses.findLast(({ loss }) => loss.router === router && loss.loss.backAfterSeconds === null);
    watched?.loss.handleBack(nowMs);
    const after = watched?.loss.loss.backAfterSeconds ?? null;
    this.#log.tell(`${router} is back${after === null ? '' : ` after ${secondsText(after)} s`}`);
  }

  /** `counts`: of all applications so far. */
  handleReport(uses: readonly { channel: string; arrivals: readonly Arrival[] }[], counts: UseCounts): void {
    const nowMs = machineMs();
    for (const { channel, arrivals } of uses) {
      if (arrivals.some(({ isAcross }) => isAcross)) this.#acrossAtMs.set(channel, nowMs);
      for (const { loss } of this.#losses) loss.handleArrivals(channel, arrivals);
    }
    for (const { loss } of this.#losses) loss.handleCounts(counts, nowMs);
  }

  close(): void {
    for (const { timers } of this.#losses) timers.forEach(clearTimeout);
  }

  #tellHealed(watched: Watched): void {
    const { loss } = watched.loss;
    if (loss.resumedAfterMs !== null) {
      this.#log.tell(`without ${loss.router} deliveries ${lossText(loss)}`);
      clearTimeout(watched.timers.pop());
    } else watched.timers[0] = setTimeout(() => this.#tellHealed(watched), knownMs);
  }

  #tellUnhealed({ loss: { loss }, timers }: Watched): void {
    timers.forEach(clearTimeout);
    const text = `without ${loss.router} deliveries on ${listed(loss.waitsFor)} have not resumed in ${healMs / 1000} s`;
    this.#log.problem(text);
  }
}
