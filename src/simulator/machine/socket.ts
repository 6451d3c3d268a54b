// Ties one end of a wire to one connection of a program, as the host's socket-connection.ts does on Node.
//
//   open ──(the program is finished, or the peer ended)──▶ ending: output leaves, linger ──▶ closed
//
// A tap sees the bytes at the program's door: those that it is handed, and those that it hands out.
import type { HostedConnection } from '../../router/ports.ts';
import type { SimulatedEvent } from '../clock.ts';
import type { WireEnd, WireUser } from '../network/wire.ts';
import type { Machine } from './machine.ts';

/** How long a transport may take to end after we asked for it. */
const lingerMs = 2_000;

export interface Tap {
  /** Called before the program gets them. */
  handleInput(bytes: Uint8Array): void;
  /** The program gave them to the kernel. */
  handleOutput(bytes: Uint8Array): void;
  /** The program is going to hear that the transport is gone. */
  handleClosed(reason: string): void;
}

export class SimulatedSocket implements WireUser {
  readonly #machine: Machine;
  readonly #end: WireEnd;
  readonly #hosted: HostedConnection;
  readonly #tap: Tap | null;
  #isWriting = false;
  #isEnded = false;
  #wasReading = true;
  #isToldClosed = false;
  #reason = '';
  #linger: SimulatedEvent | null = null;

  constructor(machine: Machine, end: WireEnd, hosted: HostedConnection, tap: Tap | null = null) {
    this.#machine = machine;
    this.#end = end;
    this.#hosted = hosted;
    this.#tap = tap;
    machine.add(hosted, this);
    end.user = this;
    // Its peer may have gone while nobody looked at it.
    if (end.isClosed) machine.clock.after(0, () => this.handleClose('Connection reset by peer'));
    this.resume();
  }

  /** Nothing of the program's output goes out any more, though the program may not know it yet. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  get end(): WireEnd {
    return this.#end;
  }

  // --- the wire ----------------------------------------------------------------------------------------------------

  get wantsData(): boolean {
    if (this.#machine.isHung || this.#machine.isDead) return false;
    return this.#isEnded || this.#hosted.wantsBytes;
  }

  handleData(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    this.#machine.turn(() => {
      this.#tap?.handleInput(bytes);
      this.#hosted.handleBytes(bytes, this.#machine.clock.now);
    });
  }

  handleDrained(): void {
    this.#machine.turn(() => {
      if (!this.#isWriting || this.#isToldClosed) return;
      this.#isWriting = false;
      this.#hosted.outputWritten(this.#machine.clock.now);
      if (this.#hosted.isFinished) this.serve();
    });
  }

  handleEnd(): void {
    this.#machine.turn(() => {
      if (this.#reason === '') this.#reason = 'closed by the peer';
      this.#startLinger();
      if (this.#hosted.isFinished) this.serve();
      else {
        this.#finish();
        this.#tellClosed(this.#reason);
      }
    });
  }

  handleClose(reason: string): void {
    this.#machine.turn(() => {
      this.#machine.clock.cancel(this.#linger);
      this.#isEnded = true;
      this.#machine.disown(this.#end);
      this.#tellClosed(reason === '' ? this.#reason : reason);
    });
  }

  /** The program hears of it once, and so does who watches it. */
  #tellClosed(reason: string): void {
    if (this.#isToldClosed) return;
    this.#isToldClosed = true;
    this.#machine.remove(this.#hosted);
    this.#tap?.handleClosed(reason);
    this.#hosted.handleClosed(reason, this.#machine.clock.now);
  }

  // --- the machine -------------------------------------------------------------------------------------------------

  /** Does what the program wishes by now. True when a buffer was written and given back. */
  serve(): boolean {
    if (this.#isEnded) return false;
    if (this.#end.wire.isWeak && this.#tap !== null && !this.#hosted.isFinished) return this.#break();
    if (this.#hosted.wantsBytes !== this.#wasReading) this.resume();
    if (this.#hosted.isFinished) this.#startLinger();
    let isAnyWritten = false;
    while (!this.#isWriting) {
      const bytes = this.#hosted.takeOutput();
      const isLast = this.#hosted.isFinished;
      if (bytes === null) {
        if (isLast) this.#finish();
        return isAnyWritten;
      }
      if (this.#write(bytes)) isAnyWritten = true;
      if (!isLast) return isAnyWritten;
    }
    return isAnyWritten;
  }

  /** Between the turn in which the program had something to say and the write of it. True: the program has to be flushed again. */
  #break(): true {
    this.#end.wire.reset();
    this.#isEnded = true;
    this.#tellClosed('Connection reset by peer');
    return true;
  }

  /** Looks again whether there is something to read. */
  resume(): void {
    this.#wasReading = this.#hosted.wantsBytes;
    this.#end.resume();
  }

  #write(bytes: Uint8Array): boolean {
    this.#tap?.handleOutput(bytes);
    if (!this.#end.write(bytes)) {
      this.#isWriting = true;
      return false;
    }
    this.#hosted.outputWritten(this.#machine.clock.now);
    return true;
  }

  #finish(): void {
    this.#isEnded = true;
    if (this.#reason === '') this.#reason = 'closed';
    this.#end.end();
    this.resume(); // what still arrives is read and dropped, for a paused socket would never see the peer's end
    this.#startLinger();
  }

  /** A peer that neither reads nor ends keeps nothing of ours for long. */
  #startLinger(): void {
    this.#linger ??= this.#machine.clock.after(lingerMs, () => this.#end.destroy('lingered too long'));
  }
}
