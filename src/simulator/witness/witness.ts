// Sees everything that goes in and out at a router's door, and keeps the story of every message. The checkers read it.
//
//   bytes ─▶ WitnessedConnection ─▶ WitnessedSession ─▶ links, arrivals, copies ─▶ Witness ──end of turn──▶ checkers
//
// Input is read before the router gets it, output when the router gives it away; so at the end of a turn cause and effect
// are both there. What is judged waits until then.
import { decodePerformative } from '../../amqp/performatives.ts';
import type { Breaches } from '../breaches.ts';
import type { Channel, Channels } from '../channel.ts';
import type { SimulatedClock } from '../clock.ts';
import type { Message, Messages } from '../messages.ts';
import type { Trace } from '../trace.ts';
import { describeFrame } from './describe-frame.ts';
import type { Arrival, Copy, Story, Told, WitnessedLink } from './records.ts';
import type { WitnessedConnection } from './witnessed-connection.ts';

/** What a checker looks at. Everything but `handleTurnEnd` is optional work done as things come. */
export interface Checker {
  /** It is known by now which message has come. */
  handleArrival?(arrival: Arrival): void;
  handleOutcome?(arrival: Arrival, told: Told, settled: boolean): void;
  /** A copy has been recognized: it is in the story of its message now. */
  handleCopy?(copy: Copy): void;
  /** The router told a sender its credit; `grows`: it granted some. */
  handleGrant?(link: WitnessedLink, credit: number, count: number, grows: boolean): void;
  /** The router gave a write to its kernel, with so many bytes of deliveries in it. */
  handleWrite?(connection: WitnessedConnection, payloadBytes: number): void;
  handleTurnEnd?(): void;
}

interface Outcome {
  readonly arrival: Arrival;
  readonly told: Told;
  readonly settled: boolean;
}

export interface WitnessOptions {
  /** Of the router, before the names of its connections; empty where there is only one. */
  readonly name: string;
  readonly clock: SimulatedClock;
  readonly trace: Trace;
  readonly breaches: Breaches;
  readonly messages: Messages;
  readonly channels: Channels;
}

export class Witness {
  readonly name: string;
  readonly channels: Channels;
  readonly messages: Messages;
  readonly breaches: Breaches;
  readonly connections = new Set<WitnessedConnection>();
  /** Every link that there ever was. */
  readonly links: WitnessedLink[] = [];
  readonly stories = new Map<number, Story>();
  /** Copies begun; those that are through leave at the end of a run's phases. */
  readonly openCopies = new Set<Copy>();
  /** Deliveries that may have been settled, and ended before it was known which message they are, or crossed the end of their link. */
  namelessSettled = 0;
  /** How much has happened. */
  copiesBegun = 0;
  outcomesTold = 0;
  readonly #clock: SimulatedClock;
  readonly #trace: Trace;
  readonly #checkers: Checker[] = [];
  readonly #consumers = new Map<Channel, WitnessedLink[]>();
  #outcomes: Outcome[] = [];
  #copies: Copy[] = [];

  constructor({ name, clock, trace, breaches, messages, channels }: WitnessOptions) {
    this.name = name;
    this.#clock = clock;
    this.#trace = trace;
    this.breaches = breaches;
    this.messages = messages;
    this.channels = channels;
  }

  get now(): number {
    return this.#clock.now;
  }

  add(checker: Checker): void {
    this.#checkers.push(checker);
  }

  // --- what the connections tell -----------------------------------------------------------------------------------

  /** A delivery begins to come. */
  handleBegun(arrival: Arrival): void {
    if (arrival.settled) this.namelessSettled++;
  }

  /** It is known which message it is. */
  handleArrival(arrival: Arrival): void {
    if (arrival.settled) this.namelessSettled--;
    this.storyOf(arrival.message as Message).arrivals.push(arrival);
    for (const checker of this.#checkers) checker.handleArrival?.(arrival);
  }

  handleCopy(copy: Copy): void {
    this.copiesBegun++;
    const story = this.storyOf(copy.message as Message);
    story.copies.push(copy);
    for (const arrival of story.arrivals) arrival.stopWaiting();
    this.#copies.push(copy);
  }

  handleOutcome(arrival: Arrival, told: Told, settled: boolean): void {
    this.outcomesTold++;
    this.#outcomes.push({ arrival, told, settled });
  }

  handleGrant(link: WitnessedLink, credit: number, count: number, grows: boolean): void {
    for (const checker of this.#checkers) checker.handleGrant?.(link, credit, count, grows);
  }

  handleWrite(connection: WitnessedConnection, payloadBytes: number): void {
    for (const checker of this.#checkers) checker.handleWrite?.(connection, payloadBytes);
  }

  handleLink(link: WitnessedLink): void {
    this.links.push(link);
    if (!link.isFromSender) this.nameChannel(link);
  }

  /** The address of a link is known now. */
  nameChannel(link: WitnessedLink): void {
    if (link.channel === null) return;
    const known = this.#consumers.get(link.channel);
    if (known === undefined) this.#consumers.set(link.channel, [link]);
    else known.push(link);
  }

  /** Every consumer that this channel ever had. */
  consumersOf(channel: Channel | null): readonly WitnessedLink[] {
    return (channel === null ? undefined : this.#consumers.get(channel)) ?? [];
  }

  /**
   * Whether a consumer of this channel that took everything settled was lost with its connection after `since`. What had come for it by then
   * counts as accepted, also what did not get out any more: that is counted as dropped.
   */
  hasLostSettledConsumer(channel: Channel | null, since: number): boolean {
    return this.consumersOf(channel).some(
      ({ isPresettled, connection, endedAt }) => isPresettled && connection.isDeaf && endedAt >= since,
    );
  }

  storyOf(message: Message): Story {
    const known = this.stories.get(message.id);
    if (known !== undefined) return known;
    const story: Story = { message, arrivals: [], copies: [] };
    this.stories.set(message.id, story);
    return story;
  }

  /** The turn of the router is over: its causes and its effects have all been seen. */
  endTurn(): void {
    for (const connection of this.connections) connection.look();
    const copies = this.#copies;
    const outcomes = this.#outcomes;
    this.#copies = [];
    this.#outcomes = [];
    for (const checker of this.#checkers) {
      for (const copy of copies) checker.handleCopy?.(copy);
      for (const { arrival, told, settled } of outcomes) checker.handleOutcome?.(arrival, told, settled);
      checker.handleTurnEnd?.();
    }
    for (const { arrival, told } of outcomes) arrival.outcome = told;
  }

  // --- trace -------------------------------------------------------------------------------------------------------

  noteBytes(connection: WitnessedConnection, direction: number, bytes: Uint8Array): void {
    this.#trace.number(this.now);
    this.#trace.number(connection.router.id * 2 + direction);
    this.#trace.bytes(bytes);
  }

  get isTraced(): boolean {
    return this.#trace.isOn;
  }

  /** `arrow`: which way it goes, and on which channel. */
  noteFrame(connection: WitnessedConnection, arrow: () => string, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#trace.isOn) return;
    this.note(connection, `${arrow()} ${describeFrame(decodePerformative(bytes, start, end), end - start)}`);
  }

  note(connection: WitnessedConnection, what: string): void {
    if (this.#trace.isOn) this.#trace.line(this.now, connection.label, what);
  }
}
