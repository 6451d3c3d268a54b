// A turn is what one event of Node (bytes, a written buffer, a timer, an answer) makes the router do. At its end the
// router's output leaves, one write per connection, and the one timer is set to the router's next deadline.
//
//   event ──▶ router.handle…(now) ──▶ end(now): flush ─▶ write each ─▶ flush again ─▶ write ─▶ (more: next turn)
import type { HostedConnection } from '../router/ports.ts';
import { monotonicMs } from './clock.ts';
import type { HostedRouter } from './hosted-router.ts';
import type { HostedTransport } from './hosted-transport.ts';

/** setTimeout takes no longer delay; the timer is then set again. */
const delayMsMax = 2 ** 31 - 1;

export class Turns {
  readonly #router: HostedRouter;
  readonly #connections = new Map<HostedConnection, HostedTransport>();
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #isNextTurnComing = false;
  #isStopped = false;
  #onEmpty: (() => void) | null = null;
  readonly #onTimer = (): void => this.#handleTimer();
  readonly #onNextTurn = (): void => {
    this.#isNextTurnComing = false;
    this.end(monotonicMs());
  };

  constructor(router: HostedRouter) {
    this.#router = router;
  }

  get connections(): Iterable<HostedTransport> {
    return this.#connections.values();
  }

  add(hosted: HostedConnection, connection: HostedTransport): void {
    this.#connections.set(hosted, connection);
  }

  remove(hosted: HostedConnection): void {
    this.#connections.delete(hosted);
    if (this.#connections.size === 0) this.#onEmpty?.();
  }

  /** Resolves when no connection is left, or after `timeoutMs`. */
  whenEmpty(timeoutMs: number): Promise<void> {
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timeout = setTimeout(resolve, timeoutMs);
      this.#onEmpty = () => {
        clearTimeout(timeout);
        resolve();
      };
    });
  }

  /** Ends a turn. Everything that calls the router calls this next. */
  end(now: number): void {
    if (this.#isStopped) return;
    // A written buffer lets its connection go on, and with it others; a third round waits for the next turn, so that
    // one busy connection does not keep the others from being read.
    if (this.#flush(now) && this.#flush(now) && !this.#isNextTurnComing) {
      this.#isNextTurnComing = true;
      setImmediate(this.#onNextTurn);
    }
    this.#armTimer(now);
  }

  /** No timer and no flush from now on. */
  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** True when a buffer was written and given back, so that the router may have more. */
  #flush(now: number): boolean {
    const dirty = this.#router.flush(now);
    let isAnyWritten = false;
    for (let i = 0; i < dirty.length; i++) {
      const connection = this.#connections.get(dirty.at(i));
      if (connection?.serve(now)) isAnyWritten = true;
    }
    return isAnyWritten;
  }

  #armTimer(now: number): void {
    const at = this.#router.nextDeadline();
    // A deadline that moved away is met when the timer fires in vain: cheaper than a new timer for every chunk read.
    if (at >= this.#timerAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(this.#onTimer, Math.min(Math.max(at - now, 0), delayMsMax));
  }

  #handleTimer(): void {
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = monotonicMs();
    this.#router.handleTimeout(now);
    this.end(now);
  }
}
