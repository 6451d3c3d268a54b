// A delivery that is not through yet: it waits on its incoming link for a consumer, or it is long and flows on in parts.
//
//   arriving ──append──▶ [ segment │ segment │ … ] ──pump──▶ target 1 (its own place in the bytes)
//                                                   ╰─────▶ target 2 …      (multicast)
//
// Its bytes are ours (copied), and counted in the incoming session, whose window shrinks by them. A segment is let go when
// the slowest target has passed it.
import { assert } from '../kit/assert.ts';
import type { RoomWaiter } from './connection-context.ts';
import type { Consumer } from './consumer.ts';
import type { Producer } from './producer.ts';

/** One consumer that a delivery flows to in parts. */
class Target {
  readonly consumer: Consumer;
  readonly deliveryId: number;
  readonly settled: boolean;
  sentBytes = 0;
  isBegun = false;
  isDone = false;

  constructor(consumer: Consumer, deliveryId: number, settled: boolean) {
    this.consumer = consumer;
    this.deliveryId = deliveryId;
    this.settled = settled;
  }
}

export class HeldDelivery implements RoomWaiter {
  readonly producer: Producer;
  readonly deliveryId: number;
  /** Settled by its sender: nobody waits for an outcome. */
  settled: boolean;
  /** The last frame has come. */
  isComplete = false;
  /** No longer wanted: it is passed over, and the rest of it is read and dropped. */
  isDiscarded = false;
  /** Its address has been looked up. */
  isRouted = false;
  /** Its place in the sender's credit has been, or will be, given back: see the producer. */
  isOver = false;
  priority = 4;
  /** When bytes last came or went, whole seconds. */
  movedAtSeconds: number;

  /** Bytes that came, from the first on. */
  receivedBytes = 0;
  #segments: Uint8Array[] = [];
  /** Place of the first kept segment in the whole delivery. */
  #keptFrom = 0;
  #targets: Target[] | null = null;

  constructor(producer: Producer, deliveryId: number, settled: boolean, nowSeconds: number) {
    this.producer = producer;
    this.deliveryId = deliveryId;
    this.settled = settled;
    this.movedAtSeconds = nowSeconds;
  }

  get isFlowing(): boolean {
    return this.#targets !== null;
  }

  /** Takes a copy of `bytes[start, end)`. */
  append(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    this.#segments.push(bytes.slice(start, end));
    this.receivedBytes += end - start;
    this.movedAtSeconds = this.producer.link.session.connection.nowSeconds;
    this.producer.link.session.hold(end - start);
  }

  /** All bytes in one piece; only before it flows. */
  joined(): Uint8Array {
    assert(this.#targets === null, 'a delivery is read before it flows');
    if (this.#segments.length === 1) return this.#segments[0] as Uint8Array;
    const whole = new Uint8Array(this.receivedBytes);
    let at = 0;
    for (const segment of this.#segments) {
      whole.set(segment, at);
      at += segment.length;
    }
    this.#segments = [whole];
    return whole;
  }

  /** Puts other bytes in the place of the first `count` (a section was rewritten). */
  replaceHead(count: number, head: Uint8Array): void {
    const whole = this.joined();
    const changed = new Uint8Array(head.length + whole.length - count);
    changed.set(head);
    changed.set(whole.subarray(count), head.length);
    this.#segments = [changed];
    this.producer.link.session.hold(changed.length - whole.length);
    this.receivedBytes = changed.length;
  }

  /** Gives all bytes back. */
  release(): void {
    let bytes = 0;
    for (const segment of this.#segments) bytes += segment.length;
    this.#segments = [];
    this.#keptFrom = this.receivedBytes;
    if (bytes > 0) this.producer.link.session.hold(-bytes);
  }

  /** Starts to flow to `consumers`, each of which can send. Unsettled copies are told to the producer. */
  flowTo(consumers: readonly Consumer[]): void {
    this.#targets = consumers.map((consumer) => {
      const settled = this.settled || consumer.link.isPresettled;
      const id = consumer.link.begin(settled, this.producer, this.deliveryId);
      consumer.busyWith = this;
      this.producer.countForward(consumer, this.deliveryId, id, this.settled);
      return new Target(consumer, id, settled);
    });
    this.pump();
  }

  /** Sends what there is and what fits to every target, and lets go what all have passed. */
  pump(): void {
    const targets = this.#targets;
    if (targets === null) return;
    for (const target of targets) if (!target.isDone) this.#pumpTarget(target);
    this.#letGo();
    if (this.isComplete && targets.every((target) => target.isDone)) this.producer.handleFlowed(this);
  }

  resume(): void {
    this.pump();
  }

  #pumpTarget(target: Target): void {
    const { link, context } = target.consumer;
    const { session } = link;
    const room = link.payloadRoom;
    for (;;) {
      const left = this.receivedBytes - target.sentBytes;
      if (left === 0 && !this.isComplete) return;
      if (session.remoteIncomingWindow <= 0 || !session.connection.hasRoom) {
        context.waitForRoom(this);
        return;
      }
      const [segment, from] = this.#locate(target.sentBytes);
      const count = Math.min(segment.length - from, room);
      const isLast = this.isComplete && count === left;
      link.sendPart(target.deliveryId, segment, from, from + count, target.settled, !target.isBegun, !isLast);
      target.isBegun = true;
      target.sentBytes += count;
      this.movedAtSeconds = session.connection.nowSeconds;
      if (isLast) {
        this.#finish(target);
        return;
      }
    }
  }

  #finish(target: Target): void {
    target.isDone = true;
    const { consumer } = target;
    consumer.busyWith = null;
    if (consumer.link.isPresettled && !this.settled) this.producer.handlePresettledTaken(consumer, this.deliveryId);
    consumer.handleFree();
  }

  /** The segment that holds the byte at `place`, and where in it. */
  #locate(place: number): [Uint8Array, number] {
    let at = this.#keptFrom;
    for (const segment of this.#segments) {
      if (place < at + segment.length) return [segment, place - at];
      at += segment.length;
    }
    return [empty, 0];
  }

  #letGo(): void {
    let passed = this.receivedBytes;
    for (const target of this.#targets as Target[]) if (!target.isDone) passed = Math.min(passed, target.sentBytes);
    let bytes = 0;
    while (this.#segments.length > 0) {
      const { length } = this.#segments[0] as Uint8Array;
      if (this.#keptFrom + length > passed) break;
      this.#segments.shift();
      this.#keptFrom += length;
      bytes += length;
    }
    if (bytes > 0) this.producer.link.session.hold(-bytes);
  }

  /** Its consumers have all they could get: only the sender holds it up. */
  get waitsForSender(): boolean {
    return (
      !this.isComplete &&
      this.#targets !== null &&
      this.#targets.every((target) => target.isDone || target.sentBytes === this.receivedBytes)
    );
  }

  /** A consumer is gone, or has settled before the end: nothing more goes there. True when none is left. */
  dropTarget(consumer: Consumer, abortIt: boolean): boolean {
    const targets = this.#targets;
    if (targets === null) return false;
    for (const target of targets) {
      if (target.consumer !== consumer || target.isDone) continue;
      target.isDone = true;
      consumer.busyWith = null;
      if (abortIt) this.#abortTarget(target);
    }
    this.#letGo();
    return targets.every((target) => target.isDone);
  }

  /** The sender is gone or gave up: every copy that has begun is aborted, the others never were. */
  abort(): void {
    this.isDiscarded = true;
    for (const target of this.#targets ?? []) {
      if (target.isDone) continue;
      target.isDone = true;
      target.consumer.busyWith = null;
      this.#abortTarget(target);
      target.consumer.handleFree();
    }
    this.release();
  }

  #abortTarget(target: Target): void {
    const { link, context } = target.consumer;
    context.stopWaiting(this);
    if (!link.isAttached) return;
    // A delivery of which nothing was sent still took a delivery-id and a credit: an empty aborted transfer closes it.
    if (!target.isBegun) link.sendPart(target.deliveryId, empty, 0, 0, target.settled, true, true);
    link.abort(target.deliveryId, target.settled);
  }
}

const empty = new Uint8Array(0);
