// Clients that do anything that clients may do, in any order, around one router; and what must hold of it whatever they do.
//
// Every message carries a number. What each end saw of it is noted, and judged at the end (promises 3 and 4 of the design).
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { Received, Receiver } from '../../engine/testing/receiver.ts';
import type { Sender, Sent } from '../../engine/testing/sender.ts';
import { message, read } from './messages.ts';
import { type Client, RouterBench } from './router-bench.ts';

export interface Step {
  readonly what: number;
  /** Two numbers that say which, and how. */
  readonly a: number;
  readonly b: number;
}

type Distribution = 'closest' | 'balanced' | 'multicast';

interface SentMessage {
  readonly number: number;
  readonly address: string;
  readonly sender: Sender;
  readonly sent: Sent;
  readonly bytes: Uint8Array;
  isAborted: boolean;
}

interface Unfinished {
  readonly message: SentMessage;
  readonly client: Client;
  readonly part: (bytes: Uint8Array, more: boolean) => void;
  readonly abort: () => void;
  at: number;
}

interface Sending {
  readonly sender: Sender;
  readonly client: Client;
  /** Null for an anonymous link. */
  readonly address: string | null;
}

interface Consuming {
  readonly receiver: Receiver;
  readonly client: Client;
  readonly address: string;
  readonly takesPresettled: boolean;
  /** By delivery: the outcome that we gave. */
  readonly outcomes: Map<Received, number>;
}

const addresses = ['closest.a', 'balanced.a', 'multicast.a'];
const sizes = [0, 10, 10, 10, 700, 3_000, 20_000, 150_000];
const longSizes = [2_000, 40_000, 150_000, 300_000];
const outcomes = [0x24, 0x24, 0x25, 0x26, 0x27];
const clientsMax = 6;
const linksMax = 8;
const messagesMax = 200;

export class RandomTraffic {
  readonly bench = new RouterBench({
    addresses: (['closest', 'balanced', 'multicast'] as Distribution[]).map((distribution) => ({
      prefix: distribution,
      distribution,
    })),
    listeners: [{}, { maxFrameSize: 512, linkCapacity: 5 }, { maxSessionFrames: 3, stripAnnotations: 'no' }],
  });
  readonly #sent: SentMessage[] = [];
  readonly #consuming: Consuming[] = [];
  readonly #senders: Sending[] = [];
  #partials: Unfinished[] = [];

  // --- what clients do ---------------------------------------------------------------------------------------------

  readonly #acts: readonly (readonly [weight: number, act: (a: number, b: number) => void])[] = [
    [3, (a, b) => this.#connect(a, b)],
    [6, (a, b) => this.#attachSender(a, b)],
    [6, (a, b) => this.#attachReceiver(a, b)],
    [30, (a, b) => this.#send(a, b)],
    [9, (a, b) => this.#startPartial(a, b)],
    [12, (a, b) => this.#continuePartial(a, b)],
    [2, (a) => this.#abortPartial(a)],
    [16, (a, b) => this.#settle(a, b)],
    [2, (a) => this.#settleAsSender(a)],
    [5, (a, b) => this.#changeCredit(a, b)],
    [1, (a, b) => this.#detachSender(a, b)],
    [1, (a) => pick(this.#consuming, a)?.receiver.link?.detach(null)],
    [1, (a) => pick(this.#live, a)?.connection.sessions.at(-1)?.end(null)],
    [1, (a, b) => this.#leave(a, b)],
    [2, (a, b) => this.#slowDown(a, b)],
    [8, (a) => this.#turns(a)],
    [6, () => this.bench.run()],
    [1, (a) => this.bench.pass([10, 1_100, 2_500, 12_000][a % 4] as number)],
  ];

  do({ what, a, b }: Step): void {
    const total = this.#acts.reduce((sum, [weight]) => sum + weight, 0);
    let place = what % total;
    for (const [weight, act] of this.#acts) {
      if (place < weight) {
        act(a, b);
        return;
      }
      place -= weight;
    }
  }

  get #live(): Client[] {
    return this.bench.clients.filter(({ router, connection }) => router !== null && connection.isOpened);
  }

  #connect(a: number, b: number): void {
    if (this.#live.length >= clientsMax) return;
    const listener = a % 3;
    this.bench.opened(
      {
        open: { maxFrameSize: b % 4 === 0 ? 512 : 16_384, containerId: `client-${this.bench.clients.length}` },
        maxSessionFrames: b % 5 === 0 ? 2 : b % 7 === 0 ? 5 : 0,
      },
      listener,
    );
  }

  #attachSender(a: number, b: number): void {
    const client = pick(this.#live, a);
    if (client === undefined || client.connection.linkCount >= linksMax) return;
    const address = b % 6 === 0 ? null : (pick(addresses, b) as string);
    const attach = a % 7 === 0 ? { rcvSettleMode: 1 } : {};
    const session = a % 5 === 0 ? client.begin() : client.session;
    this.#senders.push({ sender: client.send(address, { attach, session }), client, address });
  }

  #attachReceiver(a: number, b: number): void {
    const client = pick(this.#live, a);
    if (client === undefined || client.connection.linkCount >= linksMax) return;
    const address = pick(addresses, b) as string;
    const credit = [0, 1, 3, 50, 300][a % 5] as number;
    const attach = b % 4 === 0 ? { sndSettleMode: 1 } : b % 7 === 0 ? { rcvSettleMode: 1 } : {};
    const receiver = client.receive(address, { credit, attach, outcome: null });
    this.#consuming.push({
      receiver,
      client,
      address,
      takesPresettled: 'sndSettleMode' in attach,
      outcomes: new Map(),
    });
  }

  #message(
    index: number,
    size: number,
    among: readonly number[],
  ): { entry: Sending; address: string; bytes: Uint8Array } | null {
    const able = this.#senders.filter(
      ({ sender, client }) => sender.link?.isAttached && client.router !== null && sender.waitingCount < 3,
    );
    const entry = pick(able, index);
    if (entry === undefined || this.#sent.length >= messagesMax) return null;
    const address = entry.address ?? (pick(addresses, size) as string);
    const number = this.#sent.length;
    const body = new Uint8Array(4 + (pick(among, size) as number)).fill(number);
    new DataView(body.buffer).setUint32(0, number);
    return {
      entry,
      address,
      bytes: message({ to: address, body, ...(number % 9 === 0 ? { priority: number % 10 } : {}) }),
    };
  }

  #note(address: string, sender: Sender, sent: Sent, bytes: Uint8Array): SentMessage {
    const noted = { number: this.#sent.length, address, sender, sent, bytes, isAborted: false };
    this.#sent.push(noted);
    return noted;
  }

  #send(a: number, b: number): void {
    const made = this.#message(a, b, sizes);
    if (made === null || this.#partials.some(({ message: { sender } }) => sender === made.entry.sender)) return;
    this.#note(made.address, made.entry.sender, made.entry.sender.send(made.bytes, b % 3 === 0), made.bytes);
  }

  #startPartial(a: number, b: number): void {
    const made = this.#message(a, b, longSizes);
    if (made === null) return;
    const { sender, client } = made.entry;
    if (
      sender.waitingCount > 0 ||
      !sender.link?.canSend ||
      this.#partials.some((other) => other.message.sender === sender)
    )
      return;
    const { sent, part, abort } = sender.start(b % 3 === 0);
    this.#partials.push({ message: this.#note(made.address, sender, sent, made.bytes), client, part, abort, at: 0 });
    this.#continuePartial(this.#partials.length - 1, b);
  }

  #continuePartial(a: number, b: number): void {
    const partial = pick(this.#partials, a);
    if (partial === undefined) return;
    const link = partial.message.sender.link as OutgoingLink;
    if (!link.isAttached || partial.client.router === null) {
      this.#partials = this.#partials.filter((other) => other !== partial);
      return;
    }
    const { bytes } = partial.message;
    // In frames of what the router takes, as long as its window allows.
    const wanted = b % 5 === 0 ? bytes.length : Math.ceil(bytes.length / 4);
    for (let sent = 0; sent <= wanted && link.session.remoteIncomingWindow > 0 && link.session.connection.hasRoom; ) {
      const next = Math.min(bytes.length, partial.at + Math.min(link.payloadRoom, wanted));
      const isLast = next === bytes.length;
      partial.part(bytes.subarray(partial.at, next), !isLast);
      sent += next - partial.at + 1;
      partial.at = next;
      if (!isLast) continue;
      if (partial.message.sent.settled) partial.message.sent.isSettled = true;
      this.#partials = this.#partials.filter((other) => other !== partial);
      return;
    }
  }

  #abortPartial(a: number): void {
    const partial = pick(this.#partials, a);
    if (partial === undefined || partial.at === 0) return;
    const link = partial.message.sender.link as OutgoingLink;
    if (!link.isAttached || link.session.remoteIncomingWindow <= 0) return;
    partial.abort();
    partial.message.isAborted = true;
    partial.message.sent.isSettled = true;
    this.#partials = this.#partials.filter((other) => other !== partial);
  }

  #settle(a: number, b: number): void {
    const having = this.#consuming.filter(
      ({ receiver }) => receiver.link?.isAttached && receiver.received.some(({ isDone }) => !isDone),
    );
    const consuming = pick(having, a);
    if (consuming === undefined) return;
    const open = consuming.receiver.received.filter(({ isDone }) => !isDone);
    // Some settle what they have not received all of.
    const received = pick(b % 5 === 0 ? open : open.filter(({ isComplete }) => isComplete), b);
    if (received === undefined) return;
    const outcome = pick(outcomes, b) as number;
    consuming.outcomes.set(received, outcome);
    consuming.receiver.settleEarly(received, outcome);
  }

  #settleAsSender(a: number): void {
    const noted = pick(this.#sent, a);
    if (noted === undefined || noted.sent.id < 0 || noted.sent.isSettled) return;
    const link = noted.sender.link as OutgoingLink;
    if (!link.isAttached || link.session.outgoing.find(noted.sent.id) < 0) return;
    link.session.settleOutgoing(noted.sent.id, 0);
    link.forget(noted.sent.id);
    noted.sent.isSettled = true;
  }

  #changeCredit(a: number, b: number): void {
    const link = pick(this.#consuming, a)?.receiver.link;
    if (!link?.isAttached) return;
    if (b % 3 === 0) link.withdrawCredit();
    else link.offerCredit([1, 2, 10, 100][b % 4] as number);
  }

  #detachSender(a: number, b: number): void {
    const entry = pick(this.#senders, a);
    entry?.sender.link?.detach(null, b % 2 === 0);
  }

  #leave(a: number, b: number): void {
    const client = pick(this.#live, a);
    if (client === undefined) return;
    if (b % 2 === 0) client.connection.close(null);
    else this.bench.lose(client);
  }

  #slowDown(a: number, b: number): void {
    const client = pick(this.#live, a);
    if (client !== undefined) client.isSlow = b % 2 === 0;
  }

  #turns(count: number): void {
    for (let turn = 0; turn <= count % 4; turn++) this.bench.turn();
  }

  // --- what must hold ----------------------------------------------------------------------------------------------

  /** Lets everybody finish what is begun, and settle what they have. */
  finish(): void {
    for (const client of this.bench.clients) client.isSlow = false;
    for (let round = 0; round < 60; round++) {
      this.bench.run();
      for (let at = this.#partials.length - 1; at >= 0; at--) this.#continuePartial(at, 0);
      for (const { receiver, outcomes: given } of this.#consuming) {
        if (receiver.link?.isAttached) receiver.link.offerCredit(400);
        for (const received of receiver.received) {
          if (received.isDone || !received.isComplete) continue;
          given.set(received, 0x24);
          receiver.settle(received, 0x24);
        }
      }
      for (const { sender } of this.#senders) sender.pump();
      this.bench.run();
      this.bench.pass(1_000);
    }
    this.bench.run();
  }

  /** What is wrong, in words; empty when nothing is. */
  faults(): string[] {
    const faults = this.bench
      .faults()
      .map(({ condition, description }) => `the router broke the protocol: ${condition} ${description}`);
    for (const client of this.bench.clients) {
      if (client.ended?.by === 'peer' && client.ended.error !== null)
        faults.push(
          `the router closed a connection: ${client.ended.error.condition} ${client.ended.error.description}`,
        );
      for (const { detached } of [...client.senders, ...client.receivers]) {
        if (detached?.error)
          faults.push(`the router detached a link: ${detached.error.condition} ${detached.error.description}`);
      }
    }
    const received = this.#receivedByNumber();
    for (const sent of this.#sent) faults.push(...this.#judge(sent, received.get(sent.number) ?? []));
    return faults;
  }

  #receivedByNumber(): Map<number, { consuming: Consuming; delivery: Received }[]> {
    const byNumber = new Map<number, { consuming: Consuming; delivery: Received }[]>();
    for (const consuming of this.#consuming) {
      for (const delivery of consuming.receiver.received) {
        if (!delivery.isComplete) continue;
        const { body } = read(delivery.bytes);
        if (body.kind !== 'data') throw new Error('not the message that was sent');
        const [data] = body.data as [Uint8Array];
        const number = new DataView(data.buffer, data.byteOffset).getUint32(0);
        const all = byNumber.get(number) ?? [];
        all.push({ consuming, delivery });
        byNumber.set(number, all);
      }
    }
    return byNumber;
  }

  #judge(noted: SentMessage, copies: { consuming: Consuming; delivery: Received }[]): string[] {
    const { number, address, sender, sent, bytes, isAborted } = noted;
    const isMulticast = address.startsWith('multicast');
    const faults: string[] = [];
    const say = (what: string): void =>
      void faults.push(`message ${number} (${bytes.length} bytes, ${address}): ${what}`);
    const wasCutOff = this.#partials.some((partial) => partial.message === noted);
    if (isAborted && copies.length > 0) say('was aborted, and arrived');
    if (!isMulticast && copies.length > 1) say(`arrived ${copies.length} times`);
    for (const { consuming, delivery } of copies) {
      if (consuming.address !== address) say(`arrived at ${consuming.address}`);
      if (!isSame(bytes, delivery.bytes)) say('arrived changed');
      if (copies.filter((copy) => copy.consuming === consuming).length > 1) say('arrived twice at one consumer');
    }
    const isTold = sender.link?.isAttached && sent.id >= 0 && !sent.settled;
    if (isTold && !sent.isSettled && !wasCutOff) say('has no outcome');
    const terminal = sent.outcomes.filter((outcome) => outcome !== 0x23);
    if (terminal.length > 1) say(`has the outcomes ${terminal}`);
    if (sent.outcome === 0x24 && !copies.some(isAccepted) && !this.#isAcceptedUnseen(noted))
      say('was accepted by nobody');
    if (sent.outcome === 0x26 && copies.some(({ consuming, delivery }) => consuming.outcomes.get(delivery) === 0x24))
      say('was accepted by somebody, and told to be released');
    return faults;
  }

  /**
   * A consumer may accept what it has not received to its end: then it is not among the copies. Nor is what one took pre-settled
   * that was gone before it came.
   */
  #isAcceptedUnseen({ address }: SentMessage): boolean {
    return this.#consuming.some(({ address: theirs, receiver, outcomes: given, takesPresettled }) => {
      if (theirs !== address) return false;
      if (takesPresettled && !receiver.link?.isAttached) return true;
      return [...given].some(([received, outcome]) => !received.isComplete && outcome === 0x24);
    });
  }

  /** The router is told to stop, in the midst of whatever goes on: every sender hears of all that it waits for. */
  drain(): string[] {
    for (const client of this.bench.clients) client.isSlow = false;
    // Of what it has not sent to its end a sender hears nothing.
    const unfinished = new Set(this.#partials.map(({ message: noted }) => noted));
    this.#partials = [];
    const waiting = this.#sent.filter(
      (noted) =>
        !unfinished.has(noted) &&
        noted.sender.link?.isAttached &&
        noted.sent.id >= 0 &&
        !noted.sent.settled &&
        !noted.sent.isSettled,
    );
    this.bench.router.drain(this.bench.now);
    this.bench.pass(20_000);
    const untold = waiting.filter(({ sent }) => !sent.isSettled);
    return [
      ...(this.bench.host.isStopped ? [] : ['the router has not stopped']),
      ...untold.map(({ number }) => `message ${number} has no outcome`),
      ...this.bench
        .faults()
        .map(({ condition, description }) => `the router broke the protocol: ${condition} ${description}`),
    ];
  }

  /** Everybody leaves; what is left in the router then. */
  leave(): string[] {
    const residue = Object.entries(this.bench.residue()).filter(([, count]) => count !== 0);
    for (const client of this.#live) client.connection.close(null);
    this.bench.run();
    for (const client of this.bench.clients) this.bench.lose(client);
    this.bench.pass(3_000);
    const { core } = this.bench.router;
    const left = {
      connections: this.bench.router.connections.size,
      producers: core.producers.size,
      consumers: core.consumers.size,
      addresses: core.addresses.size,
      flowing: core.flowing.size,
      orphanBytes: core.orphanBytes,
      heldUp: core.heldUp.size,
      lookAgain: core.lookAgain.size,
      crowded: core.crowded.size,
    };
    return [
      ...residue.map(([what, count]) => `before all left: ${what} ${count}`),
      ...Object.entries(left)
        .filter(([, count]) => count !== 0)
        .map(([what, count]) => `after all left: ${what} ${count}`),
    ];
  }
}

function isAccepted({ consuming, delivery }: { consuming: Consuming; delivery: Received }): boolean {
  return delivery.isPresettled || consuming.outcomes.get(delivery) === 0x24;
}

/** Router annotations may have been added; the body comes last and is what counts. */
function isSame(sent: Uint8Array, received: Uint8Array): boolean {
  const [a, b] = [read(sent).body, read(received).body];
  if (a.kind !== 'data' || b.kind !== 'data') return false;
  const [x, y] = [a.data[0] as Uint8Array, b.data[0] as Uint8Array];
  return x.length === y.length && x.every((byte, at) => byte === y[at]);
}

function pick<T>(items: readonly T[], index: number): T | undefined {
  return items[index % items.length];
}
