// Routing messages that wait on one control link: small, many at once when a large network starts, and none most of the time. They stand
// one behind the other in one buffer, which is given up when nothing waits:
//
//   … gone … │ length │ message │ length │ message │ room
//            ▲#start                               ▲#writer.position
import { Writer } from '../../amqp/writer.ts';

const lengthBytes = 4;
const firstBytes = 4_096;

export class RoutingQueue {
  #writer: Writer | null = null;
  #start = 0;
  count = 0;

  /** What waits takes so much room. */
  get bytes(): number {
    return this.#writer === null ? 0 : this.#writer.position - this.#start;
  }

  /** Copies the message. */
  push(message: Uint8Array): void {
    this.#writer ??= new Writer(firstBytes);
    if (this.#start * 2 > this.#writer.position) this.#moveToFront(this.#writer);
    this.#writer.u32(message.length);
    this.#writer.append(message);
    this.count++;
  }

  /** The first message, until the next push; null when none waits. */
  peek(): Uint8Array | null {
    const writer = this.#writer;
    if (writer === null) return null;
    const start = this.#start + lengthBytes;
    return writer.bytes.subarray(start, start + writer.view.getUint32(this.#start));
  }

  /** Drops the first message, if any. */
  shift(): void {
    const writer = this.#writer;
    if (writer === null) return;
    this.#start += lengthBytes + writer.view.getUint32(this.#start);
    this.count--;
    if (this.count > 0) return;
    this.#writer = null;
    this.#start = 0;
  }

  /** Takes the room of what is gone; half of the buffer at least, so that each byte is moved once on average. */
  #moveToFront(writer: Writer): void {
    writer.bytes.copyWithin(0, this.#start, writer.position);
    writer.position -= this.#start;
    this.#start = 0;
  }
}
