// A recorded conversation with one side played by a router of ours: event by event, at the recorded times of a simulated clock.
//
//   recording ──the other side's frames──▶ PlayedConnection ──▶ Router ──▶ Conversation  ─┐
//   recording ──the frames of the side that we replace───────────────────▶ Conversation  ─┴─▶ compared
import type { RecordedEvent } from '../../../amqp/testing/recording.ts';
import type { RouterConnection } from '../../router-connection.ts';
import type { RouterBench } from '../router-bench.ts';
import { Conversation } from './conversation.ts';
import { PlayedConnection, type Substitutes } from './played-connection.ts';

interface Replayed {
  readonly recorded: Conversation;
  readonly ours: Conversation;
  played: PlayedConnection | null;
}

export class Replay {
  bench: RouterBench;
  /** The recording's made-up texts and ours. */
  readonly substitutes: Substitutes = new Map();
  /** We stand where the client of the connections stood. */
  readonly #isClient: boolean;
  readonly #connections = new Map<number, Replayed>();
  #startedAt = 0;
  /** Connects the router of the bench with the other side. */
  readonly #connect: (bench: RouterBench, event: RecordedEvent) => RouterConnection;
  /** Hears of every event before it is played. */
  onEvent: (event: RecordedEvent, recorded: Conversation | null) => void = () => undefined;

  constructor(
    bench: RouterBench,
    isClient: boolean,
    connect: (bench: RouterBench, event: RecordedEvent) => RouterConnection,
  ) {
    this.bench = bench;
    this.#isClient = isClient;
    this.#connect = connect;
  }

  /** Our router dies, and everything it said is said; another one is in its place from now on. */
  restart(bench: RouterBench, { atMs }: RecordedEvent): void {
    for (const replayed of this.#connections.values()) {
      if (replayed.played !== null) replayed.ours.ended();
      replayed.played = null;
    }
    this.bench = bench;
    this.#startedAt = atMs;
  }

  play(events: readonly RecordedEvent[]): void {
    for (const event of events) this.#playOne(event);
    this.bench.pass(2000);
  }

  /** What was recorded and what is said now, by link. */
  lines(of: 'recorded' | 'ours'): [string, string[]][] {
    return [...this.#connections.values()].flatMap((one) => [...one[of].lines]);
  }

  #playOne(event: RecordedEvent): void {
    this.#passUntil(event.atMs - this.#startedAt);
    const replayed = event.connection === 0 ? null : this.#replayedOf(event.connection);
    this.onEvent(event, replayed?.recorded ?? null);
    if (replayed === null) return;
    const isOurs = event.byClient === this.#isClient;
    if (event.kind === 'opened') this.#open(replayed, event);
    else if (event.kind === 'ended') this.#end(replayed, isOurs);
    else {
      if (!isOurs) this.#exchangeNames();
      replayed.recorded.take(event.bytes, isOurs ? 0 : 1);
      if (!isOurs) replayed.played?.play(event.bytes);
    }
    this.#run();
  }

  #passUntil(ms: number): void {
    if (ms > this.bench.now) this.bench.pass(ms - this.bench.now);
    this.#run();
  }

  /** Moves bytes; passwords are checked at once. */
  #run(): void {
    const { bench } = this;
    bench.run();
    for (const check of bench.host.checks.splice(0)) check();
    bench.run();
    for (const replayed of this.#connections.values()) {
      if (replayed.played === null || replayed.played.router !== null) continue;
      replayed.played = null;
      replayed.ours.ended();
    }
  }

  #replayedOf(number: number): Replayed {
    let replayed = this.#connections.get(number);
    if (replayed === undefined) {
      replayed = { recorded: new Conversation(number), ours: new Conversation(number), played: null };
      this.#connections.set(number, replayed);
    }
    return replayed;
  }

  #open(replayed: Replayed, event: RecordedEvent): void {
    const played = new PlayedConnection(replayed.recorded, replayed.ours, this.substitutes);
    replayed.played = played;
    played.router = this.#connect(this.bench, event);
    this.bench.clients.push(played);
  }

  #end({ recorded, played }: Replayed, isOurs: boolean): void {
    if (isOurs) recorded.ended();
    else if (played !== null && played.router !== null) this.bench.lose(played);
  }

  /** Reply addresses are made up by both; the other side repeats them. */
  #exchangeNames(): void {
    for (const { recorded, ours } of this.#connections.values()) {
      for (const [at, name] of recorded.madeUp.entries()) {
        const own = ours.madeUp[at];
        if (own !== undefined) this.substitutes.set(name, own);
      }
    }
  }
}
