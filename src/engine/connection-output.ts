// What one connection has to say, in two buffers: the one being filled, and the one that the host is writing.
//
//   writer() ─▶ filling ──take──▶ in flight ──written──▶ back to the pool
//                  ╰──takeBack──▶ given to nobody
import type { Writer } from '../amqp/writer.ts';
import { outputBacklogBytes, outputTurnBytes } from './limits.ts';
import type { WriterPool } from './output.ts';

export class ConnectionOutput {
  readonly #pool: WriterPool;
  #filling: Writer | null = null;
  #inFlight: Writer | null = null;
  /** When the buffer in flight was taken. */
  inFlightSince = 0;
  /** When bytes were last handed out, or the connection began. */
  lastSentAt: number;

  constructor(pool: WriterPool, now: number) {
    this.#pool = pool;
    this.lastSentAt = now;
  }

  get isInFlight(): boolean {
    return this.#inFlight !== null;
  }

  get isEmpty(): boolean {
    return this.#filling === null && this.#inFlight === null;
  }

  get hasMore(): boolean {
    return this.#filling !== null;
  }

  get bytes(): number {
    return (this.#filling?.position ?? 0) + (this.#inFlight?.position ?? 0);
  }

  /** A delivery may begin: the last write has drained, and this turn's share is not used up. hot */
  get hasRoom(): boolean {
    return this.#inFlight === null && (this.#filling === null || this.#filling.position < outputTurnBytes);
  }

  /** So much waits behind a write that nothing more is to be read from the peer that does not read. */
  get isBackedUp(): boolean {
    return this.#inFlight !== null && this.#filling !== null && this.#filling.position >= outputBacklogBytes;
  }

  /** The buffer to append to. hot */
  writer(): Writer {
    if (this.#filling === null) this.#filling = this.#pool.take();
    return this.#filling;
  }

  /** The bytes to write, or null when there are none or a write is under way. */
  take(now: number): Uint8Array | null {
    const filling = this.#filling;
    if (this.#inFlight !== null || filling === null || filling.position === 0) return null;
    this.#inFlight = filling;
    this.#filling = null;
    this.inFlightSince = this.lastSentAt = now;
    return filling.written();
  }

  /** The transport is gone: what was to be handed out next, or null. */
  takeBack(): Uint8Array | null {
    const filling = this.#filling;
    this.#filling = null;
    return filling?.written() ?? null;
  }

  /** The bytes last taken have gone. False when none were under way. */
  written(): boolean {
    const writer = this.#inFlight;
    if (writer === null) return false;
    this.#inFlight = null;
    this.#pool.give(writer);
    return true;
  }
}
