// A client: a machine with one connection at a time, and the applications (actors) that use it. It comes back after every
// loss; while the world is not calm it also goes away of its own accord, and pauses in reading.
import type { ErrorInfo } from '../../amqp/performatives.ts';
import { Clock } from '../../engine/clock.ts';
import { Condition } from '../../engine/conditions.ts';
import type { Session } from '../../engine/session.ts';
import type { Random } from '../../kit/random.ts';
import type { HostedConnection } from '../../router/ports.ts';
import type { Breaches } from '../breaches.ts';
import type { SimulatedClock, SimulatedEvent } from '../clock.ts';
import { Machine, type Program } from '../machine/machine.ts';
import { SimulatedSocket } from '../machine/socket.ts';
import type { SimulatedNetwork } from '../network/network.ts';
import type { WireEnd } from '../network/wire.ts';
import type { Trace } from '../trace.ts';
import type { Actor } from './actor.ts';
import { ActorSessions } from './actor-sessions.ts';
import { ClientConnection, type ConnectionHabits, isWorldly, textOf } from './client-connection.ts';
import { startWhims, type WhimOptions, type Whimsical } from './whims.ts';

export interface ClientOptions extends ConnectionHabits, WhimOptions {
  readonly name: string;
  /** Where routers listen, in the order in which they are tried; for one that a router dials: where it listens itself. */
  readonly places: readonly string[];
  readonly isDialled: boolean;
  readonly sessions: number;
}

/** What the world lends to its clients. */
export interface Surroundings {
  readonly clock: SimulatedClock;
  readonly network: SimulatedNetwork;
  readonly trace: Trace;
  readonly breaches: Breaches;
}

/** What our clients may do to a link, and the router may not like. */
const linkErrors: readonly string[] = [
  Condition.LinkStolen,
  Condition.DetachForced,
  Condition.MessageSizeExceeded,
  Condition.NotFound,
];

export class Client implements Program, Whimsical {
  readonly options: ClientOptions;
  readonly actors: Actor[] = [];
  readonly #world: Surroundings;
  readonly #random: Random;
  #machine: Machine;
  #connection: ClientConnection | null = null;
  #socket: SimulatedSocket | null = null;
  #isDialling = false;
  #placeIndex = 0;
  isCalm = false;
  /** It knows: its machine may have been hanging, or away. */
  isCalmedDown = false;
  #isLeaving = false;
  #dirty: ClientConnection[] = [];
  readonly #sessions: ActorSessions;
  #redial: SimulatedEvent | null = null;

  constructor(world: Surroundings, random: Random, options: ClientOptions) {
    this.#world = world;
    this.#random = random;
    this.options = options;
    this.#sessions = new ActorSessions(this.actors, options.sessions);
    this.#machine = this.#newMachine();
  }

  #newMachine(): Machine {
    const machine = new Machine(this.options.name, this.#world.clock, this.#random);
    machine.run(this);
    return machine;
  }

  /** Starts it: it dials, or waits to be dialled. */
  start(): void {
    if (this.options.isDialled) {
      this.#world.network.listen(this.place, (end, remote) => this.#accept(end, remote));
    } else this.#machine.after(this.#random.between(0, 300), () => this.#dial());
    startWhims(this.#world.clock, this.#random, this.options, this);
  }

  // --- state -------------------------------------------------------------------------------------------------------

  /** Where it is connected, or tries to be. */
  get place(): string {
    return this.options.places[this.#placeIndex] as string;
  }

  get wireEnd(): WireEnd | null {
    return this.#socket?.end ?? null;
  }

  /** It has no right to be here. */
  get isIntruder(): boolean {
    return this.options.sasl === 'wrong password';
  }

  get isOpened(): boolean {
    return this.#connection?.connection.isOpened === true;
  }

  after(delayMs: number, action: () => void): void {
    this.#machine.after(delayMs, action);
  }

  /** As `after`, but it outlives a crash of the machine. */
  later(delayMs: number, action: () => void): void {
    this.#world.clock.after(delayMs, () => {
      if (this.#machine.isDead) this.later(200, action);
      else this.#machine.turn(action);
    });
  }

  complain(text: string): void {
    this.#world.breaches.report('wire', `${this.options.name}: ${text}`);
  }

  say(text: string): void {
    const { trace, clock } = this.#world;
    if (trace.isOn) trace.line(clock.now, this.options.name, text);
  }

  // --- connecting --------------------------------------------------------------------------------------------------

  #dial(): void {
    if (this.#connection !== null || this.#isDialling || this.#isLeaving) return;
    this.#isDialling = true;
    const machine = this.#machine;
    this.#world.network.dial(this.options.name, this.place, {
      connected: (end, remote) => {
        machine.adopt(end, () => {
          this.#isDialling = false;
          this.#adopt(end, remote);
        });
      },
      failed: () => {
        machine.turn(() => {
          this.#isDialling = false;
          this.#placeIndex = (this.#placeIndex + 1) % this.options.places.length;
          this.#dialAgain();
        });
      },
    });
  }

  #accept(end: WireEnd, remote: string): void {
    const machine = this.#machine;
    if (machine.isDead || this.#connection !== null || this.#isLeaving) return end.destroy('not now');
    machine.adopt(end, () => this.#adopt(end, remote));
  }

  #adopt(end: WireEnd, remote: string): void {
    if (this.#isLeaving) return end.destroy('too late');
    this.say(`connected with ${remote}`);
    const clock = new Clock();
    clock.set(this.#world.clock.now);
    const connection = new ClientConnection(this, this.options, this.#random, clock);
    this.#connection = connection;
    this.#socket = new SimulatedSocket(this.#machine, end, connection);
    connection.start();
  }

  #dialAgain(): void {
    if (this.options.isDialled || this.#isLeaving || (this.isCalm && this.isIntruder)) return;
    this.#world.clock.cancel(this.#redial);
    const delayMs = this.#random.between(5, this.isCalm ? 100 : 1_500);
    this.#redial = this.#machine.after(delayMs, () => this.#dial());
  }

  // --- what the connection tells -----------------------------------------------------------------------------------

  handleDirty(connection: ClientConnection): void {
    this.#dirty.push(connection);
  }

  /** The connection can have sessions now. */
  beginSessions(connection: ClientConnection): void {
    if (!this.#sessions.begin(connection)) this.complain('the router allows no more sessions');
  }

  handleSessionLost(session: Session | null): void {
    if (!this.#sessions.lose(session)) return;
    const connection = this.#connection;
    this.after(this.#random.between(1, 200), () => {
      if (this.#isLeaving || connection === null || this.#connection !== connection) return;
      if (connection.connection.isOpened) this.beginSessions(connection);
    });
  }

  handleRoom(): void {
    for (const actor of this.actors) actor.pump();
  }

  /** The transport is gone. */
  handleClosed(connection: ClientConnection): void {
    if (this.#connection !== connection) return;
    this.#forgetConnection();
    this.#dialAgain();
  }

  /** A link was detached or a session ended with an error: only some have a cause other than us or the router being wrong. */
  handleError(who: string, error: ErrorInfo): void {
    this.say(`${who} got ${textOf(error)}`);
    if (!isWorldly(error) && !linkErrors.includes(error.condition)) this.complain(`${who} got ${textOf(error)}`);
  }

  #forgetConnection(): void {
    this.#connection = null;
    this.#socket = null;
    this.#sessions.loseAll();
  }

  // --- Program -----------------------------------------------------------------------------------------------------

  flush(_now: number): readonly HostedConnection[] {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const connection of dirty) connection.endTurn();
    return dirty;
  }

  handleTimeout(now: number): void {
    this.#connection?.handleTimeout(now);
  }

  nextDeadline(): number {
    return this.#connection?.connection.nextDeadline ?? Number.POSITIVE_INFINITY;
  }

  // --- what it does of its own accord, and what befalls it ---------------------------------------------------------

  /** It reads nothing for so long. */
  pause(ms: number): void {
    const connection = this.#connection;
    if (connection === null || connection.isPaused) return;
    this.say(`reads nothing for ${ms} ms`);
    connection.isPaused = true;
    this.after(ms, () => this.#unpause(connection));
  }

  #unpause(connection: ClientConnection): void {
    if (!connection.isPaused) return;
    connection.isPaused = false;
    if (this.#connection === connection) this.#socket?.resume();
  }

  endSession(): void {
    const session = this.#random.pick(this.#sessions.all);
    if (session === null || !this.isOpened) return;
    this.#machine.turn(() => {
      this.say(`ends session ${session.channel}`);
      session.end(null);
      this.handleSessionLost(session);
    });
  }

  close(): void {
    if (!this.isOpened) return;
    this.#machine.turn(() => {
      this.say('closes its connection');
      this.#connection?.connection.close(null);
    });
  }

  hang(ms: number): void {
    this.say(`hangs for ${ms} ms`);
    this.#machine.hang(ms);
  }

  /** Its process is killed, and started again after a while. */
  crash(awayMs: number): void {
    if (this.#machine.isDead) return;
    this.say(`is killed, for ${awayMs} ms`);
    this.#machine.kill();
    this.#isDialling = false;
    this.#dirty = [];
    this.#forgetConnection();
    this.#world.clock.after(awayMs, () => {
      this.#machine = this.#newMachine();
      if (!this.options.isDialled) this.#machine.turn(() => this.#dial());
    });
  }

  /** From now on it behaves. */
  calm(): void {
    this.isCalm = true;
    this.later(0, () => {
      this.isCalmedDown = true;
      if (this.#connection !== null) this.#unpause(this.#connection);
      for (const actor of this.actors) actor.calm();
    });
  }

  /** Detaches everything and closes. */
  leave(): void {
    this.#isLeaving = true;
    if (this.options.isDialled) this.#world.network.unlisten(this.place);
    this.#machine.turn(() => {
      for (const actor of this.actors) actor.leave();
      this.#connection?.connection.close(null);
    });
  }
}
