// A delivery that is not through yet: it waits on its incoming link for a consumer, or it is long and flows on in parts.
//
//   arriving ──append──▶ [ segment │ segment │ … ] ──pump──▶ target 1 (its own place in the bytes)
//                                                   ╰─────▶ target 2 …      (multicast)
//
// Its bytes are ours (copied), and counted in the incoming session, whose window shrinks by them. A segment is let go when
// the slowest target has passed it.
import type { RoomWaiter } from './connection-context.ts';
import type { Consumer } from './consumer.ts';
import { HeldBytes } from './held-bytes.ts';
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

  readonly #bytes: HeldBytes;
  #targets: Target[] | null = null;

  constructor(producer: Producer, deliveryId: number, settled: boolean, nowSeconds: number) {
    this.producer = producer;
    this.deliveryId = deliveryId;
    this.settled = settled;
    this.movedAtSeconds = nowSeconds;
    this.#bytes = new HeldBytes(producer.core.blocks);
  }

  get isFlowing(): boolean {
    return this.#targets !== null;
  }

  /** Bytes that came, from the first on. */
  get receivedBytes(): number {
    return this.#bytes.received;
  }

  /** Takes a copy of a delivery that came whole. */
  setWhole(bytes: Uint8Array, start: number, end: number): void {
    this.isComplete = true;
    this.#bytes.setWhole(bytes, start, end);
    this.#hold(end - start);
  }

  /** Takes a copy of a part. */
  append(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes.append(bytes, start, end);
    this.movedAtSeconds = this.producer.link.session.connection.nowSeconds;
    this.#hold(end - start);
  }

  /** A part of a delivery that flows: sent straight from the chunk where everybody can take it, else copied. */
  flowOn(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#canPass(end - start)) {
      this.append(bytes, start, end);
      this.pump();
      return;
    }
    this.movedAtSeconds = this.producer.link.session.connection.nowSeconds;
    this.#bytes.skip(end - start);
    for (const target of this.#targets as Target[]) if (!target.isDone) this.#pass(target, bytes, start, end);
    this.#endIfDone();
  }

  /** Nothing is kept, and every target has the window and the room for `length` more bytes. */
  #canPass(length: number): boolean {
    if (this.#bytes.kept > 0 || length === 0) return false;
    for (const { isDone, consumer } of this.#targets as Target[]) {
      if (!isDone && !(consumer.fits(length) && consumer.link.session.connection.hasRoom)) return false;
    }
    return true;
  }

  #pass(target: Target, bytes: Uint8Array, start: number, end: number): void {
    const { link } = target.consumer;
    const room = link.payloadRoom;
    for (let at = start; at < end; at += room) {
      const next = Math.min(at + room, end);
      this.#send(target, bytes, at, next, this.isComplete && next === end);
    }
  }

  /** All bytes in one piece; only before it flows. */
  joined(): Uint8Array {
    return this.#bytes.joined();
  }

  /** The beginning, as far as it lies in one piece; only before it flows. */
  head(): Uint8Array {
    return this.#bytes.head();
  }

  /** It lies in one piece: it can go out at once instead of flowing. */
  get isOnePiece(): boolean {
    return this.#bytes.isOnePiece;
  }

  /** Puts other bytes in the place of its beginning (a section was rewritten). */
  replaceHead(bytes: Uint8Array): void {
    const before = this.#bytes.kept;
    this.#bytes.replaceHead(bytes);
    this.#hold(this.#bytes.kept - before);
  }

  /** Gives all bytes back. */
  release(): void {
    this.#hold(-this.#bytes.clear());
  }

  #hold(bytes: number): void {
    if (bytes !== 0) this.producer.link.session.hold(bytes);
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
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (this.isComplete && (this.#targets as Target[]).every((target) => target.isDone))
      this.producer.handleFlowed(this);
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
      this.#bytes.at(target.sentBytes, (bytes, start, end) => {
        const count = Math.min(end - start, room);
        this.#send(target, bytes, start, start + count, this.isComplete && count === left);
      });
      this.movedAtSeconds = session.connection.nowSeconds;
      if (target.isDone) return;
    }
  }

  #send(target: Target, bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    const { link } = target.consumer;
    link.sendPart(target.deliveryId, bytes, start, end, target.settled, !target.isBegun, !isLast);
    target.isBegun = true;
    target.sentBytes += end - start;
    if (isLast) this.#finish(target);
  }

  #finish(target: Target): void {
    target.isDone = true;
    const { consumer } = target;
    consumer.busyWith = null;
    if (consumer.link.isPresettled && !this.settled) this.producer.handlePresettledTaken(consumer, this.deliveryId);
    consumer.handleFree();
  }

  #letGo(): void {
    let passed = this.#bytes.received;
    for (const target of this.#targets as Target[]) if (!target.isDone) passed = Math.min(passed, target.sentBytes);
    this.#hold(-this.#bytes.letGo(passed));
  }

  /** Its consumers have all they could get: only the sender holds it up. */
  get waitsForSender(): boolean {
    return (
      !this.isComplete &&
      this.#targets !== null &&
      this.#targets.every((target) => target.isDone || target.sentBytes === this.#bytes.received)
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
