// The two clients that behave: one publishes, one consumes, on addresses that attackers know and on one that they do not. They keep
// account of every message, so that nothing is lost, doubled or changed unnoticed.
import { Accepted, ErrorInfo, Modified, Received, Rejected, Released } from '../../src/amqp/performatives.ts';
import { Described } from '../../src/amqp/values.ts';
import { must } from '../target.ts';
import type { ClientLink, State } from './client-link.ts';
import { privateAddress, publicAddresses } from './configuration.ts';
import type { Network } from './network.ts';
import { StrictClient } from './strict-client.ts';

/** Begins the body of each message of ours; attackers do not know it. */
const token = Uint8Array.of(0x57, 0x65, 0x66, 0x74, 0x8d, 0x11, 0xc3, 0x5a);

interface Sent {
  readonly address: string;
  readonly body: Uint8Array;
  readonly settled: boolean;
  outcome: State;
  /** How often it came, and what the consumer then said. */
  received: number;
  said: State;
}

type Mood = 'accept' | 'hold' | 'reject' | 'release' | 'modify' | 'tell-first' | 'settle-silently';
const moods: readonly Mood[] = ['accept', 'hold', 'reject', 'release', 'modify', 'tell-first', 'settle-silently'];

const states: Partial<Record<Mood, State>> = {
  reject: new Rejected({ error: new ErrorInfo({ condition: 'amqp:not-allowed', description: 'no' }) }),
  release: new Released(),
  modify: new Modified({ deliveryFailed: true, undeliverableHere: true }),
  'settle-silently': null,
};

export class Clients {
  readonly publisher: StrictClient;
  readonly consumer: StrictClient;
  readonly #network: Network;
  readonly #sent: Sent[] = [];
  readonly #numberOf = new Map<number, number>();
  #mood: Mood = 'accept';

  constructor(network: Network, maxFrameSize: number) {
    this.#network = network;
    const events = {
      outcome: (_link: ClientLink, number: number, state: State) => this.#handleOutcome(number, state),
      message: (link: ClientLink, id: number, payload: Uint8Array, settled: boolean) =>
        this.#handleMessage(link, id, payload, settled),
    };
    this.publisher = new StrictClient('publisher', maxFrameSize, events);
    this.consumer = new StrictClient('consumer', maxFrameSize, events);
    for (const address of [...publicAddresses, privateAddress]) {
      this.publisher.session.attach(address, true);
      this.consumer.session.attach(address, false);
    }
    network.addClient(this.publisher);
    network.addClient(this.consumer);
    network.settle();
  }

  /** A step of a program. The argument chooses what, the payload's first byte how much. */
  behave(argument: number, amount: number): void {
    const link = argument & 3;
    switch ((argument >> 2) & 7) {
      case 0:
      case 1:
        this.#send(link, amount, false);
        break;
      case 2:
        this.#send(link, amount, true);
        break;
      case 3:
        this.#send(link, amount * 256, (argument & 128) !== 0);
        break;
      case 4:
        // Seldom, for it is costly: more than is held until it is complete.
        this.#send(link, (argument & 96) === 96 ? 140_000 : 1000, false);
        break;
      case 5:
        this.#mood = moods[amount % moods.length] as Mood;
        break;
      case 6:
        this.#settleHeld();
        break;
      default:
        this.consumer.session.want(this.consumer.session.links[link] as ClientLink, amount % 8);
    }
    this.#network.settle();
  }

  #send(link: number, length: number, settled: boolean): void {
    const to = this.publisher.session.links[link] as ClientLink;
    const number = this.#sent.length;
    const { maxMessageSize } = to;
    const body = bodyOf(number, maxMessageSize === 0 ? length : Math.min(length, maxMessageSize - 100));
    this.#sent.push({ address: to.address, body, settled, outcome: null, received: 0, said: null });
    this.publisher.session.send(to, body, settled, number);
  }

  #settleHeld(): void {
    for (const id of [...this.consumer.session.held]) this.#say(id, new Accepted());
  }

  /** The end of an attack: everything that is open is settled. */
  finish(): void {
    this.#mood = 'accept';
    this.#settleHeld();
    for (const link of this.consumer.session.links) this.consumer.session.want(link, 5);
    this.#network.settle();
  }

  /** Sends on every address, with nobody else there: all of it must arrive and be accepted. */
  exchange(): void {
    const from = this.#sent.length;
    for (const link of this.publisher.session.links.keys()) this.#send(link, 100, false);
    this.#network.settle();
    for (const { received, outcome, address } of this.#sent.slice(from)) {
      must(received === 1, `what is sent to ${address} arrives once`);
      must(outcome instanceof Accepted, `what arrives from ${address} is accepted`);
    }
  }

  /** Forgets what is through. */
  forget(): void {
    this.#sent.length = 0;
    this.#numberOf.clear();
  }

  /** Every message has its outcome, and what the consumer said is what the publisher was told. */
  checkAccounts(): void {
    must(this.publisher.session.open === 0, `every message has its outcome: ${this.publisher.session.open} have none`);
    must(this.consumer.session.held.size === 0, 'every delivery is settled');
    for (const { address, received, settled, outcome, said } of this.#sent) {
      if (settled || address !== privateAddress || received === 0) continue;
      const wanted = said === null ? Modified : said.constructor;
      must(outcome?.constructor === wanted, `the publisher is told what the consumer said: ${wanted.name}`);
    }
  }

  #handleOutcome(number: number, state: State): void {
    const sent = this.#sent[number] as Sent;
    must(state !== null && !(state instanceof Received), 'an outcome is terminal');
    must(sent.outcome === null, 'there is one outcome');
    sent.outcome = state;
    const isOfOurs = [Accepted, Rejected, Released, Modified].some((outcome) => state instanceof outcome);
    must(
      isOfOurs || sent.address !== privateAddress || state instanceof Described,
      'outcomes are those of the standard',
    );
  }

  #handleMessage(link: ClientLink, id: number, payload: Uint8Array, settled: boolean): void {
    const number = numberIn(payload);
    if (number !== null) {
      const sent = this.#sent[number];
      must(sent !== undefined && endsWith(payload, sent.body), 'a message arrives as it was sent');
      must(sent.address === link.address, 'a message arrives where it was sent to');
      must(sent.received === 0, 'a message arrives once');
      must(sent.outcome === null, 'a message that has its outcome does not arrive any more');
      sent.received++;
      this.#numberOf.set(id, number);
    } else must(link.address !== privateAddress, 'what nobody else knows nobody else sends to');
    if (settled || this.#mood === 'hold') return;
    if (this.#mood === 'tell-first') this.consumer.session.settle(id, new Accepted(), false);
    else this.#say(id, states[this.#mood] === undefined ? new Accepted() : (states[this.#mood] as State));
  }

  #say(id: number, state: State): void {
    const sent = this.#sent[this.#numberOf.get(id) ?? -1];
    if (sent !== undefined) sent.said = state;
    this.consumer.session.settle(id, state);
  }
}

/** A data section: token, number and noise of so many bytes. */
function bodyOf(number: number, length: number): Uint8Array {
  const size = 12 + length;
  const body = new Uint8Array(8 + size);
  body.set([0x00, 0x53, 0x75, 0xb0, size >>> 24, size >>> 16, size >>> 8, size]);
  body.set(token, 8);
  body.set([number >>> 24, number >>> 16, number >>> 8, number], 16);
  for (let at = 20; at < body.length; at++) body[at] = (at * 7 + number) & 0xff;
  return body;
}

/** The number of one of our messages; a router may have put annotations before the body. */
function numberIn(payload: Uint8Array): number | null {
  const limit = Math.min(payload.length - 12, 300);
  for (let at = 0; at <= limit; at++) {
    if (payload[at] !== token[0] || !token.every((byte, index) => payload[at + index] === byte)) continue;
    return new DataView(payload.buffer, payload.byteOffset).getUint32(at + 8);
  }
  return null;
}

function endsWith(whole: Uint8Array, end: Uint8Array): boolean {
  return Buffer.compare(whole.subarray(Math.max(0, whole.length - end.length)), end) === 0;
}
