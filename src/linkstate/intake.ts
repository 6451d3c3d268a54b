// The door for messages: reads their bodies, drops with a reason what is malformed or of a later version, and tells copies of flooded
// messages from news.
import { FloodFilter } from './flood-filter.ts';
import { type LinkStateMessage, type Opcode, protocolVersion } from './messages.ts';
import { type MessageBody, readMessage } from './read-message.ts';
import type { Warnings } from './warnings.ts';

/** What may be sent to every router. */
export type FloodedOpcode = 'RA' | 'LSU' | 'MAU';

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
    const { maker, sequences } = newsOf(message);
    return this.#floodFilter.admits(maker, sequences, hops, clock) ? 'nowhere' : 'unread';
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

/** Who made a flooded message, and what tells one from the next. */
function newsOf(message: MessageOf<FloodedOpcode>): { maker: string; sequences: readonly number[] } {
  switch (message.opcode) {
    case 'RA':
      return { maker: `RA ${message.instance} ${message.id}`, sequences: [message.ls_seq, message.mobile_seq] };
    case 'LSU':
      return { maker: `LSU ${message.instance} ${message.id}`, sequences: [message.ls.ls_seq] };
    case 'MAU':
      return { maker: `MAU ${message.id}`, sequences: [message.mobile_seq] };
  }
}
