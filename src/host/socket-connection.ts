// Ties one socket of Node to one connection of the router. An idle connection costs this object and the bare socket: the
// listeners are shared functions that find their connection on the socket.
//
//   open ──(the router is finished, or the peer ended)──▶ ending: output leaves, FIN, linger ──▶ closed
//
// A write is over when the kernel took all of it (`writableLength === 0` right after the call, the usual case); else when
// its callback comes. Until then the buffer is Node's, and the router takes no new one. Under TLS it is always the
// callback: there the bytes may still have to be encrypted.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { HostedConnection } from '../router/ports.ts';
import { monotonicMs } from './clock.ts';
import { readDirectly } from './direct-socket.ts';
import type { HostedTransport } from './hosted-transport.ts';
import { limits } from './limits.ts';
import { describeTlsError } from './tls/tls-error.ts';
import type { Turns } from './turns.ts';

const connectionOf = Symbol('connection');
type CarryingSocket = Socket & { [connectionOf]: SocketConnection };

function onData(this: Socket, chunk: Buffer): void {
  // A Buffer is a subclass: seen by the codec beside plain arrays, it would make its code slower for both.
  const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
  (this as CarryingSocket)[connectionOf].handleBytes(bytes);
}
function onEnd(this: Socket): void {
  (this as CarryingSocket)[connectionOf].handleEnd();
}
function onError(this: Socket, error: Error): void {
  (this as CarryingSocket)[connectionOf].handleError(error);
}
function onClose(this: Socket): void {
  (this as CarryingSocket)[connectionOf].handleClose();
}

const noBytes = new Uint8Array(0);

export class SocketConnection implements HostedTransport {
  /** The one that is in use: {@link readDirectly} may have put it in the place of the one given. */
  readonly socket: Socket;
  readonly #hosted: HostedConnection;
  readonly #turns: Turns;
  readonly #isEncrypted: boolean;
  #isPaused = false;
  /** A write is under way: the buffer last taken is not ours. */
  #isWriting = false;
  /** We ended the socket: nothing more is written, what still arrives is dropped. */
  #isEnded = false;
  /** The router knows that it is over, and is not called any more. */
  #isToldClosed = false;
  #reason = '';
  #lingerTimer: NodeJS.Timeout | null = null;
  #onWritten: ((error?: Error | null) => void) | null = null;

  /** Takes over an open socket, made with `allowHalfOpen`. */
  constructor(open: Socket, hosted: HostedConnection, turns: Turns) {
    const socket = readDirectly(open, (bytes) => this.handleBytes(bytes));
    this.socket = socket;
    this.#hosted = hosted;
    this.#turns = turns;
    this.#isEncrypted = socket instanceof TLSSocket;
    (socket as CarryingSocket)[connectionOf] = this;
    turns.add(hosted, this);
    socket.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
    socket.resume();
  }

  /** `bytes` are good until this returns. */
  handleBytes(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    const now = monotonicMs();
    this.#hosted.handleBytes(bytes, now);
    this.#turns.end(now);
  }

  /**
   * The peer sends no more. When the router has finished, too, the peer gets what there is (such as our `close`), then our FIN. Else it is
   * lost with this, and the router told at once: what it gave away for such a peer would be lost with it.
   */
  handleEnd(): void {
    if (this.#reason === '') this.#reason = 'closed by the peer';
    this.#linger();
    const now = monotonicMs();
    if (this.#hosted.isFinished) this.serve(now);
    else {
      this.#end();
      this.#tellClosed(now);
    }
    this.#turns.end(now);
  }

  handleError(error: Error): void {
    this.#reason = describeTlsError(error);
  }

  /** Node's last event of a socket, after an error or not. */
  handleClose(): void {
    if (this.#lingerTimer !== null) clearTimeout(this.#lingerTimer);
    this.#isEnded = true;
    const now = monotonicMs();
    this.#tellClosed(now);
    this.#turns.end(now);
  }

  #tellClosed(now: number): void {
    if (this.#isToldClosed) return;
    this.#isToldClosed = true;
    this.#turns.remove(this.#hosted);
    this.#hosted.handleClosed(this.#reason, now);
  }

  serve(now: number): boolean {
    if (this.#isEnded) return false;
    if (this.#hosted.wantsBytes === this.#isPaused) this.#toggleReading();
    if (this.#hosted.isFinished) this.#linger();
    let isAnyWritten = false;
    while (!this.#isWriting) {
      const bytes = this.#hosted.takeOutput();
      const isLast = this.#hosted.isFinished;
      if (bytes === null) {
        if (isLast) this.#end();
        return isAnyWritten;
      }
      if (this.#write(bytes, now)) isAnyWritten = true;
      // No flush may follow for a connection that is over, so its last bytes leave now.
      if (!isLast) return isAnyWritten;
    }
    return isAnyWritten;
  }

  destroy(reason: string): void {
    this.#reason = reason;
    this.socket.destroy();
  }

  /** True when the kernel took all. */
  #write(bytes: Uint8Array, now: number): boolean {
    if (!this.#isEncrypted) {
      this.socket.write(bytes);
      if (this.socket.writableLength === 0) {
        this.#hosted.outputWritten(now);
        return true;
      }
    }
    this.#isWriting = true;
    this.#onWritten ??= (error) => this.#handleWritten(error);
    // A callback on every write costs a tick of Node each; an empty write behind the slow one carries it only when needed.
    this.socket.write(this.#isEncrypted ? bytes : noBytes, this.#onWritten);
    return false;
  }

  #handleWritten(error?: Error | null): void {
    if (error || this.#isToldClosed) return; // 'close' follows
    this.#isWriting = false;
    const now = monotonicMs();
    this.#hosted.outputWritten(now);
    if (this.#hosted.isFinished) this.serve(now);
    this.#turns.end(now);
  }

  #toggleReading(): void {
    this.#isPaused = !this.#isPaused;
    if (this.#isPaused) this.socket.pause();
    else this.socket.resume();
  }

  #end(): void {
    this.#isEnded = true;
    if (this.#reason === '') this.#reason = 'closed';
    this.socket.end();
    this.socket.resume(); // a paused socket would never see the peer's end
  }

  /** A peer that neither reads nor ends keeps nothing of ours for long. */
  #linger(): void {
    this.#lingerTimer ??= setTimeout(() => this.socket.destroy(), limits.lingerMs);
  }
}
