// The deliveries of one address that wait for a consumer: the highest priority first, and within a priority one of each
// incoming link in turn. Each link's own order is kept.
//
//   priority 9:  lane(link a): d d d    lane(link b): d      ◀─ taken: a, b, a, a
//   priority 4:  lane(link c): d
import { Fifo } from '../kit/fifo.ts';
import type { HeldDelivery } from './held-delivery.ts';
import type { Producer } from './producer.ts';

const priorities = 10;

interface Lane {
  readonly producer: Producer;
  readonly deliveries: Fifo<HeldDelivery>;
}

class Level {
  readonly turns = new Fifo<Lane>();
  readonly lanes = new Map<Producer, Lane>();
}

export class WaitingDeliveries {
  readonly #levels: (Level | undefined)[] = new Array(priorities);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(held: HeldDelivery): void {
    const level = (this.#levels[held.priority] ??= new Level());
    let lane = level.lanes.get(held.producer);
    if (lane === undefined) {
      lane = { producer: held.producer, deliveries: new Fifo() };
      level.lanes.set(held.producer, lane);
      level.turns.push(lane);
    }
    lane.deliveries.push(held);
    this.#count++;
  }

  /** The delivery whose turn it is; discarded ones are dropped on the way. */
  peek(): HeldDelivery | null {
    for (let priority = priorities - 1; priority >= 0 && this.#count > 0; priority--) {
      const level = this.#levels[priority];
      if (level === undefined) continue;
      for (let lane = level.turns.peek(); lane !== undefined; lane = level.turns.peek()) {
        const held = lane.deliveries.peek();
        if (held === undefined) {
          level.turns.shift();
          level.lanes.delete(lane.producer);
        } else if (held.isDiscarded) {
          lane.deliveries.shift();
          this.#count--;
        } else return held;
      }
    }
    return null;
  }

  /** Takes out what `peek` gave; the next turn is another link's. */
  shift(held: HeldDelivery): void {
    const level = this.#levels[held.priority] as Level;
    const lane = level.turns.shift() as Lane;
    lane.deliveries.shift();
    this.#count--;
    if (lane.deliveries.size > 0) level.turns.push(lane);
    else level.lanes.delete(lane.producer);
  }
}
