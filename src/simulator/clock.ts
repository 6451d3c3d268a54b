// The clock of a simulated world: time stands still while something happens, and then jumps to what happens next.
//
//   heap of events by (time, order of asking)   ──runNext──▶   now = its time, its action runs
//
// Equal times run in the order in which they were asked for, so a run is the same every time.
import { assert } from '../kit/assert.ts';

/** Something that will happen. `action` is null once it was called off or has run. */
export interface SimulatedEvent {
  readonly at: number;
  readonly order: number;
  action: (() => void) | null;
}

export class SimulatedClock {
  /** Monotonic milliseconds, with a fraction. */
  now: number;
  /** Events that have run. */
  count = 0;
  readonly #heap: SimulatedEvent[] = [];
  #order = 0;

  constructor(startsAt: number) {
    this.now = startsAt;
  }

  /** Runs `action` at the time `at`, or now if that has passed: never within this call. */
  at(at: number, action: () => void): SimulatedEvent {
    assert(at < Number.POSITIVE_INFINITY, 'an event has a time');
    const event = { at: Math.max(at, this.now), order: this.#order++, action };
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1);
    return event;
  }

  after(delayMs: number, action: () => void): SimulatedEvent {
    return this.at(this.now + delayMs, action);
  }

  /** Calls an event off; one that has run is left alone. */
  cancel(event: SimulatedEvent | null): void {
    if (event !== null) event.action = null;
  }

  /** Runs events until `stop` says so (asked after each), or until the time `until` has come. */
  run(until: number, stop: () => boolean): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#takeFirst();
      const { action } = next;
      if (action === null) continue;
      this.now = next.at;
      this.count++;
      next.action = null;
      action();
      if (stop()) return;
    }
    this.now = Math.max(this.now, until);
  }

  #takeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as SimulatedEvent;
    if (heap.length === 0) return;
    heap[0] = last;
    this.#sink();
  }

  #rise(index: number): void {
    const heap = this.#heap;
    const event = heap[index] as SimulatedEvent;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above] as SimulatedEvent;
      if (isBefore(parent, event)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  #sink(): void {
    const heap = this.#heap;
    const event = heap[0] as SimulatedEvent;
    let index = 0;
    for (let below = 1; below < heap.length; below = index * 2 + 1) {
      const right = heap[below + 1];
      if (right !== undefined && isBefore(right, heap[below] as SimulatedEvent)) below++;
      const child = heap[below] as SimulatedEvent;
      if (isBefore(event, child)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = event;
  }
}

function isBefore(one: SimulatedEvent, other: SimulatedEvent): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
