// A client that behaves, and holds the router to the protocol: every frame must be well-formed to the last byte, come on a link that
// is attached, within the credit and the windows that were given, and speak of deliveries that there are. It shares nothing with
// the engine but the codec, so a misunderstanding of the engine shows.
import { ProtocolId, writeEmptyFrame, writeProtocolHeader } from '../../src/amqp/frames.ts';
import {
  type AmqpPerformative,
  Close,
  Open,
  type Performative,
  SaslInit,
  SaslMechanisms,
  SaslOutcome,
  writeFrame,
  writeSaslFrame,
} from '../../src/amqp/performatives.ts';
import { Writer } from '../../src/amqp/writer.ts';
import { must } from '../target.ts';
import type { ClientEvents } from './client-link.ts';
import { ClientSession } from './client-session.ts';
import { StrictWire } from './strict-wire.ts';

export class StrictClient {
  readonly name: string;
  readonly session: ClientSession;
  isClosing = false;
  isClosed = false;
  readonly #output = new Writer(1024);
  readonly #wire: StrictWire;
  readonly #maxFrameSize: number;
  #isOpen = false;
  #expectsClose = false;
  #heartbeatMs = Number.POSITIVE_INFINITY;
  #lastSentAt = 0;

  /** Opens a connection and a session in one go. */
  constructor(name: string, maxFrameSize: number, events: ClientEvents) {
    this.name = name;
    this.#maxFrameSize = maxFrameSize;
    this.#wire = new StrictWire({
      performative: (performative, channel) => this.#handlePerformative(performative, channel),
      transfer: (transfer, payload) => this.session.handleTransfer(transfer, payload),
    });
    writeProtocolHeader(this.#output, ProtocolId.Sasl);
    writeSaslFrame(this.#output, new SaslInit({ mechanism: 'ANONYMOUS' }));
    writeProtocolHeader(this.#output, ProtocolId.Amqp);
    writeFrame(this.#output, 0, new Open({ containerId: name, maxFrameSize }));
    this.session = new ClientSession(name, this.#output, events);
    this.session.begin();
  }

  close(): void {
    this.isClosing = true;
    writeFrame(this.#output, 0, new Close());
  }

  /** When it wants to say that it is there. */
  get nextDeadline(): number {
    return this.#isOpen && !this.isClosing ? this.#lastSentAt + this.#heartbeatMs : Number.POSITIVE_INFINITY;
  }

  handleTimeout(now: number): void {
    if (now >= this.nextDeadline) writeEmptyFrame(this.#output);
  }

  /** A copy of what is to be written. */
  takeOutput(now: number): Uint8Array | null {
    if (this.#output.position === 0) return null;
    const bytes = this.#output.written().slice();
    this.#output.position = 0;
    this.#lastSentAt = now;
    return bytes;
  }

  // --- what the router says ----------------------------------------------------------------------------------------

  /** The router drains: it may take consumers off, and close, but not before every message has its outcome. */
  expectClose(): void {
    this.#expectsClose = true;
    this.session.expectsDetach = true;
  }

  handleBytes(bytes: Uint8Array): void {
    must(!this.isClosed, 'nothing comes after a close');
    this.#wire.handleBytes(bytes);
  }

  #handlePerformative(performative: Performative, channel: number): void {
    must(!this.isClosed, 'nothing comes after a close');
    must(channel === 0, 'there is one session');
    if (performative instanceof SaslMechanisms) return;
    if (performative instanceof SaslOutcome) {
      must(performative.saslCode === 0, 'anonymous clients are let in');
      this.#wire.stage = 'header';
    } else if (performative instanceof Open) this.#handleOpen(performative);
    else if (performative instanceof Close) this.#handleClose(performative);
    else {
      must(this.#isOpen, 'an open comes first');
      this.session.handlePerformative(performative as AmqpPerformative);
    }
  }

  #handleOpen(open: Open): void {
    must(!this.#isOpen, 'there is one open');
    this.#isOpen = true;
    this.#wire.maxFrameSize = this.#maxFrameSize;
    this.session.remoteMaxFrameSize = open.maxFrameSize ?? 0x7fffffff;
    if (open.idleTimeOut) this.#heartbeatMs = open.idleTimeOut / 2;
  }

  #handleClose({ error }: Close): void {
    const why = `${error?.condition} ${error?.description}`;
    must(this.isClosing || this.#expectsClose, `${this.name} is not closed: ${why}`);
    const { awaited } = this.session;
    must(this.isClosing || awaited === 0, `every message has its outcome before a close: ${awaited} have none`);
    if (!this.isClosing) this.close();
    this.isClosed = true;
  }
}
