// One AMQP connection (§2.4). Does no I/O and reads no clock.
//
//   A. state     getters
//   B. handle…   things that happened: handleBytes, handleTimeout, handleClosed
//   C. verbs     what the owner wants: open, begin, fail, close
//   D. output    endTurn, takeOutput, nextDeadline
//
//   input:  Header ─▶ (SaslFrames ─▶ SaslWaiting ─▶ Header) ─▶ Open ─▶ Opened ─▶ Closing ─▶ Ended
//
// `now` is monotonic milliseconds and never goes backwards.
import { DecodeError } from '../amqp/decode-error.ts';
import { DispositionFields, decodeDisposition } from '../amqp/disposition.ts';
import { decodeFlow, FlowFields } from '../amqp/flow.ts';
import { FrameType, ProtocolId, readPerformativeCode, writeEmptyFrame, writeProtocolHeader } from '../amqp/frames.ts';
import {
  type Attach,
  type Begin,
  Close,
  Code,
  type Detach,
  decodePerformative,
  type End,
  type ErrorInfo,
  type Open,
  type Performative,
  writeFrame,
  writeSaslFrame,
} from '../amqp/performatives.ts';
import { TransferFields } from '../amqp/transfer.ts';
import type { Writer } from '../amqp/writer.ts';
import type { DeadlineOwner } from '../kit/deadlines.ts';
import { amqpError, Condition } from './conditions.ts';
import { FrameAssembler } from './frame-assembler.ts';
import {
  closeTimeoutMs,
  handshakeTimeoutMs,
  maxFrameSizeMin,
  nameLengthMax,
  outputBacklogBytes,
  outputTurnBytes,
  saslFrameBytesMax,
  stalledWriteMs,
} from './limits.ts';
import type { Link } from './link.ts';
import type { WriterPool } from './output.ts';
import type { ConnectionOwner } from './owner.ts';
import type { SaslClient } from './sasl/client.ts';
import type { SaslServer } from './sasl/server.ts';
import { Session } from './session.ts';

const Phase = { Header: 0, SaslFrames: 1, SaslWaiting: 2, Open: 3, Opened: 4, Closing: 5, Ended: 6 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** What a connection needs to know of its configuration. */
export interface ConnectionOptions {
  /** Our Open; sent when the peer's protocol header has been seen. Its maxFrameSize, channelMax and idleTimeOut rule us. */
  readonly open: Open;
  /** We dialled, so we speak first. */
  readonly isInitiator: boolean;
  /** The SASL layer to offer or to use; null when there is none. */
  readonly sasl: SaslServer | SaslClient | null;
  /** A peer that skips SASL is turned away. */
  readonly requiresSasl: boolean;
  /** Silence after which the connection is closed, 0 = never. */
  readonly idleTimeoutMs: number;
  /** Time up to the peer's Open, 0 = {@link handshakeTimeoutMs}. */
  readonly handshakeTimeoutMs: number;
  /** A session's incoming window in frames, 0 = by bytes. */
  readonly maxSessionFrames: number;
  readonly pool: WriterPool;
  readonly now: number;
}

// Scratch of the decoders: only alive within one call of handleBytes, so every connection of a thread may share them.
const transferScratch = new TransferFields();
const flowScratch = new FlowFields();
const dispositionScratch = new DispositionFields();

export class Connection implements DeadlineOwner {
  readonly owner: ConnectionOwner;
  readonly options: ConnectionOptions;
  readonly transferFields = transferScratch;

  deadlineAt = 0;
  deadlineIndex = -1;

  /** §2.7.1 of the peer; 512 until its Open came. */
  remoteMaxFrameSize = maxFrameSizeMin;
  remoteChannelMax = 0xffff;
  remoteContainerId = '';
  /** The coarse clock of the unsettled deliveries. */
  nowSeconds = 0;
  /** The name that SASL proved, '' when none. */
  user = '';
  /** SASL mechanism in use, '' when SASL was skipped. */
  mechanism = '';
  /** Somebody waits for room: tell the owner when a write has drained or a window opened. */
  onRoom: (() => void) | null = null;

  #phase: Phase = Phase.Header;
  readonly #frames = new FrameAssembler();
  readonly #sessions: (Session | undefined)[] = [];
  readonly #sessionsByRemote: (Session | undefined)[] = [];
  #sessionCount = 0;
  #linkNames: Map<string, Link> | null = null;
  #sessionsDue: Session[] = [];
  #held: Uint8Array | null = null;

  #writer: Writer | null = null;
  #inFlight: Writer | null = null;
  #inFlightSince = 0;
  #isDirty = false;
  #isOpenSent = false;
  #isOver = false;
  #remoteIdleMs = 0;
  #lastReceivedAt: number;
  #lastSentAt: number;
  readonly #startedAt: number;
  #closingAt = 0;
  #now: number;
  #lastError: ErrorInfo | null = null;

  constructor(owner: ConnectionOwner, options: ConnectionOptions) {
    this.owner = owner;
    this.options = options;
    this.#now = this.#startedAt = this.#lastReceivedAt = this.#lastSentAt = options.now;
    this.nowSeconds = (options.now / 1000) | 0;
  }

  /** An initiator speaks first: call once, after construction. */
  start(): void {
    if (!this.options.isInitiator) return;
    if (this.options.sasl !== null) writeProtocolHeader(this.output(), ProtocolId.Sasl);
    else this.#sendOpen();
  }

  // --- A. state ----------------------------------------------------------------------------------------------------

  get isOpened(): boolean {
    return this.#phase === Phase.Opened;
  }

  /** A delivery may begin: the last write has drained, and this turn's share is not used up. hot */
  get hasRoom(): boolean {
    return this.#inFlight === null && (this.#writer === null || this.#writer.position < outputTurnBytes);
  }

  /** False while the host is to stop reading. */
  get wantsBytes(): boolean {
    if (this.#phase === Phase.SaslWaiting) return false;
    return this.#inFlight === null || this.#writer === null || this.#writer.position < outputBacklogBytes;
  }

  /** Once its output is written the transport is to be ended. */
  get isFinished(): boolean {
    return this.#phase === Phase.Ended;
  }

  get maxFrameSize(): number {
    return this.options.open.maxFrameSize as number;
  }

  get maxSessionFrames(): number {
    return this.options.maxSessionFrames;
  }

  get sessionCount(): number {
    return this.#sessionCount;
  }

  get linkCount(): number {
    return this.#linkNames === null ? 0 : this.#linkNames.size;
  }

  get sessions(): Session[] {
    return this.#sessions.filter((session): session is Session => session !== undefined && !session.isEnding);
  }

  /** The connection's error, whoever named it. */
  get lastError(): ErrorInfo | null {
    return this.#lastError;
  }

  /** The monotonic time of this turn. */
  get now(): number {
    return this.#now;
  }

  // --- B. what happened --------------------------------------------------------------------------------------------

  /** Bytes came. They are borrowed: nothing keeps them after the call. */
  handleBytes(bytes: Uint8Array, now: number): void {
    this.#setNow(now);
    this.#lastReceivedAt = now;
    if (this.#phase === Phase.SaslWaiting) this.#hold(bytes);
    else this.#readAll(bytes);
  }

  /** The transport is gone. */
  handleClosed(now: number): void {
    this.#setNow(now);
    this.#finish(null, 'loss');
  }

  /** Checks every timeout. */
  handleTimeout(now: number): void {
    this.#setNow(now);
    const { idleTimeoutMs } = this.options;
    if (this.#phase === Phase.Ended) return;
    if (this.#phase === Phase.Closing) {
      if (now - this.#closingAt >= closeTimeoutMs) this.#finish(null, 'us');
    } else if (this.#inFlight !== null && now - this.#inFlightSince >= stalledWriteMs) {
      this.#lastError = amqpError(
        Condition.ResourceLimitExceeded,
        `nothing was read from us for ${stalledWriteMs / 1000} s`,
      );
      this.#finish(this.#lastError, 'us');
    } else if (this.#phase < Phase.Opened && now - this.#startedAt >= this.#handshakeMs) {
      this.fail(amqpError(Condition.NotAllowed, 'Timeout waiting for initial handshake'));
    } else if (idleTimeoutMs > 0 && now - this.#lastReceivedAt >= idleTimeoutMs) {
      this.fail(amqpError(Condition.ResourceLimitExceeded, 'local-idle-timeout expired'));
    } else if (this.#isHeartbeatDue(now)) {
      writeEmptyFrame(this.output());
    }
  }

  #isHeartbeatDue(now: number): boolean {
    if (this.#remoteIdleMs === 0 || !this.#isOpenSent || this.#inFlight !== null || this.#writer !== null) return false;
    return now - this.#lastSentAt >= this.#remoteIdleMs;
  }

  get #handshakeMs(): number {
    return this.options.handshakeTimeoutMs || handshakeTimeoutMs;
  }

  /** A write has drained or a session window opened. */
  handleRoom(): void {
    this.onRoom?.();
  }

  // --- C. verbs ----------------------------------------------------------------------------------------------------

  /** Begins a session from our side; null when the peer allows no more. */
  begin(): Session | null {
    const channel = this.#freeChannel();
    if (channel > Math.min(this.remoteChannelMax, this.options.open.channelMax as number)) return null;
    const session = new Session(this, channel);
    this.#sessions[channel] = session;
    this.#sessionCount++;
    session.begin();
    return session;
  }

  /** Closes from our side, with an error or without, and waits a little for the peer's Close. */
  close(error: ErrorInfo | null): void {
    if (this.#phase >= Phase.Closing) return;
    this.#lastError ??= error;
    const wasHeard = this.#phase >= Phase.Open || this.#isOpenSent;
    this.#loseSessions(error);
    if (wasHeard) {
      if (!this.#isOpenSent) this.#sendOpen();
      writeFrame(this.output(), 0, new Close({ error }));
    }
    this.#phase = Phase.Closing;
    this.#closingAt = this.#now;
    this.owner.handleDeadline(this);
    if (!wasHeard) this.#finish(error, 'us');
  }

  /** The peer broke the protocol beyond repair: says so and ends; what it sends is not read any more. */
  fail(error: ErrorInfo): void {
    if (this.#phase >= Phase.Closing) return;
    this.#lastError = error;
    const { isInitiator } = this.options;
    this.#loseSessions(error);
    if (this.#phase >= Phase.Open || this.#isOpenSent) {
      if (!this.#isOpenSent) this.#sendOpen();
      writeFrame(this.output(), 0, new Close({ error }));
    } else if (!isInitiator && this.#phase === Phase.Header) {
      // §2.2: a header that we do not take is answered with the one that we do.
      writeProtocolHeader(this.output(), this.options.requiresSasl ? ProtocolId.Sasl : ProtocolId.Amqp);
    }
    this.#finish(error, 'us');
  }

  /** The host's answer to `owner.handlePassword`. */
  saslVerified(valid: boolean, now: number): void {
    if (this.#phase !== Phase.SaslWaiting) return;
    this.#setNow(now);
    this.#phase = Phase.SaslFrames;
    const server = this.options.sasl as SaslServer;
    this.#saslStep(server.verified(valid), server);
    const held = this.#held;
    this.#held = null;
    if (held !== null) this.#readAll(held);
    this.#markDirty();
  }

  // --- D. output ---------------------------------------------------------------------------------------------------

  /** The buffer to append frames to. hot */
  output(): Writer {
    if (this.#writer === null) this.#writer = this.options.pool.take();
    if (!this.#isDirty) this.#markDirty();
    return this.#writer;
  }

  /** Writes what the turn gathered. Called by the owner once a turn when dirty. */
  endTurn(): void {
    this.#isDirty = false;
    if (this.#phase === Phase.Ended) return;
    const due = this.#sessionsDue;
    for (let at = 0; at < due.length; at++) (due[at] as Session).endTurn();
    due.length = 0;
    this.#isDirty = false;
  }

  /** The bytes to write, or null: one write at a time, until {@link outputWritten}. */
  takeOutput(): Uint8Array | null {
    const writer = this.#writer;
    if (this.#inFlight !== null || writer === null || writer.position === 0) return null;
    this.#inFlight = writer;
    this.#writer = null;
    this.#inFlightSince = this.#lastSentAt = this.#now;
    return writer.written();
  }

  /** The bytes last taken have gone. More may be due: those that waited for room are told. */
  outputWritten(now: number): void {
    this.#setNow(now);
    const writer = this.#inFlight;
    if (writer === null) return;
    this.#inFlight = null;
    this.options.pool.give(writer);
    if (this.#writer !== null) this.#markDirty();
    this.onRoom?.();
  }

  /** Bytes that wait to be written. */
  get outputBytes(): number {
    return (
      (this.#writer === null ? 0 : this.#writer.position) + (this.#inFlight === null ? 0 : this.#inFlight.position)
    );
  }

  /** When {@link handleTimeout} wants to be called next, Infinity for never. */
  get nextDeadline(): number {
    if (this.#phase === Phase.Ended) return Number.POSITIVE_INFINITY;
    if (this.#phase === Phase.Closing) return this.#closingAt + closeTimeoutMs;
    let next = Number.POSITIVE_INFINITY;
    if (this.#phase < Phase.Opened) next = this.#startedAt + this.#handshakeMs;
    if (this.options.idleTimeoutMs > 0) next = Math.min(next, this.#lastReceivedAt + this.options.idleTimeoutMs);
    if (this.#remoteIdleMs > 0) next = Math.min(next, this.#lastSentAt + this.#remoteIdleMs);
    if (this.#inFlight !== null) next = Math.min(next, this.#inFlightSince + stalledWriteMs);
    // A write under way holds back the heartbeat: look again, but do not spin.
    return next > this.#now ? next : this.#now + 250;
  }

  // --- for sessions and links --------------------------------------------------------------------------------------

  sessionDue(session: Session): void {
    this.#sessionsDue.push(session);
    if (!this.#isDirty) this.#markDirty();
  }

  /** `peerReceives`: the role of the peer in the link asked for. */
  linkNamed(name: string, peerReceives: boolean): Link | undefined {
    return this.#linkNames?.get(peerReceives ? `>${name}` : `<${name}`);
  }

  rememberName(link: Link): void {
    this.#linkNames ??= new Map();
    this.#linkNames.set(link.isIncoming ? `<${link.name}` : `>${link.name}`, link);
  }

  forgetName(link: Link): void {
    const key = link.isIncoming ? `<${link.name}` : `>${link.name}`;
    if (this.#linkNames?.get(key) === link) this.#linkNames.delete(key);
  }

  countSessionError(error: ErrorInfo | null): void {
    this.#lastError = error ?? this.#lastError;
  }

  // --- input -------------------------------------------------------------------------------------------------------

  #setNow(now: number): void {
    this.#now = now;
    this.nowSeconds = (now / 1000) | 0;
  }

  #readAll(bytes: Uint8Array): void {
    try {
      this.#read(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.fail(amqpError(Condition.DecodeError, error.message));
    }
  }

  #read(bytes: Uint8Array): void {
    const frames = this.#frames;
    let at = 0;
    while (at < bytes.length && this.#phase !== Phase.Ended) {
      if (this.#phase === Phase.SaslWaiting) return this.#hold(bytes.subarray(at));
      if (this.#phase === Phase.Header) {
        at = frames.fillHeader(bytes, at);
        if (frames.isHeaderComplete) this.#handleHeader(frames.takeHeader());
        continue;
      }
      at = frames.isPartial ? this.#readPartial(bytes, at) : this.#readFrames(bytes, at);
    }
  }

  /** Whole frames straight from the chunk just read; the rest of a frame at its end is kept. hot */
  #readFrames(bytes: Uint8Array, start: number): number {
    const end = bytes.length;
    const sizeMax = this.#frameSizeMax;
    let at = start;
    while (end - at >= 8) {
      const size =
        ((bytes[at] as number) << 24) |
        ((bytes[at + 1] as number) << 16) |
        ((bytes[at + 2] as number) << 8) |
        (bytes[at + 3] as number);
      if (size < 8 || size > sizeMax) {
        this.#failFrameSize(size >>> 0, sizeMax);
        return end;
      }
      if (end - at < size) break;
      const phase = this.#phase;
      this.#handleFrame(bytes, at, at + size);
      at += size;
      if (this.#phase !== phase) return at;
    }
    if (at < end) this.#frames.keep(bytes, at, sizeMax);
    return end;
  }

  /** Completes the frame that an earlier chunk began. */
  #readPartial(bytes: Uint8Array, start: number): number {
    const frames = this.#frames;
    const at = frames.fill(bytes, start);
    const sizeMax = this.#frameSizeMax;
    if (frames.isSizeKnown && (frames.size < 8 || frames.size > sizeMax)) {
      this.#failFrameSize(frames.size, sizeMax);
      return bytes.length;
    }
    if (frames.isComplete) {
      const frame = frames.take();
      this.#handleFrame(frame, 0, frame.length);
    }
    return at;
  }

  get #frameSizeMax(): number {
    return this.#phase === Phase.SaslFrames ? saslFrameBytesMax : this.maxFrameSize;
  }

  #failFrameSize(size: number, sizeMax: number): void {
    this.fail(amqpError(Condition.FramingError, `frame of ${size} bytes, allowed are 8 to ${sizeMax}`));
  }

  /** hot */
  #handleFrame(bytes: Uint8Array, start: number, end: number): void {
    const dataOffset = (bytes[start + 4] as number) * 4;
    const type = bytes[start + 5] as number;
    const channel = ((bytes[start + 6] as number) << 8) | (bytes[start + 7] as number);
    const body = start + dataOffset;
    if (dataOffset < 8 || body > end) {
      this.fail(amqpError(Condition.FramingError, `data offset ${dataOffset} outside the frame`));
      return;
    }
    if (this.#phase === Phase.SaslFrames) {
      if (type !== FrameType.Sasl) this.fail(amqpError(Condition.FramingError, `frame of type ${type} within SASL`));
      else this.#handleSasl(decodePerformative(bytes, body, end));
      return;
    }
    if (type !== FrameType.Amqp) {
      this.fail(amqpError(Condition.FramingError, `unknown frame type ${type}`));
      return;
    }
    if (body === end) return; // an empty frame: a heartbeat (§2.4.5)
    const code = readPerformativeCode(bytes, body, end);
    if (this.#phase === Phase.Opened) {
      switch (code) {
        case Code.Transfer: {
          const session = this.#sessionOn(channel);
          if (session !== null) session.handleTransfer(bytes, body, end);
          return;
        }
        case Code.Disposition: {
          const session = this.#sessionOn(channel);
          if (session === null) return;
          decodeDisposition(bytes, body, end, dispositionScratch);
          session.handleDisposition(dispositionScratch, bytes);
          return;
        }
        case Code.Flow: {
          const session = this.#sessionOn(channel);
          if (session === null) return;
          decodeFlow(bytes, body, end, flowScratch);
          session.handleFlow(flowScratch);
          return;
        }
      }
    }
    this.#handleControl(code, decodePerformative(bytes, body, end), channel);
  }

  /** The session on the peer's channel; null when it is to be ignored, or when the connection has failed for it. */
  #sessionOn(channel: number): Session | null {
    const session = this.#sessionsByRemote[channel];
    if (session === undefined) {
      this.fail(amqpError(Condition.NotAllowed, `frame on channel ${channel}, where no session has begun`));
      return null;
    }
    return session.isEnding ? null : session;
  }

  #handleControl(code: number, performative: Performative, channel: number): void {
    if (this.#phase === Phase.Closing) {
      if (code === Code.Close) this.#finish(null, 'us');
      return;
    }
    if (this.#phase === Phase.Open) {
      if (code === Code.Open) this.#handleOpen(performative as Open);
      else if (code === Code.Close) this.#handleClose(performative as Close);
      else this.fail(amqpError(Condition.NotAllowed, 'the first frame of a connection is an Open (§2.4.1)'));
      return;
    }
    switch (code) {
      case Code.Open:
        this.fail(amqpError(Condition.NotAllowed, 'a second Open on one connection'));
        return;
      case Code.Begin:
        this.#handleBegin(performative as Begin, channel);
        return;
      case Code.Close:
        this.#handleClose(performative as Close);
        return;
      case Code.Attach:
        if ((performative as Attach).name.length > nameLengthMax) {
          this.fail(amqpError(Condition.InvalidField, `link name longer than ${nameLengthMax} characters`));
          return;
        }
        this.#sessionOn(channel)?.handleAttach(performative as Attach);
        return;
      case Code.Detach:
        this.#sessionOn(channel)?.handleDetach(performative as Detach);
        return;
      case Code.End:
        this.#handleEnd(performative as End, channel);
        return;
      default:
        this.fail(amqpError(Condition.NotAllowed, `performative 0x${code.toString(16)} within a session`));
    }
  }

  #handleHeader(header: Uint8Array): void {
    const id = header[4] as number;
    const isAmqp =
      header[0] === 0x41 &&
      header[1] === 0x4d &&
      header[2] === 0x51 &&
      header[3] === 0x50 &&
      header[5] === 1 &&
      header[6] === 0 &&
      header[7] === 0;
    const { isInitiator, sasl, requiresSasl } = this.options;
    if (isAmqp && id === ProtocolId.Sasl && sasl !== null && this.mechanism === '') {
      if (!isInitiator) {
        writeProtocolHeader(this.output(), ProtocolId.Sasl);
        writeSaslFrame(this.output(), (sasl as SaslServer).mechanisms());
      }
      this.#phase = Phase.SaslFrames;
      return;
    }
    if (isAmqp && id === ProtocolId.Amqp) {
      if (isInitiator && sasl !== null && this.mechanism === '') {
        this.fail(amqpError(Condition.UnauthorizedAccess, 'the peer does not speak SASL'));
        return;
      }
      if (requiresSasl && this.mechanism === '') {
        this.fail(amqpError(Condition.UnauthorizedAccess, 'Client skipped authentication - forbidden'));
        return;
      }
      this.#phase = Phase.Open;
      if (!isInitiator) writeProtocolHeader(this.output(), ProtocolId.Amqp);
      return;
    }
    this.fail(amqpError(Condition.FramingError, 'unknown protocol header'));
  }

  // --- SASL --------------------------------------------------------------------------------------------------------

  #handleSasl(performative: Performative): void {
    const sasl = this.options.sasl as SaslServer | SaslClient;
    this.#saslStep(sasl.handleFrame(performative), sasl);
  }

  #saslStep(step: ReturnType<SaslServer['handleFrame']>, sasl: SaslServer | SaslClient): void {
    if (step.reply !== null) writeSaslFrame(this.output(), step.reply);
    switch (step.next) {
      case 'go-on':
        return;
      case 'verify':
        this.#phase = Phase.SaslWaiting;
        this.owner.handlePassword(this, step.user, step.password);
        return;
      case 'done':
        this.mechanism = sasl.mechanism;
        this.user = sasl.user;
        this.#phase = Phase.Header;
        this.#frames.resetHeader();
        if (this.options.isInitiator) this.#sendOpen();
        return;
      case 'failed':
        this.#lastError = amqpError(Condition.UnauthorizedAccess, step.reason);
        this.#finish(this.#lastError, 'us');
    }
  }

  /** Bytes that came while a password is being verified (pipelined openings). */
  #hold(bytes: Uint8Array): void {
    const former = this.#held;
    const held = new Uint8Array((former === null ? 0 : former.length) + bytes.length);
    if (former !== null) held.set(former);
    held.set(bytes, former === null ? 0 : former.length);
    this.#held = held;
  }

  // --- open, begin, end, close -------------------------------------------------------------------------------------

  #sendOpen(): void {
    this.#isOpenSent = true;
    if (this.options.isInitiator) writeProtocolHeader(this.output(), ProtocolId.Amqp);
    writeFrame(this.output(), 0, this.options.open);
  }

  #handleOpen(open: Open): void {
    const { maxFrameSize, channelMax, idleTimeOut } = open;
    if (maxFrameSize !== null && maxFrameSize < maxFrameSizeMin) {
      this.fail(
        amqpError(Condition.InvalidField, `max-frame-size ${maxFrameSize} is below ${maxFrameSizeMin} (§2.7.1)`),
      );
      return;
    }
    this.remoteMaxFrameSize = Math.min(maxFrameSize ?? 0x7fffffff, 0x7fffffff);
    this.remoteChannelMax = channelMax ?? 0xffff;
    this.remoteContainerId = open.containerId;
    // Half of what the peer tolerates, so that one late timer does not cost the connection (§2.4.5).
    this.#remoteIdleMs = idleTimeOut === null || idleTimeOut === 0 ? 0 : Math.max(1, idleTimeOut / 2);
    if (!this.#isOpenSent) this.#sendOpen();
    this.#phase = Phase.Opened;
    this.owner.handleDeadline(this);
    this.owner.handleOpened(this, open);
  }

  #handleBegin(begin: Begin, channel: number): void {
    const channelMax = this.options.open.channelMax as number;
    if (channel > channelMax) {
      this.fail(amqpError(Condition.FramingError, `channel ${channel} is above channel-max ${channelMax} (§2.7.1)`));
      return;
    }
    const current = this.#sessionsByRemote[channel];
    if (current !== undefined) {
      this.fail(amqpError(Condition.NotAllowed, `a session has begun on channel ${channel} already`));
      return;
    }
    if (begin.remoteChannel !== null) {
      const session = this.#sessions[begin.remoteChannel];
      if (session === undefined || session.remoteChannel >= 0) {
        this.fail(
          amqpError(Condition.NotAllowed, `begin answers channel ${begin.remoteChannel}, where nothing was begun`),
        );
        return;
      }
      this.#sessionsByRemote[channel] = session;
      session.handleBegin(begin, channel);
      return;
    }
    const session = new Session(this, this.#freeChannel());
    this.#sessions[session.channel] = session;
    this.#sessionsByRemote[channel] = session;
    this.#sessionCount++;
    session.handleBegin(begin, channel);
  }

  #handleEnd(end: End, channel: number): void {
    const session = this.#sessionsByRemote[channel];
    if (session === undefined) {
      this.fail(amqpError(Condition.NotAllowed, `end on channel ${channel}, where no session has begun`));
      return;
    }
    session.handleEnd(end);
    this.#sessions[session.channel] = undefined;
    this.#sessionsByRemote[channel] = undefined;
    this.#sessionCount--;
  }

  #freeChannel(): number {
    const free = this.#sessionCount === this.#sessions.length ? -1 : this.#sessions.indexOf(undefined);
    return free < 0 ? this.#sessions.length : free;
  }

  #handleClose(close: Close): void {
    this.#lastError = close.error;
    this.#loseSessions(close.error);
    if (!this.#isOpenSent) this.#sendOpen();
    writeFrame(this.output(), 0, new Close());
    this.#finish(close.error, 'peer');
  }

  #loseSessions(error: ErrorInfo | null): void {
    for (const session of this.#sessions) session?.handleLost(error);
    this.#sessions.length = 0;
    this.#sessionsByRemote.length = 0;
    this.#sessionsDue.length = 0;
    this.#sessionCount = 0;
  }

  /** The protocol is over: only output that is due may still be written. */
  #finish(error: ErrorInfo | null, by: 'peer' | 'us' | 'loss'): void {
    this.#loseSessions(error);
    this.#phase = Phase.Ended;
    this.#markDirty();
    this.onRoom = null;
    this.#held = null;
    if (this.#isOver) return;
    this.#isOver = true;
    this.owner.handleEnded(this, error ?? this.#lastError, by);
  }

  #markDirty(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.owner.handleDirty(this);
  }
}
