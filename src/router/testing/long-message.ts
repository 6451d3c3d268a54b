// A message of many frames that is sent by and by.
import type { OutgoingLink } from '../../engine/outgoing-link.ts';
import type { Sender, Sent } from '../../engine/testing/sender.ts';
import { message } from './messages.ts';

const frame = 16_000;

export class LongMessage {
  readonly sent: Sent;
  readonly bytes: Uint8Array;
  at = 0;
  readonly #sender: Sender;
  readonly #part: (bytes: Uint8Array, more: boolean) => void;
  readonly abort: () => void;

  constructor(sender: Sender, length: number, settled = false) {
    this.bytes = message({ body: length });
    this.#sender = sender;
    const { sent, part, abort } = sender.start(settled);
    this.sent = sent;
    this.#part = part;
    this.abort = abort;
  }

  /** Sends up to `length` bytes, as far as the window allows. True when that was all of it. */
  send(length: number): boolean {
    const link = this.#sender.link as OutgoingLink;
    const end = Math.min(this.at + length, this.bytes.length);
    while (this.at < end && link.session.remoteIncomingWindow > 0) {
      const next = Math.min(this.at + frame, end);
      this.#part(this.bytes.subarray(this.at, next), next < this.bytes.length);
      this.at = next;
    }
    return this.at === this.bytes.length;
  }
}
