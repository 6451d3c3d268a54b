// The door for messages: reads their bodies, drops with a reason what is malformed or of a later version, and tells copies of flooded
// messages from news.
import { type FloodedOpcode, FloodFilter, type FloodNews } from './flood-filter.ts';
import { type LinkStateMessage, type Opcode, protocolVersion } from './messages.ts';
import { type MessageBody, readMessage } from './read-message.ts';
import type { Warnings } from './warnings.ts';

type MessageOf<O extends Opcode> = Extract<LinkStateMessage, { opcode: O }>;

export class Intake {
  readonly #ownId: string;
  readonly #warnings: Warnings;
  readonly #floodFilter = new FloodFilter();
  /** The body read last, and what it says: a flooded message is looked at twice. */
  #lastBody: MessageBody | null = null;
  #lastMessage: LinkStateMessage | string = '';

  constructor(ownId: string, warnings: Warnings) {
    this.#ownId = ownId;
    this.#warnings = warnings;
  }

  /** The message, or null when it is dropped. */
  read<O extends Opcode>(opcode: O, body: MessageBody): MessageOf<O> | null {
    const message = this.#parse(opcode, body);
    if (typeof message === 'string') {
      this.#warnings.warn(`A malformed ${opcode} is dropped: ${message}`);
      return null;
    }
    if (message.pv > protocolVersion) {
      this.#warnings.warn(
        `Router ${message.id} speaks version ${message.pv} of the router protocol: its messages are dropped`,
      );
      return null;
    }
    return message;
  }

  /**
   * Where a copy of a flooded message ends. `unread`: it was handed on before. `here`: it cannot be read or has our own id, which is
   * looked into but not spread. `nowhere`: it is handled and handed on, also when its version is too high for us.
   */
  endOfFlood(opcode: FloodedOpcode, body: MessageBody, hops: number, clock: number): 'unread' | 'here' | 'nowhere' {
    const message = this.#parse(opcode, body);
    if (typeof message === 'string' || message.id === this.#ownId) return 'here';
    const news = newsOf(message);
    if (this.#floodFilter.isCopy(news, hops, clock)) return 'unread';
    this.#floodFilter.note(news, hops, clock);
    return 'nowhere';
  }

  /** Whether a flooded message need not be read: it would end `unread`. */
  isCopy(news: FloodNews, hops: number, clock: number): boolean {
    return news.id !== this.#ownId && this.#floodFilter.isCopy(news, hops, clock);
  }

  tick(clock: number): void {
    this.#floodFilter.tick(clock);
    this.#lastBody = null;
  }

  #parse<O extends Opcode>(opcode: O, body: MessageBody): MessageOf<O> | string {
    if (this.#lastBody !== body) {
      this.#lastMessage = readMessage(opcode, body);
      this.#lastBody = body;
    }
    return this.#lastMessage as MessageOf<O> | string;
  }
}

function newsOf(message: MessageOf<FloodedOpcode>): FloodNews {
  const { opcode, id } = message;
  switch (opcode) {
    case 'RA':
      return { opcode, id, instance: message.instance, sequence: message.ls_seq, mobileSequence: message.mobile_seq };
    case 'LSU':
      return { opcode, id, instance: message.instance, sequence: message.ls.ls_seq, mobileSequence: 0 };
    case 'MAU':
      return { opcode, id, instance: 0, sequence: message.mobile_seq, mobileSequence: 0 };
  }
}
