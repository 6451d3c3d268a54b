// The messages of a run. Each knows its number, which travels as its message-id, and what it looks like; so whoever receives
// one can tell which it is, and whether it is still what was sent.
import { Message as AmqpMessage, encodeMessage } from '../amqp/message.ts';
import { Header, Properties } from '../amqp/performatives.ts';
import { SectionOffsets, scanSections } from '../amqp/sections.ts';
import { type AmqpMap, type AmqpValue, symbol, ulong } from '../amqp/values.ts';
import { Writer } from '../amqp/writer.ts';
import type { Random } from '../kit/random.ts';
import type { Channel } from './channel.ts';

/** Message-ids are numbered from here, so that each is encoded in nine bytes: 80, and the number. */
const idBase = 2 ** 40;
/** The number of a message is found within so many of its first bytes. */
export const headBytes = 512;

export class Message {
  readonly id: number;
  /** Where it goes; null: it names nowhere to go. */
  readonly channel: Channel | null;
  /** The whole message as its sender encoded it. */
  readonly bytes: Uint8Array;
  readonly replyTo: string | null;
  /** The request that this answers, -1 for none. */
  readonly answerTo: number;
  /** As its header says (§3.2.1). */
  readonly priority: number;

  constructor(id: number, bytes: Uint8Array, priority: number, order: MessageOrder) {
    this.id = id;
    this.bytes = bytes;
    this.priority = priority;
    this.channel = order.channel;
    this.replyTo = order.replyTo ?? null;
    this.answerTo = order.answerTo ?? -1;
  }
}

/** What a message is to be. */
export interface MessageOrder {
  readonly channel: Channel | null;
  /** The message says where it goes (`to`); needed on an anonymous link. */
  readonly namesChannel: boolean;
  readonly size: number;
  readonly replyTo?: string;
  readonly answerTo?: number;
}

export class Messages {
  readonly #all: Message[] = [];

  get count(): number {
    return this.#all.length;
  }

  make(random: Random, order: MessageOrder): Message {
    const id = this.#all.length;
    const writer = new Writer(order.size + 256);
    const drawn = draw(random, id, order);
    encodeMessage(writer, drawn);
    const message = new Message(id, writer.written(), drawn.header?.priority ?? 4, order);
    this.#all.push(message);
    return message;
  }

  byId(id: number): Message | null {
    return this.#all[id] ?? null;
  }

  /** The message that begins with `bytes`; null when they do not tell. */
  recognize(bytes: Uint8Array): Message | null {
    const id = readId(bytes);
    return id < 0 ? null : this.byId(id);
  }
}

function draw(random: Random, id: number, order: MessageOrder): AmqpMessage {
  const { channel, replyTo, answerTo } = order;
  return new AmqpMessage({
    header: random.chance(0.5) ? new Header({ priority: random.below(10), durable: random.chance(0.5) }) : null,
    messageAnnotations: random.chance(0.15) ? drawAnnotations(random) : null,
    properties: new Properties({
      messageId: ulong(idBase + id),
      to: order.namesChannel && channel !== null ? random.pick(channel.forms) : null,
      replyTo: replyTo ?? null,
      correlationId: answerTo === undefined ? null : ulong(idBase + answerTo),
      subject: random.chance(0.3) ? 'simulated' : null,
    }),
    applicationProperties: random.chance(0.3) ? new Map<AmqpValue, AmqpValue>([['n', String(id)]]) : null,
    body: { kind: 'data', data: drawBody(random, order.size) },
  });
}

/** Annotations of the user come first: what follows one of a router's is taken for a router's, too. */
function drawAnnotations(random: Random): AmqpMap {
  const map = new Map<AmqpValue, AmqpValue>([[symbol('x-opt-colour'), 'green']]);
  if (random.chance(0.3)) map.set(symbol('x-opt-qd.ingress'), '0/somewhere-else');
  return map;
}

function drawBody(random: Random, size: number): Uint8Array[] {
  const bytes = new Uint8Array(size);
  let word = random.uint32() | 1;
  for (let at = 0; at < size; at++) {
    word = Math.imul(word, 0x915f77f5) + 0x1337;
    bytes[at] = word >>> 24;
  }
  const half = size >> 1;
  return random.chance(0.1) ? [bytes.subarray(0, half), bytes.subarray(half)] : [bytes];
}

const sections = new SectionOffsets();

function readId(bytes: Uint8Array): number {
  scanSections(bytes, 0, bytes.length, 0x73, sections);
  if (sections.propertiesStart < 0) return -1;
  const at = sections.propertiesStart + 3;
  const first = at + (bytes[at] === 0xd0 ? 9 : 3); // behind size and count of the list
  if (bytes[first] !== 0x80) return -1;
  const view = new DataView(bytes.buffer, bytes.byteOffset + first + 1, 8);
  return view.getUint32(0) === 256 ? view.getUint32(4) : -1; // idBase is 256 in the upper half
}
