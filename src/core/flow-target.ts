// One outlet that a long delivery flows to in parts: the beginning as it gets it, then what is the same for all.
//
//   Waiting ──first part──▶ Flowing ──last part──▶ Done
//      ╰──────── lost ────────▶│ lost ───────────────▶▲
//                              ╰─ given up ─▶ Aborting ┤   (until the session window has a place for the last word)
import type { Writer } from '../amqp/writer.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { HeldDelivery } from './held-delivery.ts';
import type { Outlet } from './outlet.ts';

const Phase = { Waiting: 0, Flowing: 1, Aborting: 2, Done: 3 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

const nothing = new Uint8Array(0);

export class FlowTarget {
  readonly outlet: Outlet;
  readonly #held: HeldDelivery;
  #phase: Phase = Phase.Waiting;
  /** The delivery-id on the consumer's side, and whether it goes out settled; from the first part on. */
  #deliveryId = 0;
  #isSettled = false;
  /** Of what is the same for all. */
  sentBytes = 0;
  /** The sections up to the message-annotations, as this outlet gets them; then what is left of them. */
  #head: Uint8Array;

  constructor(held: HeldDelivery, outlet: Outlet, head: Uint8Array) {
    this.#held = held;
    this.outlet = outlet;
    this.#head = head;
    outlet.busyWith = held;
  }

  /** More of the delivery is to go there. */
  get isOpen(): boolean {
    return this.#phase <= Phase.Flowing;
  }

  /** Something of it has gone there. */
  get hasBegun(): boolean {
    return this.#phase !== Phase.Waiting;
  }

  /** Whether `length` bytes can go out at once, window and room for `share` such deliveries taken into account. */
  canTake(length: number, share: number): boolean {
    const { link } = this.outlet;
    const { session } = link;
    if (this.#head.length > 0 || (this.#phase === Phase.Waiting && link.credit <= 0)) return false;
    return link.framesOf(length) * share <= session.remoteIncomingWindow && session.connection.hasRoom;
  }

  /** Sends what there is and what fits. */
  pump(bytes: HeldBytes): void {
    if (this.#phase === Phase.Aborting) this.#sendAbort();
    const { link, context } = this.outlet;
    const { session } = link;
    while (this.isOpen) {
      const left = this.#head.length + bytes.received - this.sentBytes;
      if (left === 0 && !this.#held.isComplete) return;
      // Its credit was there and was taken back: it comes again with Consumer.handleCredit.
      if (this.#phase === Phase.Waiting && link.credit <= 0) return;
      if (session.remoteIncomingWindow <= 0 || !session.connection.hasRoom) {
        context.waitForRoom(this.#held);
        return;
      }
      const count = Math.min(left, this.#room);
      const fromHead = Math.min(this.#head.length, count);
      const frame = this.#openPart(count === left);
      const output = session.connection.output();
      output.append(this.#head, 0, fromHead);
      this.#head = this.#head.subarray(fromHead);
      bytes.copy(this.sentBytes, count - fromHead, output);
      this.#closePart(frame, count - fromHead, count === left);
    }
  }

  /** Sends a part straight from the chunk in which it came. {@link canTake} has been seen, and all before has been sent. */
  pass(bytes: Uint8Array, start: number, end: number): void {
    const { connection } = this.outlet.link.session;
    for (let at = start; at < end; ) {
      const next = Math.min(at + this.#room, end);
      const frame = this.#openPart(next === end);
      connection.output().append(bytes, at, next);
      this.#closePart(frame, next - at, next === end);
      at = next;
    }
  }

  get #room(): number {
    const { link } = this.outlet;
    return this.#phase === Phase.Waiting ? link.payloadRoom : link.continuationRoom;
  }

  #openPart(isAllThereIs: boolean): number {
    const { link } = this.outlet;
    const held = this.#held;
    const isFirst = this.#phase === Phase.Waiting;
    if (isFirst) {
      this.#phase = Phase.Flowing;
      this.#isSettled = held.settled || link.isPresettled;
      this.#deliveryId = this.outlet.beginLong(held, this.#isSettled);
    }
    return link.openPart(this.#deliveryId, this.#isSettled, isFirst, !(held.isComplete && isAllThereIs));
  }

  #closePart(frame: number, count: number, isAllThereIs: boolean): void {
    this.outlet.link.closePart(frame);
    this.sentBytes += count;
    if (this.#held.isComplete && isAllThereIs) this.#finish();
  }

  #finish(): void {
    this.#phase = Phase.Done;
    this.#held.producer.held.handleTaken(this.#held, this.outlet);
    this.#freeConsumer();
  }

  /** The link is gone. What went out of the delivery, if none of it was given to the transport; null when some was. */
  takeBack(): Uint8Array | null {
    if (this.#phase === Phase.Waiting) return nothing;
    const { link } = this.outlet;
    const unsent = link.unsent?.get(this.#deliveryId);
    if (unsent === undefined) return null;
    link.unsent?.delete(this.#deliveryId);
    if (!this.#isSettled) link.forget(this.#deliveryId);
    return unsent.payload;
  }

  /** Appends what has not gone out to `writer`. */
  writeRest(bytes: HeldBytes, writer: Writer): void {
    writer.append(this.#head);
    bytes.copy(this.sentBytes, bytes.received - this.sentBytes, writer);
  }

  /** The consumer's link is gone. */
  lose(): void {
    this.#phase = Phase.Done;
    this.outlet.busyWith = null;
  }

  /** The rest does not go out. What has begun is aborted (§2.6.14): now, or when the window has a place for that. */
  abort(): void {
    if (this.#phase === Phase.Waiting) {
      this.#phase = Phase.Done;
      this.#freeConsumer();
    } else if (this.#phase === Phase.Flowing) {
      this.#phase = Phase.Aborting;
      this.#sendAbort();
    }
  }

  #sendAbort(): void {
    const { link, context } = this.outlet;
    if (link.session.remoteIncomingWindow <= 0) {
      context.waitForRoom(this.#held);
      return;
    }
    link.abort(this.#deliveryId, this.#isSettled);
    this.#phase = Phase.Done;
    this.#freeConsumer();
  }

  #freeConsumer(): void {
    this.outlet.busyWith = null;
    this.outlet.handleFree();
  }
}
