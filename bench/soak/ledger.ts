// The book of every message that the clients of this process send, and the promises checked on it from outside.
//
//   sent ──▶ delivered to a consumer ──▶ decided by it ──▶ outcome at the sender
//                                    └─▶ consumer lost (its decision may or may not have left)
//
// A decision counts as certain while its consumer lives, and as possible once it is gone: what it wrote last may have been
// lost with its connection. Pure: `now` is handed in.

export type Outcome = 'accepted' | 'rejected' | 'released' | 'modified';

/** `taken`: to consumers whose links are pre-settled, so that the router accepts for them as soon as it hands over. */
export type Pattern = 'anycast' | 'taken' | 'multicast';

/** A promise of Weft (ARCHITECTURE.md numbers them) that was seen broken, in words. */
export interface Breach {
  readonly promise: 3 | 4 | 6;
  readonly what: string;
}

/** One consumer's link, from attach to its end. */
export class Consumer {
  readonly name: string;
  /** A dynamic one is known only when the link is attached. */
  address: string;
  /** Set before it leaves, cleanly or not: from then on its decisions may not arrive. */
  lost = false;
  /** Numbers of the multicast messages that it got. */
  readonly got = new Set<number>();

  constructor(name: string, address: string) {
    this.name = name;
    this.address = address;
  }
}

interface Open {
  readonly pattern: Pattern;
  readonly address: string;
  readonly sentAt: number;
  readonly decisions: { readonly consumer: Consumer; outcome: Outcome | null }[];
}

// What remains of a message when its outcome is known: one byte, so that a late copy of it is still noticed.
const Delivered = 1;
const HasOutcome = 2;
const Released = 4;

/** How long the router may go on handing messages to a consumer that has left without a word. */
const noticeMs = 2_000;

export class Ledger {
  readonly breaches: Breach[] = [];
  readonly outcomes: Record<Outcome, number> = { accepted: 0, rejected: 0, released: 0, modified: 0 };
  sent = 0;
  sentSettled = 0;
  deliveries = 0;
  /** Unsettled messages whose sender went away before their outcome came. */
  abandoned = 0;
  longestWaitMs = 0;
  #marks = new Uint8Array(1 << 16);
  readonly #open = new Map<number, Open>();
  #closed = false;
  /** When each address lost a consumer last. */
  readonly #losses = new Map<string, number>();

  /** Books a message before it is sent; returns its number, which travels in it. */
  book(pattern: Pattern, address: string, settled: boolean, now: number): number {
    const number = this.sent++;
    if (number >= this.#marks.length) {
      const grown = new Uint8Array(this.#marks.length * 2);
      grown.set(this.#marks);
      this.#marks = grown;
    }
    if (settled) this.sentSettled++;
    else this.#open.set(number, { pattern, address, sentAt: now, decisions: [] });
    return number;
  }

  /** A consumer got the message. */
  delivered(number: number, consumer: Consumer, pattern: Pattern): void {
    this.deliveries++;
    if (number >= this.sent) {
      this.#breach(4, `${consumer.name} got message ${number}, which was never sent`);
      return;
    }
    const marks = this.#marks[number]!;
    const again = pattern === 'multicast' ? consumer.got.has(number) : (marks & Delivered) !== 0;
    if (again) this.#breach(4, `message ${number} was delivered twice, the second time to ${consumer.name}`);
    if (pattern === 'multicast') consumer.got.add(number);
    if (marks & Released)
      this.#breach(3, `message ${number} was released to its sender, and ${consumer.name} got it later`);
    this.#marks[number] = marks | Delivered;
    this.#open.get(number)?.decisions.push({ consumer, outcome: null });
  }

  /** A consumer settled the message. Call before the decision is handed to the client library. */
  decided(number: number, consumer: Consumer, outcome: Outcome): void {
    const decision = this.#open.get(number)?.decisions.find((one) => one.consumer === consumer);
    if (decision) decision.outcome = outcome;
  }

  /** A consumer is about to leave, cleanly or not. */
  losing(consumer: Consumer, now: number): void {
    consumer.lost = true;
    this.#losses.set(consumer.address, now);
  }

  /** The sender learned the message's outcome. */
  concluded(number: number, outcome: Outcome, now: number): void {
    const open = this.#open.get(number);
    if (open === undefined) {
      this.#breach(3, `message ${number} got a second outcome at its sender: ${outcome}`);
      return;
    }
    this.#open.delete(number);
    this.#marks[number]! |= outcome === 'released' ? HasOutcome | Released : HasOutcome;
    this.outcomes[outcome]++;
    this.longestWaitMs = Math.max(this.longestWaitMs, now - open.sentAt);
    const fault = this.#findFault(open, outcome);
    if (fault === null) return;
    const decisions = open.decisions.map(
      (one) => `${one.consumer.name}${one.consumer.lost ? ' (gone)' : ''}: ${one.outcome}`,
    );
    this.#breach(
      3,
      `message ${number} to ${open.address} ended ${outcome}, but ${fault} [${decisions.join(', ') || 'no delivery'}]`,
    );
  }

  /** The sender itself is gone: nobody will learn the outcome. */
  senderLost(numbers: Iterable<number>): void {
    for (const number of numbers) if (this.#open.delete(number)) this.abandoned++;
  }

  /** Unsettled messages without outcome. */
  get outstanding(): number {
    return this.#open.size;
  }

  /** The longest that a message has been waiting for its outcome, in ms; and which one. */
  oldest(now: number): { readonly number: number; readonly address: string; readonly ageMs: number } | null {
    // A Map keeps the order of insertion, so the first one is the oldest.
    for (const [number, open] of this.#open) return { number, address: open.address, ageMs: now - open.sentAt };
    return null;
  }

  /** What each outcome says about the consumers (promise 3); null: nothing to object. */
  #findFault(open: Open, outcome: Outcome): string | null {
    const some = (wanted: Outcome) => open.decisions.some((one) => one.outcome === wanted);
    const certain = (wanted: Outcome) => open.decisions.some((one) => one.outcome === wanted && !one.consumer.lost);
    const undecided = open.decisions.some((one) => one.outcome === null && !one.consumer.lost);
    const multicast = open.pattern === 'multicast';
    switch (outcome) {
      case 'accepted':
        if (multicast && certain('rejected')) return 'a consumer rejected it';
        return open.pattern === 'taken' || some('accepted') ? null : 'no consumer accepted it';
      case 'rejected':
        return some('rejected') ? null : 'no consumer rejected it';
      case 'released':
        if (certain('accepted') || certain('rejected') || undecided) return 'a consumer has it';
        return open.decisions.length === 0 || multicast || some('released')
          ? null
          : 'a consumer got it and did not release it';
      case 'modified':
        if (multicast || some('modified') || open.decisions.some((one) => one.consumer.lost)) return null;
        if ((this.#losses.get(open.address) ?? Number.NEGATIVE_INFINITY) + noticeMs >= open.sentAt) return null;
        return 'no consumer modified it, and its address lost none meanwhile';
    }
  }

  /** The router is gone: whatever is missing from now on is explained by that. */
  close(): void {
    this.#closed = true;
  }

  #breach(promise: Breach['promise'], what: string): void {
    if (!this.#closed) this.breaches.push({ promise, what });
  }

  /** Books a breach that was noticed elsewhere. */
  report(promise: Breach['promise'], what: string): void {
    this.#breach(promise, what);
  }
}
