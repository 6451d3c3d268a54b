// The management agent: an AMQP container with one connection, whose other end is this router itself.
//
//   $management, _local/$management ──▶ requests ──▶ operations ──▶ replies ──▶ channels ──▶ reply-to
//                                                      ╰─ work: long replies, a slice a turn
//
// It is served in the router's turn: `turn` does what is due, and tells whether there is more to do.
import { type Attach, Open, Source, Target } from '../../amqp/performatives.ts';
import type { Clock } from '../../engine/clock.ts';
import { Connection } from '../../engine/connection.ts';
import type { WriterPool } from '../../engine/output.ts';
import type { ConnectionOwner } from '../../engine/owner.ts';
import type { AgentPort } from './agent-port.ts';
import { EntityTypes } from './entity-types.ts';
import { biteBytes, frameBytesMax, replyBytesMax, replyChannels, replyPatienceMs, sliceApartMs } from './limits.ts';
import { Operations } from './operations.ts';
import { EncodedBody, encodeReply, type Reply, refused } from './reply.ts';
import { ReplyChannel } from './reply-channel.ts';
import type { Request } from './request.ts';
import { RequestReceiver } from './request-receiver.ts';
import { Work } from './work.ts';

interface Outgoing {
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
  readonly done: () => void;
}

export class Agent implements ConnectionOwner {
  readonly connection: Connection;
  readonly types: EntityTypes;
  readonly #clock: Clock;
  readonly #work = new Work(() => this.#setDue());
  readonly #operations: Operations;
  readonly #channels: ReplyChannel[] = [];
  /** Replies that wait for a channel. */
  readonly #outgoing: Outgoing[] = [];
  /** Of replies that wait or are being sent. */
  #replyBytes = 0;
  #channelCount = 0;
  /** When the last slice was done, and how much may still leave until the next one. */
  #slicedAtMs = Number.NEGATIVE_INFINITY;
  #biteLeft = biteBytes;
  /** Something was said, or a reply came to be: {@link turn} is due. */
  isDue = false;
  readonly #onDue: () => void;

  /** @param onDue there is something to do in this turn, or in one that begins now */
  constructor(port: AgentPort, clock: Clock, pool: WriterPool, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
    this.types = new EntityTypes(port);
    this.#operations = new Operations(port, this.types, this.#work);
    this.connection = new Connection(this, {
      open: new Open({
        containerId: `${port.core.self.routerId}.management`,
        maxFrameSize: frameBytesMax,
        channelMax: 255,
      }),
      isInitiator: true,
      sasl: null,
      requiresSasl: false,
      idleTimeoutMs: 0,
      handshakeTimeoutMs: 0,
      maxSessionFrames: 0,
      pool,
      clock,
    });
    this.connection.start();
  }

  // --- the connection ----------------------------------------------------------------------------------------------

  handleOpened(): void {
    const session = this.connection.begin();
    const take = (request: Request, done: () => void): void => this.#handleRequest(request, done);
    for (const address of ['$management', '_local/$management'])
      session?.attachReceiver(address, new RequestReceiver(take), terminiOf(address, null));
    while (this.#channels.length < replyChannels) this.#openChannel();
  }

  #openChannel(): void {
    const channel = new ReplyChannel();
    const name = `replies-${++this.#channelCount}`;
    const link = this.connection.begin()?.attachSender(name, channel, { sndSettleMode: 1, ...terminiOf(null, null) });
    if (link != null) this.#channels.push(channel);
  }

  handleDirty(): void {
    this.#setDue();
  }

  handleDeadline(): void {
    // Nothing of this connection is a matter of time: both ends are here.
  }

  handleAttach(): void {
    // The router attaches nothing to us.
  }

  handleEnded(): void {
    // It lives as long as the router.
  }

  handlePassword(): void {
    // Nobody proves who he is on this connection.
  }

  #setDue(): void {
    if (this.isDue) return;
    this.isDue = true;
    this.#onDue();
  }

  // --- requests and replies ----------------------------------------------------------------------------------------

  #handleRequest(request: Request, done: () => void): void {
    this.#operations.handle(request, (reply) => this.#send(request, reply, done));
    this.#setDue();
  }

  #send(request: Request, reply: Reply, done: () => void): void {
    let pieces = encodeReply(request, reply);
    let bytes = lengthOf(pieces);
    if (this.#replyBytes + bytes > replyBytesMax && reply.body instanceof EncodedBody) {
      pieces = encodeReply(request, refused(500, tooLong));
      bytes = lengthOf(pieces);
    }
    this.#replyBytes += bytes;
    this.#outgoing.push({ pieces, bytes, done });
    this.#setDue();
  }

  // --- turns -------------------------------------------------------------------------------------------------------

  /** Does what is due: a slice of the work, and what of the replies can leave. */
  turn(): void {
    this.isDue = false;
    const { nowMs } = this.#clock;
    if (nowMs - this.#slicedAtMs >= sliceApartMs) {
      this.#slicedAtMs = nowMs;
      this.#biteLeft = biteBytes;
      this.#work.step();
    }
    for (const channel of [...this.#channels]) this.#pump(channel, nowMs);
  }

  #pump(channel: ReplyChannel, nowMs: number): void {
    for (;;) {
      if (!channel.isBusy && channel.isUp) this.#feed(channel);
      if (!channel.isBusy || this.#biteLeft <= 0) break;
      const sent = channel.pump(nowMs, this.#biteLeft);
      this.#biteLeft -= sent;
      if (sent === 0) break;
    }
    if (channel.isBusy && nowMs - channel.movedAtMs >= replyPatienceMs) this.#replace(channel);
  }

  #feed(channel: ReplyChannel): void {
    const next = this.#outgoing.shift();
    if (next === undefined) return;
    const handleSent = (): void => {
      this.#replyBytes -= next.bytes;
      next.done();
    };
    channel.take(next.pieces, handleSent, this.#clock.nowMs);
  }

  /** Whoever asked does not read: the rest of the reply is dropped, and another channel takes the place of this one. */
  #replace(channel: ReplyChannel): void {
    this.#channels.splice(this.#channels.indexOf(channel), 1);
    channel.giveUp();
    this.#openChannel();
  }

  /** When {@link turn} is due though nothing happens, monotonic milliseconds; Infinity for never. */
  get nextDeadline(): number {
    const nextSliceAt = this.#slicedAtMs + sliceApartMs;
    if (!this.#work.isIdle) return nextSliceAt;
    let next = Number.POSITIVE_INFINITY;
    for (const channel of this.#channels) {
      if (channel.canSend) return nextSliceAt;
      if (channel.isBusy) next = Math.min(next, channel.movedAtMs + replyPatienceMs);
    }
    return next;
  }
}

const tooLong = 'Too many long replies are under way: ask later, or for less at a time with offset and count';

function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

function terminiOf(source: string | null, target: string | null): Partial<Attach> {
  return { source: new Source({ address: source }), target: new Target({ address: target }) };
}
