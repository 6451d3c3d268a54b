// How a receiver settles what it has got: at once or late, in order or not, one by one or in ranges, with every outcome,
// with the state first and the settlement after (receiver-settle-mode second), or not at all.
import { writeDispositionWithState } from '../../amqp/disposition.ts';
import { type DeliveryState, ErrorInfo, encodeState, Modified, Received, Rejected } from '../../amqp/performatives.ts';
import { type AmqpValue, symbol } from '../../amqp/values.ts';
import { Writer } from '../../amqp/writer.ts';
import type { IncomingLink } from '../../engine/incoming-link.ts';
import type { Random } from '../../kit/random.ts';
import type { Client } from './client.ts';

export interface SettlingHabits {
  /** Only accepts, or takes any of the outcomes. */
  readonly outcomes: 'accepted' | 'all';
  /** Longest time from a delivery to the next round of settling; 0: at once, -1: never, before the world is calm. */
  readonly delayMs: number;
  readonly inOrder: boolean;
  readonly inRanges: boolean;
  /** States first; the sender is to settle. */
  readonly isSecond: boolean;
}

/** A delivery that is here and not settled; `settled`: its sender has, and only its place is still to be given back. */
interface Due {
  readonly deliveryId: number;
  readonly settled: boolean;
}

/** How long a receiver of mode second waits for the sender's settlement. */
const patienceMs = 2_000;

export class Settling {
  readonly #client: Client;
  readonly #random: Random;
  readonly #habits: SettlingHabits;
  #link: IncomingLink | null = null;
  #due: Due[] = [];
  readonly #stated = new Set<number>();
  #isPlanned = false;
  #isCalm = false;

  constructor(client: Client, random: Random, habits: SettlingHabits) {
    this.#client = client;
    this.#random = random;
    this.#habits = habits;
  }

  /** Deliveries that are not through. */
  get openCount(): number {
    return this.#due.length + this.#stated.size;
  }

  /** A new link, or none. */
  reset(link: IncomingLink | null): void {
    this.#link = link;
    this.#due = [];
    this.#stated.clear();
    this.#isPlanned = false;
  }

  calm(): void {
    this.#isCalm = true;
    this.#round();
  }

  add(deliveryId: number, settled: boolean): void {
    this.#due.push({ deliveryId, settled });
    this.#plan();
  }

  /** The sender settled it. */
  handleSettledBySender(deliveryId: number): void {
    this.#stated.delete(deliveryId);
    this.#due = this.#due.filter((due) => due.deliveryId !== deliveryId);
    this.#link?.releasePlace();
  }

  #plan(): void {
    const { delayMs } = this.#habits;
    if (this.#isCalm || delayMs === 0) return this.#round();
    if (delayMs < 0 || this.#isPlanned) return;
    this.#isPlanned = true;
    const link = this.#link;
    this.#client.after(this.#random.between(0, delayMs), () => {
      if (link !== this.#link) return;
      this.#isPlanned = false;
      this.#round();
      if (this.#due.length > 0) this.#plan();
    });
  }

  /** Settles some of them; all, when it does so at once. */
  #round(): void {
    const link = this.#link;
    if (link === null || this.#due.length === 0) return;
    const isAll = this.#isCalm || this.#habits.delayMs === 0;
    const count = isAll ? this.#due.length : this.#random.between(1, this.#due.length);
    if (!this.#habits.inOrder) shuffle(this.#random, this.#due);
    const taken = this.#due.splice(0, count);
    if (this.#habits.inRanges) taken.sort((one, other) => (one.deliveryId - other.deliveryId) | 0);
    for (let at = 0; at < taken.length; ) {
      let next = at + 1;
      while (this.#habits.inRanges && next < taken.length && follows(taken[next - 1] as Due, taken[next] as Due))
        next++;
      this.#settle(link, taken.slice(at, next));
      at = next;
    }
  }

  /** One outcome for all of `run`, whose ids are consecutive. */
  #settle(link: IncomingLink, run: readonly Due[]): void {
    const unsettled = run.filter((due) => !due.settled).map((due) => due.deliveryId);
    for (let left = run.length - unsettled.length; left > 0; left--) link.releasePlace();
    const [first] = unsettled;
    if (first === undefined) return;
    const state = this.#drawState();
    if (this.#habits.isSecond) this.#tellStates(link, unsettled, state);
    else this.#settleRange(link, first, unsettled, state);
  }

  #settleRange(link: IncomingLink, first: number, ids: readonly number[], state: Uint8Array): void {
    const { session } = link;
    for (const id of ids) {
      const slot = session.incoming.find(id);
      if (slot < 0) continue;
      session.incoming.free(slot);
      link.unsettledCount--;
      link.releasePlace();
    }
    this.#write(link, first, ids[ids.length - 1] as number, true, state);
  }

  #write({ session }: IncomingLink, first: number, last: number, settled: boolean, state: Uint8Array): void {
    const writer = session.connection.output();
    writeDispositionWithState(writer, session.channel, true, first, last, settled, state, 0, state.length);
  }

  /** Tells the outcome, and leaves the settlement to the sender: who may be gone, so that is not waited for forever. */
  #tellStates(link: IncomingLink, ids: readonly number[], state: Uint8Array): void {
    for (const id of ids) {
      this.#stated.add(id);
      this.#write(link, id, id, false, state);
      this.#client.after(patienceMs, () => {
        if (link !== this.#link || !this.#stated.delete(id)) return;
        this.#settleRange(link, id, [id], state);
      });
    }
  }

  #drawState(): Uint8Array {
    if (this.#isCalm || this.#habits.outcomes === 'accepted' || this.#random.chance(0.6)) return accepted;
    return this.#random.pick(states);
  }
}

function follows(one: Due, next: Due): boolean {
  return ((one.deliveryId + 1) | 0) === next.deliveryId && one.settled === next.settled;
}

function shuffle<T>(random: Random, items: T[]): void {
  for (let at = items.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [items[at], items[other]] = [items[other] as T, items[at] as T];
  }
}

function encoded(state: DeliveryState | AmqpValue): Uint8Array {
  const writer = new Writer(64);
  encodeState(writer, state);
  return writer.written();
}

const accepted = Uint8Array.of(0, 0x53, 0x24, 0x45);
const states: readonly Uint8Array[] = [
  Uint8Array.of(0, 0x53, 0x26, 0x45), // released
  Uint8Array.of(0, 0x53, 0x25, 0x45), // rejected
  encoded(new Rejected({ error: new ErrorInfo({ condition: 'simulated:no', description: 'this one not' }) })),
  Uint8Array.of(0, 0x53, 0x27, 0x45), // modified
  encoded(new Modified({ undeliverableHere: true })),
  encoded(
    new Modified({
      deliveryFailed: true,
      messageAnnotations: new Map<AmqpValue, AmqpValue>([[symbol('why'), 'late']]),
    }),
  ),
  new Uint8Array(0), // no state at all: the default outcome of the link, if it has one
  encoded(new Received({ sectionNumber: 0, sectionOffset: 0 })), // settled, and not terminal
];
