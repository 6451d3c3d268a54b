// One address: who sends to it, who consumes from it, and what waits in between.
import type { ErrorInfo } from '../amqp/performatives.ts';
import type { RoomWaiter } from './connection-context.ts';
import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { canTake } from './forward/can-take.ts';
import { chooseConsumer } from './forward/choose.ts';
import { canMulticastHeld, multicastHeld } from './forward/multicast.ts';
import type { HeldDelivery } from './held-delivery.ts';
import type { Producer } from './producer.ts';
import { WaitingDeliveries } from './waiting-deliveries.ts';

export type Distribution = 'multicast' | 'closest' | 'balanced' | 'unavailable';

export class Address implements RoomWaiter {
  readonly core: Core;
  /** Class, phase and name, as in Dispatch's tables: `M0orders`. */
  readonly key: string;
  readonly distribution: Exclude<Distribution, 'unavailable'>;
  readonly isMulticast: boolean;
  /** 0…9, or -1: each message's own. */
  readonly priority: number;
  readonly consumers: Consumer[] = [];
  readonly producers = new Set<Producer>();
  /** Where the next search for a consumer begins. */
  cursor = 0;
  waiting: WaitingDeliveries | null = null;
  /** The record has left the table: who remembers it must look again. */
  isRemoved = false;
  readonly #freeSlots: number[] = [];
  /** The consumer that a multicast waits for, and since when (whole seconds, -1 when none). */
  heldUpBy: Consumer | null = null;
  heldUpSinceSeconds = -1;
  isHoldUpReported = false;

  deliveriesIngress = 0;
  deliveriesEgress = 0;

  constructor(core: Core, key: string, distribution: Exclude<Distribution, 'unavailable'>, priority: number) {
    this.core = core;
    this.key = key;
    this.distribution = distribution;
    this.isMulticast = distribution === 'multicast';
    this.priority = priority;
  }

  get hasConsumers(): boolean {
    return this.consumers.length > 0;
  }

  get hasWaiting(): boolean {
    return this.waiting !== null && this.waiting.count > 0;
  }

  // --- who comes and goes ------------------------------------------------------------------------------------------

  addProducer(producer: Producer): void {
    this.producers.add(producer);
    if (this.hasConsumers) producer.offerCredit();
  }

  removeProducer(producer: Producer): void {
    this.producers.delete(producer);
    this.#leaveTable();
  }

  addConsumer(consumer: Consumer): void {
    consumer.slot = this.#freeSlots.pop() ?? this.consumers.length;
    this.consumers.push(consumer);
    if (this.consumers.length === 1) for (const producer of this.producers) producer.offerCredit();
  }

  /** When the last consumer goes, credit is asked back and what waits has nobody to go to. */
  removeConsumer(consumer: Consumer): void {
    const index = this.consumers.indexOf(consumer);
    if (index < 0) return;
    this.consumers.splice(index, 1);
    this.#freeSlots.push(consumer.slot);
    if (this.heldUpBy === consumer) this.clearHoldUp();
    if (this.hasConsumers) this.pull();
    else {
      for (const producer of this.producers) producer.withdrawCredit();
      this.#releaseWaiting();
    }
    this.#leaveTable();
  }

  #leaveTable(): void {
    if (this.consumers.length > 0 || this.producers.size > 0 || this.isRemoved) return;
    this.isRemoved = true;
    this.core.addresses.remove(this);
  }

  #releaseWaiting(): void {
    const { waiting } = this;
    if (waiting === null) return;
    for (let held = waiting.peek(); held !== null; held = waiting.peek()) {
      waiting.shift(held);
      held.producer.handleUndeliverable(held);
    }
    this.waiting = null;
  }

  /** Every delivery that waits gets this outcome (`rejected`) or none (settled ones are dropped, and counted). */
  refuseWaiting(error: ErrorInfo): void {
    for (let held = this.waiting?.peek() ?? null; held !== null; held = this.waiting?.peek() ?? null) {
      this.waiting?.shift(held);
      held.producer.rejectHeld(held, error);
    }
  }

  // --- waiting -----------------------------------------------------------------------------------------------------

  /** Lets `held` wait for its turn. */
  hold(held: HeldDelivery): void {
    if (this.waiting === null) this.waiting = new WaitingDeliveries();
    const isFirst = this.waiting.count === 0;
    this.waiting.add(held);
    if (isFirst) this.waitForRoom();
  }

  /** Sends waiting deliveries as long as somebody can take them. */
  pull(): void {
    const { waiting } = this;
    if (waiting === null || waiting.count === 0) return;
    for (let held = waiting.peek(); held !== null; held = waiting.peek()) {
      // Taken out before it goes: a consumer that is through with it asks for more in the same breath, and pulls again.
      if (this.isMulticast) {
        if (!canMulticastHeld(this, held)) break;
        waiting.shift(held);
        multicastHeld(this, held);
      } else {
        const consumer = chooseConsumer(this, held.producer);
        if (consumer === null) break;
        waiting.shift(held);
        held.producer.forwardHeld(held, consumer);
      }
    }
    if (waiting.count > 0) this.waitForRoom();
    else if (this.waiting === waiting) this.waiting = null;
  }

  resume(): void {
    this.pull();
  }

  /** Consumers that have credit and only lack room wake us when there is room again. */
  waitForRoom(): void {
    for (const consumer of this.consumers) {
      if (consumer.link.credit > 0 && consumer.busyWith === null && !canTake(consumer))
        consumer.context.waitForRoom(this);
    }
  }

  // --- multicast: who holds it up ----------------------------------------------------------------------------------

  holdUp(consumer: Consumer, nowSeconds: number): void {
    if (this.heldUpBy === consumer) return;
    this.heldUpBy = consumer;
    this.heldUpSinceSeconds = nowSeconds;
    this.isHoldUpReported = false;
    this.core.heldUp.add(this);
  }

  clearHoldUp(): void {
    if (this.heldUpBy === null) return;
    this.heldUpBy = null;
    this.heldUpSinceSeconds = -1;
    this.core.heldUp.delete(this);
  }
}
