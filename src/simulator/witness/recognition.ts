// Tells by its first bytes which message a delivery is. They may come in many frames.
import { headBytes, type Message, type Messages } from '../messages.ts';

export class Recognition {
  message: Message | null = null;
  /** The first bytes, until the message is known or cannot be any more. */
  #head: Uint8Array | null = null;

  /** More of the delivery. True when just this told which message it is. */
  learn(messages: Messages, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.message !== null || (this.#head !== null && this.#head.length >= headBytes)) return false;
    const part = bytes.subarray(start, Math.min(end, start + headBytes));
    const head = this.#head === null ? part : joined(this.#head, part);
    this.message = messages.recognize(head);
    this.#head = this.message === null ? head.slice() : null;
    return this.message !== null;
  }
}

function joined(head: Uint8Array, part: Uint8Array): Uint8Array {
  const both = new Uint8Array(head.length + part.length);
  both.set(head);
  both.set(part, head.length);
  return both;
}
