// One direction of a wire, with the buffers of both kernels:
//
//   write under way ──▶ send buffer ──bandwidth──▶ in flight ──latency──▶ receive buffer ──▶ reader
//   (the writer's)      (bounded)                                         (bounded)
//
// A write is over when the send buffer took all of it. Nothing leaves for which the receive buffer has no room. What
// arrives is cut anywhere.
import { assert } from '../../kit/assert.ts';
import { Fifo } from '../../kit/fifo.ts';
import type { Random } from '../../kit/random.ts';
import type { SimulatedClock } from '../clock.ts';
import type { CutStyle, WireProfile } from './profile.ts';

const packetBytesMax = 65_536;
/** A lane of style `tiny` makes so many tiny packets, then it goes on as `some`: a long message must end some day. */
const tinyPackets = 200;

/** A packet, or the end of the stream. */
interface Arrival {
  readonly at: number;
  readonly packet: Uint8Array | null;
}

/** The two ends of a lane, as the lane sees them. */
export interface LaneEnds {
  /** The write that was under way has been taken. */
  handleDrained(): void;
  /** Everything was sent, the end of the stream included. */
  handleSentAll(): void;
  /** Whether the reader takes bytes now. */
  readerIsReady(): boolean;
  /** `bytes` is overwritten after the call: a reader that keeps them without copying is found out. */
  handleData(bytes: Uint8Array): void;
  handleEnd(): void;
}

export class Lane {
  readonly #clock: SimulatedClock;
  readonly #random: Random;
  readonly #profile: WireProfile;
  readonly #ends: LaneEnds;
  #cut: CutStyle;
  #tinyLeft = tinyPackets;

  #pending: Uint8Array | null = null;
  #pendingAt = 0;
  #sendQueue: Uint8Array[] = [];
  #sendBytes = 0;
  #isTransmitting = false;
  /** What leaves right now. */
  #leavingBytes = 0;
  /** In the order in which they arrive: the clock knows of the first only. */
  readonly #inFlight = new Fifo<Arrival>();
  #inFlightBytes = 0;
  #lastArrivalAt = 0;
  #received: Uint8Array[] = [];
  #receivedBytes = 0;
  #stalledUntil = 0;

  /** The writer will write no more; the end has left; it has arrived; the reader knows. */
  #isEnding = false;
  #isEndSent = false;
  #isEndReceived = false;
  isEndTold = false;
  #isDead = false;

  constructor(clock: SimulatedClock, random: Random, profile: WireProfile, ends: LaneEnds) {
    this.#clock = clock;
    this.#random = random;
    this.#profile = profile;
    this.#ends = ends;
    this.#cut = profile.cut;
  }

  /** Takes what the send buffer has room for. True: that was all; false: `handleDrained` will tell. */
  write(bytes: Uint8Array): boolean {
    assert(this.#pending === null, 'one write at a time');
    assert(!this.#isEnding, 'nothing is written after the end');
    this.#pending = bytes;
    this.#pendingAt = 0;
    this.#fill();
    this.#transmit();
    return this.#pending === null;
  }

  end(): void {
    this.#isEnding = true;
    this.#transmit();
  }

  /** The reader takes bytes again. */
  deliver(): void {
    while (this.#receivedBytes > 0 && !this.#isDead && this.#ends.readerIsReady()) {
      const bytes = this.#takeReceived();
      this.#ends.handleData(bytes);
      bytes.fill(0xdb);
      this.#transmit();
    }
    if (this.#isDead || this.#receivedBytes > 0 || !this.#isEndReceived || this.isEndTold) return;
    if (!this.#ends.readerIsReady()) return;
    this.isEndTold = true;
    this.#ends.handleEnd();
  }

  /** Nothing leaves for so long. */
  stall(ms: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, this.#clock.now + ms);
  }

  get isStalled(): boolean {
    return !this.#isDead && this.#stalledUntil > this.#clock.now;
  }

  /** Nothing arrives any more, and nobody is told. The send buffer may still fill. */
  kill(): void {
    this.#isDead = true;
    this.#received = [];
    this.#receivedBytes = 0;
  }

  /** Bytes that were written and not read. */
  get bytesUnderWay(): number {
    if (this.#isDead) return 0;
    const pending = this.#pending === null ? 0 : this.#pending.length - this.#pendingAt;
    return pending + this.#sendBytes + this.#inFlightBytes + this.#receivedBytes;
  }

  #fill(): void {
    const pending = this.#pending;
    if (pending === null) return;
    const count = Math.min(pending.length - this.#pendingAt, this.#profile.sendBufferBytes - this.#sendBytes);
    if (count > 0) {
      this.#sendQueue.push(copyOf(pending, this.#pendingAt, this.#pendingAt + count));
      this.#sendBytes += count;
      this.#pendingAt += count;
    }
    if (this.#pendingAt === pending.length) this.#pending = null;
  }

  #transmit(): void {
    if (this.#isTransmitting || this.#isDead) return;
    const wait = this.#stalledUntil - this.#clock.now;
    if (wait > 0) {
      this.#later(wait);
      return;
    }
    const room = this.#profile.receiveBufferBytes - this.#inFlightBytes - this.#receivedBytes;
    if (this.#sendBytes === 0) this.#sendEnd();
    else if (room > 0) this.#sendPacket(this.#takePacket(Math.min(room, this.#packetSize())));
  }

  #later(ms: number): void {
    this.#isTransmitting = true;
    this.#clock.after(ms, () => {
      this.#isTransmitting = false;
      this.#transmit();
    });
  }

  #sendPacket(packet: Uint8Array): void {
    this.#inFlightBytes += packet.length;
    this.#leavingBytes = packet.length;
    this.#isTransmitting = true;
    const sentAt = this.#clock.now + packet.length / this.#profile.bytesPerMs;
    this.#clock.at(sentAt, this.#handleSent);
    this.#letFly({ at: this.#arrivalAfter(sentAt), packet });
  }

  readonly #handleSent = (): void => {
    this.#isTransmitting = false;
    this.#sendBytes -= this.#leavingBytes;
    const wasPending = this.#pending !== null;
    this.#fill();
    this.#transmit();
    if (wasPending && this.#pending === null) this.#ends.handleDrained();
  };

  #sendEnd(): void {
    if (!this.#isEnding || this.#isEndSent) return;
    this.#isEndSent = true;
    this.#letFly({ at: this.#arrivalAfter(this.#clock.now), packet: null });
    this.#ends.handleSentAll();
  }

  #letFly(arrival: Arrival): void {
    this.#inFlight.push(arrival);
    if (this.#inFlight.size === 1) this.#clock.at(arrival.at, this.#handleArrival);
  }

  readonly #handleArrival = (): void => {
    const { packet } = this.#inFlight.shift() as Arrival;
    const next = this.#inFlight.peek();
    if (next !== undefined) this.#clock.at(next.at, this.#handleArrival);
    if (packet === null) this.#isEndReceived = true;
    else {
      this.#inFlightBytes -= packet.length;
      if (this.#isDead) return;
      this.#received.push(packet);
      this.#receivedBytes += packet.length;
    }
    this.deliver();
  };

  #arrivalAfter(sentAt: number): number {
    const { latencyMs, jitterMs } = this.#profile;
    const late = jitterMs === 0 ? 0 : this.#random.below(jitterMs * 1000) / 1000;
    this.#lastArrivalAt = Math.max(this.#lastArrivalAt, sentAt + latencyMs + late);
    return this.#lastArrivalAt;
  }

  #packetSize(): number {
    if (this.#cut === 'tiny') {
      if (--this.#tinyLeft === 0) this.#cut = 'some';
      return this.#random.between(1, 30);
    }
    return this.#cut === 'some' && this.#random.chance(0.3) ? this.#random.between(1, 3_000) : packetBytesMax;
  }

  /** Up to `count` bytes of the send buffer; they count there until they are sent. */
  #takePacket(count: number): Uint8Array {
    return takeBytes(this.#sendQueue, count);
  }

  #takeReceived(): Uint8Array {
    const bytes = takeBytes(this.#received, packetBytesMax);
    this.#receivedBytes -= bytes.length;
    return bytes;
  }
}

const slabBytes = 65_536;
let slab = new Uint8Array(slabBytes);
let slabUsed = 0;

/** Most packets are small, and there are many: they share buffers. */
function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const count = end - start;
  if (count > slabBytes / 8) return bytes.slice(start, end);
  if (slabUsed + count > slabBytes) {
    slab = new Uint8Array(slabBytes);
    slabUsed = 0;
  }
  const copy = slab.subarray(slabUsed, slabUsed + count);
  copy.set(bytes.subarray(start, end));
  slabUsed += count;
  return copy;
}

/** Takes up to `count` bytes off the front of `queue`, in one piece. */
function takeBytes(queue: Uint8Array[], count: number): Uint8Array {
  const first = queue[0] as Uint8Array;
  if (first.length > count) {
    queue[0] = first.subarray(count);
    return first.slice(0, count);
  }
  let last = 0;
  let total = 0;
  while (last < queue.length && total + (queue[last] as Uint8Array).length <= count) {
    total += (queue[last] as Uint8Array).length;
    last++;
  }
  const parts = queue.splice(0, last);
  if (parts.length === 1) return first;
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
