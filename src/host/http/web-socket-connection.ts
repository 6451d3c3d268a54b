// Ties one WebSocket to one connection of the router (AMQP over WebSocket binding, §2). The bytes of AMQP come and go in
// binary messages, whose boundaries mean nothing; else it is as with a socket (../socket-connection.ts):
//
//   open ──(the router is finished)──▶ ending: output leaves, Close frame, linger ──▶ closed
//
// One message is under way at a time. It has left when the socket below took it, and only then its buffer is given back.
import type { RawData, WebSocket } from 'ws';
import type { HostedConnection } from '../../router/ports.ts';
import { monotonicMs } from '../clock.ts';
import type { HostedTransport } from '../hosted-transport.ts';
import { limits } from '../limits.ts';
import { describeTlsError } from '../tls/tls-error.ts';
import type { Turns } from '../turns.ts';

/** RFC 6455, §7.4.1 */
const normalClosure = 1000;
const unsupportedData = 1003;

const asBinary = { binary: true, compress: false } as const;

export class WebSocketConnection implements HostedTransport {
  readonly #socket: WebSocket;
  readonly #hosted: HostedConnection;
  readonly #turns: Turns;
  #isPaused = false;
  /** A message is under way: the buffer last taken is not ours. */
  #isWriting = false;
  /** We ended it: nothing more is written, what still arrives is dropped. */
  #isEnded = false;
  #reason = '';
  #lingerTimer: NodeJS.Timeout | null = null;
  readonly #onWritten = (error?: Error | null): void => this.#handleWritten(error);

  /** Takes over an open WebSocket without listeners. */
  constructor(socket: WebSocket, hosted: HostedConnection, turns: Turns) {
    this.#socket = socket;
    this.#hosted = hosted;
    this.#turns = turns;
    turns.add(hosted, this);
    socket
      .on('message', (data, isBinary) => this.#handleMessage(data, isBinary))
      .on('error', (error) => {
        this.#reason = describeTlsError(error);
      })
      .on('close', (code) => this.#handleClose(code));
  }

  serve(): boolean {
    if (this.#isEnded) return false;
    if (this.#hosted.wantsBytes === this.#isPaused) this.#toggleReading();
    if (this.#isWriting) return false;
    const bytes = this.#hosted.takeOutput();
    if (bytes !== null) this.#write(bytes);
    else if (this.#hosted.isFinished) this.#end();
    if (this.#hosted.isFinished) this.#linger();
    return false;
  }

  destroy(reason: string): void {
    this.#reason = reason;
    this.#socket.terminate();
  }

  #handleMessage(data: RawData, isBinary: boolean): void {
    if (this.#isEnded) return;
    if (!isBinary) {
      this.#reason = 'a text message: AMQP comes in binary ones';
      this.#isEnded = true;
      this.#socket.close(unsupportedData, 'AMQP comes in binary messages');
      this.#linger();
      return;
    }
    const { buffer, byteOffset, length } = data as Buffer;
    const now = monotonicMs();
    this.#hosted.handleBytes(new Uint8Array(buffer, byteOffset, length), now);
    this.#turns.end(now);
  }

  /** The last event, after an error or not. */
  #handleClose(code: number): void {
    if (this.#lingerTimer !== null) clearTimeout(this.#lingerTimer);
    if (this.#reason === '') this.#reason = this.#isEnded ? 'closed' : `closed by the peer (WebSocket code ${code})`;
    this.#isEnded = true;
    this.#turns.remove(this.#hosted);
    const now = monotonicMs();
    this.#hosted.handleClosed(this.#reason, now);
    this.#turns.end(now);
  }

  #write(bytes: Uint8Array): void {
    this.#isWriting = true;
    this.#socket.send(bytes, asBinary, this.#onWritten);
  }

  #handleWritten(error?: Error | null): void {
    if (error) return; // 'close' follows
    this.#isWriting = false;
    const now = monotonicMs();
    this.#hosted.outputWritten(now);
    this.serve();
    this.#turns.end(now);
  }

  #toggleReading(): void {
    this.#isPaused = !this.#isPaused;
    if (this.#isPaused) this.#socket.pause();
    else this.#socket.resume();
  }

  #end(): void {
    this.#isEnded = true;
    this.#socket.close(normalClosure);
    if (this.#isPaused) this.#socket.resume(); // a paused one would never see the peer's answer
  }

  /** A peer that neither reads nor answers keeps nothing of ours for long. */
  #linger(): void {
    this.#lingerTimer ??= setTimeout(() => this.#socket.terminate(), limits.lingerMs);
  }
}
