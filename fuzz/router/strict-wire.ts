// The bytes that a router writes, cut into protocol headers and frames. Every one must be right to the last byte.
import { FrameType } from '../../src/amqp/frames.ts';
import { decodePerformative, type Performative, Transfer } from '../../src/amqp/performatives.ts';
import { decodeTransfer, TransferFields } from '../../src/amqp/transfer.ts';
import { must } from '../target.ts';

/** What the next bytes have to be. */
export type Stage = 'sasl-header' | 'sasl' | 'header' | 'frames';

export interface WireEvents {
  performative(performative: Performative, channel: number): void;
  transfer(transfer: Transfer, payload: Uint8Array): void;
}

const headers = { 'sasl-header': [0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0], header: [0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0] };
const fields = new TransferFields();

export class StrictWire {
  stage: Stage = 'sasl-header';
  /** The largest frame that may come. */
  maxFrameSize = 512;
  readonly #events: WireEvents;
  #kept = new Uint8Array(0);

  constructor(events: WireEvents) {
    this.#events = events;
  }

  handleBytes(bytes: Uint8Array): void {
    const input = new Uint8Array(this.#kept.length + bytes.length);
    input.set(this.#kept);
    input.set(bytes, this.#kept.length);
    let at = 0;
    for (let used = this.#handleSome(input, at); used > 0; used = this.#handleSome(input, at)) at += used;
    this.#kept = input.slice(at);
  }

  /** Bytes used: of a header or a frame; 0 when there is no whole one. */
  #handleSome(input: Uint8Array, at: number): number {
    if (input.length - at < 8) return 0;
    if (this.stage === 'sasl-header' || this.stage === 'header') {
      const isRight = headers[this.stage].every((byte, index) => input[at + index] === byte);
      must(isRight, 'a header is answered with the same');
      this.stage = this.stage === 'sasl-header' ? 'sasl' : 'frames';
      return 8;
    }
    const size = new DataView(input.buffer).getUint32(at);
    must(size >= 8 && size <= this.maxFrameSize, `frames fit max-frame-size: ${size}`);
    if (input.length - at < size) return 0;
    must(input[at + 4] === 2, 'there is no extended header');
    const type = this.stage === 'sasl' ? FrameType.Sasl : FrameType.Amqp;
    must(input[at + 5] === type, 'frames are of the type of their layer');
    const channel = ((input[at + 6] as number) << 8) | (input[at + 7] as number);
    if (size > 8) this.#handleBody(input, at + 8, at + size, channel);
    return size;
  }

  /** Strict: a DecodeError is the router's fault here. */
  #handleBody(input: Uint8Array, start: number, end: number, channel: number): void {
    const performative = decodePerformative(input, start, end);
    if (!(performative instanceof Transfer)) {
      this.#events.performative(performative, channel);
      return;
    }
    decodeTransfer(input, start, end, fields);
    this.#events.transfer(performative, input.slice(fields.payloadStart, end));
  }
}
