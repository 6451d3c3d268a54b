// A core that does nothing but write down what it is asked and told.
import type { LinkStateMessage, Opcode } from '../messages.ts';
import type { ConnectionKey, Destination, LinkStatePort } from '../port.ts';

export class RecordingPort implements LinkStatePort {
  sent: { readonly message: LinkStateMessage; readonly to: Destination }[] = [];
  /** Everything but messages, as text. */
  events: string[] = [];

  send(message: LinkStateMessage, to: Destination): void {
    this.sent.push({ message, to });
  }

  neighbourUp(routerId: string, key: ConnectionKey, cost: number): void {
    this.events.push(`up ${routerId} over ${String(key)} at ${cost}`);
  }

  neighbourLost(routerId: string): void {
    this.events.push(`lost ${routerId}`);
  }

  routesChanged(): void {
    this.events.push('routes');
  }

  addressAdded(key: string, routerId: string, hint: number | null): void {
    this.events.push(`+ ${key} at ${routerId} (${hint})`);
  }

  addressRemoved(key: string, routerId: string): void {
    this.events.push(`- ${key} at ${routerId}`);
  }

  routerRestarted(routerId: string): void {
    this.events.push(`restart ${routerId}`);
  }

  idConflict(routerId: string, text: string): void {
    this.events.push(`conflict ${routerId}: ${text}`);
  }

  warn(text: string): void {
    this.events.push(`warn ${text}`);
  }

  /** What was recorded since the last call. */
  takeEvents(): string[] {
    const { events } = this;
    this.events = [];
    return events;
  }

  /** What was sent since the last call, as `<opcode> <destination>`. */
  takeSent(): string[] {
    return this.takeMessages().map(({ message, to }) => {
      const where = to.kind === 'connection' ? String(to.key) : to.kind === 'router' ? to.id : 'all';
      return `${message.opcode} ${where}`;
    });
  }

  takeMessages() {
    const { sent } = this;
    this.sent = [];
    return sent;
  }

  /** The message with this opcode that was sent last; it must be there. */
  last<O extends Opcode>(opcode: O): Extract<LinkStateMessage, { opcode: O }> {
    const found = this.sent.findLast(({ message }) => message.opcode === opcode);
    if (found === undefined) throw new Error(`no ${opcode} was sent`);
    return found.message as Extract<LinkStateMessage, { opcode: O }>;
  }
}
