// A transport between two routers that does what the test says.
//
//   dialler ──▶ [ bytes on their way, each with its time of arrival ] ──▶ acceptor       and back
//
//   flows      what is written arrives after delayMs
//   stopped    what is written is taken and lies there: a host that hangs, a cable that is out
//   full       what is written is not even taken: its writer has a write under way for ever
import type { Dial, HostedConnection } from '../ports.ts';
import type { Router } from '../router.ts';
import type { RouterConnection } from '../router-connection.ts';

/** One router's side of a wire. */
export interface End {
  readonly id: string;
  readonly router: Router;
  readonly connection: RouterConnection;
}

interface Parcel {
  readonly bytes: Uint8Array;
  readonly arrivesAt: number;
}

/** One direction. */
class Lane {
  readonly from: End;
  readonly to: End;
  readonly parcels: Parcel[] = [];
  #writing: Uint8Array | null = null;

  constructor(from: End, to: End) {
    this.from = from;
    this.to = to;
  }

  /** Takes what the writer has to write; true when there was something. */
  take(now: number, delayMs: number, isFull: boolean): boolean {
    this.#writing ??= this.from.connection.takeOutput();
    if (this.#writing === null || isFull) return false;
    this.parcels.push({ bytes: this.#writing.slice(), arrivesAt: now + delayMs });
    this.#writing = null;
    this.from.connection.outputWritten(now);
    return true;
  }

  /** Hands over what has arrived; true when there was something. */
  deliver(now: number): boolean {
    const { connection } = this.to;
    let moved = false;
    while (connection.wantsBytes && !connection.isGone) {
      const [first] = this.parcels;
      if (first === undefined || first.arrivesAt > now) break;
      this.parcels.shift();
      connection.handleBytes(first.bytes, now);
      moved = true;
    }
    return moved;
  }

  get isEmpty(): boolean {
    return this.parcels.length === 0 && this.#writing === null;
  }
}

export class Wire {
  readonly dialler: End;
  readonly acceptor: End;
  /** What the dialler asked for; null for a wire that it no longer redials. */
  readonly dial: Dial;
  delayMs = 0;
  isStopped = false;
  isFull = false;
  isCut = false;
  readonly #lanes: readonly [Lane, Lane];

  constructor(dialler: End, acceptor: End, dial: Dial) {
    this.dialler = dialler;
    this.acceptor = acceptor;
    this.dial = dial;
    this.#lanes = [new Lane(dialler, acceptor), new Lane(acceptor, dialler)];
  }

  get ends(): readonly [End, End] {
    return [this.dialler, this.acceptor];
  }

  /** Whether it joins these two. */
  joins(a: string, b: string): boolean {
    return (this.dialler.id === a && this.acceptor.id === b) || (this.dialler.id === b && this.acceptor.id === a);
  }

  /** Moves what can move; `isAwake` says which routers take part. */
  move(now: number, isAwake: (end: End) => boolean): boolean {
    let moved = false;
    for (const lane of this.#lanes) {
      if (isAwake(lane.from) && lane.take(now, this.delayMs, this.isFull)) moved = true;
      if (!this.isStopped && isAwake(lane.to) && lane.deliver(now)) moved = true;
    }
    return moved;
  }

  /** When the next bytes arrive by themselves. Those that have arrived and were not taken wait for their reader. */
  nextArrival(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    if (this.isStopped) return next;
    for (const { parcels } of this.#lanes)
      for (const { arrivesAt } of parcels) if (arrivesAt > now) next = Math.min(next, arrivesAt);
    return next;
  }

  /** A router is through with it, and all that it wrote has arrived. */
  get isOver(): boolean {
    return this.#lanes.some(
      ({ from, isEmpty }) => from.connection.isFinished && isEmpty && hasWritten(from.connection),
    );
  }

  /** The transport breaks: both ends hear of it, unless they are gone themselves; what was on its way is lost. */
  cut(now: number, isAwake: (end: End) => boolean): void {
    this.isCut = true;
    for (const end of this.ends) {
      if (!isAwake(end)) continue;
      end.connection.handleClosed('lost', now);
    }
  }
}

function hasWritten(connection: HostedConnection): boolean {
  return (connection as RouterConnection).connection.outputBytes === 0;
}
