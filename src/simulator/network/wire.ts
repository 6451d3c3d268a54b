// A transport connection between two machines: two lanes, and what befalls them.
//
//   end A ══lane══▶ end B        end():     what was written arrives, then the end of the stream
//         ◀══lane══              destroy(): closed here at once, the peer sees a reset
//                                weaken():  broken as soon as a router has something to write, before that is taken
//                                silence(): nothing arrives any more, and nobody is told
import type { Random } from '../../kit/random.ts';
import type { SimulatedClock } from '../clock.ts';
import { Lane } from './lane.ts';
import type { WireProfile } from './profile.ts';

/** Who uses one end of a wire. Calls come as turns of their own, never from within a call to the end. */
export interface WireUser {
  /** False while it does not read. When that changes: `end.resume()`. */
  readonly wantsData: boolean;
  handleData(bytes: Uint8Array): void;
  /** The write under way was taken: its bytes are the writer's again. */
  handleDrained(): void;
  /** The peer writes no more. */
  handleEnd(): void;
  /** It is over, in whatever way. Nothing is called any more. */
  handleClose(reason: string): void;
}

export class WireEnd {
  readonly wire: Wire;
  user: WireUser | null = null;
  /** What this end writes, and what it reads. */
  out!: Lane;
  in!: Lane;
  isClosed = false;
  hasSentAll = false;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  /** True when the kernel took all of it; else `user.handleDrained` tells, and the bytes stay untouched until then. */
  write(bytes: Uint8Array): boolean {
    return this.isClosed || this.out.write(bytes);
  }

  end(): void {
    if (!this.isClosed) this.out.end();
  }

  resume(): void {
    if (!this.isClosed) this.wire.clock.after(0, () => this.in.deliver());
  }

  destroy(reason: string): void {
    this.wire.destroy(this, reason);
  }

  /** Both directions have ended: nothing is left. */
  closeWhenOver(): void {
    if (this.hasSentAll && this.in.isEndTold) this.closeLater(0, '');
  }

  closeLater(delayMs: number, reason: string): void {
    this.wire.clock.after(delayMs, () => {
      if (this.isClosed) return;
      this.isClosed = true;
      this.wire.handleClosed();
      this.user?.handleClose(reason);
    });
  }
}

export class Wire {
  readonly clock: SimulatedClock;
  readonly profile: WireProfile;
  readonly a = new WireEnd(this);
  readonly b = new WireEnd(this);
  /** The host that dialled, and the one that was dialled. */
  readonly hosts: readonly [string, string];
  readonly #onGone: (wire: Wire) => void;
  #isSilent = false;
  /** It breaks when a router comes to write: what that has ready is given to nobody. */
  isWeak = false;

  constructor(
    clock: SimulatedClock,
    random: Random,
    profile: WireProfile,
    hosts: readonly [string, string],
    onGone: (wire: Wire) => void,
  ) {
    this.clock = clock;
    this.profile = profile;
    this.hosts = hosts;
    this.#onGone = onGone;
    this.#join(random, this.a, this.b);
    this.#join(random, this.b, this.a);
  }

  #join(random: Random, writer: WireEnd, reader: WireEnd): void {
    const lane = new Lane(this.clock, random, this.profile, {
      handleDrained: () => {
        if (!writer.isClosed) writer.user?.handleDrained();
      },
      handleSentAll: () => {
        writer.hasSentAll = true;
        writer.closeWhenOver();
      },
      readerIsReady: () => !reader.isClosed && reader.user?.wantsData === true,
      handleData: (bytes) => reader.user?.handleData(bytes),
      handleEnd: () => {
        reader.user?.handleEnd();
        reader.closeWhenOver();
      },
    });
    writer.out = lane;
    reader.in = lane;
  }

  get isGone(): boolean {
    return this.a.isClosed && this.b.isClosed;
  }

  /** Bytes that were written and not read, of the direction that has more of them. */
  get bytesUnderWay(): number {
    return this.isGone ? 0 : Math.max(this.a.out.bytesUnderWay, this.b.out.bytesUnderWay);
  }

  get isStalled(): boolean {
    return this.a.out.isStalled || this.b.out.isStalled;
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  // --- what befalls it ---------------------------------------------------------------------------------------------

  /** Both sides see the connection break; bytes on the way are lost. */
  reset(): void {
    this.#killLanes();
    this.a.closeLater(0, 'Connection reset by peer');
    this.b.closeLater(this.profile.latencyMs, 'Connection reset by peer');
  }

  /** A reset at a bad moment. */
  weaken(): void {
    this.isWeak = true;
  }

  /** Cable cut: both sides are left in the belief that the other one has nothing to say. */
  silence(): void {
    this.#isSilent = true;
    this.#killLanes();
  }

  /** Nothing leaves either side for so long. */
  stall(ms: number): void {
    this.a.out.stall(ms);
    this.b.out.stall(ms);
  }

  destroy(end: WireEnd, reason: string): void {
    const peer = end === this.a ? this.b : this.a;
    this.#killLanes();
    end.closeLater(0, reason);
    if (!this.#isSilent) peer.closeLater(this.profile.latencyMs, 'Connection reset by peer');
  }

  handleClosed(): void {
    if (this.isGone) this.#onGone(this);
  }

  #killLanes(): void {
    this.a.out.kill();
    this.b.out.kill();
  }
}
