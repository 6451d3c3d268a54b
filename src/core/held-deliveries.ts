// What is held of one producer's deliveries, and what becomes of it. Every delivery that is held comes to its end here, once:
// it goes out whole, it has flowed to all who took it, or nobody wants it, its sender neither.
import type { ErrorInfo } from '../amqp/performatives.ts';
import { amqpError, Condition } from '../engine/conditions.ts';
import type { Address } from './address.ts';
import type { DropCauses } from './counters.ts';
import { findPlace, place } from './doors/door.ts';
import { multicastWhole } from './forward/multicast.ts';
import { HeldDelivery } from './held-delivery.ts';
import { cutThroughBytes, orphanBytesMax } from './limits.ts';
import { Outcome } from './outcomes.ts';
import type { Outlet } from './outlet.ts';
import type { Producer } from './producer.ts';
import { hasWholeHead } from './router-annotations.ts';

/** What annotations may add to a message, at most: more of them, and it goes in parts. */
const annotationRoom = 2048;

export class HeldDeliveries {
  readonly #producer: Producer;
  /** Arriving, waiting or flowing; the oldest first. */
  readonly #held = new Set<HeldDelivery>();

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** Deliveries that are held. */
  get count(): number {
    return this.#held.size;
  }

  /** Begins to hold a delivery, of which nothing has been taken in yet. */
  hold(id: number, settled: boolean, messageFormat = this.#producer.link.messageFormat): HeldDelivery {
    const { nowSeconds } = this.#producer.link.session.connection.clock;
    const held = new HeldDelivery(this.#producer, id, settled, messageFormat, nowSeconds);
    this.#held.add(held);
    if (!settled) this.#producer.open.holdAt(held);
    return held;
  }

  // --- going on ----------------------------------------------------------------------------------------------------

  /** The outlet for it when `chosen` is where it goes: between routers a long delivery has a link of its own. Null: not now. */
  outletFor(held: HeldDelivery, chosen: Outlet): Outlet | null {
    const isShort = held.isComplete && held.receivedBytes <= cutThroughBytes;
    if (isShort && (chosen.way === null || this.#mayGoWhole(held, chosen))) return chosen;
    return chosen.outletForLong();
  }

  #mayGoWhole(held: HeldDelivery, outlet: Outlet): boolean {
    if (!held.isComplete || !held.isOnePiece || held.receivedBytes > outlet.wholeBytesMax) return false;
    return outlet.way === null || outlet.fits(held.receivedBytes + annotationRoom);
  }

  /** `outlet` can take it: whole if it is here and fits, else in parts. */
  forward(held: HeldDelivery, outlet: Outlet): void {
    if (this.#mayGoWhole(held, outlet)) {
      this.#producer.messageFormat = held.messageFormat;
      const bytes = held.joined();
      if (this.#producer.forwardWhole(outlet, bytes, 0, bytes.length, held.deliveryId, held.settled, held.route)) {
        this.#forget(held);
        return;
      }
    }
    this.#flow(held, [outlet]);
  }

  /** Copies a delivery that is here in one piece to all consumers. False when it does not fit everywhere as a whole. */
  multicastWhole(held: HeldDelivery, address: Address): boolean {
    this.#producer.messageFormat = held.messageFormat;
    const bytes = held.joined();
    const { deliveryId, settled, route, priority } = held;
    if (!multicastWhole(address, this.#producer, bytes, 0, bytes.length, deliveryId, settled, route, priority))
      return false;
    this.#forget(held);
    return true;
  }

  /** Lets a multicast flow in parts to these outlets, all of which can take it. */
  multicastParts(held: HeldDelivery, chosen: readonly Outlet[]): void {
    const outlets = chosen.flatMap((outlet) => outlet.outletForLong() ?? []);
    if (outlets.length === 0) return this.handleUndeliverable(held);
    if (!held.settled) this.#producer.open.tieCopies(held.deliveryId, outlets.length, 0);
    this.#flow(held, outlets);
  }

  /** Every outlet gets the beginning with the annotations that it is to see. */
  #flow(held: HeldDelivery, outlets: readonly Outlet[]): void {
    this.#producer.core.flowing.add(held);
    if (!hasWholeHead(held.head())) held.joined();
    const head = held.head();
    findPlace(head, 0, head.length);
    const { start, end } = place;
    held.flowTo(outlets, end, ({ wantsAnnotations }) => {
      const section = this.#producer.door.section(head, 0, head.length, wantsAnnotations, held.route);
      return joined(head.subarray(0, start), section ?? head.subarray(start, end));
    });
  }

  /** A long delivery begins to go out over `outlet`, under this delivery-id. */
  handleBegun(held: HeldDelivery, outlet: Outlet, outgoingId: number): void {
    this.#producer.countOut(outlet, held.route);
    if (!held.settled && !outlet.link.isPresettled && !this.#producer.open.isCopied(held.deliveryId))
      this.#producer.open.tie(held.deliveryId, outlet, outgoingId);
  }

  /** All of a long delivery has gone out over `outlet`. */
  handleTaken(held: HeldDelivery, outlet: Outlet): void {
    held.isTaken = true;
    if (held.settled || !outlet.link.isPresettled) return;
    if (this.#producer.open.isCopied(held.deliveryId))
      this.#producer.open.settleCopy(held.deliveryId, Outcome.Accepted);
    else this.#producer.open.settle(held.deliveryId, Outcome.Accepted);
  }

  /**
   * `outlet` is gone before all of a long delivery went there. What it had of an unsettled one is in doubt, and settled with all
   * else that it had; but not what it takes pre-settled, and not what never began.
   */
  handleTargetLost(held: HeldDelivery, outlet: Outlet, hasBegun: boolean): void {
    if (held.settled || (hasBegun && !outlet.link.isPresettled)) return;
    const outcome = hasBegun ? Outcome.Modified : Outcome.Released;
    if (this.#producer.open.isCopied(held.deliveryId)) this.#producer.open.settleCopy(held.deliveryId, outcome);
    else if (hasBegun) this.#producer.open.fail(held.deliveryId);
    else this.#producer.open.settle(held.deliveryId, outcome);
  }

  /** Of what had begun to go out over an outlet nothing was given to its transport: it never began. */
  handleUnsent(held: HeldDelivery): void {
    if (this.#producer.open.takeFromOutlet(held.deliveryId) !== null) this.#producer.open.holdAt(held);
  }

  /** The outlet that it waited for is gone before anything went out: it looks for another one. */
  handleWayLost(held: HeldDelivery, address: Address): void {
    this.#producer.core.flowing.delete(held);
    this.#producer.place(held, address);
  }

  // --- coming to an end --------------------------------------------------------------------------------------------

  /** Nobody needs more of a long delivery: all of it is on its way, or its consumers are gone or have settled. */
  handleFlowEnded(held: HeldDelivery): void {
    if (held.settled && !held.isTaken) this.#producer.countDropped('interrupted');
    this.end(held);
  }

  /** Nobody is left to take a delivery that is held. */
  handleUndeliverable(held: HeldDelivery): void {
    const producer = this.#producer;
    const { address } = producer;
    const beyond = producer.avoids === null && address === null ? (producer.core.edge?.beyond(held) ?? null) : null;
    if (beyond !== null) return producer.place(held, beyond);
    this.release(held);
    if (address !== null && !address.hasOutletsFor(this.#producer)) this.#producer.withdrawCredit();
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
      this.release(held, 'overload');
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
  release(held: HeldDelivery, cause: keyof DropCauses = 'noConsumer'): void {
    if (held.settled) this.#producer.countDropped(cause);
    else this.#producer.open.settle(held.deliveryId, Outcome.Released);
    this.end(held);
  }

  reject(held: HeldDelivery, error: ErrorInfo): void {
    if (held.settled) this.#producer.countDropped('refused');
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
        if (held.settled) this.#producer.countDropped(held.isComplete ? 'overload' : 'interrupted');
        this.end(held);
      }
    }
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
