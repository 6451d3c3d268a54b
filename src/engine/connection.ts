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
import { checkOpen } from './check-open.ts';
import type { Clock } from './clock.ts';
import { amqpError, Condition } from './conditions.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { ConnectionOutput } from './connection-output.ts';
import { ConnectionSessions } from './connection-sessions.ts';
import { Identities } from './identities.ts';
import type { WindowKind } from './incoming-window.ts';
import { Expecting, Input, type InputOwner } from './input.ts';
import { maxFrameSizeMin, nameLengthMax, saslFrameBytesMax, transferFrameBytesMax } from './limits.ts';
import { LinkNames } from './link-names.ts';
import type { ConnectionOwner } from './owner.ts';
import { judgeHeader } from './protocol-header.ts';
import type { SaslClient } from './sasl/client.ts';
import type { SaslServer } from './sasl/server.ts';
import type { SaslStep } from './sasl/step.ts';
import type { Session } from './session.ts';
import { SettleTimes } from './settle-times.ts';
import { handshakeTooSlow, notRead, type Stage, Timeouts, tooSilent } from './timeouts.ts';
import { findUnsent } from './unsent.ts';

const Phase = { Header: 0, SaslFrames: 1, SaslWaiting: 2, Open: 3, Opened: 4, Closing: 5, Ended: 6 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** What the bytes are in each phase. */
const expectingIn: Record<Phase, Expecting> = {
  [Phase.Header]: Expecting.Header,
  [Phase.SaslFrames]: Expecting.Frames,
  [Phase.SaslWaiting]: Expecting.Later,
  [Phase.Open]: Expecting.Frames,
  [Phase.Opened]: Expecting.Frames,
  [Phase.Closing]: Expecting.Frames,
  [Phase.Ended]: Expecting.Nothing,
};

// Scratch of the decoders: only alive within one call of handleBytes, so every connection of a thread may share them.
const transferScratch = new TransferFields();
const flowScratch = new FlowFields();
const dispositionScratch = new DispositionFields();

export class Connection implements InputOwner {
  readonly owner: ConnectionOwner;
  readonly options: ConnectionOptions;
  readonly clock: Clock;
  readonly settleTimes: SettleTimes;
  readonly transferFields = transferScratch;
  readonly names = new LinkNames();
  /** Numbers for the links. */
  readonly identities: Identities;

  /** What the next bytes are. */
  expecting: Expecting = Expecting.Header;
  /** §2.7.1 of the peer; 512 until its Open came. */
  remoteMaxFrameSize = maxFrameSizeMin;
  /** The largest frame of a delivery that we write. */
  transferFrameSize = maxFrameSizeMin;
  remoteChannelMax = 0xffff;
  remoteContainerId = '';
  /** Links of all sessions, those included that wait for the peer's detach. */
  linkCount = 0;
  /** When a delivery last began, in either direction, monotonic milliseconds; -1 before the first. */
  deliveredAtMs = -1;
  /** The name that SASL proved, '' when none. */
  user = '';
  /** SASL mechanism in use, '' when SASL was skipped. */
  mechanism = '';
  /** The most frames of a session's incoming window, 0 = bounded by bytes alone. May change until the first session begins. */
  maxSessionFrames: number;
  /** Somebody waits for room: tell the owner when a write has drained or a window opened. */
  onRoom: (() => void) | null = null;

  #phase: Phase = Phase.Header;
  readonly #input: Input;
  readonly #output: ConnectionOutput;
  readonly #timeouts: Timeouts;
  readonly #sessions = new ConnectionSessions(this);
  #isDirty = false;
  #isOpenSent = false;
  #isOver = false;
  #lastError: ErrorInfo | null = null;
  #faultDue: ErrorInfo | null = null;

  constructor(owner: ConnectionOwner, options: ConnectionOptions) {
    this.owner = owner;
    this.options = options;
    this.maxSessionFrames = options.maxSessionFrames;
    this.identities = options.identities ?? new Identities();
    this.#input = new Input(this, options.pool.blocks);
    this.clock = options.clock;
    this.settleTimes = options.settleTimes ?? new SettleTimes();
    this.#output = new ConnectionOutput(options.pool, this.clock.nowMs);
    this.#timeouts = new Timeouts(options, this.#output);
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
    return this.#output.hasRoom;
  }

  /** False while the host is to stop reading. */
  get wantsBytes(): boolean {
    return this.#phase !== Phase.SaslWaiting && !this.#output.isBackedUp;
  }

  /** Once its output is written the transport is to be ended. */
  get isFinished(): boolean {
    return this.#phase === Phase.Ended;
  }

  /** The time of the turn in whole seconds. */
  get nowSeconds(): number {
    return this.clock.nowSeconds;
  }

  get maxFrameSize(): number {
    return this.options.open.maxFrameSize as number;
  }

  /** Of frames that come in now. */
  get frameSizeMax(): number {
    return this.#phase === Phase.SaslFrames ? saslFrameBytesMax : this.maxFrameSize;
  }

  get sessionCount(): number {
    return this.#sessions.count;
  }

  /** Sessions that share our incoming window, see incoming-window.ts. hot: once a turn and session */
  get sharingSessions(): number {
    return this.#sessions.sharing;
  }

  /** Sessions that have not ended. Cold. */
  get sessions(): Session[] {
    return this.#sessions.all.filter((session) => !session.isEnding);
  }

  /** The connection's error, whoever named it. */
  get lastError(): ErrorInfo | null {
    return this.#lastError;
  }

  // --- B. what happened --------------------------------------------------------------------------------------------

  /** Bytes came. They are borrowed: nothing keeps them after the call. */
  handleBytes(bytes: Uint8Array, now: number): void {
    this.clock.set(now);
    this.#timeouts.lastReceivedAt = now;
    this.#read(bytes);
  }

  /** The transport is gone. */
  handleClosed(now: number): void {
    this.clock.set(now);
    const unsent = this.#output.takeBack();
    if (unsent !== null) findUnsent(unsent, this.#sessions);
    this.#finish(null, 'loss');
  }

  /** Checks every timeout. */
  handleTimeout(now: number): void {
    this.clock.set(now);
    switch (this.#timeouts.due(now, this.#stage, this.wantsBytes, this.#isOpenSent)) {
      case 'end':
        return this.#finish(null, 'us');
      case 'stalled':
        this.#lastError = notRead;
        return this.#finish(notRead, 'us');
      case 'handshake':
        return this.fail(handshakeTooSlow);
      case 'silence':
        return this.fail(tooSilent);
      case 'heartbeat':
        writeEmptyFrame(this.output());
    }
    for (const session of this.#sessions.all) session.rest();
  }

  get #stage(): Stage {
    if (this.#phase < Phase.Opened) return 'opening';
    return this.#phase === Phase.Opened ? 'open' : this.#phase === Phase.Closing ? 'closing' : 'ended';
  }

  /** A write has drained or a session window opened. */
  handleRoom(): void {
    this.onRoom?.();
  }

  // --- C. verbs ----------------------------------------------------------------------------------------------------

  /** Begins a session from our side; null when the peer allows no more. */
  begin(windowKind: WindowKind = 'share'): Session | null {
    return this.#sessions.begin(windowKind);
  }

  /** Closes from our side, with an error or without, and waits a little for the peer's Close. */
  close(error: ErrorInfo | null): void {
    if (this.#phase >= Phase.Closing) return;
    this.#lastError ??= error;
    const wasHeard = this.#phase >= Phase.Open || this.#isOpenSent;
    this.#sessions.lose(error);
    if (!wasHeard) {
      this.#finish(error, 'us');
      return;
    }
    if (!this.#isOpenSent) this.#sendOpen();
    writeFrame(this.output(), 0, new Close({ error }));
    this.#enter(Phase.Closing);
    this.#timeouts.closingAt = this.clock.nowMs;
    this.owner.handleDeadline(this);
  }

  /** The peer broke the protocol beyond repair: says so and ends; what it sends is not read any more. */
  fail(error: ErrorInfo): void {
    if (this.#phase >= Phase.Closing) return;
    this.#lastError = error;
    this.#sessions.lose(error);
    if (this.#phase >= Phase.Open || this.#isOpenSent) {
      if (!this.#isOpenSent) this.#sendOpen();
      writeFrame(this.output(), 0, new Close({ error }));
    }
    this.#finish(error, 'us');
  }

  /** As {@link fail}, once the frame or the turn under way is through: for those who are in the midst of something. */
  failSoon(error: ErrorInfo): void {
    this.#faultDue ??= error;
    this.#markDirty();
  }

  /** The host's answer to `owner.handlePassword`. */
  saslVerified(valid: boolean, now: number): void {
    if (this.#phase !== Phase.SaslWaiting) return;
    this.clock.set(now);
    this.#enter(Phase.SaslFrames);
    // While we did not read, silence was ours.
    this.#timeouts.lastReceivedAt = now;
    this.#takeSaslStep((this.options.sasl as SaslServer).verified(valid));
    this.#read(null);
    this.#markDirty();
  }

  // --- D. output ---------------------------------------------------------------------------------------------------

  /** The buffer to append frames to. hot */
  output(): Writer {
    if (!this.#isDirty) this.#markDirty();
    return this.#output.writer();
  }

  /** Writes what the turn gathered. Called by the owner once a turn when dirty. */
  endTurn(): void {
    this.#isDirty = true; // what is written here asks for no other turn
    if (this.#faultDue !== null) this.fail(this.#faultDue);
    this.#sessions.endTurn();
    this.#isDirty = false;
  }

  /** The bytes to write, or null: one write at a time, until {@link outputWritten}. */
  takeOutput(): Uint8Array | null {
    return this.#output.take(this.clock.nowMs);
  }

  /** The bytes last taken have gone. More may be due: those that waited for room are told. */
  outputWritten(now: number): void {
    this.clock.set(now);
    const wasPaused = this.#output.isBackedUp;
    if (!this.#output.written()) return;
    if (wasPaused) this.#timeouts.lastReceivedAt = now;
    if (this.#output.hasMore) this.#markDirty();
    this.onRoom?.();
  }

  /** Bytes that wait to be written. */
  get outputBytes(): number {
    return this.#output.bytes;
  }

  /** When {@link handleTimeout} wants to be called next, Infinity for never. */
  get nextDeadline(): number {
    return this.#timeouts.next(this.clock.nowMs, this.#stage);
  }

  /** Nobody listened for a while: the peer is not judged by its silence in that time. */
  excuseSilence(now: number): void {
    this.#timeouts.excuseSilence(now);
    this.owner.handleDeadline(this);
  }

  // --- for sessions and links --------------------------------------------------------------------------------------

  windowKindChanged(from: WindowKind, to: WindowKind): void {
    this.#sessions.windowKindChanged(from, to);
  }

  sessionDue(session: Session): void {
    this.#sessions.addDue(session);
    if (!this.#isDirty) this.#markDirty();
  }

  noteError(error: ErrorInfo | null): void {
    this.#lastError = error ?? this.#lastError;
  }

  // --- input -------------------------------------------------------------------------------------------------------

  /** Reads `bytes`, or with null what was held back. What cannot be decoded costs the connection. */
  #read(bytes: Uint8Array | null): void {
    try {
      if (bytes === null) this.#input.resume();
      else this.#input.handle(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.fail(amqpError(Condition.DecodeError, error.message));
    }
  }

  handleFrameSize(size: number): void {
    this.fail(amqpError(Condition.FramingError, `frame of ${size} bytes, allowed are 8 to ${this.frameSizeMax}`));
  }

  handleHeader(header: Uint8Array): void {
    const { isInitiator, sasl, requiresSasl } = this.options;
    const isThrough = this.mechanism !== '';
    const layer = judgeHeader(header, {
      isInitiator,
      offersSasl: sasl !== null && !isThrough,
      requiresSasl: requiresSasl && !isThrough,
    });
    if (typeof layer === 'object') {
      // §2.2: a header that we do not take is answered with the one that we do.
      if (!isInitiator)
        writeProtocolHeader(this.output(), requiresSasl && !isThrough ? ProtocolId.Sasl : ProtocolId.Amqp);
      this.fail(layer);
    } else if (layer === 'sasl') {
      this.#enter(Phase.SaslFrames);
      if (isInitiator) return;
      writeProtocolHeader(this.output(), ProtocolId.Sasl);
      writeSaslFrame(this.output(), (sasl as SaslServer).mechanisms());
    } else {
      this.#enter(Phase.Open);
      if (!isInitiator) writeProtocolHeader(this.output(), ProtocolId.Amqp);
    }
  }

  /** hot */
  handleFrame(bytes: Uint8Array, start: number, end: number): void {
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
    if (this.#faultDue !== null) this.fail(this.#faultDue);
  }

  /** The session on the peer's channel; null when it is to be ignored, or when the connection has failed for it. hot */
  #sessionOn(channel: number): Session | null {
    const session = this.#sessions.byRemote(channel);
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
        this.#sessions.handleBegin(performative as Begin, channel);
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
        this.#sessions.handleEnd(performative as End, channel);
        return;
      default:
        this.fail(amqpError(Condition.NotAllowed, `performative 0x${code.toString(16)} within a session`));
    }
  }

  // --- SASL --------------------------------------------------------------------------------------------------------

  #handleSasl(performative: Performative): void {
    this.#takeSaslStep((this.options.sasl as SaslServer | SaslClient).handleFrame(performative));
  }

  #takeSaslStep(step: SaslStep): void {
    if (step.reply !== null) writeSaslFrame(this.output(), step.reply);
    switch (step.next) {
      case 'go-on':
        return;
      case 'verify':
        this.#enter(Phase.SaslWaiting);
        this.owner.handlePassword(this, step.user, step.password);
        return;
      case 'done': {
        const { mechanism, user } = this.options.sasl as SaslServer | SaslClient;
        this.mechanism = mechanism;
        this.user = user;
        this.#enter(Phase.Header);
        if (this.options.isInitiator) this.#sendOpen();
        return;
      }
      case 'failed':
        this.#lastError = amqpError(Condition.UnauthorizedAccess, step.reason);
        this.#finish(this.#lastError, 'us');
    }
  }

  // --- open, begin, end, close -------------------------------------------------------------------------------------

  #sendOpen(): void {
    this.#isOpenSent = true;
    if (this.options.isInitiator) writeProtocolHeader(this.output(), ProtocolId.Amqp);
    writeFrame(this.output(), 0, this.options.open);
  }

  #handleOpen(open: Open): void {
    const refusal = checkOpen(open);
    if (refusal !== null) return this.fail(refusal);
    const { maxFrameSize, channelMax, idleTimeOut, containerId } = open;
    this.remoteMaxFrameSize = Math.min(maxFrameSize ?? 0x7fffffff, 0x7fffffff);
    this.transferFrameSize = Math.min(this.remoteMaxFrameSize, transferFrameBytesMax);
    this.remoteChannelMax = channelMax ?? 0xffff;
    this.remoteContainerId = containerId;
    // Half of what the peer tolerates, so that one late timer does not cost the connection (§2.4.5).
    this.#timeouts.heartbeatMs = idleTimeOut === null ? 0 : idleTimeOut / 2;
    this.owner.handleOpening?.(this, open);
    if (!this.#isOpenSent) this.#sendOpen();
    this.#enter(Phase.Opened);
    this.owner.handleDeadline(this);
    this.owner.handleOpened(this, open);
  }

  #handleClose(close: Close): void {
    this.#lastError = close.error;
    this.#sessions.lose(close.error);
    if (!this.#isOpenSent) this.#sendOpen();
    writeFrame(this.output(), 0, new Close());
    this.#finish(close.error, 'peer');
  }

  /** The protocol is over: only output that is due may still be written. */
  #finish(error: ErrorInfo | null, by: 'peer' | 'us' | 'loss'): void {
    this.#sessions.lose(error);
    this.#enter(Phase.Ended);
    this.#markDirty();
    this.onRoom = null;
    this.#input.drop();
    if (this.#isOver) return;
    this.#isOver = true;
    this.owner.handleEnded(this, error ?? this.#lastError, by);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.expecting = expectingIn[phase];
  }

  #markDirty(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.owner.handleDirty(this);
  }
}
