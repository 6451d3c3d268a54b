// One end of an AMQP connection as an application would use it: opens, attaches, sends and receives through the engine. For
// tests of the engine, of the router, and for the simulator. It moves no bytes by itself: see pair.ts.
import { type Attach, type ErrorInfo, Open, Source, Target } from '../../amqp/performatives.ts';
import { Clock } from '../clock.ts';
import { Connection } from '../connection.ts';
import type { ConnectionOptions } from '../connection-options.ts';
import type { Link } from '../link.ts';
import { WriterPool } from '../output.ts';
import type { ConnectionOwner } from '../owner.ts';
import type { Session } from '../session.ts';
import { Receiver, type ReceiverOptions } from './receiver.ts';
import { Sender, type SenderOptions } from './sender.ts';

export interface EndpointOptions extends Partial<Omit<ConnectionOptions, 'open'>> {
  readonly open?: Partial<Open>;
}

export class Endpoint implements ConnectionOwner {
  readonly connection: Connection;
  /** The peer's Open. */
  opened: Open | null = null;
  ended: { readonly error: ErrorInfo | null; readonly by: 'peer' | 'us' | 'loss' } | null = null;
  /** Links that the peer attached, with what it said. */
  readonly attaches: { readonly link: Link; readonly attach: Attach }[] = [];
  readonly senders: Sender[] = [];
  readonly receivers: Receiver[] = [];
  readonly passwords: { readonly user: string; readonly password: string }[] = [];
  /** What is done with an attach of the peer: accepted by default. */
  onAttach: (link: Link, attach: Attach) => void = (link, attach) => this.acceptLink(link, attach);
  onPassword: ((user: string, password: string) => void) | null = null;
  isDirty = false;
  /** Nothing of what we write is taken any more: the peer does not read. */
  isStuck = false;
  #session: Session | null = null;
  #linkCount = 0;

  constructor(options: EndpointOptions = {}) {
    const { open, ...rest } = options;
    this.connection = new Connection(this, {
      isInitiator: true,
      sasl: null,
      requiresSasl: false,
      idleTimeoutMs: 0,
      handshakeTimeoutMs: 0,
      maxSessionFrames: 0,
      pool: new WriterPool(),
      clock: new Clock(),
      ...rest,
      open: new Open({ containerId: 'endpoint', maxFrameSize: 16_384, channelMax: 32_767, ...open }),
    });
    this.connection.onRoom = () => {
      for (const sender of this.senders) sender.pump();
    };
  }

  get error(): ErrorInfo | null {
    return this.connection.lastError;
  }

  // --- links of ours -----------------------------------------------------------------------------------------------

  /** The session that links get when none is named; begun when first asked for. */
  get session(): Session {
    if (this.#session === null || this.#session.isEnding) this.#session = this.begin();
    return this.#session;
  }

  begin(): Session {
    const session = this.connection.begin();
    if (session === null) throw new Error('the peer allows no more sessions');
    return session;
  }

  /** Attaches a link on which we send. `address` null is the anonymous terminus. */
  send(address: string | null, options: SenderOptions = {}): Sender {
    const sender = new Sender();
    const { session = this.session, name = this.#nextName(), attach = {} } = options;
    const link = session.attachSender(name, sender, {
      source: new Source({}),
      target: new Target({ address }),
      ...attach,
    });
    if (link !== null) sender.link = link;
    this.senders.push(sender);
    return sender;
  }

  /** Attaches a link on which we receive. `address` null wants a dynamic one. */
  receive(address: string | null, options: ReceiverOptions = {}): Receiver {
    const receiver = new Receiver(options);
    const { session = this.session, name = this.#nextName(), attach = {} } = options;
    const link = session.attachReceiver(name, receiver, {
      source: new Source({ address, dynamic: address === null }),
      target: new Target({}),
      ...attach,
    });
    if (link !== null) receiver.begin(link);
    this.receivers.push(receiver);
    return receiver;
  }

  /** Takes a link that the peer attached. */
  acceptLink(link: Link, attach: Attach): void {
    if (link.isIncoming) {
      const receiver = new Receiver();
      this.receivers.push(receiver);
      link.accept(receiver, attach.source, attach.target);
      receiver.begin(link);
    } else {
      const sender = new Sender();
      this.senders.push(sender);
      sender.link = link;
      link.accept(sender, attach.source, attach.target);
    }
  }

  #nextName(): string {
    return `link-${++this.#linkCount}`;
  }

  // --- bytes -------------------------------------------------------------------------------------------------------

  /** Ends the turn; a copy of what is to be written, or null. */
  takeBytes(): Uint8Array | null {
    this.connection.endTurn();
    this.isDirty = false;
    if (this.isStuck) {
      this.connection.takeOutput();
      return null;
    }
    const bytes = this.connection.takeOutput()?.slice() ?? null;
    if (bytes !== null) this.connection.outputWritten(this.connection.clock.nowMs);
    return bytes;
  }

  // --- ConnectionOwner ---------------------------------------------------------------------------------------------

  handleDirty(): void {
    this.isDirty = true;
  }

  handleDeadline(): void {
    // Whoever drives us asks for the next deadline after every turn.
  }

  handleOpened(_connection: Connection, open: Open): void {
    this.opened = open;
  }

  handleAttach(link: Link, attach: Attach): void {
    this.attaches.push({ link, attach });
    this.onAttach(link, attach);
  }

  handleEnded(_connection: Connection, error: ErrorInfo | null, by: 'peer' | 'us' | 'loss'): void {
    if (this.ended !== null) throw new Error('a connection ends once');
    this.ended = { error, by };
  }

  handlePassword(_connection: Connection, user: string, password: string): void {
    this.passwords.push({ user, password });
    this.onPassword?.(user, password);
  }
}
