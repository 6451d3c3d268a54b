// The other side of a recorded connection, played word for word to a router of ours. Only what answers our side's choices is fitted in:
// the names of links that we attach, the counts of our transfers in its flows, and addresses that we make up.
import { Attach, decodePerformative, type Flow, writeFrame } from '../../../amqp/performatives.ts';
import { Writer } from '../../../amqp/writer.ts';
import { Client } from '../router-bench.ts';
import type { Conversation } from './conversation.ts';

/** Texts of the recording and what stands in their place here: the same number of bytes each. */
export type Substitutes = Map<string, string>;

export class PlayedConnection extends Client {
  readonly #recorded: Conversation;
  readonly #conversation: Conversation;
  readonly #substitutes: Substitutes;
  #pending: Uint8Array[] = [];
  /** A frame of ours that has not come whole. */
  #rest = new Uint8Array(0);

  /** @param recorded what was recorded so far @param conversation what is said now */
  constructor(recorded: Conversation, conversation: Conversation, substitutes: Substitutes) {
    super();
    this.#recorded = recorded;
    this.#conversation = conversation;
    this.#substitutes = substitutes;
  }

  /** Says a recorded frame or protocol header of the other side. */
  play(bytes: Uint8Array): void {
    const fitted = this.#fit(substituted(bytes, this.#substitutes));
    this.#conversation.take(fitted, 1);
    this.#pending.push(fitted);
  }

  override takeBytes(): Uint8Array | null {
    return this.#pending.shift() ?? null;
  }

  override hear(now: number): boolean {
    const { router } = this;
    const bytes = router?.takeOutput() ?? null;
    if (router === null || bytes === null) return false;
    this.#rest = Uint8Array.from(Buffer.concat([this.#rest, bytes]));
    router.outputWritten(now);
    for (let frame = this.#nextFrame(); frame !== null; frame = this.#nextFrame()) this.#conversation.take(frame, 0);
    return true;
  }

  #nextFrame(): Uint8Array | null {
    const bytes = this.#rest;
    if (bytes.length < 8) return null;
    const size = bytes[0] === 0x41 ? 8 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    if (bytes.length < size) return null;
    this.#rest = bytes.slice(size);
    return bytes.slice(0, size);
  }

  #fit(bytes: Uint8Array): Uint8Array {
    if (bytes.length <= 10 || bytes[5] !== 0 || bytes[9] !== 0x53 || (bytes[10] !== 0x12 && bytes[10] !== 0x13)) {
      return bytes;
    }
    const channel = new DataView(bytes.buffer, bytes.byteOffset).getUint16(6);
    const performative = decodePerformative(bytes, 8, bytes.length);
    if (performative instanceof Attach) {
      const at = this.#recorded.ownLinkNames.indexOf(performative.name);
      if (at < 0) return bytes;
      performative.name = this.#conversation.ownLinkNames[at] ?? performative.name;
    } else this.#fitFlow(performative as Flow, channel);
    const writer = new Writer(256);
    writeFrame(writer, channel, performative as Attach | Flow);
    return writer.written();
  }

  /** Counts of ours, as far ahead of those of the recording as we are. */
  #fitFlow(flow: Flow, channel: number): void {
    const { handle, nextIncomingId, deliveryCount } = flow;
    const [then, now] = [this.#recorded, this.#conversation];
    if (nextIncomingId !== null) {
      flow.nextIncomingId = nextIncomingId + now.transfersOn(channel) - then.transfersOn(channel);
    }
    if (handle !== null && deliveryCount !== null && now.sendsOn(channel, handle)) {
      flow.deliveryCount = deliveryCount + now.deliveriesOn(channel, handle) - then.deliveriesOn(channel, handle);
    }
  }
}

export function substituted(bytes: Uint8Array, substitutes: Substitutes): Uint8Array {
  let text = Buffer.from(bytes).toString('latin1');
  for (const [recorded, ours] of substitutes) text = text.replaceAll(recorded, ours);
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}
