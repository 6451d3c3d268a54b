// The deliveries of one address that wait for a consumer: the highest priority first, and within a priority one of each
// incoming link in turn. Each link's own order is kept.
//
//   priority 9:  lane(link a): d d d    lane(link b): d      ◀─ taken: a, b, a, a
//   priority 4:  lane(link c): d
//
// Lanes form a ring, the deliveries of a lane a chain through themselves: each leaves at once, from wherever it stands.
import { assert } from '../kit/assert.ts';
import { serialDistance } from '../kit/serial.ts';
import type { HeldDelivery } from './held-delivery.ts';
import type { Producer } from './producer.ts';

const priorities = 10;

/** The deliveries of one incoming link, of one priority. */
export class Lane {
  readonly level: Level;
  readonly producer: Producer;
  first: HeldDelivery | null = null;
  last: HeldDelivery | null = null;
  next: Lane = this;
  previous: Lane = this;

  constructor(level: Level, producer: Producer) {
    this.level = level;
    this.producer = producer;
  }

  add(held: HeldDelivery): void {
    let before = this.last;
    // One whose way was lost takes its place before those that came after it.
    while (before !== null && serialDistance(before.deliveryId, held.deliveryId) > 0) before = before.previousInLane;
    const after = before === null ? this.first : before.nextInLane;
    held.lane = this;
    held.previousInLane = before;
    held.nextInLane = after;
    if (before === null) this.first = held;
    else before.nextInLane = held;
    if (after === null) this.last = held;
    else after.previousInLane = held;
  }

  remove(held: HeldDelivery): void {
    const { nextInLane: next, previousInLane: previous } = held;
    if (previous === null) this.first = next;
    else previous.nextInLane = next;
    if (next === null) this.last = previous;
    else next.previousInLane = previous;
    held.lane = held.nextInLane = held.previousInLane = null;
  }
}

/** The lanes of one priority, in a ring. */
class Level {
  readonly #lanes = new Map<Producer, Lane>();
  /** The lane whose turn it is. */
  turn: Lane | null = null;

  /** The lane of `producer`; a new one has its turn last. */
  laneOf(producer: Producer): Lane {
    const known = this.#lanes.get(producer);
    if (known !== undefined) return known;
    const lane = new Lane(this, producer);
    this.#lanes.set(producer, lane);
    const { turn } = this;
    if (turn === null) this.turn = lane;
    else {
      lane.next = turn;
      lane.previous = turn.previous;
      turn.previous.next = lane;
      turn.previous = lane;
    }
    return lane;
  }

  /** Takes an empty lane out of the ring. */
  drop(lane: Lane): void {
    this.#lanes.delete(lane.producer);
    if (this.turn === lane) this.turn = lane.next === lane ? null : lane.next;
    lane.previous.next = lane.next;
    lane.next.previous = lane.previous;
  }
}

export class WaitingDeliveries {
  readonly #levels: (Level | undefined)[] = new Array(priorities);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(held: HeldDelivery): void {
    const level = (this.#levels[held.priority] ??= new Level());
    level.laneOf(held.producer).add(held);
    this.#count++;
  }

  /** The delivery whose turn it is. */
  peek(): HeldDelivery | null {
    for (let priority = priorities - 1; priority >= 0 && this.#count > 0; priority--) {
      const turn = this.#levels[priority]?.turn ?? null;
      if (turn !== null) return turn.first;
    }
    return null;
  }

  /** Takes out what `peek` gave; the next turn is another link's. */
  shift(held: HeldDelivery): void {
    const { level, next } = held.lane as Lane;
    level.turn = next;
    this.remove(held);
  }

  /** Takes it out from wherever it stands. */
  remove(held: HeldDelivery): void {
    const { lane } = held;
    assert(lane !== null, 'a delivery that waits has a lane');
    lane.remove(held);
    this.#count--;
    if (lane.first === null) lane.level.drop(lane);
  }
}
