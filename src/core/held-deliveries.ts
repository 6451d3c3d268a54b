// What is held of one producer's deliveries, and what becomes of it. Every delivery that is held comes to its end here, once:
// it goes out whole, it has flowed to all who took it, or nobody wants it, its sender neither.
import type { ErrorInfo } from '../amqp/performatives.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { Address } from './address.ts';
import type { Consumer } from './consumer.ts';
import { multicastWhole } from './forward/multicast.ts';
import { HeldDelivery } from './held-delivery.ts';
import { orphanBytesMax } from './limits.ts';
import { Outcome } from './outcomes.ts';
import type { Producer } from './producer.ts';

export class HeldDeliveries {
  readonly #producer: Producer;
  /** Arriving, waiting or flowing; the oldest first. */
  readonly #held = new Set<HeldDelivery>();

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** Begins to hold a delivery, of which nothing has been taken in yet. */
  hold(id: number, settled: boolean): HeldDelivery {
    const held = new HeldDelivery(this.#producer, id, settled, this.#producer.link.session.connection.clock.nowSeconds);
    this.#held.add(held);
    if (!settled) this.#producer.open.holdAt(held);
    return held;
  }

  // --- going on ----------------------------------------------------------------------------------------------------

  /** `consumer` can take it: whole if it is here and fits, else in parts. */
  forward(held: HeldDelivery, consumer: Consumer): void {
    if (held.isComplete && held.isOnePiece) {
      this.#producer.messageFormat = held.messageFormat;
      const bytes = held.joined();
      if (this.#producer.forwardWhole(consumer, bytes, 0, bytes.length, held.deliveryId, held.settled)) {
        this.#forget(held);
        return;
      }
    }
    this.#flow(held, [consumer]);
  }

  /** Copies a delivery that is here in one piece to all consumers. False when it does not fit everywhere as a whole. */
  multicastWhole(held: HeldDelivery, address: Address): boolean {
    this.#producer.messageFormat = held.messageFormat;
    const bytes = held.joined();
    if (!multicastWhole(address, this.#producer, bytes, 0, bytes.length, held.deliveryId, held.settled)) return false;
    this.#forget(held);
    return true;
  }

  /** Lets a multicast flow in parts to these consumers, all of which can take it. */
  multicastParts(held: HeldDelivery, consumers: readonly Consumer[]): void {
    if (consumers.length === 0) return this.handleUndeliverable(held);
    if (!held.settled) this.#producer.open.tieCopies(held.deliveryId, consumers.length, 0);
    this.#flow(held, consumers);
  }

  #flow(held: HeldDelivery, consumers: readonly Consumer[]): void {
    if (consumers.every(({ wantsAnnotations }) => wantsAnnotations)) {
      const head = held.head();
      held.replaceHead(this.#producer.annotate(head, 0, head.length));
    }
    this.#producer.core.flowing.add(held);
    held.flowTo(consumers);
  }

  /** A long delivery begins to go out to `consumer`, under this delivery-id. */
  handleBegun(held: HeldDelivery, consumer: Consumer, outgoingId: number): void {
    this.#producer.core.counters.egress++;
    consumer.address.deliveriesEgress++;
    if (!held.settled && !consumer.address.isMulticast && !consumer.link.isPresettled)
      this.#producer.open.tie(held.deliveryId, consumer, outgoingId);
  }

  /** All of a long delivery has gone to `consumer`. */
  handleTaken(held: HeldDelivery, consumer: Consumer): void {
    held.isTaken = true;
    if (held.settled || !consumer.link.isPresettled) return;
    if (consumer.address.isMulticast) this.#producer.open.settleCopy(held.deliveryId, Outcome.Accepted);
    else this.#producer.open.settle(held.deliveryId, Outcome.Accepted);
  }

  /**
   * `consumer` is gone before all of a long delivery went there. What it had of an unsettled one is in doubt, and settled with all
   * else that it had; but not what it takes pre-settled, and not what never began.
   */
  handleTargetLost(held: HeldDelivery, consumer: Consumer, hasBegun: boolean): void {
    if (held.settled || (hasBegun && !consumer.link.isPresettled)) return;
    const outcome = hasBegun ? Outcome.Modified : Outcome.Released;
    if (consumer.address.isMulticast) this.#producer.open.settleCopy(held.deliveryId, outcome);
    else if (hasBegun) this.#producer.open.fail(held.deliveryId);
    else this.#producer.open.settle(held.deliveryId, outcome);
  }

  // --- coming to an end --------------------------------------------------------------------------------------------

  /** Nobody needs more of a long delivery: all of it is on its way, or its consumers are gone or have settled. */
  handleFlowEnded(held: HeldDelivery): void {
    if (held.settled && !held.isTaken) this.#producer.countDropped();
    this.end(held);
  }

  /** Nobody is left to take a delivery that is held. */
  handleUndeliverable(held: HeldDelivery): void {
    this.release(held);
    const { address } = this.#producer;
    if (address !== null && !address.hasConsumers) this.#producer.withdrawCredit();
  }

  get hasWaitingWhole(): boolean {
    for (const held of this.#held) if (held.isComplete && held.waitsAt !== null) return true;
    return false;
  }

  /** Releases what it holds and does not flow, the newest first, until its session takes in frames again. Returns how many. */
  giveWay(): number {
    let count = 0;
    for (const held of [...this.#held].reverse()) {
      if (!this.#producer.link.session.isShut) break;
      if (held.isFlowing) continue;
      this.release(held);
      count++;
    }
    return count;
  }

  /** The sender holds it up while its consumers have room: it is aborted, and the link detached. */
  handleStalled(held: HeldDelivery, seconds: number): void {
    held.abort();
    this.#producer.link.fault(
      amqpError(Condition.DetachForced, `a delivery made no progress for ${seconds} s while its consumer had room`),
    );
  }

  /** The sender gave it up. */
  handleAborted(held: HeldDelivery): void {
    held.abort();
    if (this.#producer.open.drop(held.deliveryId)) this.#producer.link.releasePlace();
    this.end(held);
  }

  /**
   * A held delivery is over: nothing more of it is wanted, its bytes are given back, and what has begun somewhere is aborted.
   * A settled one gives its place in the credit back; an unsettled one does when it is settled.
   */
  end(held: HeldDelivery): void {
    if (held.isOver) return;
    this.#forget(held);
    held.abort();
    if (held.settled) this.#producer.link.releasePlace();
  }

  #forget(held: HeldDelivery): void {
    held.isOver = true;
    held.waitsAt?.unhold(held);
    this.#held.delete(held);
    this.#producer.core.flowing.delete(held);
    const { crowded } = this.#producer.core;
    if (crowded.get(this.#producer.link.session) === held) crowded.delete(this.#producer.link.session);
    held.release();
  }

  /** Nobody is there for it. */
  release(held: HeldDelivery): void {
    if (held.settled) this.#producer.countDropped();
    else this.#producer.open.settle(held.deliveryId, Outcome.Released);
    this.end(held);
  }

  reject(held: HeldDelivery, error: ErrorInfo): void {
    if (held.settled) this.#producer.countDropped();
    else this.#producer.open.reject(held.deliveryId, error);
    this.end(held);
  }

  /**
   * The sender is gone: what is unfinished is aborted, unsettled ones that wait are dropped, for nobody waits for their outcome. What
   * is out goes on without it, and so do settled ones that wait: their sender has done its part.
   */
  handleSenderGone(): void {
    const { core } = this.#producer;
    for (const held of this.#held) {
      if (held.isComplete && held.isFlowing) continue;
      if (held.isComplete && held.settled && core.orphanBytes + held.cost <= orphanBytesMax) held.orphan();
      else {
        if (held.settled) this.#producer.countDropped();
        this.end(held);
      }
    }
  }
}
