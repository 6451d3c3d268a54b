// Bodies arrive unchanged: what a consumer has got is, byte for byte, what some sender sent.
import type { Breaches } from '../breaches.ts';
import { compareMessages, isBeginningOf } from '../message-compare.ts';
import { headBytes, type Message, type Messages } from '../messages.ts';

export class ContentChecker {
  readonly #messages: Messages;
  readonly #breaches: Breaches;
  /** Whole messages that were looked at. */
  count = 0;

  constructor(messages: Messages, breaches: Breaches) {
    this.#messages = messages;
    this.#breaches = breaches;
  }

  /** A whole delivery; the message that it is, or null for something that nobody has sent. */
  receive(who: string, parts: readonly Uint8Array[]): Message | null {
    const bytes = joined(parts);
    const message = this.#messages.recognize(bytes.subarray(0, headBytes));
    this.count++;
    if (message === null) {
      this.#breaches.report('content', `${who} got ${bytes.length} bytes that nobody has sent`);
      return null;
    }
    const difference = compareMessages(message.bytes, bytes);
    if (difference !== null) this.#breaches.report('content', `${who} got m${message.id}: ${difference}`);
    return message;
  }

  /** The first part of a delivery that was aborted. */
  receivePart(who: string, parts: readonly Uint8Array[]): void {
    const bytes = joined(parts);
    const message = this.#messages.recognize(bytes.subarray(0, headBytes));
    if (message === null || bytes.length < headBytes || isBeginningOf(message.bytes, bytes)) return;
    const tail = bytes.subarray(bytes.length - 64);
    if (!includes(message.bytes, tail))
      this.#breaches.report('content', `${who} got a part of m${message.id} that is not of it`);
  }
}

/** Annotations shift what follows them; then at least the last bytes of a part must stand somewhere in the message. */
function includes(bytes: Uint8Array, part: Uint8Array): boolean {
  for (let at = 0; at + part.length <= bytes.length; at++) {
    let same = 0;
    while (same < part.length && bytes[at + same] === part[same]) same++;
    if (same === part.length) return true;
  }
  return false;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
