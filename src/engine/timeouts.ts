// When a connection has been silent, unheard or unfinished for too long (§2.4.5). It only tells; the connection acts.
//
//   peer silent for idleTimeoutMs ─▶ close        we silent for half of the peer's idle-time-out ─▶ heartbeat
//   no Open in time ─▶ close                      a write stuck, or no answer to our Close ─▶ end at once
import { amqpError, Condition } from './conditions.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { ConnectionOutput } from './connection-output.ts';
import { closeTimeoutMs, handshakeTimeoutMs, stalledWriteMs } from './limits.ts';

/** How far a connection has come, as far as time is concerned. */
export type Stage = 'opening' | 'open' | 'closing' | 'ended';

export const notRead = amqpError(
  Condition.ResourceLimitExceeded,
  `nothing was read from us for ${stalledWriteMs / 1000} s`,
);
export const handshakeTooSlow = amqpError(Condition.NotAllowed, 'Timeout waiting for initial handshake');
export const tooSilent = amqpError(Condition.ResourceLimitExceeded, 'local-idle-timeout expired');

export class Timeouts {
  readonly #options: ConnectionOptions;
  readonly #output: ConnectionOutput;
  readonly #startedAt: number;
  lastReceivedAt: number;
  /** When our Close went out. */
  closingAt = 0;
  /** The peer wants to hear of us this often, 0 = it does not care. */
  heartbeatMs = 0;

  constructor(options: ConnectionOptions, output: ConnectionOutput) {
    this.#options = options;
    this.#output = output;
    this.#startedAt = this.lastReceivedAt = options.clock.nowMs;
  }

  /** Nobody listened meanwhile: the peer has its time anew. */
  excuseSilence(now: number): void {
    this.lastReceivedAt = now;
  }

  /** What is due now. `isReading`: silence is the peer's, for we would read. `mayBeat`: our Open has gone. */
  due(
    now: number,
    stage: Stage,
    isReading: boolean,
    mayBeat: boolean,
  ): 'nothing' | 'end' | 'stalled' | 'handshake' | 'silence' | 'heartbeat' {
    const { idleTimeoutMs } = this.#options;
    const output = this.#output;
    if (stage === 'ended') return 'nothing';
    if (stage === 'closing') return now >= this.closingAt + closeTimeoutMs ? 'end' : 'nothing';
    if (output.isInFlight && now - output.inFlightSince >= stalledWriteMs) return 'stalled';
    if (stage === 'opening' && now - this.#startedAt >= this.#handshakeMs) return 'handshake';
    if (idleTimeoutMs > 0 && isReading && now - this.lastReceivedAt >= idleTimeoutMs) return 'silence';
    if (this.heartbeatMs > 0 && mayBeat && output.isEmpty && now - output.lastSentAt >= this.heartbeatMs)
      return 'heartbeat';
    return 'nothing';
  }

  /** When to ask {@link due} again, Infinity for never. */
  next(now: number, stage: Stage): number {
    if (stage === 'ended') return Number.POSITIVE_INFINITY;
    if (stage === 'closing') return this.closingAt + closeTimeoutMs;
    const output = this.#output;
    // Nobody is told when a write gets stuck, so every connection is looked at now and then.
    let next = (output.isInFlight ? output.inFlightSince : now) + stalledWriteMs;
    if (stage === 'opening') next = Math.min(next, this.#startedAt + this.#handshakeMs);
    if (this.#options.idleTimeoutMs > 0) next = Math.min(next, this.lastReceivedAt + this.#options.idleTimeoutMs);
    if (this.heartbeatMs > 0) next = Math.min(next, output.lastSentAt + this.heartbeatMs);
    // A write under way holds back the heartbeat: look again, but do not spin.
    return next > now ? next : now + 250;
  }

  get #handshakeMs(): number {
    return this.#options.handshakeTimeoutMs || handshakeTimeoutMs;
  }
}
