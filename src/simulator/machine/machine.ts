// A machine runs one program (a router, or the applications of a client) as a process of Node would: in turns. At the end
// of a turn the program's output leaves, and its timer is set.
//
//   event ──▶ program ──▶ endTurn: flush ─▶ write each ─▶ flush again ─▶ write ─▶ (more: next turn)
//
// A machine can hang (what happens meanwhile happens when it wakes) and be killed (nothing happens any more).
import type { Random } from '../../kit/random.ts';
import type { HostedConnection } from '../../router/ports.ts';
import type { SimulatedClock, SimulatedEvent } from '../clock.ts';
import type { WireEnd } from '../network/wire.ts';
import type { SimulatedSocket } from './socket.ts';

/** What a machine runs. */
export interface Program {
  /** Ends the program's turn: the connections to serve now; the array is only valid until the next call. */
  flush(now: number): Iterable<HostedConnection>;
  handleTimeout(now: number): void;
  /** Monotonic milliseconds, Infinity for none. */
  nextDeadline(): number;
}

export class Machine {
  readonly name: string;
  readonly clock: SimulatedClock;
  /** Told after every turn. */
  onTurnEnded: (() => void) | null = null;
  readonly #random: Random;
  readonly #sockets = new Map<HostedConnection, SimulatedSocket>();
  #program!: Program;
  #timer: SimulatedEvent | null = null;
  #isNextTurnComing = false;
  #isHung = false;
  #isDead = false;
  #whenAwake: (() => void)[] = [];
  /** Every connection of its kernel, also one that the program has not looked at yet. */
  readonly #ends = new Set<WireEnd>();

  constructor(name: string, clock: SimulatedClock, random: Random) {
    this.name = name;
    this.clock = clock;
    this.#random = random;
  }

  run(program: Program): void {
    this.#program = program;
  }

  get sockets(): Iterable<SimulatedSocket> {
    return this.#sockets.values();
  }

  get isHung(): boolean {
    return this.#isHung;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** A connection came up; the program hears of it in a turn of its own, if there is one. */
  adopt(end: WireEnd, action: () => void): void {
    if (this.#isDead) return end.destroy('nobody is there any more');
    this.#ends.add(end);
    this.turn(action);
  }

  disown(end: WireEnd): void {
    this.#ends.delete(end);
  }

  add(hosted: HostedConnection, socket: SimulatedSocket): void {
    this.#sockets.set(hosted, socket);
  }

  remove(hosted: HostedConnection): void {
    this.#sockets.delete(hosted);
  }

  // --- turns -------------------------------------------------------------------------------------------------------

  /** One turn of the program; put off while the machine hangs. */
  turn(action: () => void): void {
    if (this.#isDead) return;
    if (this.#isHung) {
      this.#whenAwake.push(() => this.turn(action));
      return;
    }
    action();
    this.endTurn();
  }

  /** A turn of its own, later. */
  after(delayMs: number, action: () => void): SimulatedEvent {
    return this.clock.after(delayMs, () => this.turn(action));
  }

  endTurn(): void {
    if (this.#isDead) return;
    if (this.#flush() && this.#flush() && !this.#isNextTurnComing) {
      this.#isNextTurnComing = true;
      this.after(0, () => {
        this.#isNextTurnComing = false;
      });
    }
    this.#setTimer();
    this.onTurnEnded?.();
  }

  /** True when a buffer was written and given back, so that the program may have more. */
  #flush(): boolean {
    let isAnyWritten = false;
    for (const hosted of this.#program.flush(this.clock.now)) {
      if (this.#sockets.get(hosted)?.serve()) isAnyWritten = true;
    }
    return isAnyWritten;
  }

  #setTimer(): void {
    const at = this.#program.nextDeadline();
    if (this.#timer !== null && this.#timer.action !== null && this.#timer.at <= at) return;
    this.clock.cancel(this.#timer);
    this.#timer = null;
    if (at === Number.POSITIVE_INFINITY) return;
    // Timers of a real machine are late, never early.
    const late = this.#random.below(1000) / 1000;
    this.#timer = this.clock.at(at + late, () => this.turn(() => this.#program.handleTimeout(this.clock.now)));
  }

  // --- what befalls it ---------------------------------------------------------------------------------------------

  /** It stands still for so long; its sockets stay open, as far as the network is concerned. */
  hang(ms: number): void {
    if (this.#isHung || this.#isDead) return;
    this.#isHung = true;
    this.clock.after(ms, () => this.#wake());
  }

  /** Sockets are read before anything else, so that nobody is judged by a silence that was our own. */
  #wake(): void {
    if (this.#isDead) return;
    this.#isHung = false;
    const missed = this.#whenAwake;
    this.#whenAwake = [];
    for (const socket of [...this.#sockets.values()]) socket.resume();
    this.clock.after(0, () => {
      for (const action of missed) action();
    });
  }

  /** The process is gone; its kernel resets every connection. */
  kill(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.clock.cancel(this.#timer);
    for (const end of this.#ends) end.destroy('killed');
    this.#ends.clear();
    this.#sockets.clear();
  }
}
