// Where log lines end up: stderr, stdout, or a file opened for append. Written in the background and in order, so that a
// reader who falls asleep (`weft router 2>&1 | less`) neither stops the router nor grows it: what does not fit into a
// bounded backlog is dropped, counted, and told when writing goes on.
//
//   write(line) ──▶ waiting (bounded) ──▶ under way (one fs.write at a time) ──▶ file
import { close, openSync, write, writeSync } from 'node:fs';
import { describeSystemError, systemCode, WeftError } from './errors.ts';
import { limits } from './limits.ts';

const retryMs = 50;

export class LogOutput {
  /** `stderr`, `stdout` or a path. */
  readonly name: string;
  readonly #fd: number;
  #waiting: string[] = [];
  #waitingLength = 0;
  #underWay: Buffer | null = null;
  #droppedCount = 0;
  #hasFailed = false;
  #isClosed = false;
  #onIdle: (() => void) | null = null;

  private constructor(name: string, fd: number) {
    this.name = name;
    this.#fd = fd;
  }

  /** Opens an `outputFile` of a log entity. Throws WEFT_LOG_UNWRITABLE. */
  static open(name: string): LogOutput {
    return new LogOutput(name, openDescriptor(name));
  }

  /** `line` ends with its line feed. Lines that come after `close` are lost: the descriptor may be another file by then. */
  write(line: string): void {
    if (this.#isClosed) return;
    if (this.#waitingLength + line.length > limits.logBacklogCharactersMax) {
      this.#droppedCount++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingLength += line.length;
    if (this.#underWay === null) this.#writeWaiting();
  }

  /** Writes what waits (for a bounded time), then closes. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#underWay !== null) {
      await new Promise<void>((resolve) => {
        const timeout = setTimeout(resolve, limits.logCloseMs);
        this.#onIdle = () => {
          clearTimeout(timeout);
          resolve();
        };
      });
    }
    if (this.#fd > 2) close(this.#fd);
  }

  /** Writes what waits before it returns: for a process about to crash. */
  writeNow(): void {
    try {
      writeSync(this.#fd, this.#waiting.join(''));
    } catch {
      // The crash itself is told on stderr; there is nowhere else to tell that the log is lost.
    }
    this.#waiting = [];
  }

  #writeWaiting(): void {
    if (this.#droppedCount > 0) {
      this.#waiting.push(
        `(${this.#droppedCount} lines dropped here: ${this.name} was not read or written fast enough)\n`,
      );
      this.#droppedCount = 0;
    }
    this.#underWay = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#writeRest();
  }

  #writeRest(): void {
    write(this.#fd, this.#underWay as Buffer, (error, count) => {
      if (error === null) this.#handleWritten(count);
      // Somebody made the terminal or pipe that we share non-blocking.
      else if (systemCode(error) === 'EAGAIN') setTimeout(() => this.#writeRest(), retryMs);
      else this.#handleFailed(error);
    });
  }

  #handleWritten(count: number): void {
    this.#hasFailed = false;
    const rest = (this.#underWay as Buffer).subarray(count);
    if (rest.length > 0) {
      this.#underWay = rest;
      this.#writeRest();
    } else this.#goOn();
  }

  #handleFailed(error: Error): void {
    // Traffic goes on without a log. Told once per spell of failures, and not to an output that itself is gone.
    if (!this.#hasFailed && this.#fd > 2) {
      process.stderr.write(`weft: cannot write log ${this.name}: ${describeSystemError(error)}; lines are lost\n`);
    }
    this.#hasFailed = true;
    this.#goOn();
  }

  #goOn(): void {
    this.#underWay = null;
    if (this.#waiting.length > 0) this.#writeWaiting();
    else this.#onIdle?.();
  }
}

function openDescriptor(name: string): number {
  if (name === 'stderr') return 2;
  if (name === 'stdout') return 1;
  if (name === 'syslog') {
    throw new WeftError(
      'WEFT_LOG_UNWRITABLE',
      'cannot log to syslog: Weft does not speak it',
      'Log to stderr: systemd and containers take it from there; elsewhere pipe it into logger(1).',
    );
  }
  try {
    return openSync(name, 'a', 0o640);
  } catch (error) {
    const message = `cannot open log file ${name}: ${describeSystemError(error)}`;
    throw new WeftError('WEFT_LOG_UNWRITABLE', message, 'Its folder must exist, and the file be writable.', error);
  }
}
